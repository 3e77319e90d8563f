/** What a server that lets us in can do and how it stands: service, product, TPM, clock, network, connector. Pure. */
import type { ServerConfiguration } from "../../model/configuration/configuration";
import {
  SOFTWARE_PROVIDER,
  TPM_PROVIDER,
  type HostDiagnosis,
  type HostObservation,
} from "../../model/protocol/host-protocol";
import { cmdletNotices } from "../../model/diagnostics/notices";
import type { ObservedApplication } from "../../model/server/observation";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { compareVersions, knownIssues } from "../../model/server/versions";
import { certificateCheck, connectorCheck, leftoverCheck, signInsCheck } from "./doctor-identity-checks";
import { ok, problem, problemOf, skipped, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

export interface ServerFacts {
  server: ServerConfiguration;
  stack: string;
  /** Null where the server could not be asked. */
  diagnosis: HostDiagnosis | null;
  /** What `observe` answered, or why not; null where it was not asked. */
  observation: { facts: HostObservation } | { problem: Diagnostic } | null;
  /** The application with this server's marker; null where there is none, undefined where the tenant was not read. */
  application: ObservedApplication | null | undefined;
  /** Hash of the host program that this version of the project installs. */
  programSha256: string;
}

/** Largest difference of clocks that Entra takes, in seconds. */
const MAXIMUM_SKEW = 300;
/** TPM 2.0 revisions up to this one are known for PS256 signatures that do not verify. */
const BAD_TPM_REVISION = 1.16;

function serviceChecks(service: HostDiagnosis["service"], declared: string | null): Check[] {
  if (!service) {
    const remedy = "Check connection.host, or install Entra Connect Sync first.";
    return [problem("service", "there is no service ADSync", remedy), skipped("service-account", "needs service")];
  }
  const running = service.status === "Running";
  const account = `${service.account} (${service.accountSid})`;
  const name = (text: string) => text.toLowerCase().replace(/^\.\\/, "");
  const other = declared !== null && name(declared) !== name(service.account) && declared !== service.accountSid;
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

function productChecks({ product }: HostDiagnosis, minimum: string): Check[] {
  if (!product) {
    const remedy = "Install or repair Entra Connect Sync on this server.";
    return [
      problem("module", "there is no ADSync module beside the service", remedy),
      skipped("version", "needs module"),
    ];
  }
  const module = ok("module", product.modulePath);
  if (compareVersions(product.version, minimum) < 0) {
    const remedy = "Upgrade Microsoft Entra Connect Sync on this server.";
    return [module, problem("version", `${product.version}, at least ${minimum} is needed`, remedy)];
  }
  const known = knownIssues(product.version).map(({ summary }) => summary);
  return [module, ok("version", [product.version, ...known.map((issue) => `known: ${issue}`)].join("; "))];
}

function tpmCheck({ tpm }: HostDiagnosis, keyProvider: string): Check {
  const text = tpm.present ? `${tpm.ready ? "ready" : "present, not ready"}, ${tpm.specVersion ?? "unknown"}` : "none";
  if (keyProvider !== TPM_PROVIDER) return ok("tpm", `${text}; not needed, as keyProvider is ${keyProvider}`);
  if (tpm.present && tpm.ready) return ok("tpm", text);
  const remedy = tpm.present
    ? "Make it ready (tpm.msc, Initialize-Tpm), which may take a restart."
    : "Give the (virtual) machine a TPM 2.0, or name an HSM's provider as certificate.keyProvider.";
  return problem("tpm", text, remedy);
}

/** Whether PS256 signatures verify: shown by a key of ours, else only what the TPM's revision lets expect. */
function signatureCheck({ diagnosis, observation, server }: ServerFacts): Check {
  const ours = observation && "facts" in observation ? observation.facts.certificates : [];
  const broken = ours.find(({ keyUsable }) => !keyUsable);
  if (broken) {
    const salt = /verify/i.test(broken.keyProblem ?? "");
    const remedy = salt
      ? "Update the firmware of the TPM (revision 1.16 is known for it), or name the provider of an HSM."
      : checkRemedy("newGeneration");
    return problem(
      "signature",
      `the key of "${broken.label}" does not sign: ${broken.keyProblem ?? "unknown"}`,
      remedy,
    );
  }
  if (ours.length > 0) return ok("signature", `a PS256 signature of "${ours[0].label}" verifies`);
  const { keyProvider } = server.certificate;
  if (keyProvider === SOFTWARE_PROVIDER) return ok("signature", "a software key: every Windows makes PS256 signatures");
  if (keyProvider !== TPM_PROVIDER) return skipped("signature", "no key yet; shown once pulumi up has made one");
  if (!diagnosis?.tpm.present) return skipped("signature", "needs tpm");
  const revision = Number(/(\d+\.\d+)\s*$/.exec(diagnosis.tpm.specVersion ?? "")?.[1] ?? NaN);
  if (/^2\.0,/.test(diagnosis.tpm.specVersion ?? "") && revision <= BAD_TPM_REVISION) {
    const text = `the TPM is of revision ${revision}, known for PS256 signatures that do not verify`;
    return problem(
      "signature",
      text,
      "Update its firmware, or name the provider of an HSM as certificate.keyProvider.",
    );
  }
  const text = `no key yet; the TPM${Number.isNaN(revision) ? "" : ` (revision ${revision})`} is not known for bad PS256`;
  return ok("signature", `${text}; pulumi up tries it before it uses a key`);
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
    `Let this server reach https://${host} (proxy, firewall, TLS inspection). ` +
    "Asked as the SSH user: the service account may take another proxy (netsh winhttp, machine.config).";
  if (!reached) return problem(check, `${host} is not reached ${way}: ${why ?? "no answer"}`, remedy);
  // Graph answers 401 to whoever has no token; 407 and 5xx come from what stands in between, or do not help.
  if (status === 407 || status >= 500) return problem(check, `${host} answers ${status} ${way}`, remedy);
  if (status >= 400 && signIn) {
    const text = `${host} answers ${status} ${way}: no such tenant, or something in between`;
    return problem(check, text, `Check azuread:tenantId and the cloud. ${remedy}`);
  }
  return ok(check, `${host} answers ${way}`);
}

function schedulerCheck({ scheduler }: HostObservation, role: string): Check {
  if (scheduler.SchedulerSuspended) {
    const remedy = "Close the Entra Connect wizard on the server, or wait for the upgrade.";
    return problem("scheduler", "suspended: the wizard is open or an upgrade is at work", remedy);
  }
  const mode = scheduler.StagingModeEnabled ? "staging" : "active";
  if (mode !== role) {
    const remedy = "Correct role in the stack's file, or the mode of the server.";
    return problem("scheduler", `the server is in ${mode} mode, declared is ${role}`, remedy);
  }
  const on = scheduler.SyncCycleEnabled ? "on" : "off (a person may have disabled it; it is left as it is)";
  return ok("scheduler", `${on}, ${mode}, every ${scheduler.CurrentlyEffectiveSyncCycleInterval}`);
}

function cmdletCheck(server: ServerConfiguration, facts: HostObservation): Check {
  const changed = cmdletNotices(server.name, facts);
  if (changed.length === 0) return ok("cmdlets", "both that switch the identity have the known parameters");
  return problem("cmdlets", changed.map(({ actual }) => actual).join(" "), changed[0].remedy, changed);
}

function programCheck({ program }: HostDiagnosis, wanted: string, onboarded: boolean): Check {
  if (program.sha256 === wanted) return ok("host-program", `installed, ${wanted.slice(0, 12)}`);
  if (program.sha256 !== null) {
    const text = `another version (${program.sha256.slice(0, 12)}, here is ${wanted.slice(0, 12)})`;
    return ok("host-program", `${text}; pulumi up copies it`);
  }
  const absent = /does not exist|not installed/i.test(program.problem ?? "");
  if (absent && !onboarded) return ok("host-program", "not installed yet; pulumi up copies it");
  return problem("host-program", program.problem ?? "not as its manifest says", checkRemedy("copyProgram"));
}

/** Names of the checks that `observe` is needed for. */
const OBSERVED_CHECKS = ["cmdlets", "scheduler", "connector", "certificate", "sign-ins", "leftovers"] as const;

function observedChecks(facts: ServerFacts): Check[] {
  const { observation, server, application } = facts;
  if (!observation) return OBSERVED_CHECKS.map((name) => skipped(name, "needs service and module"));
  if ("problem" in observation) {
    const { actual, code } = observation.problem;
    const text = `the server could not be observed: ${actual} [${code}]`;
    const first = problemOf(OBSERVED_CHECKS[0], observation.problem, text);
    return [first, ...OBSERVED_CHECKS.slice(1).map((name) => skipped(name, `needs ${OBSERVED_CHECKS[0]}`))];
  }
  const host = observation.facts;
  return [
    cmdletCheck(server, host),
    schedulerCheck(host, server.role),
    connectorCheck(host, application),
    certificateCheck(host),
    signInsCheck(host),
    leftoverCheck(host),
  ];
}

/** The checks of a server that lets us in; all skipped where it does not. */
export function serverChecks(facts: ServerFacts): Check[] {
  const { diagnosis, server, programSha256 } = facts;
  if (!diagnosis) {
    const names = ["service", "service-account", "module", "version", "tpm", "signature", "clock", "endpoints"];
    return [...names, ...OBSERVED_CHECKS, "host-program"].map((name) => skipped(name, "needs the checks above"));
  }
  const onboarded = Boolean(facts.application?.keys.length);
  return [
    ...serviceChecks(diagnosis.service, server.serviceAccount),
    ...productChecks(diagnosis, server.minimumVersion),
    tpmCheck(diagnosis, server.certificate.keyProvider),
    signatureCheck(facts),
    clockCheck(diagnosis),
    ...(diagnosis.endpoints.length > 0
      ? diagnosis.endpoints.map(endpointCheck)
      : [skipped("endpoints", "the endpoints of the tenant are not known; see the checks of the tenant")]),
    ...observedChecks(facts),
    programCheck(diagnosis, programSha256, onboarded),
  ];
}
