/** Inputs of the command plugin's resources: permitted properties, defaults, and secrets. */
import type { CheckFailure } from "../provider";
import { isMap, Secret, Unknown, unwrapSecret, type PropertyMap, type PropertyValue } from "../property-values";

type Kind = "string" | "number" | "boolean" | "strings" | "any" | "list" | "map" | "source";
interface Input {
  kind: Kind;
  required?: boolean;
}

const CONNECTION: Record<string, Input> = {
  user: { kind: "string" },
  password: { kind: "string" },
  host: { kind: "string", required: true },
  port: { kind: "number" },
  privateKey: { kind: "string" },
  privateKeyPassword: { kind: "string" },
  agentSocketPath: { kind: "string" },
  dialErrorLimit: { kind: "number" },
  perDialTimeout: { kind: "number" },
  hostKey: { kind: "string" },
};
const CONNECTION_DEFAULTS: PropertyMap = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const CONNECTION_SECRETS = ["password", "privateKey", "privateKeyPassword"];

export const COMMAND_INPUTS: Record<string, Input> = {
  create: { kind: "string" },
  update: { kind: "string" },
  delete: { kind: "string" },
  triggers: { kind: "list" },
  stdin: { kind: "string" },
  logging: { kind: "string" },
  environment: { kind: "strings" },
  addPreviousOutputInEnv: { kind: "boolean" },
};
export const COPY_INPUTS: Record<string, Input> = {
  triggers: { kind: "list" },
  source: { kind: "source", required: true },
  remotePath: { kind: "string", required: true },
};

const TYPE_NAMES: Partial<Record<Kind, string>> = { string: "string", number: "float64", boolean: "bool" };

function typeName(value: PropertyValue): string {
  if (Array.isArray(value)) return "[]interface {}";
  return TYPE_NAMES[typeof value as Kind] ?? "map[string]interface {}";
}

function hasKind(value: PropertyValue, kind: Kind): boolean {
  if (kind === "any") return true;
  if (kind === "list") return Array.isArray(value);
  if (kind === "map" || kind === "source") return isMap(value);
  if (kind === "strings") return isMap(value) && Object.values(value).every((entry) => isOrWillBe(entry, "string"));
  return typeof value === kind;
}

function isOrWillBe(value: PropertyValue, kind: Kind): boolean {
  const plain = unwrapSecret(value)!;
  return plain instanceof Unknown || hasKind(plain, kind);
}

/** What is wrong with the properties of an object, in the words of the real plugin's framework. */
function failuresOf(values: PropertyMap, inputs: Record<string, Input>, type: string): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, { kind, required }] of Object.entries(inputs)) {
    const value = unwrapSecret(values[property]);
    if (value === undefined) {
      if (required) failures.push({ property, reason: `Missing required field '${property}' on '${type}'` });
    } else if (!isOrWillBe(value, kind)) {
      const expected = TYPE_NAMES[kind] ?? kind;
      const reason = `Field '${property}' on '${type}' must be a '${expected}'; got '${typeName(value)}' instead`;
      failures.push({ property, reason });
    }
  }
  for (const property of Object.keys(values).filter((name) => !(name in inputs))) {
    failures.push({ property, reason: `Unrecognized field '${property}' on '${type}'` });
  }
  return failures;
}

/** The failures of a nested object, which are reported as one failure of the property that contains it. */
function nestedFailure(property: string, owner: string, nested: CheckFailure[]): CheckFailure[] {
  if (nested.length === 0) return [];
  const lines = nested.map((failure) => `\n\t${failure.property}: ${failure.reason}`).join("");
  return [
    {
      property,
      reason: `An error occurred decoding '${owner}.${property}': ${nested.length} failures decoding:${lines}`,
    },
  ];
}

function connectionFailures(connection: PropertyMap, owner: string): CheckFailure[] {
  const proxy = unwrapSecret(connection.proxy);
  const own = failuresOf(connection, { ...CONNECTION, proxy: { kind: "any" } }, "remote.Connection");
  const nested = isMap(proxy) ? failuresOf(proxy, CONNECTION, "remote.ProxyConnection") : [];
  return nestedFailure("connection", owner, [...own, ...nestedFailure("proxy", "Connection", nested)]);
}

/** Fills in the defaults. */
function withDefaults(connection: PropertyMap): PropertyMap {
  const completed: PropertyMap = { ...CONNECTION_DEFAULTS, ...connection };
  const proxy = unwrapSecret(completed.proxy);
  if (!isMap(proxy)) return completed;
  const completedProxy = { ...CONNECTION_DEFAULTS, ...proxy };
  return { ...completed, proxy: completed.proxy instanceof Secret ? new Secret(completedProxy) : completedProxy };
}

/** Marks secrets. */
function withSecrets(connection: PropertyMap): PropertyMap {
  const marked = { ...connection };
  for (const name of CONNECTION_SECRETS) {
    if (name in marked && !(marked[name] instanceof Secret)) marked[name] = new Secret(marked[name]);
  }
  const proxy = unwrapSecret(marked.proxy);
  if (isMap(proxy)) marked.proxy = marked.proxy instanceof Secret ? new Secret(withSecrets(proxy)) : withSecrets(proxy);
  return marked;
}

/** Checks a resource's inputs: failures by property, and the inputs with defaults in and the connection secret. */
export function checkInputs(
  inputs: PropertyMap,
  known: Record<string, Input>,
  type: string,
): { inputs: PropertyMap; failures: CheckFailure[] } {
  const owner = `${type}Inputs`;
  const failures = failuresOf(inputs, { connection: { kind: "map", required: true }, ...known }, `remote.${owner}`);
  const connection = unwrapSecret(inputs.connection);
  if (isMap(connection)) failures.push(...connectionFailures(connection, owner));
  if (connection === undefined) return { inputs, failures };
  if (!isMap(connection)) return { inputs: { ...inputs, connection: new Secret(connection) }, failures };
  const completed = failures.length > 0 ? connection : withDefaults(connection);
  return { inputs: { ...inputs, connection: new Secret(withSecrets(completed)) }, failures };
}
