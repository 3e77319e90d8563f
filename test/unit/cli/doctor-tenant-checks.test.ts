/** The tenant as the pipeline sees it, facts in and lines out; and the report that is made of lines. */
import assert from "node:assert/strict";
import { diagnose } from "../../../model/diagnostics/diagnostic";
import { PIPELINE_PERMISSIONS } from "../../../model/tenant/pipeline-permissions";
import { ok, problem, skipped, type Check } from "../../../cli/doctor/doctor-check";
import { wantsColour } from "../../../cli/doctor/doctor-command";
import { formatReport, makeReport } from "../../../cli/doctor/doctor-report";
import { tenantChecks, type TenantFacts } from "../../../cli/doctor/doctor-tenant-checks";
import { application, tenantRoles } from "../../helpers/observations";
import { certificate, tenantFacts, type SeenTenant } from "./doctor-facts";
import { READER, words } from "../../helpers/remedies";

const problems = (changes: Partial<TenantFacts>, seen: Partial<SeenTenant> = {}) =>
  tenantChecks(tenantFacts(changes, seen)).filter(({ status }) => status === "problem");
const identity = (changes: Partial<NonNullable<TenantFacts["identity"]>>) => ({
  identity: { ...tenantFacts().identity!, ...changes },
});
const without = (...names: string[]) =>
  PIPELINE_PERMISSIONS.map(({ name }) => name).filter((name) => !names.includes(name));

describe("doctor: the tenant", () => {
  it("each check of the tenant must be ok if there is no problem", () => {
    const bad = tenantChecks(tenantFacts()).filter(({ status, remedy }) => status !== "ok" || remedy.length > 0);
    assert.deepEqual(bad, []);
  });

  it("the doctor must give the reason if no token was issued, and skip the rest", () => {
    const unseen = { property: "sign-in", actual: "AADSTS7000215: invalid secret", expected: "an answer" };
    const reason = diagnose("UNEXPECTED", null, unseen, { remedy: "report" });
    const checks = tenantChecks(tenantFacts({ identity: null, problem: reason, verdict: null }));
    assert.deepEqual([checks[0].check, checks[0].status], ["sign-in", "problem"]);
    assert.match(checks[0].text, /AADSTS7000215/);
    assert.deepEqual([...new Set(checks.slice(1).map(({ status }) => status))], ["skipped"]);
  });

  it("the doctor must say what helps against a refusal of Entra's that is known", () => {
    const reason = diagnose("SIGN_IN_REFUSED", null, { actual: "blocked (AADSTS53003)", help: "Exclude it." });
    const [check] = tenantChecks(tenantFacts({ identity: null, problem: reason, verdict: null }));
    assert.deepEqual([check.text, check.remedy], ["blocked (AADSTS53003)", ["Exclude it."]]);
  });

  for (const { name, needed } of PIPELINE_PERMISSIONS) {
    it(`the doctor must report ${name} as ${needed ? "missing" : "not granted, which is no problem"}`, () => {
      const facts = identity({ roles: without(name), requested: [] });
      assert.deepEqual(
        problems(facts).map(({ check }) => check),
        needed ? [`permission ${name}`] : [],
      );
      const check = tenantChecks(tenantFacts(facts)).find((one) => one.check === `permission ${name}`)!;
      if (needed) assert.match(words(check.remedy), /admin-consent --id/);
      else assert.match(check.text, /optional/);
    });
  }

  it("the doctor must accept Application.ReadWrite.All for the two permissions that it includes", () => {
    const roles = [...without("Application.ReadWrite.OwnedBy", "Application.Read.All"), "Application.ReadWrite.All"];
    assert.deepEqual(problems(identity({ roles, requested: [] })), []);
  });

  it("the doctor must report requested permissions without admin consent", () => {
    const found = problems(identity({ roles: without("AuditLog.Read.All") }));
    assert.deepEqual(
      found.map(({ check, text }) => [check, text]),
      [["admin-consent", "not granted for AuditLog.Read.All"]],
    );
  });

  it("the doctor must not judge permissions by a user's token", () => {
    const checks = tenantChecks(tenantFacts(identity({ roles: null })));
    const judged = checks.filter(({ check }) => /^permission|^admin-consent/.test(check));
    assert.equal(judged.length, PIPELINE_PERMISSIONS.length + 1);
    assert.ok(judged.every(({ status }) => status === "skipped"));
  });

  it("the doctor must report a service that the tenant does not have, with the command that creates it", () => {
    const of = { appId: "1", name: "Microsoft password reset service", purpose: "password writeback" };
    const missingServices = [diagnose("SERVICE_MISSING", null, of)];
    const [found] = tenantChecks(tenantFacts({ missingServices })).filter(({ check }) => check === "services");
    assert.equal(found.status, "problem");
    assert.match(found.text, /password reset service, for password writeback \[SERVICE_MISSING\]$/);
    assert.match(words(found.remedy), /az ad sp create --id 1/);
  });

  it("the doctor must report that applications cannot be read", () => {
    const [found] = problems(identity({ readProblem: "403 Authorization_RequestDenied", requested: null }));
    assert.deepEqual([found.check, found.text], ["reads-applications", "403 Authorization_RequestDenied"]);
  });

  it("the doctor must report a property lock that is off, by server", () => {
    const [found] = problems({}, { application: { ...application(certificate), lock: false } });
    assert.equal(found.check, "application sync01");
    assert.match(found.text, /^lock-off: /);
  });

  it("the doctor must report each undeclared principal that may synchronise", () => {
    const stranger = { id: "99999999-0000-4000-8000-000000000000", name: "stranger", assignmentId: "x" };
    const holders = [...tenantRoles().holders, stranger];
    const found = problems({}, { roles: { roles: tenantRoles({ holders }), problem: null } });
    assert.equal(found.length, 1);
    assert.match(found[0].text, /^role-holder-foreign: .*found stranger/);
    const allowed = [{ id: stranger.id, reason: "migration", expires: "2026-12-31" }];
    assert.deepEqual(problems({}, { allowed, roles: { roles: tenantRoles({ holders }), problem: null } }), []);
  });

  it("the doctor must not report declared applications that it could not read as undeclared", () => {
    const checks = tenantChecks(tenantFacts({}, { application: undefined }));
    const holders = checks.filter(({ check }) => check === "role-holders");
    assert.deepEqual(
      holders.map(({ status }) => status),
      ["skipped"],
    );
  });
});

describe("doctor: the report", () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  const bad: Check = { ...problem("host-key", "shown ".repeat(40), "Do this. ".repeat(30)), hostKey };
  const report = (checks: Check[]) =>
    makeReport(
      {
        stack: "dev",
        takenAt: "2026-10-01T12:00:00Z",
        settings: [],
        servers: [{ name: "s1", checks }],
        tenant: null,
        diagnostics: [],
      },
      READER,
    );

  it("the doctor must report healthy exactly if no check is a problem", () => {
    assert.equal(report([ok("a", "x"), skipped("b", "y")]).healthy, true);
    assert.equal(report([ok("a", "x"), bad]).healthy, false);
  });

  it("the doctor's lines must stay within 100 columns and lose no word, however long a text is", () => {
    const long = ok("endpoint", "x".repeat(250));
    const lines = formatReport(report([bad, long]), false).split("\n");
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
    assert.equal(lines.join("").match(/x/g)?.length, 250);
    assert.equal(lines.join(" ").match(/shown/g)?.length, 40);
    assert.equal(lines.join(" ").match(/Do this\./g)?.length, 30);
  });

  it("the doctor must print the line to pin unbroken, and only if it is not pinned", () => {
    assert.ok(
      formatReport(report([bad]), false)
        .split("\n")
        .includes(`    hostKey: ${hostKey}`),
    );
    assert.doesNotMatch(formatReport(report([{ ...ok("host-key", "as pinned"), hostKey }]), false), /hostKey:/);
  });

  it("the doctor must group checks that were skipped for one reason, and nothing else", () => {
    const text = formatReport(
      report([bad, skipped("a", "needs x"), skipped("b", "needs x"), skipped("c", "needs y")]),
      false,
    );
    assert.match(text, /skipped {2}a, b: needs x\n {2}skipped {2}c: needs y\n/);
    assert.match(text, /dev: 1 problem; 0 ok, 3 skipped/);
  });

  it("a server's text must not move the cursor or colour the terminal", () => {
    const text = formatReport(report([ok("a", "x\u001b[2J\u202ey\r\nz")]), false);
    assert.match(text, /a: x\\u001b\[2J\\u202ey z/);
  });

  it("the doctor must print colours only on a terminal, and none if they are switched off", () => {
    assert.doesNotMatch(formatReport(report([bad]), false), /\u001b/);
    assert.match(formatReport(report([bad]), true), /\u001b\[31mproblem/);
    assert.equal(wantsColour({ isTTY: true }, {}), true);
    assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: "1" }), false);
    assert.equal(wantsColour({}, {}), false);
  });
});
