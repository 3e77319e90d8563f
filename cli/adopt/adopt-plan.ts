/** What an adoption takes over, from the facts and the decision. Pure. */
import { readCertificate, type PublicCertificate } from "../../model/certificate/certificate-policy";
import type { HostCertificateFacts } from "../../model/protocol/host-protocol";
import { generationOf, type ServerIdentity } from "../../model/server/labels";
import type { ObservedKey } from "../../model/server/observation";
import type { AdoptionFacts } from "./adopt-facts";
import type { Decision } from "./adopt-decision";
import { assignmentName } from "./adopt-resources";

/** A declared role that the principal holds already. */
interface PlannedAssignment {
  name: string;
  role: string;
  resourceId: string;
  id: string;
}

export interface AdoptionPlan extends Decision {
  server: string;
  assignments: PlannedAssignment[];
  /** Declared roles that the principal does not hold. */
  missingRoles: string[];
  /** The certificate on the server that goes on, null if none can. */
  certificate: { facts: HostCertificateFacts; public: PublicCertificate } | null;
  /** Its key credential on the application, null if Entra holds none. */
  key: ObservedKey | null;
  /** Hash for the configuration's `adopt`: of a certificate that was made by hand; null if ours goes on. */
  adoptSha256: string | null;
}

/** The newest certificate with this server's label. */
function newestOwn(
  certificates: readonly HostCertificateFacts[],
  identity: ServerIdentity,
): HostCertificateFacts | null {
  const generation = ({ label }: HostCertificateFacts) => generationOf(identity, label) ?? 0;
  const own = certificates.filter((certificate) => generation(certificate) > 0);
  return own.sort((left, right) => generation(right) - generation(left))[0] ?? null;
}

function goesOn(facts: AdoptionFacts, { application }: Decision): HostCertificateFacts | null {
  const { certificates, connector } = facts.host;
  const own = newestOwn(certificates, { stack: facts.stack, server: facts.server.name });
  if (own) return own;
  if (connector.appId !== application.appId) return null;
  return certificates.find(({ sha256 }) => sha256 === connector.certificateSha256) ?? null;
}

export function planAdoption(facts: AdoptionFacts, decision: Decision): AdoptionPlan {
  const { name } = facts.server;
  const { principal, keys } = decision.application;
  const declared = facts.services.flatMap(({ objectId, roles }) =>
    Object.entries(roles).map(([role, appRoleId]) => ({ role, appRoleId, resourceId: objectId })),
  );
  const assignments = declared.flatMap(({ role, appRoleId, resourceId }) => {
    const held = principal?.appRoles.find((held) => held.appRoleId === appRoleId && held.resourceId === resourceId);
    return held ? [{ name: assignmentName(name, role), role, resourceId, id: held.id }] : [];
  });
  const held = new Set(assignments.map(({ role }) => role));
  const on = goesOn(facts, decision);
  const read = on && readCertificate(Buffer.from(on.certificate, "base64"));
  const certificate = on && read ? { facts: on, public: read } : null;
  const own = certificate && generationOf({ stack: facts.stack, server: name }, certificate.facts.label) !== null;
  return {
    ...decision,
    server: name,
    assignments,
    missingRoles: declared.map(({ role }) => role).filter((role) => !held.has(role)),
    certificate,
    key: (certificate && keys.find(({ sha256 }) => sha256 === certificate.facts.sha256)) ?? null,
    adoptSha256: certificate && !own ? certificate.facts.sha256 : null,
  };
}
