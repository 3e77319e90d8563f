/** Statements of the report about what could not be observed, and what it says of itself. */
import assert from "node:assert/strict";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { shortMarkdown } from "../../../cli/report/report-short";
import { organizationWords, stateWords, synchronisedWords, toolWords } from "../../../cli/report/report-words";
import { problem } from "../../helpers/observations";
import { applicationOf, forget, hostOf, nameOf, report, reportFacts, unobserve } from "./report-facts";

const ROLE = "Directory Synchronization Accounts";

/** Page and Markdown of one document, the page without its markup. */
function formsOf(document: ReturnType<typeof report>): string[] {
  const page = reportPage(document).split("</head>")[1];
  return [page.replace(/<[^>]*>/g, "").replace(/\s+/g, " "), reportMarkdown(document).replaceAll("`", "")];
}

describe("what a report could not observe", () => {
  it("directory roles that were not read must leave it open who may synchronise, in every form", async () => {
    const facts = await reportFacts(1);
    Object.assign(facts.roles.roles!, { directoryRoles: null, unread: ["RoleManagement.Read.Directory"] });
    const document = report(facts);
    for (const text of [...formsOf(document), shortMarkdown(document)]) {
      assert.match(text, /who may by a directory role could not be read/);
      assert.doesNotMatch(text, /No undeclared identity|Identities that may synchronise/);
    }
    facts.roles.roles!.holders = [];
    for (const text of formsOf(report(facts)))
      assert.match(text, /No application may synchronise into this tenant yet;/);
  });

  it("roles whose service could not be read must not be called missing", async () => {
    const facts = { ...(await reportFacts(1)), roleIds: {} };
    const [{ chain }] = report(facts).servers;
    assert.deepEqual([chain[5].text, chain[5].detail], ["Roles not resolved", "1 held"]);
  });

  it("a disabled service principal must not be said to be able to synchronise", async () => {
    const facts = await reportFacts(1);
    applicationOf(facts).principal!.accountEnabled = false;
    assert.equal(report(facts).servers[0].chain[5].text, "Disabled");
  });

  it("an application without a service principal must not have a disabled one", async () => {
    const facts = await reportFacts(1);
    applicationOf(facts).principal = null;
    assert.match(formsOf(report(facts))[0], /Service principal none found/);
  });

  it("an access list that could not be read must not be an empty one", async () => {
    const facts = await reportFacts(1);
    hostOf(facts).certificates[0].acl = null;
    assert.match(formsOf(report(facts))[0], /May use the key could not be read/);
  });

  it("a server that is not set up must not be counted as one that does not differ", async () => {
    const facts = forget(await reportFacts(1), 1);
    facts.servers[nameOf(1)].observation.tenant = { application: null, problem: null };
    hostOf(facts).certificates = [];
    const userName = "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com";
    Object.assign(hostOf(facts).connector, { identityType: "ServiceAccount", userName, appId: null });
    hostOf(facts).connector.certificateSha256 = null;
    facts.roles.roles!.holders = [];
    const document = report(facts);
    assert.deepEqual([document.servers[0].status, document.findings], ["planned", []]);
    for (const text of formsOf(document)) assert.match(text, /Nothing that is set up differs from the declaration/);
  });

  it("two reports that do not differ must only speak of what both observed", async () => {
    const facts = await reportFacts(1);
    for (const text of formsOf(report(facts, report(facts)))) {
      assert.match(text, /Nothing that both reports observed has changed/);
    }
  });
});

describe("the server of what is left over", () => {
  it("an application or account that is left over must name its server, or that it belongs to none", async () => {
    const facts = await reportFacts(2);
    const { roles } = facts.roles;
    const own = { appId: "12345678-3333-4333-8444-555555555555", name: "ConnectSyncProvisioning_SYNC02_0123456789ab" };
    const id = "99999999-3333-4333-8444-555555555555";
    roles!.managedApplications.push({ id, ...own });
    roles!.holders.push({ id, ...own, assignmentId: "a" });
    const former = "Sync_OLD01_0123456789ab@contoso.onmicrosoft.com";
    const account = { id: "99999999-4444-4333-8444-555555555555", name: former };
    roles!.directoryRoles = [{ ...account, assignmentId: "b", role: ROLE }];
    roles!.syncAccounts = [
      account,
      { id: "99999999-5555-4333-8444-555555555555", name: "Sync_SYNC02_2@contoso.onmicrosoft.com" },
    ];
    const of = (text: string, name: string) => text.slice(text.lastIndexOf(name), text.lastIndexOf(name) + 400);
    for (const text of formsOf(report(facts))) {
      assert.match(of(text, own.name), /named as one of sync02, which does not prove that it is/);
      assert.match(of(text, former), /of no declared server/);
      assert.match(of(text, "Sync_SYNC02_2@"), /sync02/);
    }
    unobserve(facts, 1, problem({ subject: nameOf(1) }));
    for (const text of formsOf(report(facts))) {
      assert.match(of(text, former), /of no declared server that was observed \(not observed: 1\)/);
    }
  });
});

describe("what a report says of itself", () => {
  it("every form must name tenant, version, commit, time and the state's last update", async () => {
    const document = report(await reportFacts(1));
    assert.equal(document.stateUpdatedAt, "2026-09-30T08:15:30Z");
    for (const text of formsOf(document)) {
      for (const part of [
        "Contoso Ltd, contoso.onmicrosoft.com",
        "0.1.0, commit 0123456789ab",
        "2026-10-01T12:00:00Z",
      ]) {
        assert.ok(text.includes(part), part);
      }
      assert.match(text, /30 Sep 2026, 08:15 UTC/);
      assert.match(text, /Last synchronisation into the tenant[^]{1,30}1 Oct 2026, 11:42 UTC/);
    }
    assert.match(shortMarkdown(document), /tenant `Contoso Ltd, contoso\.onmicrosoft\.com`/);
  });

  it("a tenant whose name could not be read must say why, and name the permission", async () => {
    const unread = "the permission Organization.Read.All is missing";
    const document = report({
      ...(await reportFacts(1)),
      organization: { name: null, domain: null, lastSynchronisation: null, unread, forbidden: true },
    });
    assert.equal(organizationWords(document), `name not read: ${unread}`);
    assert.deepEqual(document.tenant.unread, [
      { permission: "Organization.Read.All", purpose: "the tenant's name, domain and last synchronisation" },
    ]);
    assert.equal(document.healthy, true);
    for (const text of formsOf(document)) assert.ok(text.includes(unread));
  });

  it("a changed clone must be called modified, and a package have no commit to be modified", () => {
    const tool = { version: "0.1.0", commit: "0123456789abcdef", modified: true };
    assert.equal(toolWords({ tool }), "0.1.0, commit 0123456789ab, modified");
    assert.equal(toolWords({ tool: { ...tool, commit: null, modified: null } }), "0.1.0");
    assert.equal(toolWords({ tool: null }), "not recorded");
    const organization = { name: null, domain: null, lastSynchronisation: null, unread: null };
    assert.equal(synchronisedWords({ organization }), "Entra shows none");
    assert.equal(synchronisedWords({ organization: { ...organization, unread: "forbidden" } }), "not read");
    assert.equal(stateWords({ stateUpdatedAt: null }), "no run has written any");
  });
});
