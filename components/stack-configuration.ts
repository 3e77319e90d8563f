/** The stack's configuration as Pulumi provides it, checked before the first resource is registered. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../model/tenant/clouds";
import { checkConfiguration, type StackConfiguration } from "../model/configuration/configuration";
import { CORRECT_IT } from "../model/configuration/configuration-schema";
import { misreadPorts } from "../model/configuration/written-numbers";
import { stackValue } from "../model/configuration/stack-value";
import { formatBriefly, formatDiagnostic, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { own, renderCommand, type Reader } from "../model/diagnostics/remedy";
import { fitList, LIST_LINES, SCREEN, screenLines } from "../model/text/screen";
import { tenantAccess } from "../remote/tenant-access";
import { stackSetting } from "./tenant-directory";
import { thisReader } from "./this-reader";

function tenantProblems(cloud: Cloud | null): Diagnostic[] {
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
  /** Servers and other settings, checked and with defaults. */
  configuration: StackConfiguration;
  /** The SSH key for all servers, a secret; undefined if the agent has it. */
  sshPrivateKey: pulumi.Output<string> | undefined;
}

/**
 * All problems in one message that fits on a screen: with their remedies if there is room, else one line each; if there
 * are still more, the doctor shows all of them.
 */
function configurationMessage(reader: Reader, problems: readonly Diagnostic[]): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  // That a wrong value wants to be corrected need not be in every line.
  const short = (problem: Diagnostic) => (problem.remedy[0] === CORRECT_IT ? { ...problem, remedy: [] } : problem);
  const title = `the configuration of stack ${reader.stack} has ${count}:`;
  const full = problems.map((problem) => `  ${formatDiagnostic(short(problem), reader)}`);
  if (screenLines(full.join("\n")) <= LIST_LINES) return [title, ...full].join("\n");
  const brief = problems.map((problem) => `  ${formatBriefly(problem, SCREEN.columns - 6)}`);
  const doctor = renderCommand(own("doctor"), reader);
  const list = fitList(brief, (left) => `  and ${left} more: ${doctor}`);
  return [title, ...list, ...(list.length === brief.length ? [`  for the remedies: ${doctor}`] : [])].join("\n");
}

/** The stack's own file, which Pulumi does not hand over; empty if there is none, for instance with `--config-file`. */
function stackFile(): string {
  const folder = pulumi.getRootDirectory();
  try {
    return fs.readFileSync(path.join(folder, `Pulumi.${pulumi.getStack()}.yaml`), "utf8");
  } catch {
    return "";
  }
}

/**
 * Reads the stack's configuration in the project's namespace, as the program index.ts does.
 * @throws pulumi.RunError with every problem of configuration and environment
 */
export function readStackConfiguration(): StackSettings {
  const config = new pulumi.Config();
  const prefix = `${pulumi.getProject()}:`;
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const raw = Object.fromEntries(all.map(([key, value]) => [key.slice(prefix.length), stackValue(value)]));
  const { configuration, problems } = checkConfiguration(raw, process.env, pulumi.getStack());
  problems.push(...misreadPorts(stackFile(), `${prefix}servers`, raw.servers));
  problems.push(...tenantProblems(configuration?.cloud ?? null));
  if (!configuration || problems.length > 0) {
    throw new pulumi.RunError(configurationMessage(thisReader(), problems));
  }
  return { configuration, sshPrivateKey: config.getSecret("sshPrivateKey") };
}
