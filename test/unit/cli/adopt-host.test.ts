/** The host half: what must not change, and what may be recorded. Pure. */
import assert from "node:assert/strict";
import { decideAdoption } from "../../../cli/adopt/adopt-decision";
import { changedFacts, chooseTargets, hostFindings, type PreviewStep } from "../../../cli/adopt/adopt-host";
import { planAdoption } from "../../../cli/adopt/adopt-plan";
import { resourceUrns } from "../../../cli/adopt/adopt-resources";
import { healthy } from "../../helpers/observations";
import { lostState } from "./adoption-facts";

describe("findings on the server before an adoption", () => {
  it("an adoption must have no findings on a healthy server, and otherwise list what a run would change there", async () => {
    const facts = await lostState();
    const plan = planAdoption(facts, decideAdoption(facts));
    assert.deepEqual(hostFindings(facts, plan), []);
    facts.host.certificates[0].acl = [];
    assert.match(hostFindings(facts, plan).join("\n"), /^sync01: key-acl-lost: /);
  });
});

describe("two observations of a server", () => {
  it("two observations of a server must be equal whatever clock, events and the time of the next cycle are", async () => {
    const { facts } = await healthy();
    const later = structuredClone(facts);
    later.takenAt = "2026-10-01T12:00:30Z";
    later.events = [{ time: "2026-10-01T12:00:20Z", id: 904, message: "a token was obtained" }];
    later.scheduler.NextSyncCycleStartTimeInUTC = "2026-10-01T12:30:00Z";
    later.scheduler.SyncCycleInProgress = true;
    assert.deepEqual(changedFacts(facts, later), []);
  });

  it("two observations of a server must differ by certificate, access rule, connector, scheduler and program", async () => {
    const { facts } = await healthy();
    const change = (edit: (after: typeof facts) => void) => {
      const after = structuredClone(facts);
      edit(after);
      return changedFacts(facts, after);
    };
    assert.deepEqual(
      change((after) => after.certificates.pop()),
      ["certificates"],
    );
    assert.deepEqual(
      change((after) => (after.certificates[0].acl = [])),
      ["certificates"],
    );
    assert.deepEqual(
      change((after) => (after.connector.certificateSha256 = null)),
      ["connector"],
    );
    assert.deepEqual(
      change((after) => (after.scheduler.SyncCycleEnabled = false)),
      ["scheduler"],
    );
    assert.deepEqual(
      change((after) => (after.program.sha256 = null)),
      ["program"],
    );
  });
});

describe("resources that an adoption records", () => {
  const named = { stack: "dev", project: "connect-sync-identity", server: { name: "sync01" }, state: [] };
  const urns = resourceUrns(named);
  const child = (type: string, name: string) => `${urns.identity.replace("::sync01", "")}$${type}::sync01-${name}`;
  const step = (op: string, urn: string, changes: Partial<PreviewStep> = {}): PreviewStep => ({
    ...{ op, urn, newState: { parent: urns.identity } },
    ...changes,
  });
  const certificate = child("command:remote:Command", "certificate");
  const registration = child("command:remote:Command", "registration");
  const guard = child("pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard", "guard");
  const host = [step("create", certificate), step("create", registration)];
  const application = (diffReasons: string[]) =>
    step("update", urns.application, { diffReasons, newState: { parent: urns.entra } });

  it("an adoption may record what is created in the host half", () => {
    assert.deepEqual(chooseTargets({ steps: host }, urns, true), [certificate, registration]);
  });

  it("an adoption must not record what another run would replace, update or delete", () => {
    for (const op of ["create-replacement", "update", "delete"]) {
      const steps = [
        ...host,
        step(op, child("azuread:index/applicationCertificate:ApplicationCertificate", "credential")),
      ];
      assert.throws(() => chooseTargets({ steps }, urns, true), new RegExp(`${op} of sync01-credential`));
    }
  });

  it("an adoption must include the guard only if the tenant is as declared, and the application only for what is not read", () => {
    const steps = [...host, application(["preventDuplicateNames"]), step("create", guard)];
    assert.deepEqual(chooseTargets({ steps }, urns, true), [certificate, registration, urns.application, guard]);
    assert.deepEqual(chooseTargets({ steps }, urns, false), [certificate, registration, urns.application]);
    const owners = [...host, application(["preventDuplicateNames", "owners"])];
    assert.deepEqual(chooseTargets({ steps: owners }, urns, true), [certificate, registration]);
  });

  it("an adoption must not record resources of another server, or dependants of a server that is not in state", () => {
    const message = "depends on 'sync02-registration' which was not specified in --target list";
    const other = step("create", certificate.replace(/sync01/g, "sync01-b"), {
      newState: { parent: urns.identity.replace("::sync01", "::sync01-b") },
    });
    const diagnostics = [{ urn: registration, message, severity: "error" }];
    assert.deepEqual(chooseTargets({ steps: [...host, other], diagnostics }, urns, true), [certificate]);
  });
});
