/**
 * A pipeline's file as its runner reads it: jobs in order, and the exact text of their steps. The steps of a composite action
 * of the same repository take the place of the step that uses it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { REPOSITORY } from "../folder/folder";

const Environment = z.record(z.string(), z.coerce.string());

const Step = z.strictObject({
  /** For outputs of an action, which the sandbox does not run. */
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  if: z.string().optional(),
  env: Environment.optional(),
  "continue-on-error": z.boolean().optional(),
  "timeout-minutes": z.number().optional(),
});

const Job = z.strictObject({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  environment: z.string().optional(),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  "runs-on": z.union([z.string(), z.array(z.string())]),
  "timeout-minutes": z.number(),
  permissions: z.record(z.string(), z.enum(["read", "write"])).optional(),
  env: Environment.optional(),
  steps: z.array(Step),
});

const Workflow = z.looseObject({
  name: z.string(),
  permissions: z.record(z.string(), z.enum(["read", "write"])).optional(),
  env: Environment.optional(),
  jobs: z.record(z.string(), Job),
});

/** A composite action. A condition inside one would be about the action, not about the job: none is supported. */
const Action = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })).default({}),
  runs: z.strictObject({
    using: z.literal("composite"),
    steps: z.array(Step.omit({ if: true, "continue-on-error": true, "timeout-minutes": true }).strict()),
  }),
});

/** A step of a composite action knows the action's folder and what the workflow gave it. */
export type WorkflowStep = z.infer<typeof Step> & { action?: { folder: string; inputs: Record<string, string> } };
export type WorkflowJob = Omit<z.infer<typeof Job>, "steps"> & { steps: WorkflowStep[] };
export type Workflow = Pick<z.infer<typeof Workflow>, "name" | "permissions" | "env"> & {
  jobs: Record<string, WorkflowJob>;
};

/** The steps of the action that a step uses; the step itself if that is an action of another repository, or none. */
function expanded(step: WorkflowStep, root: string): WorkflowStep[] {
  if (!step.uses?.startsWith("./")) return [step];
  const folder = path.normalize(step.uses);
  const { inputs: declared, runs } = Action.parse(
    parse(fs.readFileSync(path.join(root, folder, "action.yml"), "utf8")),
  );
  const given = z.record(z.string(), z.coerce.string()).parse(step.with ?? {});
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  if (unknown.length > 0) throw new Error(`${step.uses} has no input ${unknown.join(", ")}`);
  if (step.if !== undefined) throw new Error(`${step.uses}: a condition of a composite action is not supported`);
  const inputs = Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, given[name] ?? input.default]),
  );
  return runs.steps.map((inner) => ({ ...inner, action: { folder, inputs } }));
}

/**
 * Reads a workflow of GitHub Actions.
 *
 * @param root where the repository's own actions are
 * @throws if it contains something that this runner does not support
 */
export function readWorkflow(file: string, root: string = REPOSITORY): Workflow {
  const { jobs, ...workflow } = Workflow.parse(parse(fs.readFileSync(file, "utf8")));
  const whole = Object.entries(jobs).map(([name, job]) => {
    return [name, { ...job, steps: job.steps.flatMap((step) => expanded(step, root)) }];
  });
  return { ...workflow, jobs: Object.fromEntries(whole) as Record<string, WorkflowJob> };
}

/** Jobs that a job waits for. */
export function needsOf({ needs = [] }: WorkflowJob): string[] {
  return typeof needs === "string" ? [needs] : needs;
}

/** Names of the jobs, each after those that it needs. @throws if they need each other */
export function inOrder(jobs: Record<string, WorkflowJob>): string[] {
  const ordered: string[] = [];
  const waiting = new Set(Object.keys(jobs));
  while (waiting.size > 0) {
    const next = [...waiting].find((name) => needsOf(jobs[name]).every((need) => ordered.includes(need)));
    if (next === undefined) throw new Error(`jobs need each other: ${[...waiting].join(", ")}`);
    ordered.push(next);
    waiting.delete(next);
  }
  return ordered;
}
