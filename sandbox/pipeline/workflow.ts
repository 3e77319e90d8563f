/** A pipeline's file as its runner reads it: jobs in order, and the exact text of their steps. */
import * as fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const Environment = z.record(z.string(), z.coerce.string());

const Step = z.strictObject({
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

export type WorkflowStep = z.infer<typeof Step>;
export type WorkflowJob = z.infer<typeof Job>;
export type Workflow = z.infer<typeof Workflow>;

/** Reads a workflow of GitHub Actions. @throws if it contains something that this runner does not support */
export function readWorkflow(file: string): Workflow {
  return Workflow.parse(parse(fs.readFileSync(file, "utf8")));
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
