/**
 * Preview, pull-request comment, policies, doctor and report on the same sandbox at the same moment, through the real engine:
 * for each break the same codes of the same servers, in the same number. One up; each break begins with its files put back.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { DoctorReport } from "../../cli/doctor/doctor-report";
import { parsePreview } from "../../cli/pipeline/preview-output";
import { readPreview } from "../../cli/pipeline/preview-report";
import { formatComment } from "../../cli/pipeline/comment";
import { readReport } from "../../cli/report/report-files";
import { RULES } from "../../policy/pack";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { DIRECTORY_BREAKS } from "../../sandbox/tenant/breaks";
import { BREAKS } from "../../sandbox/world/breaks";
import { judged } from "../helpers/policy-resources";
import { runOperationOn } from "./operations";
import { TestSandbox } from "./support";

/** What breaks bring about on a server that is declared as managed by Entra Connect: findings, and the notice among others. */
const OF_MANAGED = {
  "managed-rotation-late": { findings: ["sync01 managed-rotation-overdue"], notice: null },
  "managed-key-kept": { findings: [], notice: "sync01 managed-key-removal-failed" },
} as const;
type ManagedBreak = keyof typeof OF_MANAGED;

/** What each other break brings about, as "server code"; a healthy sandbox has nothing of it. */
const EXPECTED: Record<Exclude<keyof typeof BREAKS, ManagedBreak> | keyof typeof DIRECTORY_BREAKS, string[]> = {
  certificate: ["sync01 certificate-missing"],
  key: ["sync01 key-unusable"],
  label: ["sync01 certificate-missing"],
  "key-software": ["sync01 key-not-in-tpm"],
  acl: ["sync01 key-acl-lost"],
  "acl-wide": ["sync01 key-acl-wide"],
  account: ["sync01 connector-password-account"],
  "other-cloud": ["sync01 CLOUD_CONTRADICTED"],
  "other-tenant": ["sync01 TENANT_CONTRADICTED"],
  application: ["sync01 connector-other-application"],
  hash: ["sync01 connector-other-certificate"],
  parameters: ["sync01 connector-parameters-blank"],
  scheduler: ["sync01 scheduler-left-paused"],
  "scheduler-record": ["sync01 scheduler-left-paused"],
  program: ["sync01 program-changed"],
  "program-folder-foreign": ["sync01 program-folder-foreign"],
  "program-folder-earlier": ["sync01 program-folder-foreign"],
  writeback: ["sync01 writeback-undeclared"],
  staging: ["sync01 mode-undeclared"],
  exports: ["sync02 exports-twice"],
  "service-account": [],
  "service-account-non-ascii": [],
  "scheduler-off": ["sync01 synchronisation-overdue"],
  "scheduler-suspended": ["sync01 synchronisation-overdue"],
  "maintenance-off": [],
  "sign-in-refused": ["sync01 sign-in-refused"],
  "sign-in-wrong-key": ["sync01 sign-in-refused"],
  "sign-in-blocked": ["sync01 sign-in-refused"],
  "service-proxy": ["sync01 service-proxy-unreachable"],
  // The connector uses no certificate of a CA.
  "ca-certificate": [],
  "ca-revoked": [],
  rebuilt: ["sync01 certificate-missing", "sync01 connector-password-account", "sync01 program-changed"],
  credential: ["sync01 credential-missing"],
  "application-missing": ["sync01 APPLICATION_MISSING", "sync01 application-missing"],
  // The application of managed mode, which no connector uses any more; the one made by hand is in use.
  "hand-made": ["tenant role-holder-foreign"],
  wizard: ["sync01 connector-other-application"],
  onboarded: ["sync01 connector-other-application"],
  // The account of its former identifier belongs to no server any more.
  clone: ["sync01 MACHINE_SHARED", "sync02 MACHINE_SHARED", "tenant legacy-account-left"],
  "shared-application": [
    "sync01 connector-other-application",
    "sync01 sign-in-refused",
    "sync02 connector-other-application",
  ],
  "shared-account": ["sync01 connector-password-account", "sync02 connector-password-account"],
  "administrator-account": ["sync01 connector-password-account", "tenant connector-account-administrator"],
  "foreign-key": ["sync01 key-foreign"],
  "repeated-key": ["sync01 key-repeated"],
  "foreign-secret": ["sync01 secret-foreign"],
  "principal-key": ["sync01 principal-key-foreign"],
  "principal-secret": ["sync01 principal-secret-foreign"],
  "federated-credential": ["sync01 federated-credential-foreign"],
  owner: ["sync01 owner-foreign"],
  audience: ["sync01 audience-wide"],
  disabled: ["sync01 principal-disabled"],
  "lock-off": ["sync01 lock-off"],
  "extra-role": ["sync01 role-foreign"],
  "role-holder": ["tenant role-holder-foreign"],
  "managed-left": ["tenant role-holder-foreign"],
  // What a policy would refuse later is a notice.
  "lifetime-policy": [],
  "issuer-policy": [],
  // No server of the sandbox is declared to write passwords back.
  "no-password-reset-service": [],
  "directory-role": ["tenant directory-role-foreign"],
  "named-like-sync": ["tenant directory-role-foreign", "tenant role-holder-foreign"],
  "former-account": ["tenant legacy-account-left"],
  "former-identifier": ["tenant legacy-account-left"],
  "name-taken": ["sync01 application-name-taken"],
  // The one account of the healthy sandbox is the second server's.
  "accounts-full": Array.from({ length: 19 }, () => "tenant legacy-account-left"),
};

/** The active server exports already; the others share with the first one. */
const TARGETS: Partial<Record<string, string>> = {
  exports: "sync02",
  clone: "sync02",
  "shared-application": "sync02",
  "shared-account": "sync02",
};

/** Before this one there was no up: the server must have no application of this project. */
const FIRST = "hand-made";

interface Shown {
  findings: string[];
  notices: string[];
}

const sorted = (list: readonly string[]) => [...list].sort();
const codeOf = (problem: string) => /\[([A-Z_]+)\]$/.exec(problem)?.[1] ?? problem;

describe("all readers of one sandbox", function () {
  this.timeout(600_000);
  let test: TestSandbox;
  let fresh: string;
  let healthy: string;
  before(async () => {
    test = await TestSandbox.open();
    await test.pulumi(["config"]);
    fresh = test.keep("fresh");
    await test.up();
    healthy = test.keep("healthy");
  });
  after(() => test?.close());

  /** What the engine writes of a preview, which comment and policies are made from. */
  async function preview(options: readonly string[]): Promise<string> {
    const { stdout } = await test.pulumi(["preview", "--json", "--non-interactive", ...options]);
    return stdout;
  }

  function previewShows(text: string): Shown {
    const { subjects, problems } = readPreview(text, 0);
    const findings = subjects.flatMap(({ name, findings, problems }) => [
      ...findings.map(({ code }) => `${name} ${code}`),
      ...problems.map((problem) => `${name} ${codeOf(problem)}`),
    ]);
    const notices = subjects.flatMap(({ name, notices }) => notices.map(({ code }) => `${name} ${code}`));
    return {
      findings: sorted([...findings, ...problems.map((problem) => `tenant ${codeOf(problem)}`)]),
      notices: sorted(notices),
    };
  }

  function commentShows(text: string): string[] {
    const comment = formatComment(readPreview(text, 0), { stack: "dev" });
    let subject = "";
    const found = comment.split("\n").flatMap((line) => {
      const title = /^### (?:The tenant|What stopped|Server `([^`]+)`)/.exec(line);
      if (title) subject = title[1] ?? "tenant";
      const code = /^- \*\*`([a-z-]+)`\*\*/.exec(line)?.[1] ?? /^- `.*\[([A-Z_]+)\]`$/.exec(line)?.[1];
      return code ? [`${subject} ${code}`] : [];
    });
    return sorted(found);
  }

  /** What the policies say of the resources that the engine previewed. */
  function policyShows(text: string): string[] {
    const rules = RULES.filter(({ name }) => ["synchronisers-declared", "servers-as-declared"].includes(name));
    const types: string[] = [RESOURCE_TYPES.server, RESOURCE_TYPES.guard, RESOURCE_TYPES.roleGuard];
    const steps = parsePreview(text)!.steps.filter(({ type }) => types.includes(type));
    const resources = steps.map(({ type, name, urn, after }) => ({ type, name, urn, props: after, sources: {} }));
    const found = rules.flatMap((rule) => judged(rule, resources));
    return sorted(found.map(({ subject, property }) => `${subject} ${property}`));
  }

  function listed(list: readonly { code: string; severity: string; server: string | null }[]): Shown {
    const of = (isNotice: boolean) => list.filter(({ severity }) => (severity === "notice") === isNotice);
    const lines = (part: typeof list) => sorted(part.map(({ server, code }) => `${server ?? "tenant"} ${code}`));
    return { findings: lines(of(false)), notices: lines(of(true)) };
  }

  async function report(options: readonly string[]) {
    const output = path.join(test.folder, "reports");
    const { stdout, stderr } = await runOperationOn(test, "report", ["--output", output, "--json", ...options]);
    assert.match(stdout, /^\{/, stderr);
    const { page } = JSON.parse(stdout) as { page: string };
    return readReport(page.replace(/\.html$/, ".json"));
  }

  async function doctor(options: readonly string[]): Promise<DoctorReport> {
    const { stdout, stderr } = await runOperationOn(test, "doctor", ["--json", ...options]);
    assert.match(stdout, /^\{/, stderr);
    return JSON.parse(stdout) as DoctorReport;
  }

  async function agree(what: string, expected: readonly string[], options: readonly string[] = []): Promise<Shown> {
    // They read only, so that they may look at once.
    const [text, document, examined] = await Promise.all([preview(options), report(options), doctor(options)]);
    const seen = previewShows(text);
    assert.deepEqual(seen.findings, sorted(expected), `${what}: preview`);
    assert.deepEqual(commentShows(text), sorted(expected), `${what}: pull-request comment`);
    assert.deepEqual(policyShows(text), sorted(expected), `${what}: policy`);
    assert.deepEqual(listed(examined.diagnostics), seen, `${what}: doctor --json`);
    assert.deepEqual(listed(document.diagnostics), seen, `${what}: report --json`);
    const subjects = document.findings.map(({ subject, code }) => `${subject} ${code}`);
    assert.deepEqual(sorted(subjects), sorted(expected), `${what}: report's findings`);
    const problems = [...examined.servers.flatMap(({ checks }) => checks), ...(examined.tenant ?? [])];
    const coded = problems.filter(
      ({ status, text }) => status === "problem" && /^[a-z]+(-[a-z]+)+: expected/.test(text),
    );
    const findings = expected.filter((entry) => !/ [A-Z_]+$/.test(entry));
    assert.equal(coded.length, findings.length, `${what}: the doctor's lines`);
    return seen;
  }

  it("must show nothing of a healthy sandbox, and what the product left as a notice", async () => {
    await agree("healthy", []);
  });

  for (const [what, expected] of Object.entries(EXPECTED)) {
    it(`must agree on ${what}`, async () => {
      await test.putBack(what === FIRST ? fresh : healthy);
      const target = what in DIRECTORY_BREAKS ? "tenant" : (TARGETS[what] ?? "sync01");
      await test.sandbox.break(target, what);
      await agree(what, expected);
    });
  }

  it("must agree on a name that is taken before the application exists, which up could not create", async () => {
    await test.putBack(fresh);
    await test.sandbox.break("tenant", "name-taken");
    await agree("name-taken, before", ["sync01 APPLICATION_NAME_TAKEN", "sync01 application-name-taken"]);
    const { code, output } = await test.tryUp();
    assert.notEqual(code, 0, output);
    assert.match(output, /sync01: application name: .*\[APPLICATION_NAME_TAKEN\]/);
    assert.doesNotMatch(output, /imported into the State/);
  });

  it("must agree on what Entra Connect left undone on a server that it manages", async () => {
    await test.putBack(fresh);
    const config = test.configuration((text) => text.replace("sync01:\n", "sync01:\n      mode: managed\n"));
    await test.up({ config });
    const managed = test.keep("managed");
    for (const [what, { findings, notice }] of Object.entries(OF_MANAGED)) {
      await test.putBack(managed);
      await test.sandbox.break("sync01", what);
      const { notices } = await agree(what, findings, ["--config-file", config]);
      if (notice) assert.ok(notices.includes(notice), `${what}: ${notices.join(", ")}`);
    }
  });

  it("must know every break", () => {
    const known = Object.keys({ ...EXPECTED, ...OF_MANAGED });
    assert.deepEqual(known.sort(), Object.keys({ ...BREAKS, ...DIRECTORY_BREAKS }).sort());
    assert.ok(fs.existsSync(healthy));
  });
});
