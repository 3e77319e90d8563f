/**
 * What is in use: nothing is removed, and no removal is proposed, of what the connector of a declared server signs in with.
 * Every removal of an application, a key, an account or a role asks here first.
 */
import { partsOf } from "../text/user-principal-name";
import type { ConnectorFacts, HostObservation } from "../protocol/host-protocol";

/** A declared server, as far as a removal has to know of it. */
export interface SeenServer {
  server: string;
  /** Null if the server was not observed. */
  host: Pick<HostObservation, "computerName" | "connector" | "legacyAccountName"> | null;
}

/** What would be removed, by what a connector would name it. */
export type Removable =
  | { kind: "application"; appId: string | null }
  | { kind: "account"; userName: string }
  | { kind: "key"; sha256: string | null; appId: string; others: readonly (string | null)[] };

/** Whether a connector signs in with something; `unknown` with the reason for which no one can say. */
export type Use = { kind: "free" } | { kind: "used"; by: string[] } | { kind: "unknown"; why: string };

/** Whether two ids, hashes or names are the same one, in any case of their letters; a missing one is the same as none. */
export const isSame = (left: string | null, right: string | null) =>
  left !== null && right !== null && left.toLowerCase() === right.toLowerCase();

/** A connector on an application has the name `{<appId>}@<tenant>`, which shows this even if nothing else does. */
const names = ({ identityType, userName }: ConnectorFacts, appId: string | null) =>
  identityType === "Application" && appId !== null && userName.toLowerCase().includes(appId.toLowerCase());

/** The product gives an account's domain in some places only. */
export function isSameAccount(left: string, right: string): boolean {
  const [one, other] = [partsOf(left), partsOf(right)];
  return isSame(one.name, other.name) && (one.domain === "" || other.domain === "" || isSame(one.domain, other.domain));
}

function uses(connector: ConnectorFacts, what: Removable): boolean {
  switch (what.kind) {
    case "application":
      return isSame(connector.appId, what.appId) || names(connector, what.appId);
    case "account":
      return connector.identityType === "ServiceAccount" && isSameAccount(connector.userName, what.userName);
    case "key":
      return isSame(connector.certificateSha256, what.sha256);
  }
}

/** Why a connector that was seen may be the one that uses something which cannot be read; null if it is not. */
function doubt(connector: ConnectorFacts, what: Removable): string | null {
  if (what.kind === "application" && what.appId === null && connector.identityType === "Application") {
    return "its application id could not be read";
  }
  if (what.kind !== "key" || what.sha256 !== null || !isSame(connector.appId, what.appId)) return null;
  const known = what.others.some((other) => isSame(other, connector.certificateSha256));
  return known ? null : "Entra does not show its certificate";
}

/** Holds something against the connector of every declared server as observed. */
export function useOf(what: Removable, servers: readonly SeenServer[]): Use {
  const by = servers.filter(({ host }) => host && uses(host.connector, what)).map(({ server }) => server);
  if (by.length > 0) return { kind: "used", by };
  const unseen = servers.filter(({ host }) => host === null).map(({ server }) => server);
  if (unseen.length > 0)
    return { kind: "unknown", why: `${unseen.join(" and ")} ${unseen.length === 1 ? "was" : "were"} not observed` };
  const doubts = servers.flatMap(({ host }) => (host && doubt(host.connector, what)) ?? []);
  return doubts.length > 0 ? { kind: "unknown", why: doubts[0] } : { kind: "free" };
}

/** Whether something may be removed without a person who looks first. */
export const isFree = (use: Use) => use.kind === "free";

/** Which remedy holds for something that a removal would cure, with the values that it is filled with. */
export function choiceOf<T extends string>(use: Use, removal: T) {
  const by = use.kind === "used" ? use.by.join(" and ") : "";
  const why = use.kind === "unknown" ? use.why : "";
  return { values: { by, why }, remedy: use.kind === "free" ? removal : use.kind } as const;
}
