/** What a program passes to SyncIdentities, as plain settings; what they cannot be is a problem with a name. */
import * as pulumi from "@pulumi/pulumi";
import { invalidSetting } from "../model/configuration/invalid-setting";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import type { GivenSettings } from "../components/configuration-message";

/** The one setting that is kept as a secret. */
const SECRET_SETTING = "sshPrivateKey";

interface Resolved {
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  promise(withUnknowns?: boolean): Promise<unknown>;
}

type Path = readonly string[];

/** Server and property of a path, as messages name them. */
function placeOf([setting, ...rest]: Path) {
  const [server, ...inner] = setting === "servers" ? rest : [];
  return server === undefined
    ? { server: null, property: [setting, ...rest].join(".") }
    : { server, property: inner.join(".") || "configuration" };
}

const unknown = (path: Path) =>
  invalidSetting(
    placeOf(path),
    "a value that a preview knows, as it observes the servers",
    "an output that is not known yet",
    "Pass the value itself, or set it in the stack's configuration; outputs of other resources come too late.",
  );

const secret = (path: Path) =>
  invalidSetting(
    placeOf(path),
    `a plain value: of all settings only ${SECRET_SETTING} is kept as a secret`,
    "a secret",
    "Pass it without marking it as a secret, or read it from the configuration as plain text.",
  );

const notData = (path: Path) =>
  invalidSetting(
    placeOf(path),
    "text, a number, true or false, a list or a map",
    "an object of the program",
    "Pass its value.",
  );

/** Reads one value; nothing is left of what has a problem, and of null, which languages pass for what is left out. */
async function read(value: unknown, path: Path, problems: Diagnostic[]): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) return readOutput(value as unknown as Resolved, path, problems);
  if (value === null || typeof value !== "object") return value ?? undefined;
  if (Array.isArray(value)) {
    return Promise.all(value.map((entry, index) => read(entry, [...path, String(index)], problems)));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    problems.push(notData(path));
    return undefined;
  }
  const entries = Object.entries(value).map(async ([key, entry]) => [key, await read(entry, [...path, key], problems)]);
  return Object.fromEntries((await Promise.all(entries)).filter(([, entry]) => entry !== undefined)) as unknown;
}

async function readOutput(output: Resolved, path: Path, problems: Diagnostic[]): Promise<unknown> {
  if (!(await output.isKnown)) problems.push(unknown(path));
  else if ((await output.isSecret) && path[0] !== SECRET_SETTING) problems.push(secret(path));
  else return read(await output.promise(true), path, problems);
  return undefined;
}

/**
 * The settings of a program by their names, and what is wrong with them. An unknown or a secret part takes only itself
 * away: the rest is checked in the same run.
 *
 * @param by who gives them, for messages
 */
export async function givenSettings(by: string, inputs: Readonly<Record<string, unknown>>): Promise<GivenSettings> {
  const problems: Diagnostic[] = [];
  const present = Object.entries(inputs).filter(([, value]) => value !== null && value !== undefined);
  const settings = await Promise.all(present.map(async ([key, value]) => [key, await read(value, [key], problems)]));
  return { settings: Object.fromEntries(settings) as Record<string, unknown>, problems, by };
}
