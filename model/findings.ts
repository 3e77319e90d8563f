/** Findings: each difference between declaration, Entra and server, with a stable code and what heals it. */
import { daysBefore, toDays } from "./duration";
import type { ConnectorFacts, HostCertificateFacts, HostObservation, KeyAccess } from "./host-protocol";
import { generationOf, type ServerIdentity } from "./labels";
import type { ObservedApplication } from "./observation";
import type { CertificatePolicy } from "./certificate-policy";

/**
 * What heals a finding in a plain `up`:
 * - `certificate`: a new generation of key and certificate, uploaded and switched to;
 * - `registration`: the registration runs again on the server;
 * - `program`: the host program is copied again;
 * - `nothing`: a person has to decide; the remedy says what.
 */
export type Cure = "certificate" | "registration" | "program" | "nothing";

/** Every finding: what it means, and its cure. docs/findings.md is held against this table by a test. */
export const FINDINGS = {
  "certificate-missing": { cure: "certificate", meaning: "The certificate is gone from the server's machine store." },
  "key-unusable": { cure: "certificate", meaning: "The certificate is there, but its key does not sign any more." },
  "key-not-in-tpm": { cure: "certificate", meaning: "The key lies with another provider than the declared one." },
  "key-acl-lost": { cure: "registration", meaning: "The service account may not read the key." },
  "key-acl-wide": {
    cure: "registration",
    meaning: "Others than the service account, SYSTEM and Administrators may use the key.",
  },
  "rotation-due": { cure: "certificate", meaning: "The certificate is within its rotation window." },
  "credential-missing": {
    cure: "certificate",
    meaning: "Entra does not hold the certificate on the application any more.",
  },
  "connector-password-account": { cure: "registration", meaning: "The connector signs in with a password account." },
  "connector-other-application": { cure: "registration", meaning: "The connector uses another application." },
  "connector-other-certificate": { cure: "registration", meaning: "The connector uses another certificate." },
  "connector-parameters-blank": {
    cure: "nothing",
    meaning: "The connector's connectivity parameters are blank, so the product cannot roll over.",
  },
  "scheduler-left-paused": { cure: "registration", meaning: "An interrupted run left the scheduler paused." },
  "program-changed": { cure: "program", meaning: "The host program on the server is not the one that was installed." },
  "writeback-undeclared": { cure: "nothing", meaning: "Password writeback on the server is not as declared." },
  "application-missing": { cure: "nothing", meaning: "The application is gone from Entra." },
} as const satisfies Record<string, { cure: Cure; meaning: string }>;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  code: FindingCode;
  expected: string;
  actual: string;
  cure: Cure;
  /** What a person does where the cure is `nothing`; empty otherwise. */
  remedy: string;
}

/** What a server is held against. */
export interface Expectation {
  identity: ServerIdentity;
  certificate: CertificatePolicy;
  passwordWriteback: boolean;
  repairConnectivityParameters: boolean;
  /** Hash of the host program that this version installs. */
  programSha256: string;
  /** The program was installed by an earlier run, so that its absence is a change behind our back. */
  programInstalled: boolean;
  /** The application that an earlier run made, null before there was one: its absence is a finding then. */
  appId: string | null;
}

/** One line for one finding: code, expected, actual. */
export function formatFinding(server: string, finding: Finding): string {
  const remedy = finding.remedy === "" ? "" : ` ${finding.remedy}`;
  return `${server}: ${finding.code}: expected ${finding.expected}, found ${finding.actual}.${remedy}`;
}

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";

const short = (sha256: string) => `${sha256.slice(0, 12)}...`;
const day = (instant: string) => instant.slice(0, 10);

function finding(
  code: FindingCode,
  expected: string,
  actual: string,
  remedy = "",
  cure: Cure = FINDINGS[code].cure,
): Finding {
  return { code, expected, actual, cure, remedy };
}

/** The certificate of a generation on the host, undefined where there is none. */
export function certificateOf(
  facts: HostObservation,
  identity: ServerIdentity,
  generation: number,
): HostCertificateFacts | undefined {
  return facts.certificates.find((certificate) => generationOf(identity, certificate.label) === generation);
}

/** The newest generation that host or Entra hold, 0 where neither holds one. */
export function newestGeneration(
  facts: HostObservation | null,
  application: ObservedApplication | null,
  identity: ServerIdentity,
): number {
  const labels = [
    ...(facts?.certificates ?? []).map((certificate) => certificate.label),
    ...(application?.keys ?? []).map((key) => key.subject),
  ];
  return Math.max(0, ...labels.map((label) => generationOf(identity, label) ?? 0));
}

function aclFindings(acl: readonly KeyAccess[] | null, service: HostObservation["service"]): Finding[] {
  const readers = `${service.account} with read access`;
  if (acl === null) return [finding("key-acl-lost", readers, "an access list that cannot be read")];
  const allowed = acl.filter((rule) => rule.allow);
  const denied = acl.some((rule) => !rule.allow && rule.sid === service.accountSid);
  const found: Finding[] = [];
  if (denied || !allowed.some((rule) => rule.sid === service.accountSid)) {
    found.push(finding("key-acl-lost", readers, denied ? "a rule that denies it" : "no rule for it"));
  }
  const expected = [service.accountSid, SYSTEM_SID, ADMINISTRATORS_SID];
  const others = allowed.filter((rule) => !expected.includes(rule.sid));
  if (others.length > 0) {
    const names = others.map((rule) => rule.account || rule.sid).join(", ");
    found.push(finding("key-acl-wide", `${service.account}, SYSTEM and Administrators only`, `also ${names}`));
  }
  return found;
}

function certificateFindings(
  certificate: HostCertificateFacts,
  facts: HostObservation,
  policy: CertificatePolicy,
): Finding[] {
  const found: Finding[] = [];
  if (!certificate.keyUsable) {
    const actual = certificate.keyProblem ?? "a key that does not sign";
    found.push(finding("key-unusable", "a key whose signature verifies", actual));
  } else {
    if (certificate.keyProvider !== policy.keyProvider) {
      found.push(finding("key-not-in-tpm", policy.keyProvider, certificate.keyProvider ?? "no provider"));
    }
    found.push(...aclFindings(certificate.acl, facts.service));
  }
  const due = daysBefore(new Date(certificate.notAfter), toDays(policy.rotateBefore));
  if (new Date(facts.takenAt) >= due) {
    const expected = `a certificate that lasts longer than ${policy.rotateBefore}`;
    found.push(finding("rotation-due", expected, `one that ends on ${day(certificate.notAfter)}`));
  }
  return found;
}

/** Whether a generation got as far as Entra: what never was cannot be missed. */
function wasRealised(
  certificate: HostCertificateFacts | undefined,
  connector: ConnectorFacts,
  application: ObservedApplication,
  identity: ServerIdentity,
  generation: number,
): boolean {
  if (application.keys.some((key) => generationOf(identity, key.subject) === generation)) return true;
  if (connector.appId !== application.appId) return false;
  return certificate ? connector.certificateSha256 === certificate.sha256 : application.keys.length === 0;
}

function connectorFindings(
  connector: ConnectorFacts,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
  expectation: Expectation,
): Finding[] {
  const wanted = `application ${application.appId}`;
  if (connector.identityType === "ServiceAccount") {
    return [finding("connector-password-account", wanted, `the password account ${connector.userName}`)];
  }
  if (connector.appId !== application.appId) {
    return [finding("connector-other-application", wanted, `application ${connector.appId ?? connector.userName}`)];
  }
  const found: Finding[] = [];
  if (certificate && connector.certificateSha256 !== certificate.sha256) {
    const actual = connector.certificateSha256 ? short(connector.certificateSha256) : "none";
    found.push(finding("connector-other-certificate", `certificate ${short(certificate.sha256)}`, actual));
  }
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  if (blank.length > 0) {
    const repair = expectation.repairConnectivityParameters;
    const remedy = repair ? "" : "Set repairConnectivityParameters: true to run the documented repair.";
    const cure = repair ? "registration" : "nothing";
    found.push(finding("connector-parameters-blank", blank.join(", "), "blank parameters", remedy, cure));
  }
  return found;
}

function programFindings(facts: HostObservation, expectation: Expectation): Finding[] {
  if (!expectation.programInstalled || facts.program.sha256 === expectation.programSha256) return [];
  const actual = facts.program.problem ?? `program ${short(facts.program.sha256 ?? "")}`;
  return [finding("program-changed", `program ${short(expectation.programSha256)}`, actual)];
}

function writebackFindings(facts: HostObservation, expectation: Expectation): Finding[] {
  if (facts.passwordWriteback === null || facts.passwordWriteback === expectation.passwordWriteback) return [];
  const [declared, actual] = facts.passwordWriteback ? ["off", "on"] : ["on", "off"];
  const remedy = facts.passwordWriteback
    ? "Set passwordWriteback: true, so that the application gets the roles, or switch it off on the server."
    : "Set passwordWriteback: false, so that the application loses the roles, or switch it on on the server.";
  return [finding("writeback-undeclared", `password writeback ${declared}`, `password writeback ${actual}`, remedy)];
}

function applicationFindings({ appId, identity }: Expectation): Finding[] {
  if (appId === null) return [];
  // A refresh alone fails: the azuread provider cannot read a certificate whose application is gone.
  const credential = `pulumi state delete --target-dependents <URN of ${identity.server}-credential>`;
  const remedy = `Run ${credential} (pulumi stack --show-urns tells it), then pulumi up --refresh, which makes a new one.`;
  const actual = "none in Entra that carries this server's marker";
  return [finding("application-missing", `application ${appId}`, actual, remedy)];
}

/**
 * Compares what was seen with what is declared.
 *
 * @param generation the generation of key and certificate that the server should be on
 * @returns the findings, none where all is as declared; before the application exists only those of the server itself
 */
export function assess(
  facts: HostObservation,
  application: ObservedApplication | null,
  expectation: Expectation,
  generation: number,
): Finding[] {
  const found: Finding[] = [];
  if (facts.interrupted) {
    const wanted = `the scheduler ${facts.interrupted.syncCycleEnabled ? "on" : "off"}, as before ${facts.interrupted.operation}`;
    found.push(finding("scheduler-left-paused", wanted, `a pause of ${facts.interrupted.startedAt} that nobody undid`));
  }
  found.push(...programFindings(facts, expectation), ...writebackFindings(facts, expectation));
  if (!application) return [...found, ...applicationFindings(expectation)];

  const { identity, certificate: policy } = expectation;
  const certificate = certificateOf(facts, identity, generation);
  if (wasRealised(certificate, facts.connector, application, identity, generation)) {
    if (!certificate) {
      const wanted = `a certificate labelled "${identity.stack}/${identity.server} g${generation}"`;
      found.push(finding("certificate-missing", wanted, "none in LocalMachine\\My"));
    } else {
      found.push(...certificateFindings(certificate, facts, policy));
      if (!application.keys.some((key) => key.sha256 === certificate.sha256)) {
        const wanted = `certificate ${short(certificate.sha256)} on application ${application.appId}`;
        found.push(finding("credential-missing", wanted, `${application.keys.length} other key credentials`));
      }
    }
  }
  found.push(...connectorFindings(facts.connector, application, certificate, expectation));
  return found;
}
