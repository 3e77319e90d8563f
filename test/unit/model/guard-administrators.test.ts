/** A connector whose account is an administrator's, and the account of the installation. */
import assert from "node:assert/strict";
import {
  ADMINISTRATOR_ROLES,
  administrativeConnectors,
  installerNotices,
} from "../../../model/guard/guard-administrators";
import type { SeenServer } from "../../../model/server/in-use";
import { administrator } from "../../helpers/notice-cases";
import { APP_ID, connectorOn } from "../../helpers/observations";
import { words } from "../../helpers/remedies";

const ACCOUNT = "svc-sync@contoso.com";
const [GLOBAL, HYBRID] = ADMINISTRATOR_ROLES.map(({ name }) => name);
const seen = (connector: Partial<ReturnType<typeof connectorOn>>): SeenServer => ({
  server: "sync01",
  host: { computerName: "SYNC01", legacyAccountName: null, connector: { ...connectorOn(APP_ID), ...connector } },
});
const onAccount = seen({ identityType: "ServiceAccount", userName: ACCOUNT.toUpperCase(), appId: null });

describe("a connector on an administrator's account", () => {
  it("must be found with each role of the account, and with the way out of it", () => {
    const administrators = [GLOBAL, HYBRID, HYBRID].map((role) => administrator(ACCOUNT, role));
    const [found, ...more] = administrativeConnectors({ administrators }, { fleet: [onAccount] });
    assert.deepEqual([found.code, found.removal, more], ["connector-account-administrator", null, []]);
    assert.match(
      found.actual,
      /sync01 signs in as SVC-SYNC@CONTOSO\.COM, which is Global Administrator and Hybrid Identity/,
    );
    assert.match(words(found.remedy), /pulumi up.*deprivilege-account SVC-SYNC@CONTOSO\.COM --administrator/);
  });

  it("must not be found of another account, of an application, of a server that was not observed, or without the read", () => {
    const administrators = [administrator(ACCOUNT, GLOBAL)];
    const application = { ...administrator(ACCOUNT, GLOBAL), appId: APP_ID };
    const none = (fleet: SeenServer[], holders: typeof administrators | null = administrators) =>
      assert.deepEqual(administrativeConnectors({ administrators: holders }, { fleet }), []);
    none([seen({ identityType: "ServiceAccount", userName: "svc-sync@fabrikam.com" })]);
    none([seen({ userName: ACCOUNT })]);
    none([{ server: "sync01", host: null }]);
    none([onAccount], [application]);
    none([onAccount], null);
  });
});

describe("the role of the installation", () => {
  const notices = (fleet: SeenServer[], names: string[], role = HYBRID) =>
    installerNotices({ administrators: names.map((name) => administrator(name, role)) }, fleet).map(
      ({ actual }) => actual,
    );

  it("must be one notice of the tenant, as long as a server signs in with an account", () => {
    const [text, ...more] = notices([onAccount, onAccount], ["b@contoso.com", "a@contoso.com", "a@contoso.com"]);
    assert.deepEqual(more, []);
    assert.match(text, /^a@contoso\.com, b@contoso\.com: the role Hybrid Identity Administrator/);
    assert.match(notices([onAccount], [..."abcdefg"])[0], /^a, b, c, d, e and 2 more:/);
  });

  it("must be no notice once every server signs in as an application, or if it is another role", () => {
    assert.deepEqual(notices([seen({})], ["a@contoso.com"]), []);
    assert.deepEqual(notices([onAccount], []), []);
    assert.deepEqual(notices([onAccount], ["a@contoso.com"], GLOBAL), []);
  });
});
