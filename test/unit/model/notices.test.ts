/** What is worth knowing of a server and no difference from its declaration. */
import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { noticesOf } from "../../../model/diagnostics/notices";
import { certificateLabel } from "../../../model/server/labels";
import type { ObservedTenantRoles } from "../../../model/server/observation";
import { SUPPORT_ENDS, supportEnd, compareVersions } from "../../../model/server/versions";
import { account, ACCOUNT, before, leave, managed, NOTICE_CASES, type NoticeCase } from "../../helpers/notice-cases";
import { APP_ID, assess, expectation, healthy, IDENTITY, OTHER_APP_ID, OTHER_SHA256 } from "../../helpers/observations";
import { words } from "../../helpers/remedies";

const NOBODY: ObservedTenantRoles = {
  holders: [],
  managedApplications: [],
  directoryRoles: [],
  syncAccounts: [],
  unread: [],
};

async function noticed({ facts: change = () => undefined, policy = {}, roles = {}, fleet = [] }: NoticeCase) {
  const { facts } = await healthy();
  facts.legacyAccountName = ACCOUNT;
  change(facts);
  const reference = { identity: IDENTITY, generation: 1, adoptedSha256: "" };
  const declared = { ...CERTIFICATE_DEFAULTS, ...policy };
  const seen = [{ server: "sync01", host: facts }, ...fleet];
  const tenant = roles && { ...NOBODY, ...roles };
  return noticesOf({ server: "sync01", facts, reference, policy: declared, roles: tenant, fleet: seen });
}

describe("a notice", () => {
  for (const [code, cases] of Object.entries(NOTICE_CASES)) {
    for (const [what, example] of Object.entries(cases)) {
      it(`must be ${code}, and no other, where ${what}`, async () => {
        const found = await noticed(example);
        assert.deepEqual(
          found.map((notice) => notice.code),
          [code],
        );
        assert.equal(found[0].severity, "notice");
        assert.match(formatDiagnostic(found[0]), new RegExp(`^sync01: ${code}: [^\\n]+\\.`));
        assert.doesNotMatch(formatDiagnostic(found[0]), /undefined|null|NaN/);
      });
    }
  }

  it("must not be told of a healthy server", async () => {
    assert.deepEqual(await noticed({}), []);
  });

  it("must not be a finding: that would make a drift alarm red", async () => {
    const { facts, application } = await healthy();
    facts.product.cmdlets["Add-ADSyncApplicationRegistration"] = [];
    before(facts, 5);
    assert.deepEqual(assess(facts, application, expectation(), 1), []);
  });

  for (const [what, example] of Object.entries<NoticeCase>({
    "a rotation window that is 31 days away": { facts: (facts) => before(facts, 31) },
    "a rotation that is due, which is a finding": { facts: (facts) => before(facts, -1) },
    "a version that is not in the table": {
      facts: (facts) =>
        Object.assign(facts.product, { version: "2.9.0.0" }) && (facts.takenAt = "2030-01-01T00:00:00Z"),
    },
    "common parameters, in whatever order and case": {
      facts: ({ product }) =>
        void (product.cmdlets["Add-ADSyncApplicationRegistration"] = [
          ...["applicationappid", "Verbose", "ErrorAction", "CertificateSHA256Hash"],
        ]),
    },
    "another server's certificate": {
      facts: (facts) => leave(facts, certificateLabel({ ...IDENTITY, server: "sync02" }, 2)),
    },
    "somebody else's certificate": { facts: (facts) => leave(facts, "web server") },
    "another generation that the connector is on: a switch is still to come": {
      facts: (facts) => {
        leave(facts, certificateLabel(IDENTITY, 2));
        facts.connector.certificateSha256 = OTHER_SHA256;
      },
    },
    "another server's account": {
      roles: { syncAccounts: [{ id: "1", name: "Sync_SYNC02_ffffffffffff@contoso.com" }] },
    },
    "an account that the connector uses": {
      facts: ({ connector }) => void Object.assign(connector, { identityType: "ServiceAccount", appId: null }),
      roles: { syncAccounts: [account] },
    },
    "a managed application that the connector uses": {
      roles: { managedApplications: [{ ...managed, appId: APP_ID }] },
    },
    "a managed application of a computer whose name begins alike": {
      roles: { managedApplications: [{ ...managed, name: "ConnectSyncProvisioning_SYNC011_0123456789ab" }] },
    },
    "a tenant that may not be read": { roles: null },
    "users that may not be read": { roles: { syncAccounts: null } },
  })) {
    it(`must not be told of ${what}`, async () => {
      assert.deepEqual(await noticed(example), []);
    });
  }

  it("must say the command that removes a certificate that is left, by its thumbprint", async () => {
    const [{ remedy }] = await noticed({ facts: (facts) => leave(facts, certificateLabel(IDENTITY, 2)) });
    assert.match(words(remedy), /Remove-Item -Path Cert:\\LocalMachine\\My\\(AB){20} -DeleteKey$/);
  });

  it("must say the command that removes what is left, by name", async () => {
    const found = await noticed({ roles: { syncAccounts: [account], managedApplications: [managed] } });
    assert.match(
      words(found[0].remedy),
      new RegExp(`npx connect-sync-identity remove-legacy-account sync01 --name ${ACCOUNT} --stack prod$`),
    );
    assert.match(words(found[1].remedy), new RegExp(`az ad app delete --id ${OTHER_APP_ID}$`));
  });
});

describe("the table of support ends", () => {
  it("must hold days in the order of the versions", () => {
    const versions = Object.keys(SUPPORT_ENDS);
    assert.deepEqual([...versions].sort(compareVersions), versions);
    const days = Object.values(SUPPORT_ENDS);
    assert.deepEqual([...days].sort(), days);
    assert.ok(days.every((day) => new Date(`${day}T00:00:00Z`).toJSON().startsWith(day)));
  });

  it("must not guess of a version that it does not hold", () => {
    assert.equal(supportEnd("2.6.84.1"), null);
  });
});
