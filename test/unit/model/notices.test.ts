/** What is worth knowing of a server and no difference from its declaration. */
import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { diagnose, formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { noticesOf, tenantNotices } from "../../../model/diagnostics/notices";
import { certificateLabel } from "../../../model/server/labels";
import type { SeenServer } from "../../../model/server/in-use";
import type { ObservedTenantRoles } from "../../../model/server/observation";
import {
  DEADLINES,
  KNOWN_ISSUES,
  MINIMUM_VERSION,
  MINIMUM_VERSIONS,
  SUPPORT_ENDS,
} from "../../../model/server/product-table";
import { compareVersions, supportEnd } from "../../../model/server/versions";
import {
  account,
  ACCOUNT,
  before,
  daysAfterReview,
  leave,
  managed,
  NOTICE_CASES,
  TENANT_NOTICE_CASES,
  type NoticeCase,
} from "../../helpers/notice-cases";
import {
  APP_ID,
  assess,
  connectorOn,
  expectation,
  healthy,
  IDENTITY,
  OTHER_APP_ID,
  OTHER_SHA256,
} from "../../helpers/observations";
import { READER, words } from "../../helpers/remedies";

const NOBODY: ObservedTenantRoles = {
  holders: [],
  managedApplications: [],
  directoryRoles: [],
  syncAccounts: [],
  unread: [],
};

async function noticed({
  facts: change = () => undefined,
  policy = {},
  declared = {},
  roles = {},
  fleet = [],
  keyRules,
}: NoticeCase) {
  const { facts } = await healthy();
  facts.legacyAccountName = ACCOUNT;
  change(facts);
  const reference = { identity: IDENTITY, generation: 1, adoptedSha256: "" };
  const wanted = { ...CERTIFICATE_DEFAULTS, ...policy };
  const seen = [{ server: "sync01", host: facts }, ...fleet];
  const tenant = roles && { ...NOBODY, ...roles };
  const of = { server: "sync01", passwordWriteback: false, ...declared };
  return noticesOf({
    ownApplication: true,
    ...of,
    facts,
    reference,
    policy: wanted,
    roles: tenant,
    fleet: seen,
    keyRules,
  });
}

describe("a notice", () => {
  for (const [code, cases] of Object.entries(NOTICE_CASES)) {
    for (const [what, example] of Object.entries(cases)) {
      it(`the notice must be ${code}, and no other, if ${what}`, async () => {
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

  it("a healthy server must have no notice", async () => {
    assert.deepEqual(await noticed({}), []);
  });

  it("a notice must not be a finding: that would trigger the drift alarm", async () => {
    const { facts, application } = await healthy();
    facts.product.cmdlets["Add-ADSyncApplicationRegistration"] = [];
    before(facts, 5);
    assert.deepEqual(assess(facts, application, expectation(), 1), []);
  });

  for (const [what, example] of Object.entries<NoticeCase>({
    "a rotation window that is 31 days away": { facts: (facts) => before(facts, 31) },
    "a rotation that is due, which is a finding": { facts: (facts) => before(facts, -1) },
    "a rotation that is due at this very instant, which is a finding": { facts: (facts) => before(facts, 0) },
    "a rotation one day ahead of the product's warning": { policy: { rotateBefore: "151 days" } },
    "an end of support that is 181 days away": {
      facts: (facts) => void Object.assign(facts, { takenAt: "2027-03-19T00:00:00Z", certificates: [] }),
    },
    "a deadline that is 181 days away": {
      facts: (facts) => {
        Object.assign(facts.connector, { identityType: "ServiceAccount", appId: null });
        facts.takenAt = "2026-10-08T00:00:00Z";
      },
    },
    "a deadline that does not concern a server on its application": {
      facts: (facts) => void (facts.takenAt = "2027-01-10T00:00:00Z"),
    },
    "a certificate that is not there, which is a finding": { facts: (facts) => void (facts.certificates = []) },
    "an account on a server whose account has no known name": {
      facts: (facts) => void (facts.legacyAccountName = null),
      roles: { syncAccounts: [account] },
    },
    "a version that is not in the table": {
      facts: (facts) =>
        Object.assign(facts.product, { version: "2.9.0.0" }) && (facts.takenAt = "2030-01-01T00:00:00Z"),
    },
    "common parameters, in whatever order and case": {
      facts: ({ product }) =>
        void (product.cmdlets["Add-ADSyncApplicationRegistration"] = [
          ...["applicationappid", "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction"],
          ...["ErrorVariable", "WarningVariable", "InformationVariable", "OutVariable", "OutBuffer"],
          ...["PipelineVariable", "ProgressAction", "WhatIf", "Confirm", "CertificateSHA256Hash"],
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
    "the product's application on a server that was never onboarded": {
      roles: { managedApplications: [{ ...managed, appId: APP_ID }] },
      declared: { ownApplication: false },
    },
    "a managed application of a computer whose name begins alike": {
      roles: { managedApplications: [{ ...managed, name: "ConnectSyncProvisioning_SYNC011_0123456789ab" }] },
    },
    "a tenant that may not be read": { roles: null },
    "users that may not be read": { roles: { syncAccounts: null } },
  })) {
    it(`there must be no notice about ${what}`, async () => {
      assert.deepEqual(await noticed(example), []);
    });
  }

  it("a managed application that a connector uses must never be proposed for removal", async () => {
    const own = await noticed({ roles: { managedApplications: [{ ...managed, appId: APP_ID }] } });
    assert.deepEqual(
      own.map(({ code }) => code),
      ["product-took-over"],
    );
    const { fleet } = NOTICE_CASES["application-in-common"]["another server is on the application of this one"];
    const [left] = await noticed({ roles: { managedApplications: [managed] }, fleet });
    assert.equal(left.code, "managed-application-left");
    assert.match(words(left.remedy), /sync02/);
    for (const { remedy } of [...own, left]) assert.doesNotMatch(words(remedy), /az ad app delete/);
  });

  it("the cause of a taken over connector must follow from the build, and its remedy from the cause", async () => {
    const of = async (version: string) => {
      const [found] = await noticed({
        facts: (facts) => void (facts.product.version = version),
        roles: { managedApplications: [{ ...managed, appId: APP_ID }] },
      }).then((all) => all.filter(({ code }) => code === "product-took-over"));
      return `${found.actual} ${words(found.remedy)}`;
    };
    assert.match(await of("2.6.84.0"), /Since when it may synchronise could not be read\. /);
    assert.match(await of("2.6.79.0"), /onboards a server by itself.*then upgrade to 2\.6\.84\.0/);
    assert.match(await of("2.6.84.0"), /does not onboard by itself.*in the wizard of the next upgrade/);
  });

  it("a taken over connector must come with since when its application may synchronise, and the account before it", async () => {
    const holder = {
      id: "2",
      name: managed.name,
      assignmentId: "a",
      appId: APP_ID.toUpperCase(),
      since: "2026-10-01T11:00:00Z",
    };
    const found = await noticed({
      roles: { managedApplications: [{ ...managed, appId: APP_ID }], holders: [holder], syncAccounts: [account] },
    });
    const [{ actual }] = found.filter(({ code }) => code === "product-took-over");
    assert.match(
      actual,
      /may synchronise since 2026-10-01T11:00:00Z\. The account Sync_SYNC01_0123456789ab@\S+, from which/,
    );
  });

  it("a shared application must come with the refusal that Entra Connect logged", async () => {
    const example = NOTICE_CASES["application-in-common"]["another server is on the application of this one"];
    const message = "[MSAL] AADSTS700027: the key was not found.\r\nTrace ID: x";
    const facts = (host: Parameters<NonNullable<NoticeCase["facts"]>>[0]) => {
      example.facts!(host);
      host.events.push({ time: host.takenAt, id: 906, message });
    };
    const [found] = await noticed({ ...example, facts });
    assert.match(
      found.actual,
      /is also that of sync02\. Event 906 at \S+: \[MSAL\] AADSTS700027: the key was not found\.$/,
    );
  });

  it("a notice must show the command that removes a leftover certificate, by its thumbprint", async () => {
    const [{ remedy }] = await noticed({ facts: (facts) => leave(facts, certificateLabel(IDENTITY, 2)) });
    assert.match(words(remedy), /Remove-Item -Path Cert:\\LocalMachine\\My\\(AB){20} -DeleteKey$/);
  });

  it("a notice must change its words 180, 90 and 30 days before the day, and once it has passed", async () => {
    const on = async (takenAt: string) =>
      (await noticed({ facts: (facts) => void (facts.takenAt = takenAt) })).at(-1)!.actual;
    for (const [takenAt, ahead] of [
      ["2027-03-20T00:00:00Z", "in 180 days or less"],
      ["2027-06-17T00:00:00Z", "in 180 days or less"],
      ["2027-06-18T00:00:00Z", "in 90 days or less"],
      ["2027-08-17T00:00:00Z", "in 30 days or less"],
      ["2027-09-15T23:59:59Z", "in 30 days or less"],
      ["2027-09-16T00:00:00Z", "which has passed"],
    ]) {
      assert.equal(await on(takenAt), `support for version 2.6.84.0 ends on 2027-09-16, ${ahead}.`, takenAt);
    }
  });

  it("a notice must list the actual parameters of a cmdlet, and the known ones", async () => {
    const cmdlet = "Invoke-ADSyncApplicationCredentialRotation";
    const of = async (parameters: string[]) =>
      (await noticed({ facts: ({ product }) => void (product.cmdlets[cmdlet] = parameters) }))[0].actual;
    const known = "known are CertificateSHA256Hash.";
    assert.equal(await of([]), `${cmdlet} has the parameters none; ${known}`);
    assert.equal(await of(["Verbose", "Tenant", "Id"]), `${cmdlet} has the parameters Tenant, Id; ${known}`);
  });

  it("a notice must not count days before the first one for a short lifetime", async () => {
    const policy = { lifetime: "100 days", rotateBefore: "20 days" } as const;
    const found = await noticed({ policy });
    assert.match(found.find(({ code }) => code === "rotation-after-warning")!.actual, /from day 0\.$/);
  });

  it("a notice must end with its remedy, or with its sentence if there is none", () => {
    const notice = diagnose("expiry-ahead", "sync01", { due: "2027-01-01", end: "2027-07-01" });
    const sentence = `sync01: expiry-ahead: ${notice.actual}`;
    assert.equal(formatDiagnostic({ ...notice, remedy: [] }, READER), sentence);
    assert.equal(formatDiagnostic({ ...notice, remedy: ["Wait."] }, READER), `${sentence} Wait.`);
  });

  it("a notice must show the command that removes a leftover account or application, by name", async () => {
    const found = await noticed({ roles: { syncAccounts: [account], managedApplications: [managed] } });
    assert.match(
      words(found[0].remedy),
      new RegExp(`npx connect-sync-identity remove-legacy-account sync01 --name ${ACCOUNT} --stack prod$`),
    );
    assert.match(words(found[1].remedy), new RegExp(`az ad app delete --id ${OTHER_APP_ID}$`));
  });
});

describe("the notices of the tenant and the fleet", () => {
  const codes = (roles: Partial<ObservedTenantRoles>, takenAt: string, fleet: readonly SeenServer[] = []) =>
    tenantNotices({ ...NOBODY, ...roles }, new Date(takenAt), fleet).map(({ code }) => code);

  for (const [code, cases] of Object.entries(TENANT_NOTICE_CASES)) {
    for (const [what, { roles = {}, takenAt = daysAfterReview(0), connector }] of Object.entries(cases)) {
      it(`the notice must be ${code}, and no other, if ${what}`, () => {
        const host = {
          computerName: "SYNC01",
          legacyAccountName: null,
          connector: { ...connectorOn(OTHER_APP_ID), ...connector },
        };
        assert.deepEqual(codes(roles, takenAt, [{ server: "sync01", host }]), [code]);
      });
    }
  }

  it("a review must count for 180 days", () => {
    assert.deepEqual(codes({}, daysAfterReview(179)), []);
  });
});

describe("the table of versions and days", () => {
  const isDay = (day: string) => new Date(`${day}T00:00:00Z`).toJSON().startsWith(day);

  it("support ends must be in the order of the versions, and of the days", () => {
    const versions = SUPPORT_ENDS.map(({ version }) => version);
    assert.deepEqual([...versions].sort(compareVersions), versions);
    const days = SUPPORT_ENDS.map(({ day }) => day);
    assert.deepEqual([...days].sort(), days);
    assert.ok(days.every(isDay));
  });

  it("each row must have a source and the day of its review", () => {
    const rows = [...MINIMUM_VERSIONS, ...KNOWN_ISSUES, ...SUPPORT_ENDS, ...DEADLINES];
    for (const { source, reviewed } of rows) {
      assert.match(source.url, /^https:\/\/learn\.microsoft\.com\//);
      assert.ok(isDay(reviewed));
    }
    assert.ok(DEADLINES.every(({ day }) => isDay(day)));
  });

  it("the oldest version that is worked on must be the highest of all sources", () => {
    const versions = MINIMUM_VERSIONS.map(({ version }) => version);
    assert.equal([...versions].sort(compareVersions).at(-1), MINIMUM_VERSION);
  });

  it("the support end of an unknown version must not be guessed", () => {
    assert.equal(supportEnd("2.6.84.1"), null);
  });
});
