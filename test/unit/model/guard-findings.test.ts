/** The guard of a server as a pure function: each stranger is found, and what is ours is never accused. */
import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { AREAS, registrationOf, type GuardFindingCode } from "../../../model/diagnostics/registry";
import { whoChanged, type AuditEntry } from "../../../model/guard/guard-audit";
import { assessCredentials, type CredentialView } from "../../../model/guard/guard-credentials";
import type { ObservedApplication } from "../../../model/server/observation";
import { generationFacts } from "../../helpers/certificates";
import { earlier, GUARD_CASES, stranger, type GuardChange } from "../../helpers/guard-cases";
import { declaration, foreignKey, foreignSecret, STRANGER, viewOf } from "../../helpers/guarded";
import { IDENTITY, OBJECT_ID, PIPELINE_OBJECT_ID, PRINCIPAL_OBJECT_ID, SYNC_ROLE_ID } from "../../helpers/observations";
import { words } from "../../helpers/remedies";

async function changed(change: GuardChange): Promise<CredentialView & { application: ObservedApplication }> {
  const view = await viewOf(1);
  change(view.application, view.application.principal!, view);
  return view;
}

const codesOf = (view: CredentialView, changes = {}, before: typeof earlier | null = earlier) =>
  assessCredentials(view, declaration(changes), before).map(({ code }) => code);

describe("the guard of a server", () => {
  it("must find nothing where nothing is foreign, and nothing before there is an application", async () => {
    assert.deepEqual(codesOf(await viewOf(1)), []);
    assert.deepEqual(codesOf({ application: null, host: null, fleet: [], audit: null }), []);
  });

  for (const [code, cases] of Object.entries(GUARD_CASES)) {
    for (const [what, change] of Object.entries(cases ?? {})) {
      it(`must find ${code}: ${what}`, async () => {
        const view = await changed(change);
        const found = assessCredentials(view, declaration(), earlier);
        assert.deepEqual(
          found.map((finding) => finding.code),
          [code],
        );
        const [finding] = found;
        for (const text of [finding.expected, finding.actual, words(finding.remedy)]) assert.notEqual(text, "");
        const { cure } = registrationOf(finding.code);
        assert.equal(finding.removal !== null, cure === "removal");
      });
    }
  }

  it("must name each finding of a server in the cases above", () => {
    const tenant = ["role-holder-foreign", "role-holder-expired", "directory-role-foreign"];
    assert.deepEqual(
      Object.keys(AREAS.guard).filter((code) => !(code in GUARD_CASES)),
      tenant,
    );
  });
});

describe("a key of a server's own", () => {
  it("must not be accused in a rotation that is half done: two certificates on the host", async () => {
    assert.deepEqual(codesOf(await viewOf(1, 2)), []);
  });

  it("must not be accused where its certificate is gone from the host and state knows its id", async () => {
    const view = await viewOf(1, 2);
    const keys = [view.application.keys[0].keyId];
    view.host!.certificates.shift();
    assert.deepEqual(codesOf(view, { keys }), []);
    assert.deepEqual(codesOf(view), ["key-foreign"]);
  });

  it("must not be accused by its name where the host was not seen, and any other is, but left", async () => {
    const view = await viewOf(1);
    view.host = null;
    assert.deepEqual(codesOf(view), []);
    view.application.keys.push(foreignKey());
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.deepEqual([finding.code, finding.removal], ["key-foreign", null]);
  });

  it("must not be accused under the name that the server had before", async () => {
    const former = { ...IDENTITY, server: "old01" };
    const { sha256, subject } = await generationFacts(former, 1);
    const view = await viewOf(1);
    view.host = null;
    view.application.keys.push(foreignKey({ sha256, subject }));
    assert.deepEqual(codesOf(view), ["key-foreign"]);
    assert.deepEqual(codesOf(view, { identities: [IDENTITY, former] }), []);
  });

  it("must not be accused where it was made by hand and taken over", async () => {
    const view = await viewOf(1);
    view.application.keys.push(foreignKey());
    view.host!.certificates.push(foreignKey().sha256!);
    assert.deepEqual(codesOf(view), []);
  });
});

describe("a stranger's key that the connector uses", () => {
  it("must be told, and not be taken away: the server would stop", async () => {
    const view = await viewOf(1);
    view.application.keys.push(foreignKey());
    view.fleet[0].host!.connector.certificateSha256 = foreignKey().sha256;
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.deepEqual([finding.code, finding.removal], ["key-foreign", null]);
    assert.match(finding.actual, /which the connector of sync01 uses/);
    assert.match(words(finding.remedy), /^Do not remove it: the connector of sync01 signs in with it\./);
  });
});

describe("what is declared in this run", () => {
  it("must not be missed before it was given", async () => {
    const view = await viewOf(1);
    assert.deepEqual(codesOf(view, { owners: [PIPELINE_OBJECT_ID, STRANGER], roles: [SYNC_ROLE_ID, STRANGER] }), []);
  });

  it("must not be called foreign while it is taken back", async () => {
    const view = await viewOf(1);
    view.application.owners.push(stranger);
    const role = { id: "a", appRoleId: STRANGER, resourceId: "g", resourceName: "Password reset" };
    view.application.principal!.appRoles.push(role);
    const before = { owners: [PIPELINE_OBJECT_ID, STRANGER], roles: [SYNC_ROLE_ID, STRANGER] };
    assert.deepEqual(codesOf(view, {}, before), []);
  });

  it("must not be missed where the guard is new: lock, owner, role and principal come with the same run", async () => {
    const view = await changed((application) => {
      Object.assign(application, { lock: false, owners: [], principal: null });
    });
    assert.deepEqual(codesOf(view, {}, null), []);
    assert.deepEqual(codesOf(view), ["lock-off", "principal-missing", "owner-missing"]);
  });
});

describe("a finding of the guard", () => {
  const commands: Record<string, RegExp> = {
    "key-foreign": /az ad app credential delete --cert --id \S+ --key-id/,
    "secret-foreign": /az ad app credential delete --id \S+ --key-id/,
    "federated-credential-foreign": /az ad app federated-credential delete --id \S+ --federated-credential-id/,
    "principal-key-foreign": /az ad sp credential delete --id \S+ --key-id \S+ --cert/,
    "principal-secret-foreign": /az ad sp credential delete --id \S+ --key-id/,
    "role-foreign": /az rest --method DELETE --url https:\/\/\S+\/appRoleAssignments\/a/,
    "audience-wide": /pulumi up --refresh/,
  };

  for (const [code, command] of Object.entries(commands)) {
    it(`must name the command that helps: ${code}`, async () => {
      const [change] = Object.values(GUARD_CASES[code as GuardFindingCode]!);
      const [finding] = assessCredentials(await changed(change), declaration(), earlier);
      assert.match(words(finding.remedy), command);
    });
  }

  it("must say that pulumi up removes it where the policy is to enforce", async () => {
    const view = await changed((application) => application.secrets.push(foreignSecret));
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.match(words(finding.remedy), /This removes it: pulumi up --stack prod$/);
  });

  it("must be one line with server, code, expectation and who brought it", async () => {
    const view = await changed((application) => application.secrets.push(foreignSecret));
    view.audit = [entry({ after: `[KeyIdentifier=${STRANGER}]` })];
    const line = formatDiagnostic(assessCredentials(view, declaration(), earlier)[0]);
    assert.match(line, /^sync01: secret-foreign: expected no client secret, found secret 12345678-\S+ \("backdoor", /);
    assert.match(line, /brought by mallory@contoso.com on 2026-10-20T08:00:00Z \(Update application\)\. Find out/);
    assert.ok(!line.includes("\n"));
  });
});

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: "2026-10-20T08:00:00.123Z",
    activity: "Update application",
    by: "mallory@contoso.com",
    targets: [OBJECT_ID],
    before: "[]",
    after: "[]",
    ...changes,
  };
}

describe("who changed something", () => {
  const who = (audit: AuditEntry[] | null) => whoChanged(audit, OBJECT_ID, "mark", /update/i);

  it("must be whoever brought the mark, not whoever wrote it back later", () => {
    const brought = entry({ after: "[mark]", by: "mallory" });
    const kept = entry({ at: "2026-10-21T08:00:00Z", before: "[mark]", after: "[mark, other]", by: "alice" });
    assert.match(who([kept, brought]), /^, brought by mallory on 2026-10-20T08:00:00Z/);
  });

  it("must be the last who brought it, where it came twice", () => {
    const first = entry({ after: "[mark]", by: "first" });
    const second = entry({ at: "2026-10-22T08:00:00Z", after: "[mark]", by: "second" });
    assert.match(who([second, first]), /brought by second/);
  });

  it("must be the last of such changes where no entry names the mark, in words that say so", () => {
    const entries = [entry({ by: "first" }), entry({ at: "2026-10-23T08:00:00Z", by: "last" })];
    assert.match(who(entries), /^, last changed by last on 2026-10-23/);
  });

  it("must not be somebody who changed another object, or something else", () => {
    const unknown = /who is not known: the audit log does not tell/;
    assert.match(who([entry({ targets: [PRINCIPAL_OBJECT_ID], after: "[mark]" })]), unknown);
    assert.match(who([entry({ activity: "Add owner to application" })]), unknown);
  });

  it("must be unknown, for that reason, where the log may not be read", () => {
    assert.match(who(null), /who is not known: the pipeline may not read the audit log/);
  });
});
