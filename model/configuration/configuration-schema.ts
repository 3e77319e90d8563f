/** The shape of a stack's configuration: its keys, their types, and what each should be in words. */
import { z } from "zod";
import { CLOUDS, type Cloud } from "../tenant/clouds";
import { encodeText } from "../text/encoders/text";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { guid, hostName, sha256 } from "../text/identifiers";
import { DURATION, isDuration } from "./duration";
import { namesSecret } from "./environment";
import { UNKNOWN } from "../server/server-facts";
import { hostKeyRemedy, namesPublicKey } from "../server/host-key";
import { MINIMUM_VERSION } from "../server/product-table";
import { VERSION } from "../server/versions";

/** What is done about credentials that are not declared: only reported, or removed as well. */
export const CREDENTIAL_POLICIES = ["report", "enforce"] as const;

/**
 * Who owns a server's application and certificate: this project both (byoa), Entra Connect both (managed), or Entra Connect
 * the application and this project the certificate (byoc).
 */
const SERVER_MODES = ["byoa", "managed", "byoc"] as const;
export type ServerMode = (typeof SERVER_MODES)[number];

/** What a stack is for, if that decides something: from a production stack no server is abandoned. */
export const ENVIRONMENTS = ["production", "test"] as const;

/** How a switch is verified: by what the connector then says, or by a delta synchronisation as well. */
export const VERIFICATIONS = ["sync", "switch"] as const;

/** The longest values, in UTF-16 units: names of Windows' accounts and providers, and lines of OpenSSH's keys. */
export const LONGEST = {
  text: 256,
  hostKey: 1_000,
  publicKey: 8_000,
  privateKey: 20_000,
  hash: 64,
  version: 23,
} as const;

/** A moment as Pulumi 3.259 and later write one that is not quoted. */
const GO_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/;

const duration = z.string().regex(DURATION).refine(isDuration);
/** Digits as a person reads them: a leading zero may mean base 8. */
const digits = z
  .string()
  .regex(/^[1-9]\d{0,4}$/)
  .transform(Number);
const port = z.union([z.int().min(1).max(65535), digits]).refine((n) => n >= 1 && n <= 65535);
/**
 * Text without what no one sees: blanks around it, line breaks, control characters, marks that turn the direction of
 * writing. Nor may it hold a command of a CI system, as Pulumi prints it as it is; nor be what the engine takes for a
 * value that is not known yet.
 */
const token = z
  .string()
  .max(LONGEST.text)
  .regex(/^\S(.*\S)?$/u)
  .refine((value) => encodeText(value, Infinity) === value && value !== UNKNOWN);
/** Such a text that is not a date in the form of Go: YAML and Pulumi make one of a date without quotes. */
const text = token.refine((value) => !GO_TIME.test(value));
/** A day of the calendar. YAML makes a time of one that is not quoted, and Pulumi 3.259 writes it as Go does. */
const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T00:00:00Z| 00:00:00 \+0000 UTC)?$/)
  .transform((written) => written.slice(0, 10))
  .refine((date) => new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) ?? false);

/** The name of a certificate template, as Active Directory has it (cn), not its display name. */
const TEMPLATE_NAME = /^[A-Za-z0-9]([A-Za-z0-9 ._()-]{0,62}[A-Za-z0-9._()-])?$/;

const sourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("selfSigned") }),
  z.strictObject({ kind: z.literal("issued"), sha256 }),
  z.strictObject({ kind: z.literal("template"), template: z.string().regex(TEMPLATE_NAME) }),
]);

const certificateSchema = z.strictObject({
  source: sourceSchema.optional(),
  lifetime: duration.optional(),
  rotateBefore: duration.optional(),
  keyProvider: text.optional(),
  allowSoftwareKey: z.boolean().optional(),
});

/** The name of an environment variable that `${NAME}` may read. */
const variable = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,119}$/)
  .refine((name) => !namesSecret(name));

const publicKey = z
  .string()
  .max(LONGEST.publicKey)
  .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
  .refine(namesPublicKey);

/** A bastion is reached as a server is. */
const proxySchema = z.strictObject({
  host: hostName,
  port: port.optional(),
  user: text,
  hostKey: z.string().min(1).max(LONGEST.hostKey),
  sshPublicKey: publicKey.optional(),
});

const connectionSchema = proxySchema.extend({ proxy: proxySchema.optional() });

const adoptSchema = z.strictObject({ certificateSha256: sha256 });

const roleHolderSchema = z.strictObject({
  id: guid,
  reason: text.max(200),
  expires: day,
});

/** What every mode has. */
const ANY_SERVER = {
  role: z.enum(["active", "staging"]),
  connection: connectionSchema,
  passwordWriteback: z.boolean().optional(),
  serviceAccount: text.optional(),
  minimumVersion: z.string().max(LONGEST.version).regex(VERSION).optional(),
  minimumVersionReason: text.max(200).optional(),
  renamedFrom: z.string().optional(),
};

/** What a certificate of this project has. */
const OWN_CERTIFICATE = {
  certificate: certificateSchema.optional(),
  repairConnectivityParameters: z.boolean().optional(),
  rotate: z.union([token.max(120), z.int().transform(String)]).optional(),
  verify: z.enum(VERIFICATIONS).optional(),
};

/** An application and a certificate of this project. */
const byoaSchema = z.strictObject({
  mode: z.literal("byoa").optional(),
  ...ANY_SERVER,
  applicationName: text.max(120).optional(),
  ...OWN_CERTIFICATE,
  adopt: adoptSchema.optional(),
});

/** A certificate of this project on the product's application. */
const byocSchema = z.strictObject({ mode: z.literal("byoc"), ...ANY_SERVER, ...OWN_CERTIFICATE });

/** Application and certificate are the product's: observed only. */
const managedSchema = z.strictObject({ mode: z.literal("managed"), ...ANY_SERVER });

const MODE_SCHEMAS = { byoa: byoaSchema, managed: managedSchema, byoc: byocSchema } as const;

const serverSchema = z.discriminatedUnion("mode", [byoaSchema, managedSchema, byocSchema]);

/** The mode that a server of the configuration has, regardless of what else is wrong with it. */
export function modeIn(server: unknown): ServerMode {
  const mode = server !== null && typeof server === "object" ? (server as { mode?: unknown }).mode : undefined;
  return SERVER_MODES.find((known) => known === mode) ?? "byoa";
}

/** The settings that a server of a mode may have. */
export const keysOfMode = (mode: ServerMode): string[] => Object.keys(MODE_SCHEMAS[mode].shape);

/** The modes to which a setting belongs, none for an unknown one. */
export const modesWith = (key: string): ServerMode[] => SERVER_MODES.filter((mode) => keysOfMode(mode).includes(key));

/** The configuration without `sshPrivateKey`, which is read as a secret. Names of servers are a rule's matter. */
export const stackSchema = z.strictObject({
  cloud: z.enum(Object.keys(CLOUDS) as [Cloud, ...Cloud[]]).optional(),
  environment: z.enum(ENVIRONMENTS).optional(),
  owners: z.array(z.union([z.literal("pipeline"), guid])).optional(),
  pipelineObjectId: guid.optional(),
  credentialPolicy: z.enum(CREDENTIAL_POLICIES).optional(),
  allowedRoleHolders: z.array(roleHolderSchema).optional(),
  certificate: certificateSchema.optional(),
  sshPublicKey: publicKey.optional(),
  environmentVariables: z.array(variable).optional(),
  servers: z.record(z.string(), serverSchema),
});

/** What each property should be, for messages. */
const EXPECTATIONS: Record<string, string> = {
  mode: '"byoa", "managed" or "byoc"',
  role: '"active" or "staging"',
  connection: "host, port, user and hostKey",
  proxy: "host, port, user and hostKey of the bastion",
  sshPublicKey: 'one line such as "ssh-ed25519 AAAA...", or its fingerprint such as "SHA256:..."',
  host: "a host name or address, and nothing else: a port belongs into connection.port",
  port: "a port from 1 to 65535",
  user: "the name of a local administrator on the server, one line of 256 characters at most",
  hostKey: 'one line such as "ssh-ed25519 AAAA..."',
  applicationName: "1 to 120 characters in one line, without blanks around them",
  passwordWriteback: "true or false",
  serviceAccount: "the account that runs the ADSync service, one line of 256 characters at most",
  certificate: "source, lifetime, rotateBefore, keyProvider or allowSoftwareKey",
  source: "kind selfSigned, kind issued with sha256, or kind template with template",
  kind: '"selfSigned", "issued" or "template"',
  template:
    "the name of a certificate template, not its display name: 1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses",
  sha256: "the SHA-256 of a certificate in LocalMachine\\My, 64 hexadecimal digits; its thumbprint has only 40",
  lifetime: 'whole days with their unit, such as "365 days"',
  rotateBefore: 'whole days with their unit, such as "180 days"',
  keyProvider: "the full name of a key storage provider, one line of 256 characters at most",
  allowSoftwareKey: "true or false",
  repairConnectivityParameters: "true or false",
  minimumVersion: `a version of four numbers, at least ${MINIMUM_VERSION}`,
  minimumVersionReason: "1 to 200 characters in one line that say why an older version is accepted",
  rotate: "any text of 1 to 120 characters in one line, a different one for each rotation",
  verify: '"sync" or "switch"',
  renamedFrom: "the name that this server had until now",
  adopt: "a map with certificateSha256",
  certificateSha256: "the SHA-256 of a certificate on the server, 64 hexadecimal digits",
  cloud: Object.keys(CLOUDS).join(", "),
  environment: '"production" or "test"',
  credentialPolicy: '"report" or "enforce"',
  allowedRoleHolders: "a list of maps with id, reason and expires",
  id: "the object id of a service principal",
  reason: "1 to 200 characters in one line that say why it may hold the role",
  expires: 'a day such as "2027-06-30"',
  owners: 'a list of object ids or "pipeline"',
  owner: '"pipeline" or an object id',
  pipelineObjectId: "the object id of the service principal that runs pulumi up",
  environmentVariables: "a list of names of environment variables, in capitals, none of a secret",
  servers: "a map of servers by name",
};

/** The place of a value in the configuration. */
export type Path = readonly (string | number)[];

/** The path within a server, empty if the server itself is meant; null outside of servers. */
export function pathInServer(path: Path): Path | null {
  return path[0] === "servers" && path.length > 1 ? path.slice(2) : null;
}

/** What helps if a value is plainly wrong. */
export const CORRECT_IT = "Correct it in the stack's configuration.";

const SERVERS_REMEDY =
  'Write it below "config:", indented, each server as "sync01:" with its settings below that, not as a list.';

/** Settings that are text, of which YAML makes something else if it is not quoted. */
const TEXTS = [
  "user",
  "applicationName",
  "serviceAccount",
  "keyProvider",
  "reason",
  "minimumVersionReason",
  "rotate",
  "renamedFrom",
];
const QUOTE_IT = "Put it in quotes in the stack's configuration: without them it is no text.";

/** What helps in a program, in place of what helps in the stack's file. */
const IN_PROGRAM: Readonly<Record<string, string>> = {
  [SERVERS_REMEDY]: "Pass a map of servers by name.",
  [QUOTE_IT]: "Pass it as text.",
};

/** The problem for a reader who gave the setting in a program. */
export function inProgram(problem: Diagnostic): Diagnostic {
  const [help] = problem.remedy;
  const other = typeof help === "string" ? IN_PROGRAM[help] : undefined;
  return other === undefined ? problem : { ...problem, remedy: [other] };
}

/** What helps if a value has the wrong shape. */
export function remedyAt(path: Path, value?: unknown): string {
  const noText = typeof value === "number" || typeof value === "boolean" || GO_TIME.test(String(value));
  if (noText && TEXTS.includes(String(path.at(-1)))) return QUOTE_IT;
  if (path.length === 1 && path[0] === "servers") return SERVERS_REMEDY;
  return path.at(-1) === "hostKey" ? hostKeyRemedy(path.join(".")) : CORRECT_IT;
}

/** What the value at a path should be. */
export function expectationAt(path: Path): string {
  const inner = pathInServer(path);
  if (inner?.length === 0) return "a map with role and connection";
  if (path[0] === "owners" && path.length > 1) return EXPECTATIONS.owner;
  if (inner?.[1] === "proxy" && inner[2] === "user") return "the name of a user on the bastion";
  if (path[0] === "allowedRoleHolders" && path.length === 2) return "a map with id, reason and expires";
  const named = [...(inner ?? path)].reverse().find((part) => Object.hasOwn(EXPECTATIONS, part));
  return named === undefined ? "a map" : EXPECTATIONS[named];
}

/** The keys that a map at a path may have; of a server those of its mode. */
export function keysAt(path: Path, mode: ServerMode = "byoa"): string[] {
  const inner = pathInServer(path);
  const last = (inner ?? path).at(-1);
  if (last === "connection") return Object.keys(connectionSchema.shape);
  if (last === "proxy") return Object.keys(proxySchema.shape);
  if (last === "certificate") return Object.keys(certificateSchema.shape);
  if (last === "source") return ["kind", "sha256", "template"];
  if (last === "adopt") return Object.keys(adoptSchema.shape);
  if (path[0] === "allowedRoleHolders") return Object.keys(roleHolderSchema.shape);
  return inner ? keysOfMode(mode) : [...Object.keys(stackSchema.shape), "sshPrivateKey"];
}
