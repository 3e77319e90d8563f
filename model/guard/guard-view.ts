/** What the guard of one server compares: what a run saw of application and principal, and what is declared. Pure. */
import type { CredentialPolicy } from "../configuration/configuration";
import { useOf, type SeenServer } from "../server/in-use";
import { generationOf, type ServerIdentity } from "../server/labels";
import { withoutCertificates, type Observation, type ObservedApplication } from "../server/observation";
import type { AuditEntry } from "./guard-audit";

/** What a run saw that matters to the guard. */
export interface CredentialView {
  application: ObservedApplication | null;
  /** Hashes of the certificates on the host that are this server's; null if the host was not observed. */
  host: { certificates: string[] } | null;
  /** Declared servers whose connector may sign in with a key of this application: see {@link concerned}. */
  fleet: SeenServer[];
  /** What is known of an application of the product; left out for one of this project. */
  product?: ProductView;
  /** Null if the pipeline may not read the audit log, undefined if no one asked it. */
  audit: AuditEntry[] | null | undefined;
}

/** An application of the product that an own certificate is on. */
interface ProductView {
  /** The certificate that the connector of this server uses; null if that is not known. */
  used: string | null;
  /** The one that the own certificate replaced, once that was verified; null before. */
  former: string | null;
}

function productView({ facts }: Observation["host"], former: string): ProductView {
  return {
    used: facts?.connector.certificateSha256 ?? null,
    former: facts && facts.unverified === null && former !== "" ? former : null,
  };
}

/**
 * What of an observation matters to the guard; of the audit log nothing yet.
 *
 * @param named hashes of certificates that are declared by them: one that was made by hand and taken over, one of a CA
 * @param former the certificate that was replaced on an application of the product; null if the application is this project's
 */
export function credentialView(
  identities: readonly ServerIdentity[],
  named: readonly string[],
  { host, tenant }: Pick<Observation, "host" | "tenant">,
  fleet: readonly SeenServer[],
  former: string | null = null,
): CredentialView {
  const isLabelled = (label: string) => identities.some((identity) => generationOf(identity, label) !== null);
  const own = (host.facts?.certificates ?? []).filter(({ label }) => isLabelled(label)).map(({ sha256 }) => sha256);
  return {
    application: withoutCertificates(tenant.application),
    host: host.facts && { certificates: [...own, ...named] },
    fleet: tenant.application ? concerned(tenant.application, fleet) : [],
    ...(former === null ? {} : { product: productView(host, former) }),
    audit: [],
  };
}

/** Those of the declared servers that matter to an application's keys, so that what is handed over stays small. */
function concerned({ appId, keys, principal }: ObservedApplication, fleet: readonly SeenServer[]): SeenServer[] {
  const all = [...keys, ...(principal?.keys ?? [])];
  return fleet.filter(({ host }) => {
    if (host === null || useOf({ kind: "application", appId }, [{ server: "", host }]).kind === "used") return true;
    return all.some(({ sha256 }) => sha256 !== null && sha256 === host.connector.certificateSha256);
  });
}

/** What application and principal are held against. */
export interface CredentialDeclaration {
  /** The server's name in the declaration. */
  server: string;
  policy: CredentialPolicy;
  /** Object id of the application that is guarded; whichever carries the marker if that is not known yet. */
  application?: string;
  /** This server's, and the one that it was renamed from. */
  identities: ServerIdentity[];
  /** Object ids; null if no one can say which principal is the pipeline's. */
  owners: string[] | null;
  principalOwners: string[];
  /** Ids of the application roles that the principal is given. */
  roles: string[];
  /** Whether this server's certificate bears the name that a CA gave it; left out if it bears ours. */
  namedByAuthority?: boolean;
  /** Ids of key credentials that state knows as this server's; null if state is not at hand. */
  keys: string[] | null;
}

/** What was declared in the last run: what is on its way in or out in this one is our own doing. */
export interface EarlierDeclaration {
  owners: string[];
  roles: string[];
}
