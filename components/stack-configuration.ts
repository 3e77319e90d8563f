/** The stack's configuration as Pulumi hands it over, checked before the first resource is made. */
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../model/tenant/clouds";
import { checkConfiguration, type StackConfiguration } from "../model/configuration/configuration";
import { CORRECT_IT } from "../model/configuration/configuration-schema";
import { formatBriefly, formatProblem, ProblemError, type Problem } from "../model/diagnostics/problem";
import { fitList, LIST_LINES, SCREEN, screenLines } from "../model/text/screen";
import { tenantAccess } from "../remote/tenant-access";
import { stackSetting } from "./tenant-directory";

/** Values that hold JSON; all others are text. */
function parsed(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function tenantProblems(cloud: Cloud): Problem[] {
  try {
    tenantAccess(stackSetting, cloud);
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return [...error.problems];
    throw error;
  }
}

/** What a stack's file declares. */
export interface StackSettings {
  /** Servers and the rest, checked and with defaults. */
  configuration: StackConfiguration;
  /** The SSH key for all servers, a secret; undefined where the agent has it. */
  sshPrivateKey: pulumi.Output<string> | undefined;
}

/**
 * All problems in one message that fits on a screen: with their remedies, else one line each; where there are more still,
 * the doctor has them all.
 */
export function configurationMessage(stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  // That a wrong value wants to be corrected need not stand in every line.
  const short = (problem: Problem) => (problem.remedy === CORRECT_IT ? { ...problem, remedy: "" } : problem);
  const title = `the configuration of stack ${stack} has ${count}:`;
  const full = problems.map((problem) => `  ${formatProblem(short(problem))}`);
  if (screenLines(full.join("\n")) <= LIST_LINES) return [title, ...full].join("\n");
  const brief = problems.map((problem) => `  ${formatBriefly(problem, SCREEN.columns - 6)}`);
  const doctor = `npx connect-sync-identity doctor --stack ${stack}`;
  const list = fitList(brief, (left) => `  and ${left} more: ${doctor}`);
  return [title, ...list, ...(list.length === brief.length ? [`  what helps with each: ${doctor}`] : [])].join("\n");
}

/**
 * Reads the stack's configuration in the namespace of the project, as the ready-made program does.
 * @throws pulumi.RunError with every problem of configuration and environment
 */
export function readStackConfiguration(): StackSettings {
  const config = new pulumi.Config();
  const prefix = `${pulumi.getProject()}:`;
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const raw = Object.fromEntries(all.map(([key, value]) => [key.slice(prefix.length), parsed(value)]));
  const { configuration, problems } = checkConfiguration(raw, process.env);
  problems.push(...tenantProblems(configuration?.cloud ?? "global"));
  if (!configuration || problems.length > 0) {
    throw new pulumi.RunError(configurationMessage(pulumi.getStack(), problems));
  }
  return { configuration, sshPrivateKey: config.getSecret("sshPrivateKey") };
}
