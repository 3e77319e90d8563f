/** The configuration of a stack: its shape, its defaults, and the check that finds every problem at once. */
import { z } from "zod";
import { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "./certificate-policy";
import { CLOUDS, type Cloud } from "./clouds";
import { isDuration, toDays, type Duration } from "./duration";
import { expandEnvironment } from "./environment";
import { SOFTWARE_PROVIDER } from "./host-protocol";
import { hostKeyProblem } from "./host-key";
import { byNearness } from "./nearest";
import type { Problem } from "./problem";
import { MINIMUM_VERSION, compareVersions, isVersion } from "./versions";

/** How a server is reached. The SSH key comes from the agent at SSH_AUTH_SOCK, or from `sshPrivateKey`. */
export interface ConnectionConfiguration {
  host: string;
  /** @default 22 */
  port: number;
  /** A local administrator on the server. */
  user: string;
  /** One line of type ssh-ed25519 or ecdsa-sha2-*: `ssh-ed25519 AAAA...`. */
  hostKey: string;
}

/** Whether a server exports to Entra ID (active) or only follows (staging). */
export type ServerRole = "active" | "staging";

export interface ServerConfiguration {
  name: string;
  role: ServerRole;
  connection: ConnectionConfiguration;
  applicationName: string;
  passwordWriteback: boolean;
  serviceAccount: string | null;
  certificate: CertificatePolicy;
  repairConnectivityParameters: boolean;
  minimumVersion: string;
}

export interface StackConfiguration {
  cloud: Cloud;
  /** Object ids of the applications' owners; "pipeline" stands for the caller itself. */
  owners: string[];
  servers: ServerConfiguration[];
}

const SERVER_NAME = /^[a-z][a-z0-9-]{0,30}$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const duration = z.string().refine(isDuration, { error: 'whole days with their unit, such as "180 days"' });
const port = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).refine((n) => n >= 1 && n <= 65535);
const text = z.string().min(1);

const certificateSchema = z.strictObject({
  lifetime: duration.optional(),
  rotateBefore: duration.optional(),
  keyProvider: text.optional(),
  allowSoftwareKey: z.boolean().optional(),
});

const serverSchema = z.strictObject({
  role: z.enum(["active", "staging"]),
  connection: z.strictObject({ host: text, port: port.optional(), user: text, hostKey: text }),
  applicationName: text.max(120).optional(),
  passwordWriteback: z.boolean().optional(),
  serviceAccount: text.optional(),
  certificate: certificateSchema.optional(),
  repairConnectivityParameters: z.boolean().optional(),
  minimumVersion: z.string().refine(isVersion, { error: "a version of four numbers" }).optional(),
});

const stackSchema = z.strictObject({
  cloud: z.enum(Object.keys(CLOUDS) as [Cloud, ...Cloud[]]).optional(),
  owners: z.array(z.union([z.literal("pipeline"), z.string().regex(GUID)])).optional(),
  certificate: certificateSchema.optional(),
  servers: z.record(z.string().regex(SERVER_NAME), serverSchema),
});

/** The keys of the stack's configuration, in the project's namespace. `sshPrivateKey` is read as a secret. */
export const CONFIGURATION_KEYS = [...Object.keys(stackSchema.shape), "sshPrivateKey"] as const;

/** What each property should be, for messages; the last part of the path decides. */
const EXPECTATIONS: Record<string, string> = {
  role: '"active" or "staging"',
  connection: "host, port, user and hostKey",
  host: "a host name or address",
  port: "a port from 1 to 65535",
  user: "the name of a local administrator on the server",
  hostKey: 'one line such as "ssh-ed25519 AAAA..."',
  applicationName: "1 to 120 characters",
  passwordWriteback: "true or false",
  serviceAccount: "the account that runs the ADSync service",
  lifetime: 'whole days with their unit, such as "365 days"',
  rotateBefore: 'whole days with their unit, such as "180 days"',
  keyProvider: "the full name of a key storage provider",
  allowSoftwareKey: "true or false",
  repairConnectivityParameters: "true or false",
  minimumVersion: `a version of four numbers, at least ${MINIMUM_VERSION}`,
  cloud: Object.keys(CLOUDS).join(", "),
  owners: '"pipeline" or object ids',
  servers: "a map of servers by name (a lower-case letter, then letters, digits and hyphens; 31 at most)",
};

type Path = readonly (string | number)[];

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], root);
}

function locate(path: Path): { server?: string; property: string } {
  const [first, server, ...rest] = path.map(String);
  if (first !== "servers" || server === undefined) return { property: path.join(".") || "configuration" };
  return { server, property: rest.join(".") || "configuration" };
}

function schemaKeysAt(path: Path): string[] {
  const last = path.at(-1);
  if (path.length === 0) return [...CONFIGURATION_KEYS];
  if (last === "connection") return Object.keys(serverSchema.shape.connection.shape);
  if (last === "certificate") return Object.keys(certificateSchema.shape);
  return Object.keys(serverSchema.shape);
}

function unknownKey(path: Path, key: string): Problem {
  const [nearest] = byNearness(key, schemaKeysAt(path));
  return {
    ...locate([...path, key]),
    code: "CONFIGURATION_UNKNOWN_KEY",
    actual: "an unknown key",
    expected: `"${nearest}"`,
    remedy: `Correct the key, or remove it; known are ${schemaKeysAt(path).join(", ")}.`,
  };
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

function fromIssue(raw: unknown, issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
  const named = [...path].reverse().find((part) => typeof part === "string" && part in EXPECTATIONS);
  const where = issue.code === "invalid_key" ? { property: `servers.${String(path.at(-1))}` } : locate(path);
  return [
    {
      ...where,
      code: "CONFIGURATION_INVALID",
      actual: issue.code === "invalid_key" ? show(path.at(-1)) : show(valueAt(raw, path)),
      expected: issue.code === "invalid_key" ? EXPECTATIONS.servers : (EXPECTATIONS[String(named)] ?? issue.message),
      remedy: "Correct it in the stack's configuration.",
    },
  ];
}

function certificateProblems(server: string, policy: CertificatePolicy): Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, actual: string, expected: string, remedy: string) =>
    problems.push({
      code: "CERTIFICATE_POLICY_INVALID",
      server,
      property: `certificate.${property}`,
      actual,
      expected,
      remedy,
    });
  const lifetime = toDays(policy.lifetime);
  if (lifetime < 30 || lifetime > 730)
    add("lifetime", policy.lifetime, "30 to 730 days", "Choose a lifetime in that range.");
  if (toDays(policy.rotateBefore) >= lifetime) {
    const remedy =
      "A certificate would be due for rotation on its first day; shorten rotateBefore or lengthen lifetime.";
    add("rotateBefore", policy.rotateBefore, `less than the lifetime of ${policy.lifetime}`, remedy);
  }
  if (policy.keyProvider === SOFTWARE_PROVIDER && !policy.allowSoftwareKey) {
    const remedy = "Name the TPM's or an HSM's provider, or allow the software key by name: allowSoftwareKey: true.";
    add("keyProvider", policy.keyProvider, "a provider that keeps keys in hardware", remedy);
  }
  return problems;
}

function serverProblems(server: ServerConfiguration): Problem[] {
  const problems = certificateProblems(server.name, server.certificate);
  const hostKey = hostKeyProblem(server.connection.hostKey);
  if (hostKey) problems.push({ ...hostKey, server: server.name, property: "connection.hostKey" });
  if (compareVersions(server.minimumVersion, MINIMUM_VERSION) < 0) {
    problems.push({
      code: "CONFIGURATION_INVALID",
      server: server.name,
      property: "minimumVersion",
      actual: server.minimumVersion,
      expected: `at least ${MINIMUM_VERSION}`,
      remedy: "Older versions cannot synchronise any more; upgrade the server.",
    });
  }
  return problems;
}

/** Two servers that share what only one may have. */
function sharingProblems(servers: readonly ServerConfiguration[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const server of servers) {
    const endpoint = `${server.connection.host.toLowerCase()}:${server.connection.port}`;
    for (const [property, value] of [
      ["connection.host", endpoint],
      ["applicationName", server.applicationName],
    ]) {
      const key = `${property} ${value.toLowerCase()}`;
      const other = seen.get(key);
      seen.set(key, other ?? server.name);
      if (other === undefined) continue;
      problems.push({
        code: "SERVERS_SHARE",
        server: server.name,
        property,
        actual: `${value}, as ${other}`,
        expected: "one that no other server has",
        remedy: "One application serves one server only: two would lock each other out.",
      });
    }
  }
  return problems;
}

function withDefaults(parsed: z.infer<typeof stackSchema>): StackConfiguration {
  const servers = Object.entries(parsed.servers).map(([name, server]): ServerConfiguration => ({
    name,
    role: server.role,
    connection: { ...server.connection, port: server.connection.port ?? 22 },
    applicationName: server.applicationName ?? `Entra Connect Sync - ${name}`,
    passwordWriteback: server.passwordWriteback ?? false,
    serviceAccount: server.serviceAccount ?? null,
    certificate: { ...CERTIFICATE_DEFAULTS, ...parsed.certificate, ...server.certificate } as CertificatePolicy,
    repairConnectivityParameters: server.repairConnectivityParameters ?? false,
    minimumVersion: server.minimumVersion ?? MINIMUM_VERSION,
  }));
  return { cloud: parsed.cloud ?? "global", owners: parsed.owners ?? ["pipeline"], servers };
}

/**
 * Checks a stack's configuration as a whole.
 *
 * @param raw what the stack file holds in the project's namespace, by key
 * @param environment where `${NAME}` in a value is taken from
 * @returns the configuration with its defaults, and every problem found; use it only where there are none
 */
export function checkConfiguration(
  raw: Record<string, unknown>,
  environment: Record<string, string | undefined>,
): { configuration?: StackConfiguration; problems: Problem[] } {
  const { sshPrivateKey: _secret, ...plain } = raw;
  const { value, problems } = expandEnvironment(plain, environment, locate);
  const parsed = stackSchema.safeParse(value);
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => fromIssue(value, issue));
    return { problems: [...problems, ...found] };
  }
  const configuration = withDefaults(parsed.data);
  if (configuration.servers.length === 0) {
    problems.push({
      code: "CONFIGURATION_INVALID",
      property: "servers",
      actual: "none",
      expected: "at least one server",
      remedy: "Declare a server, or remove the stack with pulumi destroy.",
    });
  }
  problems.push(...configuration.servers.flatMap(serverProblems), ...sharingProblems(configuration.servers));
  return { configuration, problems };
}

export type { Duration };
