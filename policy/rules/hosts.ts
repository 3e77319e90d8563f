/** Rules about SSH connections to servers, and about the minimum product version. */
import { hostKeyProblem, hostKeyRemedy } from "../../model/server/host-key";
import { MINIMUM_VERSION } from "../../model/server/product-table";
import { compareVersions, isVersion } from "../../model/server/versions";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { look, need, serverOf, show, type Resource } from "../resource";
import type { ResourceRule, Violation } from "../rule";

/** Connections of a resource: its own and that of its jump host. */
function connections(resource: Resource): { place: string; connection: unknown }[] {
  const connection = need(resource, "connection");
  const proxy = look(connection, "proxy");
  const all = [{ place: "connection", connection }];
  return proxy === undefined || proxy === null ? all : [...all, { place: "connection.proxy", connection: proxy }];
}

export const hostKeysPinned: ResourceRule = {
  name: "host-keys-pinned",
  description: "Every SSH connection pins a host key of type ed25519 or ecdsa, including that of a jump host.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.command, RESOURCE_TYPES.copy],
  judge: (resource) =>
    connections(resource).flatMap(({ place, connection }): Violation[] => {
      const subject = serverOf(resource);
      // A state that could not be decrypted does not show its connections.
      if (typeof connection === "string") {
        const remedy = "Check the stack itself, or provide the passphrase of the state's file.";
        return [{ subject, property: place, actual: "an encrypted value", expected: "a pinned host key", remedy }];
      }
      const key = need({ props: { connection } }, "connection.hostKey");
      const property = `${place}.hostKey`;
      if (typeof key !== "string" || key === "") {
        const expected = "a pinned host key, because without one any server is accepted as this one";
        return [{ subject, property, actual: show(key), expected, remedy: hostKeyRemedy(property) }];
      }
      const problem = hostKeyProblem(key, subject, property);
      if (!problem) return [];
      const { actual, expected } = problem;
      return [{ subject, property, actual, expected, remedy: hostKeyRemedy(property) }];
    }),
};

export const minimumVersion: ResourceRule<{ minimumVersion: string }> = {
  name: "minimum-version",
  description: "No server with a product version below the floor is changed.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server],
  settings: {
    minimumVersion: {
      type: "string",
      pattern: "^[0-9]+([.][0-9]+){3}$",
      default: MINIMUM_VERSION,
      description: "the lowest version that a server's minimumVersion may name",
    },
  },
  judge: (resource, { minimumVersion: floor }) => {
    const version = need(resource, "minimumVersion");
    if (typeof version === "string" && isVersion(version) && compareVersions(version, floor) >= 0) return [];
    const remedy = `Set minimumVersion of the server to "${floor}"; a server with an older version is then refused before it is changed.`;
    const property = "minimumVersion";
    return [{ subject: serverOf(resource), property, actual: show(version), expected: `at least ${floor}`, remedy }];
  },
};

export const noStandingRepair: ResourceRule = {
  name: "no-standing-repair",
  description: "The repair of connectivity parameters is declared only while it is needed.",
  level: "advisory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server],
  judge: (resource) => {
    if (need(resource, "repairConnectivityParameters") === false) return [];
    const property = "repairConnectivityParameters";
    const actual = show(need(resource, property));
    const remedy = "Remove it from the configuration once the finding connector-parameters-blank is gone.";
    return [{ subject: serverOf(resource), property, actual, expected: "false", remedy }];
  },
};

export const verifiedBySync: ResourceRule = {
  name: "verified-by-sync",
  description: "A switch is verified by a successful synchronisation.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.server],
  judge: (resource) => {
    if (need(resource, "verify") === "sync") return [];
    const actual = show(need(resource, "verify"));
    const remedy =
      "Remove verify from the configuration: only a delta cycle shows that the service accepts the new key.";
    return [{ subject: serverOf(resource), property: "verify", actual, expected: '"sync"', remedy }];
  },
};
