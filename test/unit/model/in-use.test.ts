/** Nothing is proposed to be removed, nor removed, that the connector of a declared server signs in with. */
import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { noticesOf } from "../../../model/diagnostics/notices";
import { assessCredentials } from "../../../model/guard/application-guard";
import { assessRoleHolders, DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import { choiceOf, useOf, type Removable, type SeenServer } from "../../../model/server/in-use";
import type { ObservedTenantRoles } from "../../../model/server/observation";
import { declaration, foreignKey, STRANGER, viewOf } from "../../helpers/guarded";
import { words } from "../../helpers/remedies";
import {
  APP_ID,
  connectorOn,
  healthy,
  IDENTITY,
  OTHER_APP_ID,
  OTHER_SHA256,
  PIPELINE_OBJECT_ID,
  PRINCIPAL_OBJECT_ID,
  SYNC_ROLE_ID,
  tenantRoles,
} from "../../helpers/observations";

/** What removes something, as a person would paste it. */
const REMOVAL =
  /az [a-z ]*(delete|DELETE)|--method DELETE|Remove-|(remove-legacy|deprivilege)-account|Remove the role from it/;

const unseen: SeenServer = { server: "sync02", host: null };
const other = (connector: ReturnType<typeof connectorOn>): SeenServer => {
  return { server: "sync02", host: { computerName: "SYNC02", connector, legacyAccountName: null } };
};
const onOther = other(connectorOn(OTHER_APP_ID));
const elsewhere = other(connectorOn("33333333-2222-4333-8444-555555555555"));
const onAccount = (userName: string) => other(connectorOn(null, { userName }));

const ACCOUNT = "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com";
const FORMER = "Sync_OLD01_0123456789ab@contoso.onmicrosoft.com";
const managed = { id: STRANGER, appId: OTHER_APP_ID, name: "ConnectSyncProvisioning_SYNC01_0123456789ab" };
const holder = { id: STRANGER, name: "Contoso Entra Connect Sync", assignmentId: "a", appId: OTHER_APP_ID };
const user = { id: STRANGER, name: "svc-sync@contoso.com", assignmentId: "b", role: DIRECTORY_ROLES[0].name };
const earlier = { owners: [PIPELINE_OBJECT_ID], roles: [SYNC_ROLE_ID] };

async function noticeRemedy(roles: Partial<ObservedTenantRoles>, fleet: SeenServer): Promise<string> {
  const { facts } = await healthy();
  const reference = { identity: IDENTITY, generation: 1, adoptedSha256: "" };
  const seen = [{ server: "sync01", host: facts }, fleet];
  const from = {
    server: "sync01",
    passwordWriteback: false,
    facts,
    reference,
    policy: CERTIFICATE_DEFAULTS,
    fleet: seen,
  };
  const [{ remedy }] = noticesOf({ ...from, roles: tenantRoles(roles) });
  return words(remedy);
}

function holderRemedy(roles: ObservedTenantRoles, fleet: SeenServer, expires?: string): string {
  const allowed = expires === undefined ? [] : [{ id: STRANGER, reason: "pilot", expires }];
  const declared = { principals: [PRINCIPAL_OBJECT_ID], allowed, fleet: [fleet], used: [], today: "2026-11-21" };
  return words(assessRoleHolders(roles, declared, [])[0].remedy);
}

async function keyRemedy(of: "application" | "principal", fleet: SeenServer): Promise<string> {
  const view = await viewOf(1);
  const { keys } = of === "application" ? view.application : view.application.principal!;
  keys.push(foreignKey());
  view.fleet.push(fleet);
  const [{ remedy, removal }] = assessCredentials(view, declaration({ policy: "enforce" }), earlier);
  const text = words(remedy);
  assert.equal(removal === null, !/To remove it/.test(text), "what is not proposed is not done either");
  return text.replace(/.*To remove it.*/, "az ad app credential delete");
}

const usesKey = other(connectorOn(APP_ID, { certificateSha256: foreignKey().sha256 }));

/** Each removal that is proposed: free, used by another declared server, and with that one unobserved. */
const PROPOSALS: Record<string, { remedy(fleet: SeenServer): string | Promise<string>; user: SeenServer | null }> = {
  "the product's own application of a server": {
    remedy: (fleet) => noticeRemedy({ managedApplications: [managed] }, fleet),
    user: onOther,
  },
  "the password account of a server": {
    remedy: (fleet) => noticeRemedy({ syncAccounts: [{ id: "1", name: ACCOUNT }] }, fleet),
    user: onAccount(ACCOUNT.toUpperCase()),
  },
  // What a declared server signs in with may synchronise: it is no finding, so that nothing is proposed.
  "the synchronisation role of an application": {
    remedy: (fleet) => holderRemedy(tenantRoles({ holders: [holder] }), fleet),
    user: null,
  },
  "a role that was allowed until a day that has passed": {
    remedy: (fleet) => holderRemedy(tenantRoles({ holders: [holder] }), fleet, "2026-01-01"),
    user: null,
  },
  "the directory role of an account": {
    remedy: (fleet) => holderRemedy(tenantRoles({ directoryRoles: [user] }), fleet),
    user: null,
  },
  "the directory role of a former machine's account": {
    remedy: (fleet) => holderRemedy(tenantRoles({ directoryRoles: [{ ...user, name: FORMER }] }), fleet),
    user: null,
  },
  "the directory role of an application": {
    remedy: (fleet) => holderRemedy(tenantRoles({ directoryRoles: [{ ...user, appId: OTHER_APP_ID }] }), fleet),
    user: onOther,
  },
  "a key of an application": { remedy: (fleet) => keyRemedy("application", fleet), user: usesKey },
  "a key of a service principal": { remedy: (fleet) => keyRemedy("principal", fleet), user: usesKey },
};

describe("a removal", () => {
  for (const [what, { remedy, user }] of Object.entries(PROPOSALS)) {
    if (user) {
      it(`must not be proposed while another declared server signs in with it: ${what}`, async () => {
        const text = await remedy(user);
        assert.match(text, /^Do not remove it: the connector of sync02 signs in with it\./);
        assert.doesNotMatch(text, REMOVAL);
      });
    }

    it(`must not be proposed while a declared server could not be observed, which is said: ${what}`, async () => {
      const text = await remedy(unseen);
      assert.match(text, /not known .*, because sync02 was not observed/);
      assert.doesNotMatch(text, REMOVAL);
    });

    it(`must be proposed where every declared server signs in with something else: ${what}`, async () => {
      assert.match(await remedy(elsewhere), REMOVAL);
    });
  }
});

describe("what is in use", () => {
  const application: Removable = { kind: "application", appId: OTHER_APP_ID };

  it("must be known by the connector's user name too, which carries the application's id", () => {
    const named = other(connectorOn(OTHER_APP_ID, { appId: null }));
    assert.deepEqual(useOf(application, [named]), { kind: "used", by: ["sync02"] });
  });

  it("must name every server that uses it, and win over one that was not observed", () => {
    const use = useOf(application, [unseen, { ...onOther, server: "sync03" }, { ...onOther, server: "sync04" }]);
    assert.deepEqual(use, { kind: "used", by: ["sync03", "sync04"] });
    assert.deepEqual(choiceOf(use, "free"), { values: { by: "sync03 and sync04", why: "" }, remedy: "used" });
  });

  it("must not be known of an application whose id could not be read, while a connector is on one", () => {
    const unreadable: Removable = { kind: "application", appId: null };
    assert.equal(useOf(unreadable, [elsewhere]).kind, "unknown");
    assert.equal(useOf(unreadable, [onAccount(ACCOUNT)]).kind, "free");
  });

  it("must not be known of a key that Entra does not show, while a connector uses a key that is not known", () => {
    const hidden = (others: (string | null)[]): Removable => ({ kind: "key", sha256: null, appId: APP_ID, others });
    const connector = other(connectorOn(APP_ID, { certificateSha256: OTHER_SHA256 }));
    assert.equal(useOf(hidden([null]), [connector]).kind, "unknown");
    assert.equal(useOf(hidden([null, OTHER_SHA256.toUpperCase()]), [connector]).kind, "free");
    assert.equal(useOf(hidden([null]), [elsewhere]).kind, "free");
  });

  it("must not be an account that an application's connector has the name of", () => {
    const { connector } = onOther.host!;
    assert.equal(useOf({ kind: "account", userName: connector.userName }, [onOther]).kind, "free");
  });
});
