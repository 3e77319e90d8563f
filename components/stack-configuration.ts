/** The stack's configuration as Pulumi provides it, checked before the first resource is registered. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../model/tenant/clouds";
import { checkConfiguration, type StackConfiguration } from "../model/configuration/configuration";
import { misreadPorts } from "../model/configuration/written-numbers";
import { stackValue } from "../model/configuration/stack-value";
import { ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { tenantAccess } from "../remote/tenant-access";
import { configurationMessage, problemsOfBoth, type GivenSettings } from "./configuration-message";
import { construction } from "./construction";
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

/** The folder of the stack's files. A provider is started in that of the program, which may be below it. */
function projectFolder(): string {
  if (!construction()) return pulumi.getRootDirectory();
  const above = (folder: string): string => {
    const parent = path.dirname(folder);
    return parent === folder || fs.existsSync(path.join(folder, "Pulumi.yaml")) ? folder : above(parent);
  };
  return above(process.cwd());
}

/** The stack's own file, which Pulumi does not hand over; empty if there is none, for instance with `--config-file`. */
function stackFile(): string {
  try {
    return fs.readFileSync(path.join(projectFolder(), `Pulumi.${pulumi.getStack()}.yaml`), "utf8");
  } catch {
    return "";
  }
}

/**
 * Reads the stack's configuration in the project's namespace, as the program index.ts does.
 * @throws pulumi.RunError with every problem of configuration and environment
 */
export function readStackConfiguration(): StackSettings {
  return readSettings(undefined);
}

/**
 * The stack's configuration with what a program gives itself, setting by setting.
 * @throws pulumi.RunError with every problem of both, and of the environment
 */
export function readSettings(given: GivenSettings | undefined): StackSettings {
  const config = new pulumi.Config();
  const prefix = `${pulumi.getProject()}:`;
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const written = Object.fromEntries(all.map(([key, value]) => [key.slice(prefix.length), stackValue(value)]));
  const raw: Record<string, unknown> = { ...written, ...given?.settings };
  const { configuration, problems: found } = checkConfiguration(raw, process.env, pulumi.getStack());
  const problems = given ? problemsOfBoth(found, given) : found;
  problems.push(...misreadPorts(stackFile(), `${prefix}servers`, raw.servers));
  problems.push(...tenantProblems(configuration?.cloud ?? null));
  if (!configuration || problems.length > 0) {
    throw new pulumi.RunError(configurationMessage(thisReader(), problems, given));
  }
  const key = given?.settings.sshPrivateKey;
  return {
    configuration,
    sshPrivateKey: typeof key === "string" ? pulumi.secret(key) : config.getSecret("sshPrivateKey"),
  };
}
