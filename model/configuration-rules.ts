/** The rules that a configuration of the right shape must keep as well. */
import type { CertificatePolicy } from "./certificate-policy";
import type { ServerConfiguration } from "./configuration";
import { toDays } from "./duration";
import { hostKeyProblem } from "./host-key";
import { SOFTWARE_PROVIDER } from "./host-protocol";
import type { Problem } from "./problem";
import { MINIMUM_VERSION, compareVersions } from "./versions";

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

/** Every rule that the servers of a stack break; properties in doubt are left out. */
export function ruleProblems(servers: readonly ServerConfiguration[], doubted: Doubted): Problem[] {
  const problems = [
    ...servers.flatMap((server) => serverProblems(server, doubted)),
    ...sharingProblems(servers, doubted),
  ];
  return problems.filter(({ server, property }) => server === undefined || !doubted(server, property));
}
