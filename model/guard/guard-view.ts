/** What the guard of one server compares: what a run saw of application and principal, and what is declared. Pure. */
import type { CredentialPolicy } from "../configuration/configuration";
import { generationOf, type ServerIdentity } from "../server/labels";
import type { Observation, ObservedApplication } from "../server/observation";
import type { AuditEntry } from "./guard-audit";

/** What a run saw that matters to the guard. */
export interface CredentialView {
  application: ObservedApplication | null;
  /** Hashes of the certificates on the host that are this server's, and of the one in use; null where it was not seen. */
  host: { certificates: string[]; inUse: string | null } | null;
  /** Null where the pipeline may not read the audit log. */
  audit: AuditEntry[] | null;
}

/**
 * What of an observation matters to the guard; of the audit log nothing yet.
 *
 * @param adoptedSha256 hash of a certificate that was made by hand and taken over, null where there is none
 */
export function credentialView(
  identities: readonly ServerIdentity[],
  adoptedSha256: string | null,
  { host, tenant }: Observation,
): CredentialView {
  const isLabelled = (label: string) => identities.some((identity) => generationOf(identity, label) !== null);
  const own = (host.facts?.certificates ?? []).filter(({ label }) => isLabelled(label)).map(({ sha256 }) => sha256);
  const adopted = adoptedSha256 === null ? [] : [adoptedSha256];
  return {
    application: tenant.application,
    host: host.facts && { certificates: [...own, ...adopted], inUse: host.facts.connector.certificateSha256 },
    audit: [],
  };
}

/** What application and principal are held against. */
export interface CredentialDeclaration {
  /** The server's name in the declaration. */
  server: string;
  policy: CredentialPolicy;
  /** This server's, and the one that it was renamed from. */
  identities: ServerIdentity[];
  /** Object ids. */
  owners: string[];
  principalOwners: string[];
  /** Ids of the application roles that the principal is given. */
  roles: string[];
  /** Ids of key credentials that state knows as this server's. */
  keys: string[];
}

/** What was declared in the last run: what is on its way in or out in this one is nobody's doing but ours. */
export type EarlierDeclaration = Pick<CredentialDeclaration, "owners" | "roles">;
