/** Reports that the tests of page and Markdown look at: a healthy one, one with every kind of trouble, large ones. */
import type { ReportDocument } from "../../../cli/report/report-document";
import { problem } from "../../helpers/observations";
import { applicationOf, forget, hostOf, nameOf, report, reportFacts, unobserve } from "./report-facts";

/** Names as somebody would choose them who wants more from a report than to be in it. */
export const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "@everyone please look at https://evil.example/ and www.evil.example",
  "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
  "`code` ``more`` | a | b | \\| c",
  "# heading\n- list\n<!-- -->",
  "\u202Eexe.txt\u202C \u2066isolated\u2069 \u200Bzero\u200Dwidth",
  "&lt;b&gt; &#x3c;b&#x3e; ${7*7} {{7*7}}",
  "]]></style></svg></title><script>alert(2)</script>",
  "mailto:mallory@evil.example #1 GH-2 !3 0123456789abcdef0123456789abcdef01234567",
  "x".repeat(5000),
  "",
];

const ALLOWED = "12345678-2222-4333-8444-555555555555";
const DAY = 86_400_000;

export async function healthyReport(): Promise<ReportDocument> {
  return report(await reportFacts(2));
}

export async function manyServers(servers: number): Promise<ReportDocument> {
  return report(await reportFacts(servers));
}

const LONG = "a-very-long-name-without-any-space-".repeat(4).slice(0, 120);
/** Right to left, without a space that a line could break at. */
const RIGHT_TO_LEFT = "\u05e9\u05e8\u05ea\u05e1\u05e0\u05db\u05e8\u05d5\u05df".repeat(14).slice(0, 120);

/** Fifty servers with names of 120 characters, one in five of them right to left, each with a finding and an account. */
export async function longNames(): Promise<ReportDocument> {
  const before = await manyServers(50);
  const facts = await reportFacts(50);
  const named = (index: number) => `${index % 5 === 0 ? RIGHT_TO_LEFT : LONG}${index}`.slice(-120);
  for (let index = 1; index <= 50; index += 1) {
    Object.assign(hostOf(facts, index), { computerName: named(index) });
    hostOf(facts, index).service.account = `CONTOSO\\${named(index)}`;
    if (index % 10 === 4) hostOf(facts, index).certificates = [];
    const application = applicationOf(facts, index);
    application.displayName = named(index);
    application.owners.push({ id: `99999999-0000-4333-8444-${String(index).padStart(12, "0")}`, name: named(index) });
    facts.roles.roles!.holders[index - 1].name = named(index);
  }
  unobserve(facts, 7, problem({ subject: nameOf(7) }));
  Object.assign(facts.organization, { name: named(1) });
  facts.roles.roles!.syncAccounts = [{ id: "1", name: `Sync_${named(3)}` }];
  const document = report(facts, before);
  const names = new Map(document.servers.map(({ name }, index) => [name, named(index + 1)]));
  // The configuration limits names of servers; the page has to bear any.
  const renamed = JSON.stringify(document).replace(/"(sync\d\d)"/g, (whole, name: string) =>
    names.has(name) ? JSON.stringify(names.get(name)) : whole,
  );
  return { ...(JSON.parse(renamed) as ReportDocument), stack: LONG };
}

function passwordAccount(connector: ReturnType<typeof hostOf>["connector"], name: string) {
  const userName = `Sync_${name}_0123456789ab@contoso.onmicrosoft.com`;
  Object.assign(connector, { identityType: "ServiceAccount", userName, appId: null, certificateSha256: null });
}

/** Six servers: broken, unreachable, due, expired, waiting for a sign-in, not set up; and undeclared principals with hostile names. */
export async function troubledReport(): Promise<ReportDocument> {
  const allowedRoleHolders = [{ id: ALLOWED, reason: "Migration of the Berlin forest", expires: "2026-12-31" }];
  let facts = await reportFacts(6, { allowedRoleHolders });
  hostOf(facts, 1).certificates = [];
  unobserve(facts, 2, problem({ subject: nameOf(2) }));
  const end = Date.parse(hostOf(facts, 3).certificates[0].notAfter);
  hostOf(facts, 3).takenAt = new Date(end - 100 * DAY).toISOString();
  hostOf(facts, 4).takenAt = new Date(end + DAY).toISOString();
  const waiting = hostOf(facts, 5);
  const certificateSha256 = waiting.certificates[0].sha256;
  passwordAccount(waiting.connector, "SYNC05");
  const command = `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${certificateSha256.toUpperCase()}`;
  waiting.signIn = { since: "2026-10-01T11:00:00Z", appId: applicationOf(facts, 5).appId, certificateSha256, command };
  facts = forget(facts, 6);
  facts.servers[nameOf(6)].observation.tenant = { application: null, problem: null };
  hostOf(facts, 6).certificates = [];
  passwordAccount(hostOf(facts, 6).connector, "SYNC06");
  const { roles } = facts.roles;
  roles!.holders = roles!.holders.slice(0, 5);
  HOSTILE.forEach((name, index) => {
    const id = `9999999${index % 10}-${String(index).padStart(4, "0")}-4333-8444-555555555555`;
    if (index % 3 === 0) roles!.holders.push({ id, name, assignmentId: `assignment-of-${index}` });
    if (index % 3 === 1) applicationOf(facts, 3).owners.push({ id, name });
    const secret = { keyId: id, displayName: name, startDateTime: null, endDateTime: null };
    if (index % 3 === 2) applicationOf(facts, 1).secrets.push(secret);
  });
  roles!.holders.push({ id: ALLOWED, name: "Old sync tool", assignmentId: "allowed" });
  roles!.directoryRoles = null;
  roles!.unread = ["RoleManagement.Read.Directory", "AuditLog.Read.All"];
  Object.assign(hostOf(facts, 1), { computerName: HOSTILE[0] });
  applicationOf(facts, 1).displayName = HOSTILE[1];
  hostOf(facts, 1).service.account = HOSTILE[9];
  return report(facts, await healthyReport());
}
