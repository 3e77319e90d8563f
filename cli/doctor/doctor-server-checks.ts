/** Capabilities and state of a server that accepts the login: service, product, TPM, clock, network, connector. Pure. */
import type { ServerConfiguration } from "../../model/configuration/configuration";
import {
  SOFTWARE_PROVIDER,
  TPM_PROVIDER,
  type HostDiagnosis,
  type HostObservation,
} from "../../model/protocol/host-protocol";
import type { ServerVerdict } from "../../model/fleet/assessment";
import type { ObservedApplication } from "../../model/server/observation";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { compareServiceAccount } from "../../model/server/service-account";
import { compareVersions, knownIssues } from "../../model/server/versions";
import type { Cloud } from "../../model/tenant/clouds";
import {
  assessedChecks,
  certificateWords,
  connectorWords,
  noticeCheck,
  schedulerWords,
  signInWords,
} from "./doctor-identity-checks";
import { ok, problem, problemOf, reported, skipped, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

export interface ServerFacts {
  server: ServerConfiguration;
  /** The cloud of its tenant; undefined if no tenant is configured. */
  cloud?: Cloud;
  /** What the assessment says of it. */
  verdict: ServerVerdict;
  /** Null if the server could not be contacted. */
  diagnosis: HostDiagnosis | null;
  /** The answer of `observe`, or why there is none; null if it was not called. */
  observation: { facts: HostObservation } | { problem: Diagnostic } | null;
  /** The application with this server's marker; null if there is none, undefined if the tenant was not read. */
  application: ObservedApplication | null | undefined;
  /** Hash of the host program that this version of the project installs. */
  programSha256: string;
}

/** Largest clock difference that Entra accepts, in seconds. */
const MAXIMUM_SKEW = 300;
/** TPM 2.0 revisions up to this one are which has a known PS256 defect. */
const BAD_TPM_REVISION = 1.16;

function serviceChecks({ service, computerName }: HostDiagnosis, declared: string | null): Check[] {
  if (!service) {
    const remedy = "Check connection.host, or install Entra Connect Sync first.";
    return [
      problem("service", "the service ADSync does not exist", remedy),
      skipped("service-account", "needs service"),
    ];
  }
  const running = service.status === "Running";
  const account = `${service.account} (${service.accountSid ?? "its SID is not known"})`;
  const other = declared !== null && compareServiceAccount(declared, service, computerName) === "other";
  return [
    running
      ? ok("service", "ADSync runs")
      : problem("service", `ADSync is ${service.status}`, checkRemedy("startService")),
    other
      ? problem(
          "service-account",
          `${account}, declared is ${declared}`,
          "Correct serviceAccount in the stack's file, or the account of the service.",
        )
      : ok("service-account", account),
  ];
}

function productChecks({ product }: HostDiagnosis, minimum: string, cloud: Cloud | undefined): Check[] {
  if (!product) {
    const remedy = "Install or repair Entra Connect Sync on this server.";
    return [
      problem("module", "there is no ADSync module next to the service", remedy),
      skipped("version", "needs module"),
    ];
  }
  const module = ok("module", product.modulePath);
  if (compareVersions(product.version, minimum) < 0) {
    const remedy = "Upgrade Microsoft Entra Connect Sync on this server.";
    return [module, problem("version", `${product.version}, at least ${minimum} is needed`, remedy)];
  }
  const known = knownIssues(product.version, cloud).map(({ summary }) => summary);
  return [module, ok("version", [product.version, ...known.map((issue) => `known: ${issue}`)].join("; "))];
}

function tpmCheck({ tpm }: HostDiagnosis, keyProvider: string): Check {
  if (!tpm) return skipped("tpm", "Windows does not say; making the key and signing with it decide");
  const text = tpm.present ? `${tpm.ready ? "ready" : "present, not ready"}, ${tpm.specVersion ?? "unknown"}` : "none";
  if (keyProvider !== TPM_PROVIDER) return ok("tpm", `${text}; not needed, as keyProvider is ${keyProvider}`);
  // One that is not ready is a notice of the server: making the key and signing with it decide.
  if (tpm.present) return ok("tpm", text);
  return problem(
    "tpm",
    text,
    "Give the (virtual) machine a TPM 2.0, or allow a software key by name (allowSoftwareKey: true).",
  );
}

/** Whether PS256 signatures verify: shown by a key of ours, else only what the TPM's revision lets expect. */
function signatureChecks(facts: ServerFacts): Check[] {
  const { verdict, observation } = facts;
  const broken = verdict.findings.find(({ code }) => code === "key-unusable" || code === "key-unavailable");
  if (!broken) return [signatureOutlook(facts)];
  const own = observation && "facts" in observation ? observation.facts.certificates : [];
  // An older host program does not say what kind of problem it is.
  const salt = own.some(({ keyUsable, keyFault, keyProblem }) =>
    keyFault ? keyFault === "unsupported" : !keyUsable && /verify/i.test(keyProblem ?? ""),
  );
  if (broken.code === "key-unavailable" && !salt) return assessedChecks("signature", verdict, "");
  const firmware = "Update the firmware of the TPM (revision 1.16 is known for it), or allow a software key by name.";
  const remedy = salt ? [firmware] : checkRemedy("newGeneration");
  return assessedChecks("signature", verdict, "").map((check) => ({ ...check, remedy }));
}

function signatureOutlook({ diagnosis, observation, server }: ServerFacts): Check {
  const ours = observation && "facts" in observation ? observation.facts.certificates : [];
  if (ours.length > 0) return ok("signature", `a PS256 signature of "${ours[0].label}" verifies`);
  const { keyProvider } = server.certificate;
  if (keyProvider === SOFTWARE_PROVIDER) return ok("signature", "a software key: every Windows version supports PS256");
  if (keyProvider !== TPM_PROVIDER) return skipped("signature", "no key yet; shown once pulumi up has made one");
  if (!diagnosis?.tpm?.present) return skipped("signature", "needs tpm");
  const revision = Number(/(\d+\.\d+)\s*$/.exec(diagnosis.tpm.specVersion ?? "")?.[1] ?? NaN);
  if (/^2\.0,/.test(diagnosis.tpm.specVersion ?? "") && revision <= BAD_TPM_REVISION) {
    const text = `the TPM is of revision ${revision}, which has a known PS256 defect`;
    return problem("signature", text, "Update its firmware, or allow a software key by name (allowSoftwareKey: true).");
  }
  const text = `no key yet; the TPM${Number.isNaN(revision) ? "" : ` (revision ${revision})`} has no known PS256 defect`;
  return ok("signature", `${text}; pulumi up tests it before it uses a key`);
}

/** The clock by the first answer with a date, which is the sign-in endpoint's. */
function clockCheck({ endpoints }: HostDiagnosis): Check {
  const answer = endpoints.find(({ reached, date }) => reached && date !== null);
  if (!answer) return skipped("clock", "needs an endpoint that answers");
  const seconds = Math.round((Date.parse(answer.takenAt) - Date.parse(answer.date!)) / 1000);
  const text = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} ${new URL(answer.url).host}`;
  if (Math.abs(seconds) <= MAXIMUM_SKEW) return ok("clock", text);
  return problem("clock", `${text}; Entra takes ${MAXIMUM_SKEW} s`, checkRemedy("clock"));
}

function endpointCheck({ url, reached, status, proxy, problem: why }: HostDiagnosis["endpoints"][number]): Check {
  const { host } = new URL(url);
  const signIn = url.includes("/.well-known/");
  const check = `endpoint ${signIn ? "sign-in" : "graph"}`;
  const way = proxy === null ? "directly" : `through ${proxy}`;
  const remedy =
    `Allow this server to connect to https://${host} (proxy, firewall, TLS inspection). ` +
    "Tested as the SSH user; the service account may use another proxy, which is observed (service-proxy-other).";
  if (!reached) return problem(check, `${host} is not reached ${way}: ${why ?? "no answer"}`, remedy);
  // Graph answers 401 without a token; 407 and 5xx come from a proxy, or do not help.
  if (status === 407 || status >= 500) return problem(check, `${host} answers ${status} ${way}`, remedy);
  if (status >= 400 && signIn) {
    const text = `${host} answers ${status} ${way}: the tenant does not exist, or a proxy answered`;
    return problem(check, text, `Check azuread:tenantId and the cloud. ${remedy}`);
  }
  return ok(check, `${host} answers ${way}`);
}

/** The state of the program that is not a finding: another version is a pending release. */
function programWords({ program }: HostDiagnosis, wanted: string): string {
  if (program.sha256 === wanted) return `installed, ${wanted.slice(0, 12)}`;
  if (program.sha256 === null) return "not installed yet; pulumi up copies it";
  return `another version (${program.sha256.slice(0, 12)}, here is ${wanted.slice(0, 12)}); pulumi up copies it`;
}

/** Names of the checks that `observe` is needed for. */
const OBSERVED_CHECKS = [
  ...["cmdlets", "scheduler", "connector", "certificate", "writeback", "sign-ins", "leftovers", "host-program"],
] as const;

/** Problems that the doctor's own checks show already, by code. */
const SHOWN_BY: Record<string, string | undefined> = {
  VERSION_TOO_OLD: "version",
  SERVICE_STOPPED: "service",
  TPM_MISSING: "tpm",
  SERVICE_ACCOUNT_UNEXPECTED: "service-account",
};

/** With what stops every run on a server that was observed, unless a check shows it already. */
function withObstacle(checks: Check[], { problem: obstacle }: ServerVerdict): Check[] {
  const isShown = ({ check, status }: Check) => status === "problem" && check === SHOWN_BY[obstacle!.code];
  if (!obstacle || checks.some(isShown)) return checks;
  const name = obstacle.code === "SCHEDULER_SUSPENDED" ? "scheduler" : "obstacle";
  // What found nothing has nothing to say beside it.
  return [...checks.filter(({ check, status }) => check !== name || status !== "ok"), reported(name, obstacle)];
}

function observedChecks(facts: ServerFacts, diagnosis: HostDiagnosis): Check[] {
  const { observation, application, verdict, programSha256 } = facts;
  if (!diagnosis.service || !diagnosis.product) {
    return OBSERVED_CHECKS.map((name) => skipped(name, "needs service and module"));
  }
  if (!observation) return OBSERVED_CHECKS.map((name) => skipped(name, "not observed"));
  if ("problem" in observation) {
    const { actual, code } = observation.problem;
    const text = `the server could not be observed: ${actual} [${code}]`;
    const first = problemOf(OBSERVED_CHECKS[0], observation.problem, text);
    return [first, ...OBSERVED_CHECKS.slice(1).map((name) => skipped(name, `needs ${OBSERVED_CHECKS[0]}`))];
  }
  const host = observation.facts;
  const notices = verdict.notices.map(noticeCheck);
  const usual = ok("cmdlets", "both cmdlets that switch the identity have the known parameters");
  return [
    ...(notices.some(({ check }) => check === "cmdlets") ? [] : [usual]),
    ...notices,
    ...assessedChecks("scheduler", verdict, schedulerWords(host)),
    ...assessedChecks("connector", verdict, connectorWords(host, application)),
    ...assessedChecks("certificate", verdict, certificateWords(host)),
    ...assessedChecks("writeback", verdict, "as declared"),
    ...assessedChecks("sign-ins", verdict, signInWords(host)),
    ...assessedChecks("leftovers", verdict, "nothing of an interrupted run"),
    ...assessedChecks("host-program", verdict, programWords(diagnosis, programSha256)),
    ...(verdict.unknown.length > 0 ? [skipped("state", verdict.unknown.join("; "))] : []),
  ];
}

/** The checks of a server that accepts the login; all skipped if it does not. */
export function serverChecks(facts: ServerFacts): Check[] {
  const { diagnosis, server } = facts;
  if (!diagnosis) {
    const names = ["service", "service-account", "module", "version", "tpm", "signature", "clock", "endpoints"];
    return [...names, ...OBSERVED_CHECKS].map((name) => skipped(name, "needs the checks above"));
  }
  const checks = [
    ...serviceChecks(diagnosis, server.serviceAccount),
    ...productChecks(diagnosis, server.minimumVersion, facts.cloud),
    tpmCheck(diagnosis, server.certificate.keyProvider),
    ...signatureChecks(facts),
    clockCheck(diagnosis),
    ...(diagnosis.endpoints.length > 0
      ? diagnosis.endpoints.map(endpointCheck)
      : [skipped("endpoints", "the endpoints of the tenant are not known; see the checks of the tenant")]),
    ...observedChecks(facts, diagnosis),
  ];
  const observed = facts.observation && "facts" in facts.observation;
  return observed ? withObstacle(checks, facts.verdict) : checks;
}
