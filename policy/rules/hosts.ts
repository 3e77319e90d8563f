/** How servers are reached, and which product version is worked on. */
import { HOST_KEY_REMEDY, hostKeyProblem } from "../../model/server/host-key";
import { compareVersions, isVersion, MINIMUM_VERSION } from "../../model/server/versions";
import { look, need, serverOf, show, TYPES, type Resource } from "../resource";
import type { ResourceRule, Violation } from "../rule";

/** Connections of a resource: its own, and the one to a jump host. */
function connections(resource: Resource): { place: string; connection: unknown }[] {
  const connection = need(resource, "connection");
  const proxy = look(connection, "proxy");
  const all = [{ place: "connection", connection }];
  return proxy === undefined || proxy === null ? all : [...all, { place: "connection.proxy", connection: proxy }];
}

export const hostKeysPinned: ResourceRule = {
  name: "host-keys-pinned",
  description: "Every SSH connection pins a host key of type ed25519 or ecdsa, that of a jump host as well.",
  level: "mandatory",
  scope: "every stack",
  types: [TYPES.command, TYPES.copy],
  judge: (resource) =>
    connections(resource).flatMap(({ place, connection }): Violation[] => {
      const subject = serverOf(resource);
      // A state that could not be decrypted tells nothing of its connections.
      if (typeof connection === "string") {
        const remedy = "Look at the stack itself, or give the passphrase of the state's file.";
        return [{ subject, property: place, actual: "a value that is hidden", expected: "a pinned host key", remedy }];
      }
      const key = need({ props: { connection } }, "connection.hostKey");
      const property = `${place}.hostKey`;
      if (typeof key !== "string" || key === "") {
        const expected = "a pinned host key, as else any server is taken for this one";
        return [{ subject, property, actual: show(key), expected, remedy: HOST_KEY_REMEDY }];
      }
      const problem = hostKeyProblem(key, subject, property);
      if (!problem) return [];
      const { actual, expected } = problem;
      return [{ subject, property, actual, expected, remedy: HOST_KEY_REMEDY }];
    }),
};

export const minimumVersion: ResourceRule<{ minimumVersion: string }> = {
  name: "minimum-version",
  description: "No server is worked on whose product version is older than the floor.",
  level: "mandatory",
  scope: "every stack",
  types: [TYPES.server],
  settings: {
    minimumVersion: {
      type: "string",
      pattern: "^[0-9]+([.][0-9]+){3}$",
      default: MINIMUM_VERSION,
      description: "the oldest version that a server's minimumVersion may name",
    },
  },
  judge: (resource, { minimumVersion: floor }) => {
    const version = need(resource, "minimumVersion");
    if (typeof version === "string" && isVersion(version) && compareVersions(version, floor) >= 0) return [];
    const remedy = `Set minimumVersion of the server to "${floor}"; an older server is then refused before it is touched.`;
    const property = "minimumVersion";
    return [{ subject: serverOf(resource), property, actual: show(version), expected: `at least ${floor}`, remedy }];
  },
};

export const noStandingRepair: ResourceRule = {
  name: "no-standing-repair",
  description: "The repair of connectivity parameters is asked for when it is due, and taken back afterwards.",
  level: "advisory",
  scope: "every stack",
  types: [TYPES.server],
  judge: (resource) => {
    if (need(resource, "repairConnectivityParameters") === false) return [];
    const property = "repairConnectivityParameters";
    const actual = show(need(resource, property));
    const remedy = "Take it out of the configuration once the finding connector-parameters-blank is gone.";
    return [{ subject: serverOf(resource), property, actual, expected: "false", remedy }];
  },
};

export const verifiedBySync: ResourceRule = {
  name: "verified-by-sync",
  description: "A switch is verified by a synchronisation that went through.",
  level: "advisory",
  scope: "production",
  types: [TYPES.server],
  judge: (resource) => {
    if (need(resource, "verify") === "sync") return [];
    const actual = show(need(resource, "verify"));
    const remedy =
      "Take verify out of the configuration: only a delta cycle shows that the service accepts the new key.";
    return [{ subject: serverOf(resource), property: "verify", actual, expected: '"sync"', remedy }];
  },
};
