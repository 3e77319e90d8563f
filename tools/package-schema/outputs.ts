/** The outputs of SyncIdentities, which are those of a stack: docs/outputs.md. */
import { CERTIFICATE_ROWS } from "../../model/certificate/certificate-table";
import { token, typeRef, type ObjectSpec, type PropertySpec } from "./types";

type Words = Readonly<Record<string, string>>;

const OF_SERVER: Words = {
  role: "As declared.",
  mode: "As declared, unless it is byoa.",
  host: "Host name or address of the server.",
  applicationId: "Application (client) id of the server's application.",
  applicationObjectId: "Object id of that application.",
  servicePrincipalObjectId: "Object id of its service principal, as sign-in logs and audit logs show it.",
  certificateSha256: "Hash of the certificate that the connector uses.",
  certificateExpires: "End of its validity, ISO 8601 in UTC.",
  rotationDue: "The first day on which a run rotates it. Not with mode managed.",
  linkCommand: "The command for an administrator at the server's desktop, if a run asks for it. Not with mode managed.",
};

const OF_SUMMARY: Words = {
  tenantId: "The tenant that all servers synchronise to.",
  cloud: "The tenant's cloud.",
  programSha256: "Hash of the host program that this version installs on the servers.",
  nextRotation: "The earliest rotationDue of all servers; none if there is none.",
};

const texts = (words: Words): Record<string, PropertySpec> =>
  Object.fromEntries(Object.entries(words).map(([name, description]) => [name, { type: "string", description }]));

const CERTIFICATE: ObjectSpec = {
  type: "object",
  description: "What the wizard shows of the certificate. What is not known says so, with the reason.",
  properties: texts(CERTIFICATE_ROWS),
  required: Object.keys(CERTIFICATE_ROWS),
};

const IDENTITY: ObjectSpec = {
  type: "object",
  description: "The identity of one server.",
  properties: {
    ...texts(OF_SERVER),
    certificate: { ...typeRef("CertificateTable"), description: CERTIFICATE.description },
    findings: {
      ...{ type: "array", items: { type: "string" } },
      description: "One line for each finding, in a preview; empty after a successful up.",
    },
  },
  required: ["role", "host", "applicationId", "certificateSha256", "certificateExpires", "certificate", "findings"],
};

const SUMMARY: ObjectSpec = {
  type: "object",
  description: "The stack as a whole.",
  properties: {
    outputsVersion: { type: "integer", description: "Raised when an output is removed or changes its meaning." },
    ...texts(OF_SUMMARY),
  },
  required: ["outputsVersion", "tenantId", "cloud", "programSha256"],
};

export const OUTPUT_TYPES: Record<string, ObjectSpec> = {
  [token("CertificateTable")]: CERTIFICATE,
  [token("ServerIdentity")]: IDENTITY,
  [token("StackSummary")]: SUMMARY,
};

export const OUTPUTS: Record<string, PropertySpec> = {
  servers: {
    ...{ type: "object", additionalProperties: typeRef("ServerIdentity") },
    description: "The identities by the servers' names.",
  },
  summary: { ...typeRef("StackSummary"), description: SUMMARY.description },
};
