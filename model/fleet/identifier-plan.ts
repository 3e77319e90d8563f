/**
 * What it takes until a clone and the servers that it was made of are each a machine of their own. It follows from what is
 * observed alone: a run that was killed at any step is continued by the next one. Pure.
 */
import type { HostObservation } from "../protocol/host-protocol";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { isSame } from "../server/in-use";

/** A declared server as this needs it. */
export interface PlannedServer {
  server: string;
  host: Pick<HostObservation, "computerName" | "connector" | "machineIdentifier" | "legacyAccountName">;
  /** The application that state holds for it; null if there is none. */
  ownAppId: string | null;
}

export type IdentifierStep =
  /** The connector leaves an application that another declared server owns. */
  { kind: "rollback"; server: string; appId: string } | { kind: "reset"; server: string; identifier: string };

/** The step by which a server leaves the application of one of the others. */
function leaving({ server, host }: PlannedServer, others: readonly PlannedServer[]): IdentifierStep[] {
  const { appId } = host.connector;
  const owned = others.some((other) => isSame(other.ownAppId, appId));
  return appId !== null && owned ? [{ kind: "rollback", server, appId }] : [];
}

/**
 * The steps, in their order: first the servers that remain as they are leave the clone's application, so that what happens to
 * it cannot stop them; then the clone gets its identifier; last it leaves theirs, to an account with its new identifier.
 */
export function identifierPlan(clone: string, servers: readonly PlannedServer[]): IdentifierStep[] {
  const own = servers.find(({ server }) => server === clone)!;
  const others = servers.filter(({ server }) => server !== clone);
  const identifier = own.host.machineIdentifier;
  const shared = others.some(({ host }) => isSame(host.machineIdentifier, identifier));
  return [
    ...others.flatMap((other) => leaving(other, [own])),
    ...(shared && identifier !== null ? [{ kind: "reset", server: clone, identifier } as const] : []),
    ...leaving(own, others),
  ];
}

/** Why nothing may be done; null if it may. */
export function identifierRefusal(clone: string, servers: readonly PlannedServer[]): Diagnostic | null {
  const own = servers.find(({ server }) => server === clone)!.host;
  if (own.machineIdentifier === null) return diagnose("MACHINE_IDENTIFIER_UNREAD", clone, {});
  const one = servers.find(({ server, host }) => server !== clone && isSame(host.computerName, own.computerName));
  if (!one || !isSame(one.host.machineIdentifier, own.machineIdentifier)) return null;
  return diagnose("MACHINE_DECLARED_TWICE", clone, { computerName: own.computerName, other: one.server });
}
