/** The rules that a configuration of the right shape must keep as well. */
import { issuedHash } from "../certificate/certificate-source";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import type { AllowedRoleHolder, ServerConfiguration, StackConfiguration } from "./configuration";
import { toDays } from "./duration";
import { invalidSetting } from "./invalid-setting";
import { hostKeyProblem } from "../server/host-key";
import { TPM_PROVIDER } from "../protocol/host-operations";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { DOCUMENTED_VERSION, MINIMUM_VERSION } from "../server/product-table";
import { compareVersions } from "../server/versions";

/** The names that a server may have, but for those that every object has. */
export const SERVER_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** A name that can be a server's; none that every object has, so that a table by names of servers holds servers only. */
const isServerName = (name: string) => SERVER_NAME.test(name) && !(name in {});

/** A map of servers without any. */
export const NO_SERVERS = diagnose(
  "CONFIGURATION_INVALID",
  null,
  { property: "servers", expected: "at least one server", actual: "none" },
  { remedy: "servers" },
);

/** Whether a property, or what contains it, has a problem already, so that its value says nothing. */
export type Doubted = (server: string, property: string) => boolean;

/** What is wrong with the name of a server. */
export function nameProblems(name: string): Diagnostic[] {
  if (isServerName(name)) return [];
  const actual = name.length > 80 ? `one of ${name.length} characters` : JSON.stringify(name);
  return [
    invalidSetting(
      { server: null, property: `servers.${name}` },
      "a name of a lower-case letter, then letters, digits and hyphens; 31 at most, and not constructor",
      actual,
      "Rename the server in the stack's configuration: labels and key containers carry the name.",
    ),
  ];
}

function certificateProblems(server: string, policy: CertificatePolicy, doubted: Doubted): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const add = (property: string, actual: string, expected: string, help: string) =>
    problems.push(diagnose("CERTIFICATE_POLICY_INVALID", server, { property, actual, expected, help }));
  const lifetime = toDays(policy.lifetime);
  if (lifetime < 30 || lifetime > 730)
    add("lifetime", policy.lifetime, "30 to 730 days", "Choose a lifetime in that range.");
  if (toDays(policy.rotateBefore) >= lifetime && !doubted(server, "certificate.lifetime")) {
    const remedy =
      "A certificate would be due for rotation on its first day; shorten rotateBefore or lengthen lifetime.";
    add("rotateBefore", policy.rotateBefore, `less than the lifetime of ${policy.lifetime}`, remedy);
  }
  // In whatever case: the rule must not hang on how Windows compares names of providers.
  const inTpm = policy.keyProvider.toLowerCase() === TPM_PROVIDER.toLowerCase();
  if (!inTpm && !policy.allowSoftwareKey && !doubted(server, "certificate.allowSoftwareKey")) {
    const remedy = "Leave it out for the TPM, or allow a key outside the TPM: allowSoftwareKey: true.";
    add("keyProvider", policy.keyProvider, "the provider of the TPM", remedy);
  }
  return problems;
}

/** Which certificate a text in `rotate` would rotate to is for its CA to say. */
function rotateProblems({ name, rotate, certificate }: ServerConfiguration): Diagnostic[] {
  if (rotate === null || issuedHash(certificate) === undefined) return [];
  const help = "Remove rotate. To rotate, name the renewed certificate in certificate.source.sha256.";
  const expected = "nothing, as certificate.source names one certificate";
  return [invalidSetting({ server: name, property: "rotate" }, expected, JSON.stringify(rotate), help)];
}

function serverProblems(server: ServerConfiguration, doubted: Doubted): Diagnostic[] {
  const problems = [
    ...nameProblems(server.name),
    ...certificateProblems(server.name, server.certificate, doubted),
    ...rotateProblems(server),
  ];
  const { hostKey, proxy, host, port } = server.connection;
  const pins = [{ property: "connection.hostKey", line: hostKey }];
  if (proxy) pins.push({ property: "connection.proxy.hostKey", line: proxy.hostKey });
  problems.push(...pins.flatMap(({ property, line }) => hostKeyProblem(line, server.name, property) ?? []));
  if (proxy && proxy.host.toLowerCase() === host.toLowerCase() && proxy.port === port) {
    const at = { server: server.name, property: "connection.proxy" };
    const help = "Remove it if the server is reached directly, or name the bastion in front of it.";
    problems.push(invalidSetting(at, "another machine than the server itself", `${proxy.host}:${proxy.port}`, help));
  }
  return [...problems, ...versionProblems(server)];
}

/** A floor below what the service accepts needs its reason, and a reason needs such a floor. */
function versionProblems({ name, minimumVersion, minimumVersionReason: reason }: ServerConfiguration): Diagnostic[] {
  const lowered = compareVersions(minimumVersion, MINIMUM_VERSION) < 0;
  const floor = reason === null ? MINIMUM_VERSION : DOCUMENTED_VERSION;
  if (compareVersions(minimumVersion, floor) < 0) {
    const help =
      reason === null
        ? `Older versions cannot synchronise any more: upgrade the server. If the service still accepts them in your cloud, say so in minimumVersionReason: then ${DOCUMENTED_VERSION} is the oldest.`
        : "Older versions lack the documented cmdlets; upgrade the server.";
    return [invalidSetting({ server: name, property: "minimumVersion" }, `at least ${floor}`, minimumVersion, help)];
  }
  if (reason === null || lowered) return [];
  const at = { server: name, property: "minimumVersionReason" };
  return [invalidSetting(at, `no reason, unless minimumVersion is below ${MINIMUM_VERSION}`, reason, "Remove it.")];
}

/** What helps if two servers share a property, unless it is the rule of one application for one server. */
const SHARING_REMEDIES: Record<string, string> = {
  "adopt.certificateSha256": "A certificate, and its key, belong to one server only: name each server's own.",
  renamedFrom: "Only one server can go on with the identity of the old one; take it from the others.",
};

/** Two servers that share what only one may have. */
function sharingProblems(servers: readonly ServerConfiguration[], doubted: Doubted): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const seen = new Map<string, string>();
  for (const server of servers) {
    const endpoint = `${server.connection.host}:${server.connection.port}`;
    const uncertain = ["connection.host", "connection.port"].some((property) => doubted(server.name, property));
    for (const [property, value] of [
      ...(uncertain ? [] : [["connection.host", endpoint]]),
      ["applicationName", server.applicationName],
      ...[issuedHash(server.certificate) ?? []].flat().map((sha256) => ["certificate.source.sha256", sha256]),
      ...(server.adopt ? [["adopt.certificateSha256", server.adopt.certificateSha256]] : []),
      ...(server.renamedFrom === null ? [] : [["renamedFrom", server.renamedFrom]]),
    ]) {
      const key = `${property} ${value.toLowerCase()}`;
      const other = seen.get(key);
      seen.set(key, other ?? server.name);
      if (other === undefined) continue;
      const help =
        SHARING_REMEDIES[property] ?? "One application serves one server only: two would lock each other out.";
      const values = { property, actual: `${value}, as ${other}`, expected: "one that no other server has", help };
      problems.push(diagnose("SERVERS_SHARE", server.name, values));
    }
  }
  return problems;
}

/** An old name that no server can have had, or that another one has now. */
function renameProblems(servers: readonly ServerConfiguration[]): Diagnostic[] {
  return servers.flatMap(({ name, renamedFrom }): Diagnostic[] => {
    if (renamedFrom === null) return [];
    const problem = (expected: string, help: string) => {
      const actual = JSON.stringify(renamedFrom.slice(0, 60));
      return [invalidSetting({ server: name, property: "renamedFrom" }, expected, actual, help)];
    };
    if (!isServerName(renamedFrom)) {
      return problem("the name of a server, as it was under servers", "Write the old name as it was declared.");
    }
    if (!servers.some((other) => other.name === renamedFrom)) return [];
    const remedy = "Remove renamedFrom, or the server of the old name: its resources can go on under one name only.";
    return problem("a name that no server of this stack has now", remedy);
  });
}

/** More than one server that exports: Entra Connect Sync supports one active server in a tenant. */
function activeProblems(servers: readonly ServerConfiguration[], doubted: Doubted): Diagnostic[] {
  const active = servers.filter(({ name, role }) => role === "active" && !doubted(name, "role"));
  const expected = "one active server in a stack";
  const help = "Declare the others as staging; two servers that export overwrite each other in Entra.";
  return active.slice(1).map(({ name }) => {
    const values = { property: "role", expected, actual: `active, as ${active[0].name}`, help };
    return diagnose("SERVERS_SHARE", name, values);
  });
}

function roleHolderProblems(holders: readonly AllowedRoleHolder[]): Diagnostic[] {
  return holders.flatMap(({ id }, index): Diagnostic[] => {
    const first = holders.findIndex((other) => other.id === id);
    if (first === index) return [];
    const at = { server: null, property: `allowedRoleHolders.${index}.id` };
    const help = "Remove one of them: which reason and which date count would be a guess.";
    return [invalidSetting(at, "one entry for each principal", `${id}, as in entry ${first}`, help)];
  });
}

/** Every rule that a stack and its servers break; properties in doubt are left out. */
export function ruleProblems(stack: StackConfiguration, doubted: Doubted): Diagnostic[] {
  const { servers, allowedRoleHolders } = stack;
  const problems = [
    ...servers.flatMap((server) => serverProblems(server, doubted)),
    ...sharingProblems(servers, doubted),
    ...renameProblems(servers),
    ...activeProblems(servers, doubted),
    ...roleHolderProblems(allowedRoleHolders),
  ];
  return problems.filter(({ subject, property }) => subject === null || !doubted(subject, property));
}
