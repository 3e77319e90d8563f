/** Rules about a server with an own certificate on the application of Entra Connect. Pure. */
import type { CertificateMemory } from "../certificate/certificate-state";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { isManagedName } from "../tenant/managed-application";
import { generationOf, type ServerIdentity } from "./labels";
import type { Observation } from "./observation";
import type { ServerFacts, ServerState } from "./server-facts";

/** The steps that only a person at the desktop can do come first: the product makes its application there. */
export function productUnused({ declaration, observation }: ServerFacts): Diagnostic | null {
  const { connector } = observation.host.facts!;
  const { application } = observation.tenant;
  if (application && isManagedName(application.displayName)) return null;
  const account = connector.identityType === "ServiceAccount";
  const other = application ? "which the product did not make" : "which the tenant does not have";
  const actual = account ? `the password account ${connector.userName}` : `application ${connector.appId}, ${other}`;
  return diagnose("PRODUCT_APPLICATION_UNUSED", declaration.server, { actual });
}

/** The certificate that a connector uses if it is none of this project's; null if it is one, or was not observed. */
function otherCertificate(
  { stack, server }: ServerIdentity,
  { adoptedSha256, certificateServer }: CertificateMemory,
  { host: { facts } }: Pick<Observation, "host">,
): string | null {
  const used = facts?.connector.certificateSha256 ?? null;
  if (!facts || used === null || used === adoptedSha256) return null;
  const label = facts.certificates.find(({ sha256 }) => sha256 === used)?.label;
  const ours = (name: string) => label !== undefined && generationOf({ stack, server: name }, label) !== null;
  return ours(server) || ours(certificateServer) ? null : used;
}

/** What is remembered of the product's application: where it could not be observed, what the last run saw. */
export function productMemory(
  old: ServerState | undefined,
  inputs: Pick<ServerState, "stack" | "server" | "appId" | "applicationObjectId"> & { observation: Observation },
  memory: CertificateMemory,
): Required<Pick<ServerState, "appId" | "applicationObjectId" | "formerSha256">> {
  const before = old?.mode === "byoc" ? old : undefined;
  const other = otherCertificate(inputs, memory, inputs.observation);
  return {
    appId: inputs.appId || (before?.appId ?? ""),
    applicationObjectId: inputs.applicationObjectId || (before?.applicationObjectId ?? ""),
    formerSha256: other ?? before?.formerSha256 ?? "",
  };
}
