/** The rules that a configuration of the right shape must keep as well. */
import type { CertificatePolicy } from "../certificate/certificate-policy";
import type { AllowedRoleHolder, ServerConfiguration, StackConfiguration } from "./configuration";
import { toDays } from "./duration";
import { hostKeyProblem } from "../server/host-key";
import { SOFTWARE_PROVIDER } from "../protocol/host-protocol";
import type { Problem } from "../diagnostics/problem";
import { MINIMUM_VERSION, compareVersions } from "../server/versions";

const SERVER_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** A map of servers without any. */
export const NO_SERVERS: Problem = {
  code: "CONFIGURATION_INVALID",
  property: "servers",
  actual: "none",
  expected: "at least one server",
  remedy: "Declare a server, or remove the stack with pulumi destroy.",
};

/** Whether a property, or what it lies in, has a problem already, so that its value says nothing. */
export type Doubted = (server: string, property: string) => boolean;

function nameProblems(name: string): Problem[] {
  if (SERVER_NAME.test(name)) return [];
  return [
    {
      code: "CONFIGURATION_INVALID",
      property: `servers.${name}`,
      actual: name.length > 80 ? `one of ${name.length} characters` : JSON.stringify(name),
      expected: "a name of a lower-case letter, then letters, digits and hyphens; 31 at most",
      remedy: "Rename the server in the stack's configuration: labels and key containers carry the name.",
    },
  ];
}

function certificateProblems(server: string, policy: CertificatePolicy, doubted: Doubted): Problem[] {
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
  if (toDays(policy.rotateBefore) >= lifetime && !doubted(server, "certificate.lifetime")) {
    const remedy =
      "A certificate would be due for rotation on its first day; shorten rotateBefore or lengthen lifetime.";
    add("rotateBefore", policy.rotateBefore, `less than the lifetime of ${policy.lifetime}`, remedy);
  }
  // In whatever case: the rule must not hang on how Windows compares names of providers.
  const software = policy.keyProvider.toLowerCase() === SOFTWARE_PROVIDER.toLowerCase();
  if (software && !policy.allowSoftwareKey && !doubted(server, "certificate.allowSoftwareKey")) {
    const remedy = "Name the TPM's or an HSM's provider, or allow the software key by name: allowSoftwareKey: true.";
    add("keyProvider", policy.keyProvider, "a provider that keeps keys in hardware", remedy);
  }
  return problems;
}

function serverProblems(server: ServerConfiguration, doubted: Doubted): Problem[] {
  const problems = [...nameProblems(server.name), ...certificateProblems(server.name, server.certificate, doubted)];
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

/** What helps where two servers share a property, where it is not the rule of one application for one server. */
const SHARING_REMEDIES: Record<string, string> = {
  "adopt.certificateSha256": "A certificate, and its key, belong to one server only: name each server's own.",
  renamedFrom: "Only one server can go on with the identity of the old one; take it from the others.",
};

/** Two servers that share what only one may have. */
function sharingProblems(servers: readonly ServerConfiguration[], doubted: Doubted): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const server of servers) {
    const endpoint = `${server.connection.host.toLowerCase()}:${server.connection.port}`;
    const uncertain = ["connection.host", "connection.port"].some((property) => doubted(server.name, property));
    for (const [property, value] of [
      ...(uncertain ? [] : [["connection.host", endpoint]]),
      ["applicationName", server.applicationName],
      ...(server.adopt ? [["adopt.certificateSha256", server.adopt.certificateSha256]] : []),
      ...(server.renamedFrom === null ? [] : [["renamedFrom", server.renamedFrom]]),
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
        remedy: SHARING_REMEDIES[property] ?? "One application serves one server only: two would lock each other out.",
      });
    }
  }
  return problems;
}

/** An old name that no server can have had, or that another one has now. */
function renameProblems(servers: readonly ServerConfiguration[]): Problem[] {
  return servers.flatMap(({ name, renamedFrom }): Problem[] => {
    if (renamedFrom === null) return [];
    const problem = (expected: string, remedy: string): Problem[] => [
      {
        code: "CONFIGURATION_INVALID",
        server: name,
        property: "renamedFrom",
        actual: JSON.stringify(renamedFrom.slice(0, 60)),
        expected,
        remedy,
      },
    ];
    if (!SERVER_NAME.test(renamedFrom)) {
      return problem("the name of a server, as it stood under servers", "Write the old name as it was declared.");
    }
    if (!servers.some((other) => other.name === renamedFrom)) return [];
    const remedy = "Remove renamedFrom, or the server of the old name: its resources can go on under one name only.";
    return problem("a name that no server of this stack has now", remedy);
  });
}

/** More than one server that exports: Entra Connect Sync supports one active server in a tenant. */
function activeProblems(servers: readonly ServerConfiguration[], doubted: Doubted): Problem[] {
  const active = servers.filter(({ name, role }) => role === "active" && !doubted(name, "role"));
  return active.slice(1).map(({ name }) => ({
    code: "SERVERS_SHARE",
    server: name,
    property: "role",
    actual: `active, as ${active[0].name}`,
    expected: "one active server in a stack",
    remedy: "Declare the others as staging; two servers that export overwrite each other in Entra.",
  }));
}

function roleHolderProblems(holders: readonly AllowedRoleHolder[]): Problem[] {
  return holders.flatMap(({ id }, index): Problem[] => {
    const first = holders.findIndex((other) => other.id === id);
    if (first === index) return [];
    return [
      {
        code: "CONFIGURATION_INVALID",
        property: `allowedRoleHolders.${index}.id`,
        actual: `${id}, as in entry ${first}`,
        expected: "one entry for each principal",
        remedy: "Remove one of them: which reason and which date count would be a guess.",
      },
    ];
  });
}

/** Every rule that a stack and its servers break; properties in doubt are left out. */
export function ruleProblems(stack: StackConfiguration, doubted: Doubted): Problem[] {
  const { servers, allowedRoleHolders } = stack;
  const problems = [
    ...servers.flatMap((server) => serverProblems(server, doubted)),
    ...sharingProblems(servers, doubted),
    ...renameProblems(servers),
    ...activeProblems(servers, doubted),
    ...roleHolderProblems(allowedRoleHolders),
  ];
  return problems.filter(({ server, property }) => server === undefined || !doubted(server, property));
}
