/** Arguments that a program gives to the classes, held against the rules of a stack's configuration. */
import {
  checkSettings,
  foreignToMode,
  show,
  SSH_SECRET_REMEDY,
  unknownKeyProblem,
  type AllowedRoleHolder,
  type CredentialPolicy,
  type ServerConfiguration,
  type StackConfiguration,
} from "./configuration";
import { composedNameProblems } from "./composed-names";
import { ruleProblems } from "./configuration-rules";
import { expectationAt, keysAt, modeIn, modesWith, remedyAt, type ServerMode } from "./configuration-schema";
import type { Cloud } from "../tenant/clouds";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { mapSentences } from "../diagnostics/remedy";
import { invalidSetting, type SettingPlace } from "./invalid-setting";

/** A server as it was declared in a program, with the defaults. */
export interface Declaration extends ServerConfiguration {
  owners: string[];
  credentialPolicy: CredentialPolicy;
}

type Values = Record<string, unknown>;

/** Arguments of a server that are no settings of its own in a stack's configuration. */
const STACK_WIDE = ["owners", "credentialPolicy"] as const;

/** What is known only while Pulumi runs, or is no value at all, in words; null for what a configuration could hold. */
function unusable(value: unknown): string | null {
  if (value === null || ["string", "number", "boolean", "undefined"].includes(typeof value)) return null;
  if (typeof value !== "object") return `a ${typeof value}`;
  const { apply, then } = value as { apply?: unknown; then?: unknown };
  if (typeof apply === "function") return "an output";
  if (typeof then === "function") return "a promise";
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (Array.isArray(value) || prototype === null || prototype === Object.prototype) return null;
  return `a ${(value as object).constructor?.name ?? "value"}`;
}

const isMap = (value: unknown): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value) && unusable(value) === null;

const LATE = [
  "A server is observed while the program runs, before anything is made:",
  "give the value itself, for example from pulumi.Config.",
].join(" ");

/** A copy of plain values without those that are left open, and one problem for each that is no plain value. */
function plainValues(root: unknown, at: (path: string[]) => SettingPlace & { expected: string }) {
  const problems: Diagnostic[] = [];
  const copy = (value: unknown, path: string[]): unknown => {
    const actual = unusable(value);
    if (actual !== null) {
      const late = actual === "an output" || actual === "a promise";
      const help = late ? LATE : "Correct it in the program.";
      const place = at(path);
      problems.push(invalidSetting(place, place.expected, actual, help));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((entry, index) => copy(entry, [...path, String(index)]));
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).map(([key, entry]) => [key, copy(entry, [...path, key])] as const);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
  };
  return { value: copy(root, []), problems };
}

/** Problems of a configuration in the words of a program: another property, another place to put it right. */
function inProgram(name: string | undefined): (problem: Diagnostic) => Diagnostic {
  return (problem) => {
    const property = problem.property === `servers.${name}` ? "name" : problem.property;
    const remedy = mapSentences(problem.remedy, (sentence) =>
      sentence === SSH_SECRET_REMEDY
        ? "Remove it: the SSH key comes from the agent at SSH_AUTH_SOCK, or from connection.privateKey."
        : sentence.replace("in the stack's configuration", "in the program"),
    );
    return { ...problem, ...(name === undefined ? {} : { subject: name }), property, remedy };
  };
}

/** Leaves out the keys that are none of the known ones, each with a problem. */
function withoutUnknown(
  values: unknown,
  server: string,
  prefix: string,
  known: readonly string[],
  mode?: ServerMode,
): { values: unknown; problems: Diagnostic[] } {
  if (!isMap(values)) return { values, problems: [] };
  // To leave a setting out and to give null is the same.
  const isForeign = (key: string) => mode !== undefined && modesWith(key).length > 0;
  const unknown = Object.keys(values).filter(
    (key) => !known.includes(key) && !(isForeign(key) && (values[key] ?? null) === null),
  );
  const problems = unknown.map((key) => {
    const place = { server, property: `${prefix}${key}` };
    return isForeign(key) ? foreignToMode(place, key, mode!) : unknownKeyProblem(place, key, known);
  });
  return {
    values: Object.fromEntries(Object.entries(values).filter(([key]) => known.includes(key))) as Values,
    problems,
  };
}

/** What is wrong with an SSH key, of which nothing may be shown; one that is known later is not looked at. */
function privateKeyProblems(server: string, key: unknown, property: string): Diagnostic[] {
  const isKey = typeof key === "string" && key.includes("PRIVATE KEY");
  if (key === undefined || key === null || isKey || ["an output", "a promise"].includes(unusable(key) ?? "")) return [];
  const actual = key === "" ? "an empty text" : typeof key === "string" ? "another text" : show(key);
  const help = "Leave it out, so that the agent at SSH_AUTH_SOCK is asked, or give the text of the key's file.";
  const expected = "an SSH private key in PEM form";
  const at = { server, property };
  return [invalidSetting(at, expected, actual, help)];
}

/** A connection, or the bastion of one, without its key, and what is wrong with key and names. */
function checkConnection(
  server: string,
  given: unknown,
  path: readonly string[] = ["connection"],
): { values: unknown; problems: Diagnostic[] } {
  const known = [...keysAt(["servers", server, ...path]), "privateKey"];
  const prefix = `${path.join(".")}.`;
  const { values, problems } = withoutUnknown(given, server, prefix, known);
  if (!isMap(values)) return { values, problems };
  const { privateKey, ...rest } = values;
  problems.push(...privateKeyProblems(server, privateKey, `${prefix}privateKey`));
  // To leave a key or a bastion out and to give null is the same.
  const open = ([key, value]: [string, unknown]) =>
    !["sshPublicKey", "proxy"].includes(key) || (value ?? null) !== null;
  const connection = Object.fromEntries(Object.entries(rest).filter(open));
  if (!("proxy" in connection)) return { values: connection, problems };
  const proxy = checkConnection(server, connection.proxy, [...path, "proxy"]);
  return { values: { ...connection, proxy: proxy.values }, problems: [...problems, ...proxy.problems] };
}

/**
 * Checks what a program declares of one server, by shape and by the rules that it can keep or break alone.
 *
 * @param name the server's name
 * @param args the arguments without those that are objects of the program: tenant, switchAfter, connection.privateKey
 * @param objects names of those arguments, which are known
 * @returns the declaration with its defaults if there are no problems, and every problem found
 */
export function checkServer(
  name: string,
  args: unknown,
  objects: readonly string[] = [],
): { declaration?: Declaration; problems: Diagnostic[] } {
  const inWords = inProgram(name);
  const path = ["servers", name];
  if (!isMap(args)) {
    const at = { server: name, property: "arguments" };
    const actual = unusable(args) ?? show(args);
    return {
      problems: [inWords(invalidSetting(at, "a map with tenant, role and connection", actual, remedyAt(path)))],
    };
  }
  const mode = modeIn(args);
  const known = [...keysAt(path, mode), ...STACK_WIDE];
  const own = withoutUnknown(args, name, "", [...known, ...objects], mode);
  const given = own.values as Values;
  const connection = checkConnection(name, given.connection);
  const settings = Object.fromEntries(
    // To leave an argument out and to give null is the same.
    Object.entries({ ...given, connection: connection.values }).filter(
      ([key, value]) => known.includes(key) && value !== null,
    ),
  );
  const plain = plainValues(settings, (inner) => ({
    server: name,
    property: inner.join("."),
    expected: expectationAt(inner[0] === "owners" ? inner : [...path, ...inner]),
  }));
  const { owners, credentialPolicy, ...server } = plain.value as Values;
  const stack = { owners, credentialPolicy, servers: { [name]: server } };
  const before = [...own.problems, ...connection.problems, ...plain.problems].map(inWords);
  const { configuration, problems } = checkSettings(stack, before, inWords);
  if (!configuration) return { problems };
  const { servers, owners: declaredOwners, credentialPolicy: policy } = configuration;
  return { declaration: { ...servers[0], owners: declaredOwners, credentialPolicy: policy }, problems };
}

/** What of the names that are made of the stack's and the server's is too long. */
export function composedProblems(stack: string, server: ServerConfiguration): Diagnostic[] {
  return composedNameProblems(stack, [server]).map(inProgram(server.name));
}

/**
 * The rules that servers of one tenant can break together only: names, hosts and roles that one of them may have.
 *
 * @param servers each without a problem of its own
 */
export function sharedProblems(servers: readonly ServerConfiguration[]): Diagnostic[] {
  const stack: StackConfiguration = {
    ...{ cloud: null, environment: null, owners: [], pipelineObjectId: null },
    ...{ credentialPolicy: "report", allowedRoleHolders: [], servers: [...servers] },
  };
  return ruleProblems(stack, () => false).map(inProgram(undefined));
}

/** Checks the cloud that a program names. */
export function checkCloud(cloud: unknown): { cloud: Cloud | null; problems: Diagnostic[] } {
  const { value, problems } = plainValues({ cloud }, ([key]) => ({
    server: null,
    property: key,
    expected: expectationAt([key]),
  }));
  const checked = checkSettings({ ...(value as Values), servers: {} }, problems, inProgram(undefined));
  return { cloud: checked.configuration?.cloud ?? null, problems: checked.problems };
}

/** Checks the principals that a program allows to synchronise. */
export function checkRoleHolders(allowedRoleHolders: unknown): {
  holders: AllowedRoleHolder[];
  problems: Diagnostic[];
} {
  const { value, problems } = plainValues({ allowedRoleHolders }, (path) => ({
    server: null,
    property: path.join("."),
    expected: expectationAt(path),
  }));
  const checked = checkSettings({ ...(value as Values), servers: {} }, problems, inProgram(undefined));
  return { holders: checked.configuration?.allowedRoleHolders ?? [], problems: checked.problems };
}
