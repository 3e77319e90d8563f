/**
 * The assessment of a server: the facts in, and out what differs and what stops the work. Pure. The lists below are its
 * table of contents; every reader gets the same list for the same facts.
 */
import {
  certificateDistrusted,
  certificateMissing,
  certificateNotTaken,
  isIssued,
  credentialMissing,
  keyAclLost,
  keyAclWide,
  keyNotInTpm,
  keyUnusable,
  rotationDue,
  type CertificateFacts,
} from "../certificate/certificate-findings";
import {
  certificateReference,
  connectionChanged,
  firstCertificate,
  nextCertificate,
  rememberedCertificate,
  type CertificateMemory,
} from "../certificate/certificate-state";
import { certificateOf, newestGeneration, wasRealised, type CertificateReference } from "../certificate/generations";
import { sourceOf } from "../certificate/certificate-source";
import type { ServerMode, ServerRole } from "../configuration/configuration";
import { composedNameProblems } from "../configuration/composed-names";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import {
  connectorElsewhere,
  connectorParametersBlank,
  switchUnverified,
  type ConnectorJudged,
} from "./connector-findings";
import { revocationOf } from "./labels";
import type { ObservedApplication, ObservedNamesake } from "./observation";
import { credentialExpired, signInRefused } from "./event-meanings";
import { preflight, serviceAccountOther } from "./preflight";
import { nameRefused, nameTaken } from "./application-name";
import { findingsOfManaged, stillOwn, stillOwnCertificate } from "./managed";
import { productUnused } from "./byoc";
import { modeUndeclared, roleChanged, synchronisationOverdue } from "./scheduler-findings";
import { writebackContradicted, writebackUndeclared } from "./writeback";
import { shortHash } from "../text/short-hash";
import { uploadRefused } from "../tenant/key-rules";
import { serviceProxyUnreachable } from "./service-proxy";
import { UNKNOWN, type ServerFacts } from "./server-facts";

/** A server that was observed, with what it is held against. */
export interface Judged {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
  application: ObservedApplication | null;
  /** Applications with the declared name, its own one included; absent if they were not read. */
  named?: readonly ObservedNamesake[];
  declaration: Pick<
    ServerFacts["declaration"],
    "certificate" | "passwordWriteback" | "repairConnectivityParameters" | "programSha256" | "role"
  >;
  /** The certificate that the server should be on. */
  reference: CertificateReference;
  /** The program was installed by an earlier run, so that its absence is a change behind our back. */
  programInstalled: boolean;
  /** The application that an earlier run made, null before there was one: its absence is a finding then. */
  appId: string | null;
  /** The other servers of the stack that were seen to export. */
  exporting: readonly string[];
  /** The role that the last run recorded. */
  formerRole?: ServerRole | null;
}

/** A server with its application, certificate and connector. */
type WithApplication = Judged & CertificateFacts & ConnectorJudged;

function schedulerLeftPaused({ server, host: { interrupted } }: Judged): Diagnostic[] {
  if (!interrupted) return [];
  const { syncCycleEnabled, operation, startedAt, problem } = interrupted;
  const before = problem ? "a run whose record cannot be read" : operation;
  const since = startedAt ?? "an unknown time";
  return [
    diagnose("scheduler-left-paused", server, { state: syncCycleEnabled ? "on" : "off", operation: before, since }),
  ];
}

function programChanged({ server, host: { program }, declaration, programInstalled }: Judged): Diagnostic[] {
  const { programSha256: wanted } = declaration;
  if (!programInstalled || program.sha256 === wanted) return [];
  const actual = program.problem ?? `program ${shortHash(program.sha256 ?? "")}`;
  return [diagnose("program-changed", server, { program: shortHash(wanted), actual })];
}

/** An older host program lists no files: then nothing is known. */
function programFolderForeign({ server, host: { program } }: Judged): Diagnostic[] {
  const foreign = program.foreign ?? [];
  if (foreign.length === 0) return [];
  const names = foreign.map(({ name }) => name).join(", ");
  const how = foreign.every(({ earlier }) => earlier)
    ? ({ remedy: "earlier", cure: "registration" } as const)
    : ({ remedy: "foreign" } as const);
  return [diagnose("program-folder-foreign", server, { names }, how)];
}

function applicationMissing({ server, application, appId }: Judged): Diagnostic[] {
  return application || appId === null ? [] : [diagnose("application-missing", server, { appId, server })];
}

function applicationNameTaken({ server, application, named }: Judged): Diagnostic[] {
  const values = nameTaken(server, application, named);
  return values ? [diagnose("application-name-taken", server, values)] : [];
}

function credentialRevoked({ server, application, reference: { generation } }: WithApplication): Diagnostic[] {
  const revocation = revocationOf(application.tags);
  if (!revocation || generation > revocation.generation) return [];
  return [diagnose("credential-revoked", server, { appId: application.appId, at: revocation.at })];
}

/** What is looked at of every server that was observed. */
const OF_THE_SERVER = [
  schedulerLeftPaused,
  roleChanged,
  modeUndeclared,
  synchronisationOverdue,
  serviceProxyUnreachable,
  programChanged,
  programFolderForeign,
  writebackUndeclared,
  applicationMissing,
  applicationNameTaken,
] as const;

/** What the service itself reports of its sign-ins, unless the credential was revoked, which refuses them. */
const OF_THE_SIGN_IN = [signInRefused, credentialExpired] as const;

/** What is looked at of its key, with or without an application: a new one cannot use a key that the old one could not. */
const OF_THE_KEY = [
  ...[keyUnusable, keyNotInTpm, keyAclLost, keyAclWide],
  ...[rotationDue, certificateDistrusted],
] as const;

/** What is looked at of its credential, unless that was revoked: nothing may bring it back then. */
const OF_THE_CREDENTIAL = [
  certificateMissing,
  ...OF_THE_KEY,
  credentialMissing,
  connectorElsewhere,
  switchUnverified,
  connectorParametersBlank,
] as const;

function withApplication(judged: Judged, application: ObservedApplication): WithApplication {
  const { host, reference, declaration } = judged;
  const certificate = certificateOf(host, reference);
  const realised = wasRealised(host, application, reference);
  const { certificate: policy, repairConnectivityParameters: repair } = declaration;
  return { ...judged, application, certificate, realised, policy, repair };
}

function ofKey({ server, host, reference, declaration: { certificate: policy } }: Judged): Diagnostic[] {
  const facts = { server, host, reference, certificate: certificateOf(host, reference), policy };
  return OF_THE_KEY.flatMap((rule) => rule(facts));
}

/** The findings, none if all is as declared. */
export function findingsOf(judged: Judged): Diagnostic[] {
  const own = OF_THE_SERVER.flatMap((rule) => rule(judged));
  const ofSignIn = OF_THE_SIGN_IN.flatMap((rule) => rule(judged));
  if (!judged.application) return [...own, ...ofKey(judged), ...ofSignIn];
  const whole = withApplication(judged, judged.application);
  const revoked = credentialRevoked(whole);
  if (revoked.length > 0) return [...own, ...revoked];
  // Of a certificate that is made again, as Entra never took it, nothing else is worth saying.
  const notTaken = certificateNotTaken(whole);
  if (notTaken.length > 0) return [...own, ...notTaken];
  return [...own, ...OF_THE_CREDENTIAL.flatMap((rule) => rule(whole)), ...ofSignIn];
}

/** An application with our marker that is about to be made a second time, as state does not know it. */
export function secondApplication(server: string, application: ObservedApplication): Diagnostic {
  const { appId, displayName: name } = application;
  return diagnose("APPLICATION_UNKNOWN", server, { appId, name, server });
}

const hostUnobserved = ({ observation: { host } }: ServerFacts) => host.problem;
const identityShared = ({ observation: { shared } }: ServerFacts) => shared ?? null;
const belongsElsewhere = ({ observation: { elsewhere } }: ServerFacts) => elsewhere ?? null;
const applicationUnobserved = ({ observation: { tenant } }: ServerFacts) => tenant.problem;

function applicationUnknown({ declaration, observation, memory }: ServerFacts): Diagnostic | null {
  const { application } = observation.tenant;
  const declared = declaration.appId ?? memory?.appId ?? UNKNOWN;
  if (memory === undefined || !application || declared !== UNKNOWN || memory?.appId === application.appId) return null;
  return secondApplication(declaration.server, application);
}

/** What stops the work on a server before anything of it is judged; the first one counts. */
const OBSTACLES = [hostUnobserved, belongsElsewhere, identityShared, applicationUnobserved] as const;

/** An application that vanished stops the run: no plain `up` can heal it, as azuread does not read there. */
function applicationGone(server: string, findings: readonly Diagnostic[]): Diagnostic | null {
  const gone = findings.find(({ code }) => code === "application-missing");
  if (!gone) return null;
  const { actual, expected } = gone;
  return diagnose("APPLICATION_MISSING", server, { actual, expected, server }, { remedy: "again" });
}

/** The name under which host or Entra hold this server's generations: the former one until a renamed server was rotated. */
function nameInLabels({
  declaration: { stack, server, renamedFrom },
  observation: { host, tenant },
}: ServerFacts): string {
  const held = (name: string) => newestGeneration(host.facts, tenant.application, { stack, server: name }) > 0;
  return renamedFrom && !held(server) && held(renamedFrom) ? renamedFrom : server;
}

/** The certificate that the server was on before this run: as remembered, else the newest that host or Entra hold. */
function memoryOf(facts: ServerFacts): CertificateMemory {
  const { declaration, observation, memory } = facts;
  if (memory) return rememberedCertificate(memory);
  // Where state knows nothing of a server, what it makes carries the present name.
  const server = memory === undefined ? nameInLabels(facts) : declaration.server;
  return firstCertificate({ ...declaration, server }, observation.host.facts, observation.tenant.application);
}

/** Whether the program on the host is one that an earlier run installed as it is to be. */
function wasInstalled({ declaration, observation, memory }: ServerFacts): boolean {
  // Another program in the declaration is a release, which HostProgram copies by its own hash.
  if (memory) return memory.programSha256 === declaration.programSha256;
  if (memory === null) return false;
  // A program that is whole but another one is a release on its way, as far as can be known without state.
  const { host, tenant } = observation;
  return (tenant.application?.keys.length ?? 0) > 0 && host.facts?.program.sha256 === null;
}

const sameMode = (one: { mode?: ServerMode }, other: { mode?: ServerMode }) =>
  (one.mode ?? "byoa") === (other.mode ?? "byoa");

/** Another id than the remembered one, or one not known yet, is another application on its way. */
function madeBefore({ declaration, memory }: ServerFacts): string | null {
  return memory && sameMode(declaration, memory) && (declaration.appId ?? memory.appId) === memory.appId
    ? memory.appId
    : null;
}

const moves = (findings: readonly Diagnostic[], cure: Diagnostic["cure"]) => findings.some((one) => one.cure === cure);

/** Whether something is to be done on the server, so that what would stop it is worth saying. */
function asksForWork(facts: ServerFacts, findings: readonly Diagnostic[], rotates: boolean): boolean {
  const { declaration, observation, memory } = facts;
  if (memory === undefined) {
    // Only state knows what is to be done on a server that is on its application.
    const { application } = observation.tenant;
    return !application || observation.host.facts?.connector.appId !== application.appId;
  }
  if (memory === null || rotates || findings.some(({ cure }) => cure !== "nothing")) return true;
  return !sameMode(declaration, memory) || memory.appId !== (declaration.appId ?? memory.appId);
}

/** The certificate that the work is about; undefined without state, as a rotation may be due that only state knows. */
function registered({ memory }: ServerFacts, host: HostObservation, reference: CertificateReference) {
  // One that is declared by its hash needs no state to be known.
  return memory === undefined && !isIssued(reference) ? undefined : (certificateOf(host, reference) ?? null);
}

/** Why Entra will refuse the certificate that is to be uploaded: a new one, or one that is there and was never taken. */
function refusedByEntra(facts: ServerFacts, reference: CertificateReference, makesKey: boolean): Diagnostic | null {
  const { declaration, observation } = facts;
  const { server, certificate: policy } = declaration;
  const { host, tenant } = observation;
  const { kind } = sourceOf(policy);
  // Whether a CA is one that the tenant trusts is seen at the upload.
  const keyRules = observation.keyRules?.filter(
    ({ property }) => kind === "selfSigned" || property !== "trustedCertificateAuthority",
  );
  if (makesKey) return uploadRefused(server, keyRules, policy);
  const certificate = registered(facts, host.facts!, reference);
  if (!certificate || !tenant.application || wasRealised(host.facts!, tenant.application, reference)) return null;
  return uploadRefused(server, keyRules, certificate);
}

/** The number of a generation is part of a certificate's name, so one that fits now need not fit for ever. */
function nameTooLong({ stack, server }: ServerFacts["declaration"], next: CertificateMemory): Diagnostic | null {
  const { certificateServer: name, certificateGeneration: generation } = next;
  const [problem] = composedNameProblems(stack, [{ name, applicationName: "" }], generation);
  return problem ? { ...problem, subject: server, property: "name" } : null;
}

const STILL_MISSING = [
  "The connection changed before: if pulumi up does not fix it, run it again, or set rotate to a new value.",
];

/** What the facts about a server make of it. */
export interface ServerAssessment {
  /** The certificate that the server was on before this run. */
  memory: CertificateMemory;
  /** The one that it is to be on after it. */
  certificate: CertificateMemory;
  findings: Diagnostic[];
  /** Why this server cannot be worked on; null if it can. */
  problem: Diagnostic | null;
}

/** Judges one server by its facts. */
export function assessServer(facts: ServerFacts): ServerAssessment {
  const { declaration, observation, memory: old } = facts;
  const memory = memoryOf(facts);
  const stopped = (problem: Diagnostic, findings: Diagnostic[] = []): ServerAssessment => {
    return { memory, certificate: memory, findings, problem };
  };
  for (const obstacle of OBSTACLES) {
    const problem = obstacle(facts);
    if (problem) return stopped(problem);
  }
  const { host, tenant, named } = observation;
  if (!host.facts) throw new Error(`${declaration.server}: neither facts nor a problem of the host`);
  if (declaration.mode === "managed") {
    const findings = findingsOfManaged(facts, host.facts);
    return { memory, certificate: memory, findings, problem: stillOwn(facts) ?? stillOwnCertificate(facts) };
  }
  const unready = declaration.mode === "byoc" ? (stillOwn(facts) ?? productUnused(facts)) : null;
  if (unready) return stopped(unready);

  const reference = certificateReference(declaration.stack, memory);
  const found = findingsOf({
    server: declaration.server,
    ...{ host: host.facts, application: tenant.application, declaration, reference, named },
    ...{ programInstalled: wasInstalled(facts), appId: madeBefore(facts), exporting: observation.exporting ?? [] },
    formerRole: old?.role,
  });
  const findings = found.map((entry) => {
    return memory.settling > 1 && entry.cure === "certificate" ? { ...entry, remedy: STILL_MISSING } : entry;
  });
  const lost =
    applicationUnknown(facts) ?? applicationGone(declaration.server, found) ?? nameRefused(declaration, observation);
  if (lost) return stopped(lost, findings);

  const due = moves(found, "certificate");
  const revoked = revocationOf(tenant.application?.tags ?? [])?.generation ?? 0;
  const need = { due, keyDead: found.some(({ code }) => code === "key-unusable"), revoked };
  const certificate = old
    ? nextCertificate(memory, declaration, connectionChanged(old, declaration), host.facts, need)
    : memory;
  const rotates = certificate.certificateGeneration !== memory.certificateGeneration;
  const isNew = old === null || (old === undefined && certificateOf(host.facts, reference) === undefined);
  const makesKey = isNew || rotates || due;
  const next = makesKey ? certificateReference(declaration.stack, certificate) : reference;
  // One that is named by its hash is there, or the run stops.
  const made = makesKey && !isIssued(next);
  const works = asksForWork(facts, found, rotates);
  const obstacle =
    (works && makesKey ? nameTooLong(declaration, certificate) : null) ??
    obstacleOf(facts, host.facts, works, made ? null : registered(facts, host.facts, next)) ??
    refusedByEntra(facts, next, works && made);
  return obstacle ? stopped(obstacle, findings) : { memory, certificate, findings, problem: null };
}

/** What the host program or the tenant would stop half-way. */
function obstacleOf(
  facts: ServerFacts,
  host: HostObservation,
  works: boolean,
  certificate: HostCertificateFacts | null | undefined,
): Diagnostic | null {
  const { declaration, observation } = facts;
  const { application } = observation.tenant;
  const switches = works && (!application || host.connector.appId !== application.appId);
  return (
    serviceAccountOther(host, declaration) ??
    writebackContradicted(facts, switches) ??
    (works ? preflight(host, declaration, certificate) : null)
  );
}
