/** The guard of a server as a pure function: each stranger is found, and what is ours is never accused. */
import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { AREAS, registrationOf, type GuardFindingCode } from "../../../model/diagnostics/registry";
import { whoChanged, type AuditEntry } from "../../../model/guard/guard-audit";
import { assessCredentials } from "../../../model/guard/application-guard";
import { credentialView, type CredentialView } from "../../../model/guard/guard-view";
import type { ObservedApplication } from "../../../model/server/observation";
import { generationFacts } from "../../helpers/certificates";
import { earlier, GUARD_CASES, PRODUCT_GUARD_CASES, stranger, type GuardChange } from "../../helpers/guard-cases";
import { declaration, foreignKey, foreignSecret, STRANGER, viewOf, guardInputs } from "../../helpers/guarded";
import {
  APP_ID,
  application,
  connectorOn,
  hostFacts,
  IDENTITY,
  OBJECT_ID,
  observation,
  OTHER_SHA256,
  PIPELINE_OBJECT_ID,
  PRINCIPAL_OBJECT_ID,
  problem,
  SYNC_ROLE_ID,
} from "../../helpers/observations";
import { nextCredentialGuard } from "../../../model/guard/guard-state";
import { words } from "../../helpers/remedies";

async function changed(change: GuardChange): Promise<CredentialView & { application: ObservedApplication }> {
  const view = await viewOf(1);
  change(view.application, view.application.principal!, view);
  return view;
}

const codesOf = (view: CredentialView, changes = {}, before: typeof earlier | null = earlier) =>
  assessCredentials(view, declaration(changes), before).map(({ code }) => code);

describe("the guard of a server", () => {
  it("the guard must find nothing if nothing is foreign, and nothing before there is an application", async () => {
    assert.deepEqual(codesOf(await viewOf(1)), []);
    assert.deepEqual(codesOf({ application: null, host: null, fleet: [], audit: null }), []);
  });

  for (const [code, cases] of Object.entries({ ...GUARD_CASES, ...PRODUCT_GUARD_CASES })) {
    for (const [what, change] of Object.entries(cases ?? {})) {
      it(`the guard must find ${code}: ${what}`, async () => {
        const view = await changed(change);
        const found = assessCredentials(view, declaration(), earlier);
        assert.deepEqual(
          found.map((finding) => finding.code),
          [code],
        );
        const [finding] = found;
        for (const text of [finding.expected, finding.actual, words(finding.remedy)]) assert.notEqual(text, "");
        const { cure } = registrationOf(finding.code);
        assert.equal(finding.removal !== null, cure === "removal" || code in PRODUCT_GUARD_CASES);
      });
    }
  }

  it("the cases above must cover each finding of a server's guard", () => {
    const tenant = [
      ...["role-holder-foreign", "role-holder-expired", "directory-role-foreign", "legacy-account-left"],
      "connector-account-administrator",
    ];
    assert.deepEqual(
      Object.keys(AREAS.guard).filter((code) => !(code in GUARD_CASES || code in PRODUCT_GUARD_CASES)),
      tenant,
    );
  });
});

describe("an application of the product", () => {
  const product = async (
    change: (view: CredentialView & { application: ObservedApplication }) => void = () => undefined,
  ) => {
    const view = await viewOf(1);
    view.application.keys.unshift(foreignKey());
    view.product = { used: view.application.keys[1].sha256, former: foreignKey().sha256 };
    change(view);
    return view;
  };
  const removals = (view: CredentialView, policy: "report" | "enforce") =>
    nextCredentialGuard(undefined, guardInputs(view, { policy, ofProduct: true })).removals;

  it("the key that an own certificate replaced must go under both policies, and any other under enforce only", async () => {
    assert.deepEqual(removals(await product(), "report"), [{ kind: "key", id: STRANGER }]);
    const other = await product((view) => (view.product!.former = null));
    assert.deepEqual(codesOf(other), ["key-foreign"]);
    assert.deepEqual(removals(other, "report"), []);
    assert.deepEqual(removals(other, "enforce"), [{ kind: "key", id: STRANGER }]);
  });

  it("the key that a connector uses must stay, and be no finding before the switch to the own certificate", async () => {
    const before = await product((view) => {
      view.product = { used: foreignKey().sha256, former: foreignKey().sha256 };
      view.fleet[0].host!.connector.certificateSha256 = foreignKey().sha256;
    });
    assert.deepEqual(codesOf(before), []);
    const others = await product((view) => view.fleet.push({ server: "sync02", host: null }));
    assert.deepEqual(codesOf(others), ["key-foreign"]);
    assert.deepEqual(removals(others, "enforce"), []);
  });

  it("its settings, owners and roles must be no finding, as they are the product's", async () => {
    const view = await product(({ application }) => {
      Object.assign(application, { lock: false, owners: [], signInAudience: "AzureADMultipleOrgs" });
      application.principal!.appRoles = [];
      application.keys.shift();
    });
    assert.deepEqual(codesOf(view), []);
  });
});

describe("a key of a server's own", () => {
  it("a server's own key must not be reported during an unfinished rotation with two certificates on the host", async () => {
    assert.deepEqual(codesOf(await viewOf(1, 2)), []);
  });

  it("a key that a CA named must not be reported if neither server nor state can say whose it is", async () => {
    const view = { ...(await viewOf(1)), host: null };
    view.application.keys[0].subject = "CN=SYNC01.contoso.com";
    assert.deepEqual(codesOf(view, { keys: null }), ["key-foreign"]);
    assert.deepEqual(codesOf(view, { keys: null, namedByAuthority: true }), []);
    assert.deepEqual(codesOf(view, { keys: ["another"], namedByAuthority: true }), ["key-foreign"]);
  });

  it("a server's own key must not be reported if its certificate is gone from the host and state knows its id", async () => {
    const view = await viewOf(1, 2);
    const keys = [view.application.keys[0].keyId];
    view.host!.certificates.shift();
    assert.deepEqual(codesOf(view, { keys }), []);
    assert.deepEqual(codesOf(view), ["key-foreign"]);
  });

  it("a key with the server's name must not be reported while the host is not observed; any other is, but is not removed", async () => {
    const view = await viewOf(1);
    view.host = null;
    assert.deepEqual(codesOf(view), []);
    view.application.keys.push(foreignKey());
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.deepEqual([finding.code, finding.removal], ["key-foreign", null]);
  });

  it("a key with the server's former name must not be reported", async () => {
    const former = { ...IDENTITY, server: "old01" };
    const { sha256, subject } = await generationFacts(former, 1);
    const view = await viewOf(1);
    view.host = null;
    view.application.keys.push(foreignKey({ sha256, subject }));
    assert.deepEqual(codesOf(view), ["key-foreign"]);
    assert.deepEqual(codesOf(view, { identities: [IDENTITY, former] }), []);
  });

  it("an adopted key that was created by hand must not be reported", async () => {
    const view = await viewOf(1);
    view.application.keys.push(foreignKey());
    view.host!.certificates.push(foreignKey().sha256!);
    assert.deepEqual(codesOf(view), []);
  });
});

describe("a key without a certificate", () => {
  it("a key without a certificate must be removed if the connector uses no certificate either", async () => {
    const view = await viewOf(1);
    view.application.keys.push(foreignKey({ sha256: null, endDateTime: null as never }));
    view.fleet = [];
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.deepEqual(finding.removal, { kind: "key", id: STRANGER });
    assert.match(finding.actual, /a key that cannot be read, "CN=backdoor", until an unknown day/);
  });
});

describe("a foreign key in use by the connector", () => {
  it("a foreign key that the connector uses must be reported, but not removed: the server would stop", async () => {
    const view = await viewOf(1);
    view.application.keys.push(foreignKey());
    view.fleet[0].host!.connector.certificateSha256 = foreignKey().sha256;
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.deepEqual([finding.code, finding.removal], ["key-foreign", null]);
    assert.match(finding.actual, /which the connector of sync01 uses/);
    assert.match(words(finding.remedy), /^Do not remove it: the connector of sync01 signs in with it\./);
  });
});

describe("declared values of this run", () => {
  it("an owner or a role must not be reported as missing before an up assigned it", async () => {
    const view = await viewOf(1);
    assert.deepEqual(codesOf(view, { owners: [PIPELINE_OBJECT_ID, STRANGER], roles: [SYNC_ROLE_ID, STRANGER] }), []);
  });

  it("a declared value must not be reported as foreign, with or without an earlier run", async () => {
    const view = await viewOf(1);
    assert.deepEqual(codesOf(view, {}, null), []);
    assert.deepEqual(codesOf(view, {}, { owners: [], roles: [] }), []);
  });

  it("an owner of the service principal must be accepted if application or principal declares it", async () => {
    const view = await viewOf(1);
    view.application.principal!.owners = [stranger];
    assert.deepEqual(codesOf(view, { principalOwners: [STRANGER] }), []);
    assert.deepEqual(codesOf(view, { principalOwners: [] }, { ...earlier, owners: [...earlier.owners, STRANGER] }), []);
    assert.deepEqual(codesOf(view, { principalOwners: [] }), ["owner-foreign"]);
  });

  it("a missing owner or role must be reported even if another one is present", async () => {
    const view = await viewOf(1);
    const more = { owners: [PIPELINE_OBJECT_ID, STRANGER], roles: [SYNC_ROLE_ID, STRANGER] };
    assert.deepEqual(codesOf(view, more, more), ["owner-missing", "role-missing"]);
  });

  it("no delegated permission must be found if they cannot be read", async () => {
    const view = await viewOf(1);
    view.application.principal!.delegatedScopes = null;
    assert.deepEqual(codesOf(view), []);
  });

  it("a value must not be reported as foreign in the run that removes it", async () => {
    const view = await viewOf(1);
    view.application.owners.push(stranger);
    const role = { id: "a", appRoleId: STRANGER, resourceId: "g", resourceName: "Password reset" };
    view.application.principal!.appRoles.push(role);
    const before = { owners: [PIPELINE_OBJECT_ID, STRANGER], roles: [SYNC_ROLE_ID, STRANGER] };
    assert.deepEqual(codesOf(view, {}, before), []);
  });

  it("lock, owner, role and principal must not be reported as missing if the guard is new: the same run sets them", async () => {
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
    it(`a finding must name its command: ${code}`, async () => {
      const [change] = Object.values(GUARD_CASES[code as GuardFindingCode]!);
      const [finding] = assessCredentials(await changed(change), declaration(), earlier);
      assert.match(words(finding.remedy), command);
    });
  }

  it("a finding must say that pulumi up removes the credential under the policy enforce", async () => {
    const view = await changed((application) => application.secrets.push(foreignSecret));
    const [finding] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
    assert.match(words(finding.remedy), /To remove it: pulumi up --stack prod$/);
  });

  it("a finding must be one line with server, code, expectation and author", async () => {
    const view = await changed((application) => application.secrets.push(foreignSecret));
    view.audit = [entry({ after: `[KeyIdentifier=${STRANGER}]` })];
    const line = formatDiagnostic(assessCredentials(view, declaration(), earlier)[0]);
    assert.match(line, /^sync01: secret-foreign: expected no client secret, found secret 12345678-\S+ \("backdoor", /);
    assert.match(line, /added by mallory@contoso.com on 2026-10-20T08:00:00Z \(Update application\)\. Find out/);
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

describe("author of a change", () => {
  const who = (audit: AuditEntry[] | null) => whoChanged(audit, OBJECT_ID, "mark", /update/i);

  it("the author must be whoever added the entry, not whoever wrote it back later", () => {
    const brought = entry({ after: "[mark]", by: "mallory" });
    const kept = entry({ at: "2026-10-21T08:00:00Z", before: "[mark]", after: "[mark, other]", by: "alice" });
    assert.match(who([kept, brought]), /^, added by mallory on 2026-10-20T08:00:00Z/);
  });

  it("the author must be the last one who added the entry, if it was added twice", () => {
    const first = entry({ after: "[mark]", by: "first" });
    const second = entry({ at: "2026-10-22T08:00:00Z", after: "[mark]", by: "second" });
    assert.match(who([second, first]), /added by second/);
  });

  it("the author must be the last one of such changes if no log entry names the value, and the words must say so", () => {
    const entries = [entry({ by: "first" }), entry({ at: "2026-10-23T08:00:00Z", by: "last" })];
    assert.match(who(entries), /^, last changed by last on 2026-10-23/);
  });

  it("a change of another object or of something else must not name an author", () => {
    const unknown = /who is not known: the audit log does not show it/;
    assert.match(who([entry({ targets: [PRINCIPAL_OBJECT_ID], after: "[mark]" })]), unknown);
    assert.match(who([entry({ activity: "Add owner to application" })]), unknown);
  });

  it("the author must be whoever the log records with the value as a target", () => {
    const added = entry({ targets: [OBJECT_ID, "mark"], activity: "Update owner", by: "adder" });
    const later = entry({ at: "2026-10-23T08:00:00Z", by: "last" });
    assert.match(who([added, later]), /added by adder/);
  });

  it("the author must be whoever added the value by such a change, not by another one", () => {
    const such = entry({ after: "[mark]", by: "such" });
    const other = entry({ at: "2026-10-23T08:00:00Z", after: "[mark]", activity: "Add owner", by: "other" });
    assert.match(who([such, other]), /added by such/);
  });

  it("the author must be the first entry of two with the same time: the log lists the newest first", () => {
    assert.match(who([entry({ by: "newer" }), entry({ by: "older" })]), /last changed by newer/);
  });

  it("a finding must not mention an author if the audit log was not requested", () => {
    assert.equal(whoChanged(undefined, OBJECT_ID, "mark", /update/i), "");
  });

  it("the author must be unknown, with that reason, if the log cannot be read", () => {
    assert.match(who(null), /who is not known: the pipeline may not read the audit log/);
  });
});

describe("the guard's view of a server", () => {
  const seen = async (...named: string[]) => {
    const [own, former, other] = await Promise.all(
      ["sync01", "old01", "sync02"].map((server) => generationFacts({ ...IDENTITY, server }, 1)),
    );
    const facts = { ...hostFacts(own), certificates: [own, former, other] };
    const identities = [IDENTITY, { ...IDENTITY, server: "old01" }];
    const view = credentialView(identities, named, observation(facts, application(own)), [
      { server: "sync01", host: facts },
      { server: "sync02", host: { ...facts, connector: connectorOn(null) } },
    ]);
    return { view, own: own.sha256, former: former.sha256 };
  };

  it("the guard must see the certificates with one of the server's names, and the servers whose connector uses one", async () => {
    const { view, own, former } = await seen();
    assert.deepEqual(view.host, { certificates: [own, former] });
    assert.deepEqual(
      view.fleet.map(({ server }) => server),
      ["sync01"],
    );
    assert.deepEqual([view.application?.appId, view.audit], [APP_ID, []]);
  });

  it("the guard must see a certificate that is declared by its hash", async () => {
    const { view, own, former } = await seen(OTHER_SHA256);
    assert.deepEqual(view.host?.certificates, [own, former, OTHER_SHA256]);
  });

  it("the guard must see no host if it was not observed", () => {
    const host = { facts: null, problem: problem() };
    const view = credentialView([IDENTITY], [OTHER_SHA256], { host, tenant: { application: null, problem: null } }, []);
    assert.deepEqual([view.host, view.application], [null, null]);
  });
});
