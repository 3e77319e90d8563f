/**
 * The wizard's table of the certificate that a server signs in with ("View the current authentication configuration"), made
 * from what was observed. No cell is empty: what is not known says so, with the reason. Pure.
 */
import type { ServerMode } from "../configuration/configuration";
import type { HostObservation } from "../protocol/host-protocol";
import { LABEL_PREFIX } from "../protocol/host-operations";
import type { Observation, ObservedApplication } from "../server/observation";
import { isManagedName } from "../tenant/managed-application";
import { harmless } from "../text/encoders/harmless";
import { readCertificate } from "./certificate-policy";
import type { ObservedCertificate } from "./observed-certificate";

/** The wizard's properties in its order, as outputs and report name them. */
export interface CertificateTable extends ObservedCertificate {
  /** `Microsoft Entra Connect Sync` or `BYOC`, as the wizard says it. */
  managedBy: string;
  /** `automatic` if Entra Connect rotates by its scheduler, `manual` if it does not. */
  automaticRotation: string;
}

/** The wizard's own names for the properties. */
export const CERTIFICATE_ROWS: Readonly<Record<keyof CertificateTable, string>> = {
  managedBy: "Certificate managed by",
  automaticRotation: "Automatic rotation enabled",
  thumbprint: "Certificate thumbprint",
  sha256: "Certificate SHA256 hash",
  subject: "Subject name",
  issuer: "Issued by",
  serialNumber: "Serial number",
  notBefore: "Not valid before",
  notAfter: "Not valid after",
};
export const CERTIFICATE_COLUMNS = Object.keys(CERTIFICATE_ROWS) as (keyof CertificateTable)[];

const PRODUCT = "Microsoft Entra Connect Sync";
const BYOC = "BYOC";
const MANAGED_BY_PRODUCT = { managedBy: PRODUCT, automaticRotation: "automatic" };
const MANAGED_BY_OTHERS = { managedBy: BYOC, automaticRotation: "manual" };

const notKnown = (reason: string) => `not known: ${reason}`;

function everywhere(text: string): CertificateTable {
  return ordered(() => text);
}

function ordered(cell: (name: keyof CertificateTable) => string): CertificateTable {
  const cells = Object.fromEntries(CERTIFICATE_COLUMNS.map((name) => [name, cell(name)]));
  return harmless(cells as Record<keyof CertificateTable, string>);
}

/** The table of a certificate that this project made or was given, in the order of the wizard. */
export function ownTable(certificate: ObservedCertificate): CertificateTable {
  const cells = { ...MANAGED_BY_OTHERS, ...certificate };
  return ordered((name) => cells[name]);
}

/** The table of the certificate that the connector names, regardless of who manages it. */
export function observedTable(
  { host, tenant }: Pick<Observation, "host" | "tenant">,
  mode: ServerMode,
): CertificateTable {
  if (!host.facts) return everywhere(notKnown("the server could not be observed"));
  const { identityType, userName, certificateSha256: sha256 } = host.facts.connector;
  if (identityType === "ServiceAccount") return everywhere(`none: the connector uses the password account ${userName}`);
  if (sha256 === null) return everywhere(notKnown("the connector names no certificate"));
  const held = heldDetails(host.facts, sha256);
  const application = usedApplication(host.facts, tenant.application);
  const details = held ?? application?.certificates?.find((one) => one.sha256 === sha256) ?? null;
  const reason = notKnown(reasonOf(application, tenant.problem !== null));
  const managed = manager(held !== null, application, details, mode, reason);
  const cells = { ...everywhere(reason), ...managed, sha256, ...details };
  return ordered((name) => cells[name]);
}

/** The certificate in LocalMachine\My, unless the server shows other bytes than their hash. */
function heldDetails({ certificates }: HostObservation, sha256: string): ObservedCertificate | null {
  const held = certificates.find((certificate) => certificate.sha256 === sha256);
  const read = held && readCertificate(Buffer.from(held.certificate, "base64"));
  return read?.sha256 === sha256 ? read : null;
}

/** The observed application if it is the one that the connector uses. */
function usedApplication({ connector }: HostObservation, application: ObservedApplication | null) {
  return application?.appId === connector.appId ? application : null;
}

function manager(
  held: boolean,
  application: ObservedApplication | null,
  details: ObservedCertificate | null,
  mode: ServerMode,
  reason: string,
): Pick<CertificateTable, "managedBy" | "automaticRotation"> {
  // The product's own certificates are in the service account's store.
  if (held) return MANAGED_BY_OTHERS;
  if (application && !isManagedName(application.displayName)) return MANAGED_BY_OTHERS;
  if (details?.subject.includes(LABEL_PREFIX)) return MANAGED_BY_OTHERS;
  if (application && mode !== "byoc") return MANAGED_BY_PRODUCT;
  const either = "it is not in LocalMachine\\My: the product made it, or it was removed from there";
  const text = application ? notKnown(either) : reason;
  return { managedBy: text, automaticRotation: text };
}

function reasonOf(application: ObservedApplication | null, unseen: boolean): string {
  const store = "it is not in LocalMachine\\My";
  if (unseen) return `${store}, and the application could not be observed`;
  if (!application) return `${store}, and no application that the connector uses was read`;
  const bare = application.keys.some(({ sha256 }) => sha256 === null);
  return `${store}, and ${bare ? "Entra shows keys of the application without their bytes" : "the application does not have it"}`;
}
