/** A pipeline of Azure DevOps as its runner reads it: stages and jobs in order, and the very text of their steps. */
import * as fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const Environment = z.record(z.string(), z.coerce.string());

const Step = z.strictObject({
  checkout: z.literal("self").optional(),
  persistCredentials: z.boolean().optional(),
  task: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  bash: z.string().optional(),
  displayName: z.string().optional(),
  condition: z.enum(["succeededOrFailed()"]).optional(),
  env: Environment.optional(),
});

const Job = z.strictObject({
  job: z.string().optional(),
  deployment: z.string().optional(),
  displayName: z.string(),
  environment: z.string().optional(),
  timeoutInMinutes: z.number(),
  steps: z.array(Step).optional(),
  strategy: z
    .strictObject({ runOnce: z.strictObject({ deploy: z.strictObject({ steps: z.array(Step) }) }) })
    .optional(),
});

const Stage = z.strictObject({
  stage: z.string(),
  displayName: z.string(),
  dependsOn: z.string().optional(),
  jobs: z.array(Job),
});

const Pipeline = z.strictObject({
  trigger: z.unknown().optional(),
  pr: z.unknown().optional(),
  schedules: z.unknown().optional(),
  lockBehavior: z.string().optional(),
  pool: z.strictObject({ name: z.string() }),
  variables: z.array(
    z.union([z.strictObject({ group: z.string() }), z.strictObject({ name: z.string(), value: z.string() })]),
  ),
  jobs: z.array(Job).optional(),
  stages: z.array(Stage).optional(),
});

export type AzureStep = z.infer<typeof Step>;

export interface AzureJob {
  name: string;
  environment: string | undefined;
  steps: AzureStep[];
}

export interface AzurePipeline {
  /** Names of the variable groups that it asks for. */
  groups: string[];
  variables: Record<string, string>;
  /** In the order in which they run, each after the one before it. */
  jobs: AzureJob[];
}

/** Reads a pipeline. @throws if it holds what its runner here does not know */
export function readAzurePipeline(file: string): AzurePipeline {
  const { variables, jobs = [], stages = [] } = Pipeline.parse(parse(fs.readFileSync(file, "utf8")));
  return {
    groups: variables.flatMap((entry) => ("group" in entry ? [entry.group] : [])),
    variables: Object.fromEntries(variables.flatMap((entry) => ("name" in entry ? [[entry.name, entry.value]] : []))),
    jobs: [...jobs, ...stages.flatMap((stage) => stage.jobs)].map(({ job, deployment, environment, ...rest }) => ({
      name: job ?? deployment ?? "",
      environment,
      steps: rest.steps ?? rest.strategy?.runOnce.deploy.steps ?? [],
    })),
  };
}
