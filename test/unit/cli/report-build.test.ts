/** What a report tells of what was seen: states, findings with lasting ids, holders, and what it must not hold. */
import assert from "node:assert/strict";
import { readCertificate, withoutBytes } from "../../../model/certificate/certificate-policy";
import { CERTIFICATE_COLUMNS, CERTIFICATE_ROWS } from "../../../model/certificate/certificate-table";
import { AREAS } from "../../../model/diagnostics/registry";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { STEP_OF } from "../../../cli/report/report-links";
import { ReportDocument } from "../../../cli/report/report-document";
import { jsonOf } from "../../../cli/report/report-files";
import type { ReportFacts } from "../../../cli/report/report-facts";
import { leavingServers } from "../../../cli/stack/state-memory";
import { FINDING_CASES, type Change } from "../../helpers/finding-cases";
import { expectation, PIPELINE_OBJECT_ID, problem } from "../../helpers/observations";
import { healthyReport, troubledReport } from "./report-cases";
import { applicationOf, forget, hostOf, nameOf, report, reportFacts, unobserve } from "./report-facts";

const idsOf = ({ findings }: ReportDocument) => findings.map(({ id }) => id);
const DAY = 86_400_000;

describe("report of a healthy stack", () => {
  it("the report of a healthy stack must say so, link by link, with the dates of each certificate", async () => {
    const document = await healthyReport();
    assert.equal(document.healthy, true);
    assert.deepEqual(document.findings, []);
    assert.match(
      document.sentence,
      /^Both declared servers are set to sign in .* No undeclared identity may synchronise\.$/,
    );
    const [first] = document.servers;
    assert.equal(first.status, "as-declared");
    assert.deepEqual(
      first.chain.map(({ step, state }) => `${step} ${state}`),
      ["server ok", "connector ok", "certificate ok", "key ok", "application ok", "roles ok"],
    );
    const [certificate] = first.certificates;
    assert.deepEqual(
      [certificate.notBefore, certificate.rotationFrom, certificate.notAfter, certificate.state],
      ["2026-10-01T12:00:00Z", "2027-04-04T12:00:00Z", "2027-10-01T12:00:00Z", "valid"],
    );
    assert.deepEqual(
      document.tenant.holders.map(({ kind, server }) => [kind, server]),
      [
        ["declared", "sync01"],
        ["declared", "sync02"],
      ],
    );
  });

  it("the report must have the documented form, and be identical for identical facts", async () => {
    const facts = await reportFacts(3);
    const document = report(facts);
    assert.deepEqual(ReportDocument.parse(JSON.parse(jsonOf(document))), document);
    // What answered first is no reason for another order.
    const turned = { ...facts, servers: Object.fromEntries(Object.entries(facts.servers).reverse()) };
    turned.configuration = { ...facts.configuration, servers: [...facts.configuration.servers].reverse() };
    turned.roles.roles!.holders.reverse();
    assert.equal(jsonOf(report(turned)), jsonOf(document));
    assert.equal(ReportDocument.safeParse({ ...document, more: 1 }).success, false, "an unknown property");
    assert.equal(ReportDocument.safeParse({ ...document, version: 2 }).success, false, "another version");
  });

  it("each form of the report must have the wizard's table of every server, in each mode", async () => {
    const facts = await reportFacts(3);
    const product = "ConnectSyncProvisioning_SYNC02_0123456789ab";
    const modes = ["byoa", "managed", "byoc"] as const;
    facts.configuration.servers.forEach((server, index) => Object.assign(server, { mode: modes[index] }));
    // The product's certificate is out of reach on the server; the own one on the product's application is not.
    const { certificates } = hostOf(facts, 2);
    const made = readCertificate(Buffer.from(certificates[0].certificate, "base64"))!;
    const shown = { ...withoutBytes(made), subject: `CN=${product}`, issuer: `CN=${product}` };
    Object.assign(applicationOf(facts, 2), { displayName: product, certificates: [shown] });
    hostOf(facts, 2).certificates = [];
    applicationOf(facts, 3).displayName = "ConnectSyncProvisioning_SYNC03_0123456789ab";
    const document = report(facts);
    const tables = document.servers.map(({ connectorCertificate }) => connectorCertificate!);
    assert.deepEqual(
      tables.map(({ managedBy, automaticRotation }) => [managedBy, automaticRotation]),
      [
        ["BYOC", "manual"],
        ["Microsoft Entra Connect Sync", "automatic"],
        ["BYOC", "manual"],
      ],
    );
    assert.deepEqual([tables[1].issuer, tables[1].serialNumber], [`CN=${product}`, made.serialNumber]);
    const [page, markdown] = [reportPage(document), reportMarkdown(document)];
    for (const table of tables) {
      for (const column of CERTIFICATE_COLUMNS) {
        assert.ok(page.includes(table[column]), `the page: ${column}`);
        assert.ok(markdown.includes(`| ${CERTIFICATE_ROWS[column]} | \`${table[column]}\``), `the Markdown: ${column}`);
      }
    }
  });

  it("a report of before the wizard's table must still load, and be compared with", async () => {
    const { servers, ...rest } = await healthyReport();
    const older = { ...rest, servers: servers.map(({ connectorCertificate: _, ...server }) => server) };
    const before = ReportDocument.parse(older);
    assert.ok(before.servers.every(({ connectorCertificate }) => connectorCertificate === null));
    assert.deepEqual(report(await reportFacts(2), before).changes?.entries, []);
    assert.ok(!reportMarkdown(before).includes("What the wizard shows"));
    assert.ok(!reportPage(before).includes("as the wizard shows it"));
  });

  it("the report must read state under a renamed server's former name, and report no foreign key", async () => {
    const facts = await reportFacts(2);
    const state = facts.state.map((resource) => ({
      ...resource,
      urn: resource.urn.replaceAll("sync02", "old02"),
      parent: resource.parent?.replaceAll("sync02", "old02"),
    }));
    const servers = facts.configuration.servers.map((server) =>
      server.name === "sync02" ? { ...server, renamedFrom: "old02" } : server,
    );
    const renamed = { ...facts, state, configuration: { ...facts.configuration, servers } };
    assert.deepEqual(idsOf(report(renamed)), []);
    assert.deepEqual(report(renamed).leaving, []);
  });

  it("the report must not show the pipeline as foreign if another identity creates the report", async () => {
    const facts = await reportFacts(1);
    assert.deepEqual(idsOf(report({ ...facts, pipelineObjectId: "99999999-2222-4333-8444-555555555555" })), []);
    assert.deepEqual(idsOf(report({ ...facts, pipelineObjectId: null })), []);
    // Nor where it could not ask which roles there are.
    assert.deepEqual(idsOf(report({ ...facts, roleIds: {} })), []);
  });

  it("the report must list servers that state holds and the configuration does not declare", async () => {
    const facts = await reportFacts(2);
    const configuration = { ...facts.configuration, servers: facts.configuration.servers.slice(0, 1) };
    assert.deepEqual(leavingServers(facts.state, configuration.servers), ["sync02"]);
    assert.deepEqual(report({ ...facts, configuration }).leaving, ["sync02"]);
  });
});

describe("findings of a report", () => {
  for (const [code, cases] of Object.entries(FINDING_CASES)) {
    for (const [name, change] of Object.entries(cases)) {
      it(`the report must show ${code} at its link: ${name}`, async () => {
        const facts = await reportFacts(["exports-twice", "mode-undeclared"].includes(code) ? 2 : 1);
        const host = hostOf(facts);
        const seen: Parameters<Change>[0] = {
          facts: host,
          application: applicationOf(facts),
          certificate: host.certificates[0],
        };
        const expected = { ...expectation(), ...change(seen) };
        const [server] = facts.configuration.servers;
        const { passwordWriteback, certificate, repairConnectivityParameters, role } = expected;
        Object.assign(server, { passwordWriteback, certificate, repairConnectivityParameters, role });
        recordRole(facts, expected.formerRole ?? role);
        if (expected.exporting.length > 0) hostOf(facts, 2).scheduler.StagingModeEnabled = false;
        if (expected.appId === null) facts.state = [];
        facts.servers[nameOf(1)].observation.named = seen.named;
        if (seen.gone) facts.servers[nameOf(1)].observation.tenant = { application: null, problem: null };
        // The helper names another application than this stack's.
        if (host.signIn) host.signIn.appId = applicationIdOf(facts);
        if (host.unverified) host.unverified.appId = applicationIdOf(facts);
        const document = report(facts);
        const reported = seen.gone && expected.appId !== null ? "APPLICATION_MISSING" : code;
        const finding = document.findings.find((one) => one.code === reported);
        assert.ok(finding, JSON.stringify(document.findings));
        assert.equal(finding.id, `sync01/${reported}`);
        const step = STEP_OF[code as keyof typeof STEP_OF];
        const link = document.servers[0].chain.find((one) => one.step === step)!;
        assert.equal(link.state, "finding");
        assert.ok(link.findings.includes(reported));
        assert.equal(document.healthy, false);
        if (reported === code) assert.equal(finding.meaning, AREAS.findings[code as keyof typeof AREAS.findings].title);
      });
    }
  }

  /** The role that the last run recorded. */
  const recordRole = (facts: ReportFacts, role: string, server = "sync01") => {
    const resource = facts.state.find(({ urn }) => urn.endsWith(`::${server}-server`));
    Object.assign(resource?.inputs ?? {}, { role });
  };
  const applicationIdOf = (facts: ReportFacts) => (facts.state[1].inputs as { appId: string }).appId;

  it("the report must show the guard's findings with their author, under an id that does not depend on the audit log", async () => {
    const facts = await reportFacts(1);
    const keyId = "99999999-1111-4333-8444-555555555555";
    const application = applicationOf(facts);
    application.secrets.push({ keyId, displayName: "backdoor", startDateTime: null, endDateTime: null });
    const unknown = report(facts);
    const [before] = unknown.findings;
    assert.match(before.actual, /backdoor.*who is not known/);
    const entry = { at: "2026-09-30T10:00:00Z", activity: "Update application – Certificates and secrets management" };
    const audit = [{ ...entry, by: "mallory@contoso.com", targets: [application.objectId], before: "", after: keyId }];
    const servers = { [nameOf(1)]: { ...facts.servers[nameOf(1)], audit } };
    const [after] = report({ ...facts, servers }, unknown).findings;
    assert.match(after.actual, /added by mallory@contoso\.com/);
    assert.equal(after.id, before.id);
    assert.equal(after.then, "person");
    const enforced = { ...facts, configuration: { ...facts.configuration, credentialPolicy: "enforce" as const } };
    assert.equal(report(enforced).findings[0].then, "removes");
    assert.equal(unknown.servers[0].chain[4].state, "finding");
  });

  it("two findings with one code must have different ids", async () => {
    const facts = await reportFacts(1);
    const role = {
      appRoleId: "99999999-4444-4333-8444-555555555555",
      resourceId: "r",
      resourceName: "Microsoft Graph",
    };
    applicationOf(facts).principal!.appRoles.push({ ...role, id: "one" }, { ...role, id: "two" });
    const ids = idsOf(report(facts));
    assert.equal(ids.length, 2);
    assert.equal(new Set(ids).size, 2);
  });

  it("a finding must keep the time of its first report", async () => {
    const facts = await reportFacts(1);
    hostOf(facts).certificates = [];
    const first = report(facts);
    const later = report({ ...facts, takenAt: "2026-10-05T12:00:00.000Z" }, first);
    assert.equal(later.findings[0].since, first.takenAt);
    const anew = report({ ...facts, takenAt: "2026-10-05T12:00:00.000Z" }, await healthyReport());
    assert.equal(anew.findings[0].since, "2026-10-05T12:00:00Z");
  });

  it("each finding of a server must have a place in the chain, and none of the tenant", () => {
    const tenant = [
      ...["role-holder-foreign", "role-holder-expired", "directory-role-foreign", "legacy-account-left"],
      "connector-account-administrator",
    ];
    const codes = [AREAS.findings, AREAS.guard, AREAS.managed].flatMap((area) => Object.keys(area));
    const all = codes.filter((code) => !tenant.includes(code));
    assert.deepEqual(Object.keys(STEP_OF).sort(), all.sort());
  });
});

describe("states of servers in a report", () => {
  it("the report must distinguish broken, unreachable, due, expired, waiting and new servers", async () => {
    const document = await troubledReport();
    assert.deepEqual(
      document.servers.map(({ name, status }) => [name, status]),
      [
        ["sync01", "differs"],
        ["sync02", "unobserved"],
        ["sync03", "differs"],
        ["sync04", "differs"],
        ["sync05", "waiting"],
        ["sync06", "planned"],
      ],
    );
    assert.deepEqual(
      document.servers.slice(2, 4).map(({ certificates }) => certificates[0].state),
      ["due", "expired"],
    );
    assert.match(
      document.sentence,
      /^Of 6 declared servers, 3 differ from the declaration, 1 waits for an administrator to sign in, 1 could not be observed and 1 is not set up yet\. 5 grants of the right to synchronise are not declared\.$/,
    );
  });

  it("the report must show the other servers and the reason if a server cannot be observed", async () => {
    const facts = await reportFacts(2);
    unobserve(facts, 2, problem({ subject: "sync02" }));
    const document = report(facts);
    const [well, unseen] = document.servers;
    assert.equal(well.status, "as-declared");
    assert.equal(unseen.status, "unobserved");
    assert.match(unseen.unobserved!, /ECONNREFUSED.*\[HOST_UNREACHABLE\]/);
    assert.deepEqual(
      unseen.chain.map(({ state }) => state),
      ["unknown", "unknown", "unknown", "unknown", "ok", "ok"],
    );
    assert.deepEqual([unseen.host, unseen.connector], [null, null]);
    assert.deepEqual(idsOf(document), ["sync02/HOST_UNREACHABLE"]);
    assert.equal(document.findings[0].then, "stops");
    // Entra still tells until when its certificate lasts.
    const [{ current, onServer, inUse, stateWords }] = unseen.certificates;
    assert.deepEqual([current, onServer, inUse, stateWords], [true, null, null, "Server not observed"]);
    assert.equal(document.healthy, false);
  });

  it("the report must be created if the tenant cannot be read at all", async () => {
    const facts = await reportFacts(1);
    const unread = problem({ code: "GRAPH_UNAVAILABLE", subject: null, property: "holders", actual: "503" });
    facts.servers[nameOf(1)].observation.tenant = { application: null, problem: { ...unread, subject: "sync01" } };
    const document = report({ ...facts, roles: { roles: null, problem: unread } });
    assert.equal(document.servers[0].status, "unobserved");
    assert.match(document.tenant.unobserved!, /503/);
    assert.deepEqual(idsOf(document), ["sync01/GRAPH_UNAVAILABLE", "tenant/GRAPH_UNAVAILABLE"]);
    assert.match(document.sentence, /Who may synchronise into the tenant could not be read\.$/);
  });

  it("the report must say that an application needs adoption if state does not know it, and show its differences", async () => {
    const facts = forget(await reportFacts(1), 1);
    hostOf(facts).connector.certificateSha256 = null;
    const document = report(facts);
    assert.deepEqual(idsOf(document).slice(0, 2), ["sync01/APPLICATION_UNKNOWN", "sync01/connector-other-certificate"]);
    assert.match(document.findings[0].remedy, /npx connect-sync-identity adopt sync01 --stack dev$/);
  });

  it("the report must show what would stop the next run", async () => {
    const facts = await reportFacts(1);
    hostOf(facts).certificates = [];
    hostOf(facts).product.version = "2.5.76.0";
    const document = report(facts);
    assert.deepEqual(idsOf(document), ["sync01/VERSION_TOO_OLD", "sync01/certificate-missing"]);
    assert.ok(document.servers[0].host!.knownIssues.length > 0);
  });

  it("the report must show both servers that share a machine, with their observations", async () => {
    const facts = await reportFacts(2);
    hostOf(facts, 2).machineIdentifier = hostOf(facts, 1).machineIdentifier;
    const document = report(facts);
    assert.deepEqual(idsOf(document), ["sync01/MACHINE_SHARED", "sync02/MACHINE_SHARED"]);
    assert.equal(document.servers[0].status, "differs");
    assert.ok(document.servers[0].host);
  });

  it("the report must use the servers' clock as today, the middle one if they differ", async () => {
    const facts = await reportFacts(3);
    hostOf(facts, 1).takenAt = "2030-01-01T00:00:00Z";
    hostOf(facts, 2).takenAt = "2026-11-01T00:00:00Z";
    assert.equal(report(facts).today, "2026-11-01T00:00:00Z");
    for (const index of [1, 2, 3]) unobserve(facts, index, problem());
    assert.equal(report(facts).today, "2026-10-01T12:00:00Z");
  });
});

describe("who may synchronise, in a report", () => {
  const ALLOWED = "12345678-2222-4333-8444-555555555555";
  const holder = (id: string, name: string) => ({ id, name, assignmentId: `of ${id}` });

  async function holders(expires: string, changes: Partial<NonNullable<ReportFacts["roles"]["roles"]>> = {}) {
    const facts = await reportFacts(1, { allowedRoleHolders: [{ id: ALLOWED, reason: "migration", expires }] });
    const { roles } = facts.roles;
    roles!.holders.push(holder(ALLOWED, "Old tool"), holder("99999999-3333-4333-8444-555555555555", "Backup tool"));
    Object.assign(roles!, changes);
    return report(facts);
  }

  it("the report must list declared principals, allowed ones with reason and last day, and foreign ones first", async () => {
    const { tenant, findings } = await holders("2026-12-31");
    assert.deepEqual(
      tenant.holders.map(({ name, kind, reason, expires }) => [name, kind, reason, expires]),
      [
        ["Backup tool", "undeclared", null, null],
        ["Old tool", "allowed", "migration", "2026-12-31"],
        ["Entra Connect Sync - sync01", "declared", null, null],
      ],
    );
    assert.deepEqual(
      findings.map(({ subject, code }) => [subject, code]),
      [["tenant", "role-holder-foreign"]],
    );
    const expired = await holders("2026-09-30");
    assert.equal(expired.tenant.holders.find(({ id }) => id === ALLOWED)!.kind, "expired");
  });

  it("the report must distinguish holders of directory roles, and accounts of sync servers from others", async () => {
    const role = "Directory Synchronization Accounts";
    const { tenant } = await holders("2026-12-31", {
      directoryRoles: [
        { ...holder("1", "Sync_SYNC01_1@contoso.onmicrosoft.com"), role },
        { ...holder("2", "mallory@contoso.onmicrosoft.com"), role },
      ],
    });
    const kinds = tenant.holders.filter((one) => one.role === role).map(({ name, kind }) => [name.slice(0, 7), kind]);
    assert.deepEqual(kinds, [
      ["mallory", "undeclared"],
      ["Sync_SY", "sync-account"],
    ]);
  });

  it("the report must list what could not be read, with the permission for it", async () => {
    const unread = ["RoleManagement.Read.Directory", "AuditLog.Read.All", "User.Read.All"];
    const facts = await reportFacts(1);
    Object.assign(facts.roles.roles!, { directoryRoles: null, syncAccounts: null, unread });
    applicationOf(facts).principal!.delegatedScopes = null;
    const { tenant } = report(facts);
    assert.deepEqual(
      tenant.unread.map(({ permission }) => permission),
      [...unread, "Directory.Read.All"],
    );
    assert.ok(tenant.unread.every(({ purpose }) => purpose !== "what takes it" && purpose.length > 10));
    assert.deepEqual([tenant.directoryRolesRead, tenant.syncAccounts], [false, null]);
    assert.equal(report(facts).healthy, true, "what is optional is no trouble");
  });
});

describe("excluded contents of a report", () => {
  it("the report must contain no certificate, no message of an event and no secret", async () => {
    const facts = await reportFacts(1);
    const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
    const host = hostOf(facts);
    host.events = [{ time: "2026-10-01T11:00:00Z", id: 906, message: "AADSTS700027: assertion eyJhbGciOi" }];
    host.computerName = `with hunter2-hunter2 in it`;
    host.service.account = pem;
    applicationOf(facts).displayName = `first\nsecret line of a key`;
    const document = report(facts, null, ["hunter2-hunter2", "a key:\nsecret line of a key", "abc"]);
    const text = jsonOf(document);
    for (const secret of ["hunter2", "c2VjcmV0", "secret line", "eyJhbGciOi", host.certificates[0].certificate]) {
      assert.ok(!text.includes(secret), secret);
    }
    assert.equal(document.servers[0].host!.refusedSignIns.code, "AADSTS700027");
    assert.equal(document.servers[0].host!.computerName, "with [secret] in it");
    assert.equal(PIPELINE_OBJECT_ID.slice(0, 3), "bbb", "a short value is no secret that could be found");
  });

  it("the report must make invisible characters visible, in a limited length", async () => {
    const facts = await reportFacts(1);
    applicationOf(facts).displayName = "a\u202Eb\u200B\r\nc\uD800\u0000".concat("x".repeat(DAY / 1000));
    const { name } = report(facts).servers[0].application!;
    assert.match(name, /^a\\u202eb\\u200b c\\ud800\\u0000x+\.\.\.$/);
    assert.ok(name.length <= 1000);
  });
});
