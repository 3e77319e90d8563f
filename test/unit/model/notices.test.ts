/** What is worth knowing of a server and no difference from its declaration. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../../../model/certificate/certificate-policy";
import { assess } from "../../../model/server/assessment";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import { formatNotice, NOTICES, noticesOf, type NoticeCode } from "../../../model/diagnostics/notices";
import { certificateLabel } from "../../../model/server/labels";
import type { ObservedTenantRoles } from "../../../model/server/observation";
import { SUPPORT_ENDS, supportEnd, compareVersions } from "../../../model/server/versions";
import { DAY } from "../../helpers/certificates";
import { APP_ID, expectation, healthy, IDENTITY, OTHER_APP_ID, OTHER_SHA256 } from "../../helpers/observations";

const ACCOUNT = "Sync_SYNC01_0123456789ab";
const NOBODY: ObservedTenantRoles = {
  holders: [],
  managedApplications: [],
  directoryRoles: [],
  syncAccounts: [],
  unread: [],
};

interface Case {
  facts?: (facts: HostObservation) => void;
  policy?: Partial<CertificatePolicy>;
  roles?: Partial<ObservedTenantRoles> | null;
}

async function noticed({ facts: change = () => undefined, policy = {}, roles = {} }: Case) {
  const { facts } = await healthy();
  facts.legacyAccountName = ACCOUNT;
  change(facts);
  const reference = { identity: IDENTITY, generation: 1, adoptedSha256: "" };
  const declared = { ...CERTIFICATE_DEFAULTS, ...policy };
  return noticesOf("sync01", facts, reference, declared, roles && { ...NOBODY, ...roles });
}

const before = (facts: HostObservation, days: number) =>
  void (facts.takenAt = new Date(Date.parse(facts.certificates[0].notAfter) - (180 + days) * DAY).toISOString());
/** A second certificate, with the label of an earlier or another one. */
const leave = ({ certificates }: HostObservation, label: string) =>
  void certificates.push({ ...certificates[0], label, sha256: OTHER_SHA256, thumbprint: "AB".repeat(20) });
const account = { id: "1", name: `${ACCOUNT}@contoso.onmicrosoft.com` };
const managed = { id: "2", appId: OTHER_APP_ID, name: "ConnectSyncProvisioning_SYNC01_0123456789ab" };

const CASES: Record<NoticeCode, Record<string, Case>> = {
  "expiry-ahead": {
    "the rotation window begins in 30 days": { facts: (facts) => before(facts, 30) },
    "it begins in a day": { facts: (facts) => before(facts, 1) },
  },
  "rotation-after-warning": {
    "rotateBefore is the product's own 150 days": { policy: { rotateBefore: "150 days" } },
    "it comes after 70 % of a longer lifetime": { policy: { lifetime: "730 days", rotateBefore: "200 days" } },
  },
  "version-support-ends": {
    "it ends within 90 days": {
      facts: (facts) => Object.assign(facts, { takenAt: "2027-07-01T00:00:00Z" }),
    },
    "it has ended": {
      facts: (facts) =>
        Object.assign(facts.product, { version: "2.5.79.0" }) && (facts.takenAt = "2026-11-01T00:00:00Z"),
    },
  },
  "cmdlet-parameters-changed": {
    "a cmdlet has one more": {
      facts: ({ product }) => void product.cmdlets["Add-ADSyncApplicationRegistration"].push("UserPrincipalName"),
    },
    "a cmdlet has one less": {
      facts: ({ product }) => void (product.cmdlets["Invoke-ADSyncApplicationCredentialRotation"] = []),
    },
  },
  "certificate-left": {
    "another generation lies beside the one in use": {
      facts: (facts) => leave(facts, certificateLabel(IDENTITY, 2)),
    },
  },
  "legacy-account-present": {
    "the tenant holds it": { roles: { syncAccounts: [account] } },
    "it is written in another case": { roles: { syncAccounts: [{ id: "1", name: account.name.toUpperCase() }] } },
  },
  "managed-application-left": {
    "the tenant holds one for this computer": { roles: { managedApplications: [managed] } },
  },
};

describe("a notice", () => {
  for (const [code, cases] of Object.entries(CASES)) {
    for (const [what, example] of Object.entries(cases)) {
      it(`must be ${code}, and no other, where ${what}`, async () => {
        const found = await noticed(example);
        assert.deepEqual(
          found.map((notice) => notice.code),
          [code],
        );
        assert.equal(found[0].level, "notice");
        assert.match(formatNotice("sync01", found[0]), new RegExp(`^sync01: ${code}: [^\\n]+\\.`));
        assert.doesNotMatch(formatNotice("sync01", found[0]), /undefined|null|NaN/);
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

  for (const [what, example] of Object.entries<Case>({
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
    assert.match(remedy, /Remove-Item -Path Cert:\\LocalMachine\\My\\(AB){20} -DeleteKey$/);
  });

  it("must say the command that removes what is left, by name", async () => {
    const found = await noticed({ roles: { syncAccounts: [account], managedApplications: [managed] } });
    assert.match(
      found[0].remedy,
      new RegExp(`npx connect-sync-identity remove-legacy-account sync01 --name ${ACCOUNT}$`),
    );
    assert.match(found[1].remedy, new RegExp(`az ad app delete --id ${OTHER_APP_ID}$`));
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

describe("docs/findings.md", () => {
  it("must hold a row for each notice with its meaning", () => {
    const page = fs.readFileSync(path.join(__dirname, "..", "..", "..", "docs", "findings.md"), "utf8");
    const section = page.split("\n## ").find((part) => part.startsWith("Notices"))!;
    const rows = section.split("\n").flatMap((line) => {
      const match = /^\| `([a-z-]+)` +\| (.+?) +\|$/.exec(line);
      return match ? [[match[1], match[2]]] : [];
    });
    assert.deepEqual(rows, Object.entries(NOTICES));
  });
});
