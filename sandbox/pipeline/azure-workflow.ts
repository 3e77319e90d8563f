/**
 * A pipeline of Azure DevOps as its runner reads it: stages and jobs in order, and the very text of their steps. Those of a
 * template take the place of the step that names it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
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

const Use = z.strictObject({ template: z.string(), parameters: Environment.default({}) });
const Steps = z.array(z.union([Step, Use]));

const Template = z.strictObject({
  parameters: z
    .array(z.strictObject({ name: z.string(), type: z.literal("string"), default: z.string().optional() }))
    .default([]),
  steps: z.array(z.unknown()),
});

const Job = z.strictObject({
  job: z.string().optional(),
  deployment: z.string().optional(),
  displayName: z.string(),
  environment: z.string().optional(),
  timeoutInMinutes: z.number(),
  steps: Steps.optional(),
  strategy: z.strictObject({ runOnce: z.strictObject({ deploy: z.strictObject({ steps: Steps }) }) }).optional(),
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

/** A template's text with each `${{ parameters.x }}` in it replaced. @throws for any other expression */
function withParameters(value: unknown, parameters: Record<string, string>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (all, expression: string) => {
      const name = /^parameters\.(\w+)$/.exec(expression)?.[1] ?? "";
      if (!(name in parameters)) throw new Error(`${all} is not supported`);
      return parameters[name];
    });
  }
  if (Array.isArray(value)) return value.map((entry) => withParameters(entry, parameters));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withParameters(inner, parameters)]));
}

function expanded(step: AzureStep | z.infer<typeof Use>, folder: string): AzureStep[] {
  if (!("template" in step)) return [step];
  const template = Template.parse(parse(fs.readFileSync(path.join(folder, step.template), "utf8")));
  const unknown = Object.keys(step.parameters).filter((name) => template.parameters.every((one) => one.name !== name));
  if (unknown.length > 0) throw new Error(`${step.template} has no parameter ${unknown.join(", ")}`);
  const values = template.parameters.map(({ name, default: preset }) => {
    const value = step.parameters[name] ?? preset;
    if (value === undefined) throw new Error(`${step.template} needs the parameter ${name}`);
    return [name, value];
  });
  return z.array(Step).parse(withParameters(template.steps, Object.fromEntries(values) as Record<string, string>));
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
      steps: (rest.steps ?? rest.strategy?.runOnce.deploy.steps ?? []).flatMap((step) =>
        expanded(step, path.dirname(file)),
      ),
    })),
  };
}
