/**
 * The report as data: what the JSON file holds, what the page and the Markdown are made from, and what the next report is
 * compared with. docs/report.md describes it. Order is part of it, so that two reports can be compared.
 */
import { z } from "zod";
import { DiagnosticDocument } from "../../model/diagnostics/diagnostic-document";
import { Controls } from "./controls/controls-document";
import { Declaration, Organization, TakenFrom, Tool } from "./origin/origin-document";

/** Raised if a property goes or changes its meaning; what is added leaves it as it is. */
export const REPORT_VERSION = 1;

/** ISO 8601 in UTC. */
const instant = z.iso.datetime();
const text = z.string();

/** `planned`: declared, and nothing of it made yet. `waiting`: an administrator has to sign in at the desktop. */
export const SERVER_STATUS = ["as-declared", "planned", "waiting", "differs", "unobserved"] as const;
export type ServerStatus = (typeof SERVER_STATUS)[number];

/** The links of the chain from a server to what it may do in the tenant, in their order. */
export const STEPS = ["server", "connector", "certificate", "key", "application", "roles"] as const;
export type Step = (typeof STEPS)[number];

/** `none`: there is no such thing yet. `unknown`: it could not be observed. */
export const LINK_STATES = ["ok", "finding", "none", "unknown"] as const;
export type LinkState = (typeof LINK_STATES)[number];

const Link = z.strictObject({
  step: z.enum(STEPS),
  state: z.enum(LINK_STATES),
  text,
  detail: text,
  /** Codes of the findings that concern this link. */
  findings: z.array(text),
});

// prettier-ignore
export const CERTIFICATE_STATES = ["valid", "due", "expired", "future", "missing", "unregistered", "dead", "unobserved"] as const;

/** One certificate of a server: on the host, on the application, or on both. */
const Certificate = z.strictObject({
  sha256: text,
  /** Null if this project did not make it. */
  generation: z.int().nullable(),
  name: text,
  notBefore: instant,
  notAfter: instant,
  /** From then on a `pulumi up` replaces it; null for one that is not current, not where it is to be, or does not sign. */
  rotationFrom: instant.nullable(),
  /**
   * By the server's own clock if it was observed. `missing`: not in the machine store of a server that was observed.
   * `unregistered`: not on the application. `dead`: its key does not sign. `unobserved`: one of both sides was not observed.
   */
  state: z.enum(CERTIFICATE_STATES),
  /** The same in words. */
  stateWords: text.default(""),
  current: z.boolean(),
  /** Whether the connector names it. Here and in the next two: null if that was not observed. */
  inUse: z.boolean().nullable(),
  onServer: z.boolean().nullable(),
  onApplication: z.boolean().nullable(),
  /** Null if the server does not hold it, or was not observed. */
  key: z
    .strictObject({
      provider: text.nullable(),
      inHardware: z.boolean(),
      usable: z.boolean(),
      readers: z.array(text).nullable(),
    })
    .nullable(),
});

const KeyCredential = z.strictObject({
  keyId: text,
  /** What holds it, and of what kind it is. */
  kind: z.enum(["key", "secret", "federated-credential", "principal-key", "principal-secret"]),
  name: text,
  /** Hash of a certificate, null for anything else. */
  sha256: text.nullable(),
  until: instant.nullable(),
});

const Application = z.strictObject({
  appId: text,
  objectId: text,
  name: text,
  principalId: text.nullable(),
  enabled: z.boolean(),
  /** The app instance property lock. */
  locked: z.boolean(),
  credentials: z.array(KeyCredential),
  owners: z.array(z.strictObject({ id: text, name: text })),
  roles: z.array(z.strictObject({ id: text, name: text, resource: text })),
});

const Host = z.strictObject({
  /** The server's own clock. */
  takenAt: instant,
  computerName: text,
  /** Null if the server does not say, and in older reports. */
  machineIdentifier: text.nullable().default(null),
  version: text,
  /** Day on which the version leaves support, null if that is not known. */
  supportEnds: text.nullable(),
  knownIssues: z.array(text),
  serviceAccount: text,
  /** Null if the server does not say. */
  tpm: z.strictObject({ present: z.boolean(), ready: z.boolean(), version: text.nullable() }).nullable(),
  scheduler: z.strictObject({
    enabled: z.boolean(),
    suspended: z.boolean(),
    staging: z.boolean(),
    interval: text,
  }),
  passwordWriteback: z.boolean().nullable(),
  /** Sign-ins that Entra refused in the last 24 hours; the last one with its code if the event has one. */
  refusedSignIns: z.strictObject({ count: z.int(), last: instant.nullable(), code: text.nullable() }),
});

const Connector = z.strictObject({
  identityType: z.enum(["ServiceAccount", "Application"]),
  userName: text,
  appId: text.nullable(),
  certificateSha256: text.nullable(),
});

/** What the wizard shows of the certificate; a text that begins with `not known` or `none` gives the reason. */
const WizardTable = z.strictObject({
  managedBy: text,
  automaticRotation: text,
  thumbprint: text,
  sha256: text,
  subject: text,
  issuer: text,
  serialNumber: text,
  notBefore: text,
  notAfter: text,
});

const Server = z.strictObject({
  name: text,
  role: z.enum(["active", "staging"]),
  status: z.enum(SERVER_STATUS),
  /** Why server or application could not be observed; null if both were. */
  unobserved: text.nullable(),
  connection: z.strictObject({ host: text, port: z.int(), user: text, hostKey: text }),
  lifetime: text,
  rotateBefore: text,
  chain: z.array(Link),
  host: Host.nullable(),
  connector: Connector.nullable(),
  /** Of the certificate that the connector names, regardless of who manages it; null in older reports. */
  connectorCertificate: WizardTable.nullable().default(null),
  certificates: z.array(Certificate),
  application: Application.nullable(),
});

export const Finding = z.strictObject({
  /** The same in each report for as long as it is the same finding. */
  id: text,
  /** A server's name, or `tenant`. */
  subject: text,
  code: text,
  meaning: text,
  expected: text,
  actual: text,
  remedy: text,
  /** What the next `pulumi up` does about it. */
  then: z.enum(["heals", "removes", "person", "stops"]),
  /** The first report that contains it. */
  since: instant,
  /** Object id of the principal that may synchronise; null of anything else, and in older reports. */
  object: text.nullable().default(null),
});

export const Notice = z.strictObject({ id: text, server: text, code: text, meaning: text, text, remedy: text });

/** Why an identity is able to synchronise. */
const HOLDER_KINDS = ["declared", "allowed", "managed", "sync-account", "undeclared", "expired"] as const;
const Holder = z.strictObject({
  id: text,
  name: text,
  /** The application role, or the name of a directory role. */
  role: text,
  kind: z.enum(HOLDER_KINDS),
  /** The declared server that it is, or that uses it; null otherwise. */
  server: text.nullable(),
  /** The declared server whose computer name is in its name, as Entra Connect would name it; this proves nothing. */
  namedFor: text.nullable().default(null),
  /** Of what is allowed. */
  reason: text.nullable(),
  expires: text.nullable(),
});

const Tenant = z.strictObject({
  /** Why it is unknown who may synchronise; null if it is known. */
  unobserved: text.nullable(),
  holders: z.array(Holder),
  /** Whether directory roles, and accounts named `Sync_`, were read. */
  directoryRolesRead: z.boolean(),
  /** Null if they were not read. */
  syncAccounts: z
    .array(
      z.strictObject({
        id: text,
        name: text,
        /** The declared server whose account it is; null if none that was observed says so. */
        server: text.nullable().default(null),
        namedFor: text.nullable().default(null),
      }),
    )
    .nullable(),
  /** Missing permissions, and what is not shown without them. */
  unread: z.array(z.strictObject({ permission: text, purpose: text })),
});

export const CHANGE_KINDS = [
  ...["server-added", "server-removed", "server-unobserved", "server-observed", "role-changed", "host-key-changed"],
  ...["finding-opened", "finding-closed", "certificate-rotated", "connector-switched", "application-changed"],
  ...["credential-added", "credential-removed", "owner-added", "owner-removed", "holder-added", "holder-removed"],
  ...["version-changed", "scheduler-changed"],
] as const;
const Change = z.strictObject({
  kind: z.enum(CHANGE_KINDS as unknown as [string, ...string[]]),
  /** A server's name, or `tenant`. */
  subject: text,
  before: text.nullable(),
  after: text.nullable(),
});

export const ReportDocument = z.strictObject({
  version: z.literal(REPORT_VERSION),
  project: text,
  stack: text,
  tenantId: text,
  cloud: text,
  organization: Organization,
  tool: Tool,
  declaration: Declaration,
  /** When the stack's state was written last; null if no run wrote any, and in older reports. */
  stateUpdatedAt: instant.nullable().default(null),
  takenAt: instant,
  takenFrom: TakenFrom,
  /** Every declared server was observed and is as declared, and no undeclared identity may synchronise. */
  healthy: z.boolean(),
  /** The state in one sentence. */
  sentence: text,
  /** What the timeline calls today: the clock of the servers, in the middle if they differ. */
  today: instant,
  servers: z.array(Server),
  /** Servers that state still holds and that the configuration does not declare any more. */
  leaving: z.array(text),
  findings: z.array(Finding),
  notices: z.array(Notice),
  /** Findings, notices and what stops the work, as every other report lists them; older reports have none. */
  diagnostics: z.array(DiagnosticDocument).default([]),
  tenant: Tenant,
  /** Null if there is no earlier report. */
  changes: z.strictObject({ since: instant, entries: z.array(Change) }).nullable(),
  /** Which evidence it gives on published controls; empty in older reports. */
  controls: Controls,
  /** Of everything else in it, see origin/report-hash.ts; null in older reports. */
  sha256: text.nullable().default(null),
});

export type ReportDocument = z.infer<typeof ReportDocument>;
export type ReportServer = z.infer<typeof Server>;
export type ReportCertificate = z.infer<typeof Certificate>;
export type ReportApplication = z.infer<typeof Application>;
export type ReportFinding = z.infer<typeof Finding>;
export type ReportHolder = z.infer<typeof Holder>;
export type ReportTenant = z.infer<typeof Tenant>;
export type ReportLink = z.infer<typeof Link>;
export type ReportChange = z.infer<typeof Change>;
