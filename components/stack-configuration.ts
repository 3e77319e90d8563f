/** The stack's configuration as Pulumi hands it over, checked before the first resource is made. */
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../model/clouds";
import { checkConfiguration, type StackConfiguration } from "../model/configuration";
import { formatProblem, ProblemError, type Problem } from "../model/problem";
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
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    throw new pulumi.RunError(
      `the configuration of stack ${pulumi.getStack()} has ${count}:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join("\n")}`,
    );
  }
  return { configuration, sshPrivateKey: config.getSecret("sshPrivateKey") };
}
