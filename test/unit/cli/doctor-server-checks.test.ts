/** What a server can do and how it stands, facts in and lines out: one test for each line's bad side, one for all good. */
import assert from "node:assert/strict";
import type { HostCertificateFacts, HostObservation } from "../../../model/protocol/host-protocol";
import { serverChecks, type ServerFacts } from "../../../cli/doctor/doctor-server-checks";
import { APP_ID, application, hostFacts, OTHER_APP_ID, OTHER_SHA256 } from "../../helpers/observations";
import { answered, certificate, declaredServer, GRAPH, healthyDiagnosis, serverFacts, SIGN_IN } from "./doctor-facts";
import { printed } from "../../../cli/doctor/doctor-check";
import { diagnose } from "../../../model/diagnostics/diagnostic";
import { READER } from "../../helpers/remedies";

const named = (name: string, facts: ServerFacts) => serverChecks(facts).filter(({ check }) => check === name);

/** The one line of that name, and that it is the only problem. */
function onlyProblem(name: string, changes: Partial<ServerFacts>) {
  const checks = serverChecks(serverFacts(changes));
  assert.deepEqual(
    checks.filter(({ status }) => status === "problem").map(({ check }) => check),
    [name],
  );
  const [found] = named(name, serverFacts(changes));
  assert.notDeepEqual(found.remedy, [], "a problem without a remedy");
  return printed(found, READER);
}

const observed = (changes: Partial<HostObservation>, own: HostCertificateFacts = certificate) => ({
  observation: { facts: hostFacts(own, changes) },
});
const diagnosis = (changes: Parameters<typeof healthyDiagnosis>[0]) => ({ diagnosis: healthyDiagnosis(changes) });
const passwordAccount: Partial<HostObservation["connector"]> = {
  ...{ identityType: "ServiceAccount", userName: "Sync_X@contoso", appId: null, certificateSha256: null },
};
/** A server before its first run. */
const freshHost = { certificates: [], connector: { ...hostFacts(certificate).connector, ...passwordAccount } };
const fresh = (changes: Partial<ServerFacts> = {}): Partial<ServerFacts> => ({
  ...observed(freshHost),
  application: null,
  ...changes,
});

describe("doctor: a server", () => {
  it("each check of a server must be ok without a remedy if there is no problem", () => {
    const checks = serverChecks(serverFacts());
    const bad = checks.filter(({ status, remedy }) => status !== "ok" || remedy.length > 0);
    assert.deepEqual(bad, []);
    assert.deepEqual(
      checks.map(({ check }) => check),
      [
        ...["service", "service-account", "module", "version", "tpm", "signature", "clock"],
        ...["endpoint sign-in", "endpoint graph", "cmdlets", "scheduler", "connector", "certificate"],
        ...["writeback", "sign-ins", "leftovers", "host-program"],
      ],
    );
  });

  it("the doctor must skip each check of a server that was not asked", () => {
    const checks = serverChecks(serverFacts({ diagnosis: null, observation: null }));
    assert.ok(checks.length > 10);
    assert.deepEqual([...new Set(checks.map(({ status }) => status))], ["skipped"]);
  });

  it("the doctor must report a missing and a stopped service", () => {
    const none = { ...diagnosis({ service: null, product: null }), observation: null };
    const missing = serverChecks(serverFacts(none)).filter(({ status }) => status === "problem");
    assert.deepEqual(
      missing.map(({ check }) => check),
      ["service", "module"],
    );
    const service = { status: "Stopped", account: "NT SERVICE\\ADSync", accountSid: "S-1-5-80-1" };
    const stopped = onlyProblem("service", { ...diagnosis({ service }), observation: null });
    assert.match(stopped.remedy, /Start-Service ADSync/);
    const [connector] = named("connector", serverFacts({ ...diagnosis({ service }), observation: null }));
    assert.equal(connector.status, "skipped");
  });

  it("the doctor must report a service account other than the declared one, by name or SID", () => {
    const server = declaredServer({ serviceAccount: "CONTOSO\\gmsa-sync$" });
    assert.match(onlyProblem("service-account", { server }).text, /declared is CONTOSO\\gmsa-sync\$/);
    const local = { status: "Running", account: ".\\AAD_1", accountSid: "S-1-5-21-1-2-3-1105" };
    const byMachine = declaredServer({ serviceAccount: "SYNC01\\aad_1" });
    assert.equal(
      named("service-account", serverFacts({ server: byMachine, ...diagnosis({ service: local }) }))[0].status,
      "ok",
    );
    for (const same of ["nt service\\adsync", healthyDiagnosis().service!.accountSid!]) {
      const [check] = named("service-account", serverFacts({ server: declaredServer({ serviceAccount: same }) }));
      assert.equal(check.status, "ok", same);
    }
  });

  it("the doctor must report a missing module, an old version, and the known issues of an accepted version", () => {
    onlyProblem("module", { ...diagnosis({ product: null }), observation: null });
    const modulePath = "C:\\ADSync";
    const old = onlyProblem("version", diagnosis({ product: { version: "2.5.76.0", modulePath } }));
    assert.match(old.text, /2\.5\.76\.0, at least 2\.5\.79\.0/);
    const [issues] = named("version", serverFacts(diagnosis({ product: { version: "2.5.190.0", modulePath } })));
    assert.equal(issues.status, "ok");
    assert.match(issues.text, /known: .*wipes the connectivity parameters/);
  });

  it("the doctor must report a missing or unready TPM, unless the key is stored elsewhere", () => {
    const none = { present: false, ready: false, specVersion: null };
    assert.match(onlyProblem("tpm", diagnosis({ tpm: none })).remedy, /TPM 2\.0/);
    const [unready] = named("tpm", serverFacts(diagnosis({ tpm: { ...none, present: true } })));
    assert.deepEqual([unready.status, unready.text], ["ok", "present, not ready, unknown"]);
    const server = declaredServer({ certificate: { keyProvider: "Contoso HSM Provider", allowSoftwareKey: true } });
    const [elsewhere] = named("tpm", serverFacts({ server, ...diagnosis({ tpm: none }) }));
    assert.equal(elsewhere.status, "ok");
  });

  it("the doctor must report a key that does not sign, and a signature that does not verify with its own remedy", () => {
    const dead = { ...certificate, keyUsable: false, keyProblem: "NTE_BAD_KEYSET" };
    assert.match(onlyProblem("signature", observed({}, dead)).remedy, /new key and certificate/);
    const salt = { ...dead, keyProblem: "its PS256 signature does not verify" };
    assert.match(onlyProblem("signature", observed({}, salt)).remedy, /firmware/);
  });

  it("the doctor must report a TPM revision with a known PS256 defect only before there is a key", () => {
    const tpm = { present: true, ready: true, specVersion: "2.0, 0, 1.16" };
    const found = onlyProblem("signature", fresh(diagnosis({ tpm })));
    assert.match(found.text, /revision 1\.16/);
    assert.equal(
      named("signature", serverFacts(diagnosis({ tpm })))[0].status,
      "ok",
      "a signature that verifies counts",
    );
    const [later] = named("signature", serverFacts(fresh()));
    assert.equal(later.status, "ok");
    assert.match(later.text, /no key yet.*pulumi up tests it/);
  });

  it("the doctor must report a clock beyond Entra's tolerance, with its direction, and skip the check without an answer", () => {
    const at = (takenAt: string) => diagnosis({ endpoints: [answered(SIGN_IN, { takenAt }), answered(GRAPH)] });
    const ahead = onlyProblem("clock", at("2026-10-01T12:05:01.000Z"));
    assert.match(ahead.text, /301 s ahead of login\.microsoftonline\.com/);
    assert.match(ahead.remedy, /w32tm/);
    assert.match(onlyProblem("clock", at("2026-10-01T11:50:00.000Z")).text, /600 s behind/);
    assert.equal(named("clock", serverFacts(at("2026-10-01T12:05:00.000Z")))[0].status, "ok");
    const silent = { reached: false, status: 0, date: null, problem: "no route" };
    const [skipped] = named("clock", serverFacts(diagnosis({ endpoints: [answered(SIGN_IN, silent)] })));
    assert.equal(skipped.status, "skipped");
  });

  it("the doctor must report an unreachable endpoint with its proxy, and that the service may use another one", () => {
    const silent = { reached: false, status: 0, date: null, proxy: "http://proxy:8080", problem: "refused" };
    const found = onlyProblem("endpoint graph", diagnosis({ endpoints: [answered(SIGN_IN), answered(GRAPH, silent)] }));
    assert.match(found.text, /graph\.microsoft\.com is not reached through http:\/\/proxy:8080: refused/);
    assert.match(found.remedy, /service account may use another proxy/);
  });

  it("the doctor must report a proxy that requires a login, a failing gateway and an invalid tenant", () => {
    for (const status of [407, 502, 503]) {
      onlyProblem("endpoint graph", diagnosis({ endpoints: [answered(SIGN_IN), answered(GRAPH, { status })] }));
    }
    const wrong = onlyProblem("endpoint sign-in", diagnosis({ endpoints: [answered(SIGN_IN, { status: 400 })] }));
    assert.match(wrong.remedy, /azuread:tenantId/);
  });

  it("the doctor must report unknown parameters of a cmdlet", () => {
    const product = structuredClone(hostFacts(certificate).product);
    product.cmdlets["Add-ADSyncApplicationRegistration"].push("UserPrincipalName");
    const [found, ...more] = named("cmdlets", serverFacts(observed({ product })));
    assert.deepEqual([found.status, more.length], ["notice", 0]);
    assert.match(found.text, /UserPrincipalName/);
  });

  it("the doctor must report a suspended scheduler that stops a change as a problem of the scheduler, once", () => {
    const { scheduler } = hostFacts(certificate);
    const { text } = onlyProblem(
      "scheduler",
      fresh(observed({ ...freshHost, scheduler: { ...scheduler, SchedulerSuspended: true } })),
    );
    assert.match(text, /^suspended: .*\[SCHEDULER_SUSPENDED\]$/);
  });

  it("the doctor must report a suspended scheduler and a mode other than the declared role, but accept one that is off", () => {
    const { scheduler } = hostFacts(certificate);
    const suspended = serverFacts(observed({ scheduler: { ...scheduler, SchedulerSuspended: true } }));
    assert.equal(named("scheduler-suspended", suspended)[0].status, "notice");
    const staging = observed({ scheduler: { ...scheduler, StagingModeEnabled: true } });
    assert.match(onlyProblem("scheduler", staging).text, /^mode-undeclared: expected active mode, found staging mode/);
    const off = serverFacts(observed({ scheduler: { ...scheduler, SyncCycleEnabled: false } }));
    assert.equal(named("scheduler", off)[0].status, "ok");
  });

  it("the doctor must name the connector's identity before this project knows the server", () => {
    const { connector } = hostFacts(certificate);
    const by = (app: string, cert: string) => ({
      connector: {
        ...connector,
        parameters: { ...connector.parameters, ApplicationManagedBy: app, CertificateManagedBy: cert },
      },
    });
    const account = {
      connector: { ...connector, identityType: "ServiceAccount" as const, userName: "Sync_X@contoso" },
    };
    const cases: [Partial<HostObservation>, RegExp][] = [
      [account, /^the password account Sync_X@contoso/],
      [by("EntraConnect", "EntraConnect"), /managed by Entra Connect/],
      [by("EntraConnect", "Admin"), /BYOC/],
      [by("Admin", "Admin"), /not the product's/],
    ];
    for (const [changes, text] of cases) {
      const [found] = named("connector", serverFacts({ ...observed(changes), application: null }));
      assert.equal(found.status, "ok");
      assert.match(found.text, text);
    }
    const [unread] = named("connector", serverFacts({ application: undefined }));
    assert.match(unread.text, /tenant was not read/);
  });

  it("the doctor must report a connector on another application, or with a certificate that Entra does not hold", () => {
    const { connector } = hostFacts(certificate);
    const left = observed({ connector: { ...connector, appId: OTHER_APP_ID } });
    assert.match(onlyProblem("connector", left).text, /^connector-other-application: /);
    const own = application({ ...certificate, sha256: OTHER_SHA256 });
    assert.match(onlyProblem("certificate", { application: own }).text, /^credential-missing: /);
  });

  it("the doctor must report a certificate that is missing from the store, unless the product keeps it in its own", () => {
    assert.match(onlyProblem("certificate", observed({ certificates: [] })).text, /^certificate-missing: /);
    const { connector } = hostFacts(certificate);
    const parameters = { ...connector.parameters, CertificateManagedBy: "EntraConnect" };
    const managed = observed({ certificates: [], connector: { ...connector, parameters } });
    assert.equal(named("certificate", serverFacts({ ...managed, application: null }))[0].status, "ok");
  });

  it("the doctor must report an expired certificate, and a key that the service account cannot read", () => {
    const ended = { ...certificate, notAfter: "2026-09-30T00:00:00Z" };
    assert.match(onlyProblem("certificate", observed({}, ended)).text, /^rotation-due: /);
    const locked = { ...certificate, acl: certificate.acl!.filter(({ sid }) => !sid.startsWith("S-1-5-80-")) };
    assert.match(onlyProblem("certificate", observed({}, locked)).text, /^key-acl-lost: /);
  });

  it("the doctor must report recently refused sign-ins", () => {
    const takenAt = new Date(Date.parse(certificate.notBefore) + 3 * 3_600_000).toISOString();
    const at = (hours: number) => new Date(Date.parse(takenAt) - hours * 3_600_000).toISOString();
    const refused = (hours: number) => ({ time: at(hours), id: 906, message: "AADSTS700027: x\r\nTrace" });
    const said = onlyProblem("sign-ins", observed({ takenAt, events: [refused(0.1)] })).text;
    assert.match(said, /^sign-in-refused: .*event 906 .*AADSTS700027: x$/);
    const over = named("sign-ins", serverFacts(observed({ takenAt, events: [refused(2)] })));
    assert.deepEqual([over[0].status, over[0].text], ["ok", `1 refused in the last 24 hours, none since ${at(2)}`]);
  });

  it("the doctor must report the remains of an interrupted run, a pending sign-in and an unverified switch", () => {
    const interrupted = {
      operation: "register",
      startedAt: "2026-10-01T10:00:00Z",
      syncCycleEnabled: true,
      restoreTask: false,
    };
    assert.match(onlyProblem("leftovers", observed({ interrupted })).text, /^scheduler-left-paused: /);
    const record = { since: "2026-10-01T10:00:00Z", appId: APP_ID, certificateSha256: certificate.sha256 };
    const signIn = { ...record, command: "Add-ADSyncApplicationRegistration -X" };
    const connector = { ...hostFacts(certificate).connector, certificateSha256: OTHER_SHA256 };
    const awaited = onlyProblem("leftovers", observed({ signIn, connector }));
    assert.match(awaited.remedy, /Add-ADSyncApplicationRegistration -X ;/);
    assert.match(onlyProblem("leftovers", observed({ unverified: record })).text, /^switch-unverified: /);
  });

  it("the doctor must report a changed host program, but not an older or missing one", () => {
    const changed = { sha256: null, problem: "Windows.ps1 has SHA-256 1, the manifest says 2." };
    assert.match(onlyProblem("host-program", observed({ program: changed })).text, /^program-changed: .*Windows\.ps1/);
    const absent = { sha256: null, problem: "manifest.json does not exist." };
    onlyProblem("host-program", observed({ program: absent }));
    assert.equal(named("host-program", serverFacts(fresh(diagnosis({ program: absent }))))[0].status, "ok");
    const older = diagnosis({ program: { sha256: OTHER_SHA256, problem: null } });
    assert.equal(named("host-program", serverFacts(older))[0].status, "ok");
  });

  it("the doctor must give the reason if a server could not be observed, and skip the dependent checks", () => {
    const problem = diagnose("HOST_NOT_OBSERVED", "sync01", { actual: "it broke" });
    const found = onlyProblem("cmdlets", { observation: { problem } });
    assert.match(found.text, /could not be observed: it broke \[HOST_NOT_OBSERVED\]/);
    assert.equal(named("leftovers", serverFacts({ observation: { problem } }))[0].status, "skipped");
  });
});
