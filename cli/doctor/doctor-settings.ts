/**
 * A stack's settings as its file holds them, so that the doctor needs neither Pulumi nor a state. If the file holds
 * what only Pulumi can read (secrets, environments), Pulumi is asked if it is there.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { checkConfiguration, type StackConfiguration } from "../../model/configuration/configuration";
import { expandEnvironment, LIST_SETTING, listedNames } from "../../model/configuration/environment";
import { parseStackFile } from "../../model/configuration/stack-file";
import { misreadPorts } from "../../model/configuration/written-numbers";
import { hostKeyProblem, parseHostKey } from "../../model/server/host-key";
import { byNearness } from "../../model/text/nearest";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { Setting } from "../../remote/tenant-access";
import { UsageError } from "../../console/errors";
import { findOnPath } from "../../console/processes/find-on-path";
import type { ConnectionFacts } from "./doctor-connection-checks";
import { PulumiCommand } from "../stack/pulumi-command";
import { readState, type StateResource } from "../stack/stack-context";
import { projectName } from "../../console/project-name";
import { projectFileOf } from "../stack/project-folder";
import { readSettings } from "../stack/stack-settings";

export interface DoctorSettings {
  /** Null if there are problems. */
  configuration: StackConfiguration | null;
  problems: Diagnostic[];
  /** Host keys as the file has them, by server; a server may have none yet. */
  pins: Record<string, ConnectionFacts["pin"]>;
  /** Names of the declared servers, those with problems included. */
  servers: string[];
  setting: Setting;
  sshPrivateKey: string | undefined;
  /** What could not be read, one sentence each. */
  notes: string[];
  /** The stack's resources in state; none if there is no stack yet, null if Pulumi or its backend is not at hand. */
  readState(): Promise<readonly StateResource[] | null>;
}

type Values = Record<string, unknown>;
const isMap = (value: unknown): value is Values => value !== null && typeof value === "object" && !Array.isArray(value);
const isSecret = (value: unknown) => isMap(value) && Object.keys(value).join() === "secure";

interface StackFile {
  config: Values;
  /** Keys of values that only Pulumi can read. */
  sealed: string[];
  /** Its text. */
  source: string;
}

/** @throws UsageError if there is no such stack, with those that there are */
function readStackFile(folder: string, stack: string, configFile: string | undefined): StackFile {
  const file = configFile ?? path.join(folder, `Pulumi.${stack}.yaml`);
  if (!fs.existsSync(file)) {
    const found = fs.readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    const known = byNearness(stack, found).join(", ") || "none";
    throw new UsageError(`${configFile ?? path.basename(file)} does not exist; stacks with a file: ${known}`);
  }
  const source = fs.readFileSync(file, "utf8");
  let content: unknown;
  try {
    content = parseStackFile(source);
  } catch (error) {
    throw new UsageError(`${path.basename(file)} is not valid YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const { config, environment } = isMap(content) ? content : {};
  const entries = Object.entries(isMap(config) ? config : {});
  const sealed = entries.filter(([, value]) => isSecret(value)).map(([key]) => key);
  const open = entries.filter(([, value]) => !isSecret(value));
  const withEnvironments = environment === undefined ? sealed : [...sealed, "environment"];
  return { config: Object.fromEntries(open), sealed: withEnvironments, source };
}

/** A host key that is never asked for: a placeholder if the file has none, so that the rest of the file is checked. */
function placeholder(name: string): string {
  const type = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  return `ssh-ed25519 ${Buffer.concat([type, Buffer.from(name.padEnd(32).slice(-32), "latin1")]).toString("base64")}`;
}

/** The pin in the file. */
function pinOf(written: unknown, environment: NodeJS.ProcessEnv, listed: readonly string[]): ConnectionFacts["pin"] {
  if (written === undefined || written === null || written === "") {
    return { missing: true, problem: "no host key is pinned in connection.hostKey" };
  }
  const place = { server: null, property: "connection.hostKey" };
  const { value } = expandEnvironment(written, environment, listed, () => place);
  const line = typeof value === "string" ? value : "";
  const wrong = hostKeyProblem(line, null, "connection.hostKey");
  if (wrong) return { missing: false, problem: `connection.hostKey is ${wrong.actual}` };
  return parseHostKey(line)!;
}

/** Takes the host keys out for a check of their own, and puts placeholders if one cannot be used. */
function withPins(own: Values, environment: NodeJS.ProcessEnv): { own: Values; pins: DoctorSettings["pins"] } {
  // Without a prototype: the names are those of the file.
  const pins = Object.create(null) as DoctorSettings["pins"];
  if (!isMap(own.servers)) return { own, pins };
  const servers = Object.entries(own.servers).map(([name, server]): [string, unknown] => {
    if (!isMap(server) || !isMap(server.connection)) return [name, server];
    const pin = pinOf(server.connection.hostKey, environment, listedNames(own[LIST_SETTING]));
    pins[name] = pin;
    if ("blob" in pin) return [name, server];
    return [name, { ...server, connection: { ...server.connection, hostKey: placeholder(name) } }];
  });
  return { own: { ...own, servers: Object.fromEntries(servers) }, pins };
}

async function stateAtHand(pulumi: PulumiCommand): Promise<readonly StateResource[] | null> {
  if (!findOnPath("pulumi")) return null;
  return readState(pulumi).catch((error: unknown) => (/no stack named/i.test(String(error)) ? [] : null));
}

const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value));

/**
 * Reads and checks the settings of a stack.
 * @throws UsageError if there is no such stack
 */
export async function readDoctorSettings(
  folder: string,
  stack: string,
  configFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<DoctorSettings> {
  const { config, sealed, source } = readStackFile(folder, stack, configFile);
  const prefix = `${projectName(projectFileOf(folder))}:`;
  const keys = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  let own: Values = Object.fromEntries(keys.map(([key, value]) => [key.slice(prefix.length), value]));
  let all: Values = config;
  let sshPrivateKey: string | undefined = text(own.sshPrivateKey);
  delete own.sshPrivateKey;
  const notes: string[] = [];
  const pulumi = new PulumiCommand({ stack, configFile, projectFolder: folder, log: () => undefined });
  if (sealed.length > 0 && findOnPath("pulumi")) {
    try {
      const settings = await readSettings(pulumi);
      ({ own, all, sshPrivateKey } = settings);
    } catch (error) {
      notes.push(`${sealed.join(", ")}: not read; Pulumi reports: ${(error as Error).message.split("\n")[0]}`);
    }
  } else if (sealed.length > 0) {
    notes.push(`${sealed.join(", ")}: not read; this needs Pulumi, which is not on PATH`);
  }
  const servers = isMap(own.servers) ? Object.keys(own.servers) : [];
  const checked = withPins(own, environment);
  const { configuration: checkedConfiguration, problems } = checkConfiguration(
    checked.own,
    environment,
    stack.split("/").at(-1),
  );
  problems.push(...misreadPorts(source, `${prefix}servers`, own.servers));
  const setting: Setting = (name, variable) => text(all[`azuread:${name}`]) || environment[variable] || undefined;
  const state = () => stateAtHand(pulumi);
  const configuration = problems.length === 0 ? (checkedConfiguration ?? null) : null;
  return { configuration, problems, pins: checked.pins, servers, setting, sshPrivateKey, notes, readState: state };
}
