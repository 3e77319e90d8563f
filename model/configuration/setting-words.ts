/**
 * What each setting means, for the editor: beside the shape in configuration-schema.ts, which says what a value should be.
 * Not for the program, which never loads it.
 */
import { CERTIFICATE_DEFAULTS } from "../certificate/certificate-policy";
import { HOST_KEY_TYPES } from "../server/host-key";
import { MINIMUM_VERSION } from "../server/product-table";
import { SERVER_NAME } from "./configuration-rules";

export interface SettingWords {
  /** One sentence or two. What a value should be is not said here: {@link expectationAt} is added to it. */
  meaning: string;
  /** What is meant if the setting is left out. */
  default?: unknown;
  examples?: readonly unknown[];
  /** What a rule beyond the shape demands, as a regular expression. */
  pattern?: string;
}

const HOST_KEY_PATTERN = `^\\s*(${HOST_KEY_TYPES.join("|")})\\s+[A-Za-z0-9+/]+={0,2}(\\s.*)?$`;
const ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const OBJECT_ID = "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10";
const SHA256 = "3f7a1c52e8b04d96a1f3c7d2b5e80946c1d7f3a2b4e6980c5d1f7a3b9e2c4d60";

/** By the name of the setting; of one that means something else in a map, by that map's name before it. */
export const SETTING_WORDS: Readonly<Record<string, SettingWords>> = {
  servers: {
    meaning: "The servers of the stack, by name. A name is part of the application's marker and of certificates.",
  },
  certificate: {
    meaning: "Certificate policy: of all servers, or of this one. What it leaves out comes from the stack's.",
  },
  owners: {
    meaning: 'Owners of the applications. "pipeline" is the pipeline\'s own service principal.',
    ...{ default: ["pipeline"], examples: [["pipeline", OBJECT_ID]] },
  },
  pipelineObjectId: {
    meaning: "The pipeline's service principal, if previews run as another identity. Default: the caller's own.",
    examples: [OBJECT_ID],
  },
  credentialPolicy: {
    meaning: '"report" reports credentials that are not declared; "enforce" also removes them.',
    default: "report",
  },
  allowedRoleHolders: {
    meaning: "Principals that may hold the sync role in addition to the servers, each until its last day.",
    ...{
      default: [],
      examples: [[{ id: OBJECT_ID, reason: "provisioning from HR, ticket 4711", expires: "2027-06-30" }]],
    },
  },
  id: { meaning: "Who may hold the role.", examples: [OBJECT_ID] },
  reason: {
    meaning: "Why it may hold the role; every report repeats it.",
    examples: ["provisioning from HR, ticket 4711"],
  },
  expires: { meaning: "The last day on which it is allowed, in UTC. Put it in quotes.", examples: ["2027-06-30"] },
  environmentVariables: {
    meaning: "Environment variables that ${NAME} may read, in addition to CONNECT_SYNC_*.",
    ...{ default: [], examples: [["SYNC01_PORT", "SYNC01_HOST_KEY"]] },
  },
  environment: {
    meaning: "What the stack is for. From a production stack no server is abandoned. Default: not set.",
  },
  cloud: { meaning: "The tenant's cloud. Default: what azuread:environment names, else global." },
  sshPublicKey: {
    meaning: "The key of the SSH agent that the servers accept, if it holds several. Default: every key of the agent.",
    examples: [ED25519, `SHA256:${"A".repeat(43)}`],
  },
  sshPrivateKey: {
    meaning:
      "Secret: an SSH key for all servers and bastions, if there is no agent. Set it with pulumi config set --secret. Default: the agent at SSH_AUTH_SOCK.",
  },
  mode: {
    meaning:
      "Who owns application and certificate. byoa: this project both. managed: Entra Connect both, observed only. byoc: this project the certificate, Entra Connect the application.",
    default: "byoa",
  },
  role: { meaning: "Whether the server exports. Staging servers switch first; a stack has one active server." },
  connection: { meaning: "How the server is reached over SSH." },
  proxy: { meaning: "The bastion through which the server is reached. Default: none." },
  host: {
    meaning: "Where the SSH server is. No two servers share one.",
    examples: ["sync01.contoso.com", "10.20.30.40"],
  },
  port: { meaning: "The SSH server's port.", default: 22 },
  user: { meaning: "Who signs in.", examples: ["svc-pulumi"] },
  hostKey: {
    meaning: "The SSH server's public host key. Take it from the machine itself.",
    ...{ examples: [ED25519], pattern: HOST_KEY_PATTERN },
  },
  applicationName: {
    meaning: "Display name of the application, unique in the stack. Default: Entra Connect Sync - <name>.",
    examples: ["Entra Connect Sync - sync01"],
  },
  passwordWriteback: {
    meaning:
      "Whether the server writes passwords back: the application gets the three roles of the password reset service.",
    default: false,
  },
  serviceAccount: {
    meaning: "The account that must run the ADSync service; another one stops the run. Default: any account.",
    examples: ["CONTOSO\\gmsa-sync$", "S-1-5-21-1004336348-1177238915-682003330-1104"],
  },
  repairConnectivityParameters: {
    meaning: "Runs the documented repair if the connector's connectivity parameters are blank.",
    default: false,
  },
  rotate: { meaning: "Requests a rotation: each new text rotates once.", examples: ["2026-11-29 ticket 4711"] },
  verify: {
    meaning:
      '"sync" runs a delta synchronisation after a switch and reads its result; "switch" only reads the connector.',
    default: "sync",
  },
  renamedFrom: {
    meaning: "The former name of this server in the configuration: its application continues under the new name.",
    ...{ examples: ["sync01"], pattern: SERVER_NAME.source },
  },
  adopt: { meaning: "A certificate that was made by hand, which the server keeps until its next rotation." },
  certificateSha256: { meaning: "Written by connect-sync-identity adopt.", examples: [SHA256] },
  minimumVersion: {
    meaning: "Oldest product version that is accepted.",
    ...{ default: MINIMUM_VERSION, examples: [MINIMUM_VERSION] },
  },
  minimumVersionReason: { meaning: "Needed with a minimumVersion below that; every run repeats it." },
  source: {
    meaning: "Where the certificate comes from. Caution: a change is a rotation.",
    default: { kind: "selfSigned" },
  },
  kind: {
    meaning: "Made on the server, one that a CA issued already, or one that the server asks its CA for.",
  },
  sha256: { meaning: "The certificate that a CA issued.", examples: [SHA256] },
  template: { meaning: "The template by which the server asks its CA.", examples: ["EntraConnectSync"] },
  lifetime: {
    meaning: "Validity of a new certificate, 30 to 730 days. Takes effect at the next rotation.",
    ...{ default: CERTIFICATE_DEFAULTS.lifetime, examples: ["365 days"] },
  },
  rotateBefore: {
    meaning: "How long before its end a certificate is replaced, less than its lifetime.",
    ...{ default: CERTIFICATE_DEFAULTS.rotateBefore, examples: ["180 days"] },
  },
  keyProvider: {
    meaning:
      "The key storage provider; another than the TPM's with allowSoftwareKey. Caution: a change makes a new key.",
    ...{ default: CERTIFICATE_DEFAULTS.keyProvider, examples: ["Microsoft Software Key Storage Provider"] },
  },
  allowSoftwareKey: {
    meaning: "Permits a keyProvider other than the TPM's.",
    default: CERTIFICATE_DEFAULTS.allowSoftwareKey,
  },
};

interface ProviderSetting extends SettingWords {
  type: "text" | "switch" | "secret";
}

/** The settings of the azuread provider that this project reads as well. */
export const PROVIDER_SETTINGS: Readonly<Record<string, ProviderSetting>> = {
  tenantId: {
    type: "text",
    meaning: "The tenant: required here or as ARM_TENANT_ID, never guessed.",
    examples: ["11111111-2222-3333-4444-555555555555"],
  },
  clientId: { type: "text", meaning: "The pipeline's application, or ARM_CLIENT_ID." },
  useOidc: { type: "switch", meaning: "The pipeline's own token instead of a secret, or ARM_USE_OIDC." },
  clientSecret: {
    type: "secret",
    meaning: "Secret of the pipeline's application. Prefer ARM_CLIENT_SECRET, or no secret at all.",
  },
  clientCertificatePath: {
    type: "text",
    meaning: "Certificate of the pipeline's application, or ARM_CLIENT_CERTIFICATE_PATH.",
  },
  useMsi: { type: "switch", meaning: "A managed identity, or ARM_USE_MSI." },
  environment: {
    type: "text",
    meaning: "The cloud, or ARM_ENVIRONMENT; the setting cloud follows it.",
    examples: ["public", "usgovernment", "usgovernmentl5", "china"],
  },
  metadataHost: { type: "text", meaning: "Host that answers with a cloud's endpoints, or ARM_METADATA_HOSTNAME." },
  adoPipelineServiceConnectionId: {
    type: "text",
    meaning: "Service connection of Azure Pipelines, or ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID.",
  },
};
