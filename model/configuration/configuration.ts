/**
 * The configuration of a stack: its meaning, its defaults, and the check that finds every problem at once. Long because each
 * setting has its docstring here, beside the one function that reads it.
 */
import type { z } from "zod";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { sovereignCloud } from "../tenant/cloud-choice";
import type { Cloud } from "../tenant/clouds";
import { nameProblems, NO_SERVERS, ruleProblems, type Doubted } from "./configuration-rules";
import {
  expectationAt,
  keysAt,
  keysOfMode,
  LONGEST,
  modeIn,
  modesWith,
  pathInServer,
  remedyAt,
  stackSchema,
  type CREDENTIAL_POLICIES,
  type ENVIRONMENTS,
  type Path,
  type ServerMode,
  type VERIFICATIONS,
} from "./configuration-schema";
import { composedNameProblems } from "./composed-names";
import { withDefaults } from "./configuration-defaults";
import { expandEnvironment, isReference, LIST_SETTING, listedNames } from "./environment";
import { invalidSetting, type SettingPlace } from "./invalid-setting";
import { byNearness, isNear } from "../text/nearest";
import { diagnose, formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";

/** How a server is reached. The SSH key comes from the agent at SSH_AUTH_SOCK, or from `sshPrivateKey`. */
export interface ConnectionConfiguration {
  /** Host name or address. */
  host: string;
  /**
   * TCP port of the SSH server.
   * @default 22
   */
  port: number;
  /** A local administrator on the server. */
  user: string;
  /** One line of type ssh-ed25519 or ecdsa-sha2-*: `ssh-ed25519 AAAA...`. */
  hostKey: string;
  /** The key of the agent that is offered, one line or a SHA-256 fingerprint; null if each of its keys is offered. */
  sshPublicKey: string | null;
  /** The bastion between this machine and the server; null if the server is reached directly. */
  proxy: ProxyConfiguration | null;
}

/** A bastion: an SSH server that forwards the connection. Each value means what it does for the server itself. */
export type ProxyConfiguration = Omit<ConnectionConfiguration, "proxy">;

/** Whether a server exports to Entra ID (active) or only follows (staging). */
export type ServerRole = "active" | "staging";

export type { ServerMode } from "./configuration-schema";

/** What is done about credentials that are not declared: `"report"` shows them, `"enforce"` removes them as well. */
export type CredentialPolicy = (typeof CREDENTIAL_POLICIES)[number];

/** What a stack is for. */
type StackEnvironment = (typeof ENVIRONMENTS)[number];

/** How a switch is verified: `switch` by what the connector then says, `sync` by a delta synchronisation as well. */
export type Verification = (typeof VERIFICATIONS)[number];

/** A principal that may hold the sync role beside the declared servers. */
export interface AllowedRoleHolder {
  /** Object id of the service principal, lower case. */
  id: string;
  /** Why it may, 1 to 200 characters in one line. */
  reason: string;
  /** The last day on which it may, `YYYY-MM-DD` in UTC. */
  expires: string;
}

/** A certificate that was made by hand and is taken over as it is. */
export interface AdoptedCertificate {
  /** 64 lower-case hexadecimal digits. */
  certificateSha256: string;
}

/** A server of a stack's configuration, with the defaults. Each setting means what it does in {@link ConnectSyncIdentityArgs}. */
export interface ServerConfiguration {
  /** Its key in the map of servers. */
  name: string;
  /** Who owns its application and certificate. */
  mode: ServerMode;
  /** Active or staging. */
  role: ServerRole;
  /** How it is reached. */
  connection: ConnectionConfiguration;
  /** Display name of the application. */
  applicationName: string;
  /** Whether it writes passwords back. */
  passwordWriteback: boolean;
  /** The account that must run the ADSync service, null if any may. */
  serviceAccount: string | null;
  /** Certificate policy: the server's own settings before the stack's, before the defaults. */
  certificate: CertificatePolicy;
  /** Whether blank connectivity parameters are repaired. */
  repairConnectivityParameters: boolean;
  /** Oldest product version that is worked on, four numbers. */
  minimumVersion: string;
  /** Why one below the service's own floor is accepted; null if none is. */
  minimumVersionReason: string | null;
  /** Another text than the last one asks for a rotation; null asks for none. */
  rotate: string | null;
  /** How a switch is verified. */
  verify: Verification;
  /** The name that the server had until now, null if it was not renamed. */
  renamedFrom: string | null;
  /** The server's certificate until its next rotation, null if it is made here. */
  adopt: AdoptedCertificate | null;
}

/** A stack's configuration, checked and with the defaults. */
export interface StackConfiguration {
  /** The cloud that the tenant is in; null if the azuread provider's own setting names it, or nothing does. */
  cloud: Cloud | null;
  /** Null if the stack does not say. From a production stack no server is abandoned. */
  environment: StackEnvironment | null;
  /** Object ids of the applications' owners; "pipeline" stands for the pipeline's own service principal. */
  owners: string[];
  /** Object id of that service principal; null if it is the caller. */
  pipelineObjectId: string | null;
  /** Whether credentials that are not declared are removed. */
  credentialPolicy: CredentialPolicy;
  /** Who may synchronise beside the servers. */
  allowedRoleHolders: AllowedRoleHolder[];
  /** The servers, in the order of the configuration. */
  servers: ServerConfiguration[];
}

/** What a check found. */
export interface CheckedConfiguration {
  /** With its defaults; absent if there are problems. */
  configuration?: StackConfiguration;
  /** Every problem found; none if the configuration holds. */
  problems: Diagnostic[];
}

type Branch = Record<string | number, unknown>;
const isBranch = (value: unknown): value is Branch => value !== null && typeof value === "object";

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (isBranch(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root,
  );
}

function locate(path: Path): SettingPlace {
  const inner = pathInServer(path);
  if (!inner) return { server: null, property: path.join(".") || "configuration" };
  return { server: String(path[1]), property: inner.join(".") || "configuration" };
}

/** A value for a message. What a map or list holds is not shown: someone may have put a secret into it. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isBranch(value)) return "a map";
  const json = JSON.stringify(value);
  // Nothing of a private key that was pasted in a wrong place may reach a log.
  if (json.includes("PRIVATE KEY")) return "a private key";
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** Keys under which people look for the place of an SSH key or a password. */
const SSH_SECRET = /password$|private_?key/i;
export const SSH_SECRET_REMEDY =
  "Remove it: the SSH key comes from the agent at SSH_AUTH_SOCK, or from the stack's secret sshPrivateKey.";

/** The SSH key is read as a secret, past this check, and so would be taken as the text of the reference. */
const SSH_KEY_REFERENCE = diagnose(
  "CONFIGURATION_INVALID",
  null,
  {
    property: "sshPrivateKey",
    actual: "a reference to the environment",
    expected: "the key itself, as a secret",
  },
  { remedy: "secret" },
);

const SSH_KEY_TOO_LONG = invalidSetting(
  { server: null, property: "sshPrivateKey" },
  `a private key of ${LONGEST.privateKey} characters at most`,
  "a longer text",
  "Set the text of the key's file, and nothing else.",
);

function unknownKey(root: unknown, path: Path, key: string): Diagnostic {
  const mode = modeIn(valueAt(root, path));
  const place = locate([...path, key]);
  if (pathInServer(path)?.length === 0 && modesWith(key).length > 0) return foreignToMode(place, key, mode);
  return unknownKeyProblem(place, key, keysAt(path, mode));
}

/** A setting that another mode has. */
export function foreignToMode(place: SettingPlace, key: string, mode: ServerMode): Diagnostic {
  const others = modesWith(key).join(" or ");
  const help = `Remove it: it belongs to mode ${others} (docs/modes.md).`;
  return invalidSetting(place, `no such setting with mode ${mode}`, "a value", help);
}

/** A checked server as it is declared to the class: without what its mode does not have. */
export function settingsOf(server: Omit<ServerConfiguration, "name">) {
  const known = keysOfMode(server.mode);
  const entries = Object.entries(server).filter(([key]) => known.includes(key));
  return Object.fromEntries(entries) as Partial<typeof server> & Pick<typeof server, "mode" | "role">;
}

/** A key that is none of the known ones, with the nearest of them. */
export function unknownKeyProblem(
  { server, property }: SettingPlace,
  key: string,
  known: readonly string[],
): Diagnostic {
  const [nearest] = byNearness(key, known);
  const near = isNear(key, nearest);
  const others = `; known are ${known.join(", ")}.`;
  const expected = near ? `"${nearest}"` : `one of ${known.join(", ")}`;
  const help = SSH_SECRET.test(key) ? SSH_SECRET_REMEDY : `Correct the key, or remove it${near ? others : "."}`;
  return diagnose("CONFIGURATION_UNKNOWN_KEY", server, { property, expected, help });
}

function fromIssue(root: unknown, issue: z.core.$ZodIssue): Diagnostic[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(root, path, key));
  const sovereign = path.join() === "cloud" ? sovereignCloud("cloud", valueAt(root, path)) : null;
  if (sovereign) return [sovereign];
  return [
    invalidSetting(locate(path), expectationAt(path), show(valueAt(root, path)), remedyAt(path, valueAt(root, path))),
  ];
}

/** The placeholder for a required value that is missing or refused; problems with it are not reported a second time. */
function placeholders(name: string, server: Branch): Branch {
  const host = `unknown-${Buffer.from(name).toString("hex")}`;
  const connection = { host, user: "unknown", hostKey: "unknown" };
  return {
    role: "staging",
    ...server,
    connection: { ...connection, ...(isBranch(server.connection) ? server.connection : {}) },
  };
}

/** What goes with a refused value: if a map or list can be left out but not be incomplete, the whole of it. */
function refusedWhole(path: Path): Path {
  const inner = pathInServer(path);
  if (inner?.[0] === "adopt") return path.slice(0, 3);
  const source = path.indexOf("source");
  if (source > 0 && path[source - 1] === "certificate") return path.slice(0, source + 1);
  if (inner?.[0] === "connection" && inner[1] === "proxy") return path.slice(0, 4);
  return path[0] === "allowedRoleHolders" ? path.slice(0, 1) : path;
}

/** The configuration without what the schema refuses, so that the rest is held against the rules in the same run. */
function withoutRefused(root: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const rest = structuredClone(root) as Branch;
  for (const issue of issues) {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const paths = keys.length > 0 ? keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of (paths as Path[]).map(refusedWhole)) {
      const parent = valueAt(rest, path.slice(0, -1));
      const last = path.at(-1);
      if (last === undefined || !isBranch(parent)) continue;
      if (Array.isArray(parent)) parent.splice(0);
      else delete parent[last];
    }
  }
  const servers = Object.entries(isBranch(rest.servers) ? rest.servers : {});
  return {
    ...rest,
    servers: Object.fromEntries(servers.map(([name, server]) => [name, placeholders(name, server as Branch)])),
  };
}

/** Whether one of the problems is of this property or of what contains it; those of the stack's certificate are all servers'. */
function doubtedBy(problems: readonly Diagnostic[]): Doubted {
  return (server, property) =>
    problems.some(
      (problem) =>
        (problem.subject ?? server) === server &&
        (problem.property === property || property.startsWith(`${problem.property}.`)),
    );
}

/** Codes of problems that show a value of which nothing is known: from the environment it may be a secret. */
const SHOWS_ANY_VALUE = ["CONFIGURATION_INVALID", "HOST_KEY_INVALID"];

/** The problem with what the stack's file says in place of what the environment holds. */
function asWritten(written: unknown, problem: Diagnostic): Diagnostic {
  const property = problem.property.split(".");
  const value = valueAt(written, problem.subject === null ? property : ["servers", problem.subject, ...property]);
  if (!isReference(value) || !SHOWS_ANY_VALUE.includes(problem.code)) return problem;
  return { ...problem, actual: `the value of ${show(value)}, which is something else` };
}

/** The problems without those that say the same as one before. */
function distinct(problems: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(problems.map((problem) => [formatDiagnostic(problem), problem])).values()];
}

/** Names of servers that an object cannot have as its own, so that a server of that name would vanish without a word. */
function lostNames(value: unknown): Diagnostic[] {
  const servers = valueAt(value, ["servers"]);
  const names = isBranch(servers) && !Array.isArray(servers) ? Object.keys(servers) : [];
  return names.filter((name) => name === "__proto__").flatMap(nameProblems);
}

/**
 * Holds the settings of a stack against shape and rules, as they are: nothing is taken from the environment.
 *
 * @param value the settings, without `sshPrivateKey`
 * @param known problems that were found before; a property that has one gets no second
 * @param reworded changes a problem before it is reported
 * @returns the configuration with its defaults if there are no problems, and every problem, those known first
 */
export function checkSettings(
  value: unknown,
  known: readonly Diagnostic[] = [],
  reworded: (problem: Diagnostic) => Diagnostic = (problem) => problem,
): CheckedConfiguration {
  const problems = [...known, ...lostNames(value).map(reworded)];
  const parsed = stackSchema.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues;
  const doubted = doubtedBy(known);
  const refused = distinct(issues.flatMap((issue) => fromIssue(value, issue))).map(reworded);
  problems.push(...refused.filter(({ subject, property }) => !doubted(subject ?? "", property)));
  const rest = parsed.success ? parsed : stackSchema.safeParse(withoutRefused(value, issues));
  if (!rest.success) return { problems };
  const configuration = withDefaults(rest.data);
  problems.push(...ruleProblems(configuration, doubtedBy([...problems])).map(reworded));
  return problems.length === 0 ? { configuration, problems } : { problems };
}

/** Holds the names that are made of stack and servers against their limits. */
function withComposedNames(stack: string | undefined, checked: CheckedConfiguration): CheckedConfiguration {
  const { configuration } = checked;
  const problems = configuration && stack !== undefined ? composedNameProblems(stack, configuration.servers) : [];
  return problems.length > 0 ? { problems } : checked;
}

/**
 * Checks a stack's configuration as a whole.
 *
 * @param raw what the stack file holds in the project's namespace, by key
 * @param environment where `${NAME}` in a value is taken from; only names of this project and those that the stack lists
 * @param stack the name of the stack, if names that are made of it and a server's are to be checked
 * @returns the configuration with its defaults if there are no problems, and every problem found
 *
 * @example
 * import { checkConfiguration, formatDiagnostic } from "connect-sync-identity";
 *
 * const { problems } = checkConfiguration({ servers: { sync01: { role: "active" } } }, process.env);
 * for (const problem of problems) console.error(formatDiagnostic(problem));
 */
export function checkConfiguration(
  raw: Record<string, unknown>,
  environment: Record<string, string | undefined>,
  stack?: string,
): CheckedConfiguration {
  const { sshPrivateKey, ...plain } = raw;
  // A variable that is not set is reported once; the reference in its place is not reported as a bad value as well.
  const { value, problems } = expandEnvironment(plain, environment, listedNames(plain[LIST_SETTING]), locate);
  if (isReference(sshPrivateKey)) problems.push(SSH_KEY_REFERENCE);
  if (typeof sshPrivateKey === "string" && sshPrivateKey.length > LONGEST.privateKey) problems.push(SSH_KEY_TOO_LONG);
  const servers = valueAt(value, ["servers"]);
  if (isBranch(servers) && !Array.isArray(servers) && Object.keys(servers).length === 0) problems.push(NO_SERVERS);
  return withComposedNames(
    stack,
    checkSettings(value, problems, (problem) => asWritten(plain, problem)),
  );
}
