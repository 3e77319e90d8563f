/**
 * The report as results of tests in JUnit's XML: a suite for each server and one for the tenant, with the links of the chain
 * as tests, so that each test is there in every report. Pure.
 */
import { TENANT } from "../../../model/diagnostics/diagnostic";
import { encodeForXml } from "../../../model/text/encoders/xml";
import type { ReportDocument, ReportServer } from "../report-document";
import { STEP_WORDS } from "../report-words";
import { judgedOf, type Judged } from "./judged";

interface Test {
  name: string;
  /** What failed; none for a test that passed or was not made. */
  found: readonly Judged[];
  /** Why nothing is known of it; null if it was made. */
  skipped: string | null;
}

interface Suite {
  name: string;
  tests: Test[];
  notices: readonly Judged[];
}

const NOT_SET_UP = "not set up yet";
const NOT_OBSERVED = "not observed";

/** A server's chain; what concerns no link is a test of its own. */
function serverSuite({ name, chain, unobserved }: ReportServer, judged: readonly Judged[]): Suite {
  const own = judged.filter(({ subject, severity }) => subject === name && severity !== "notice");
  const ofChain = new Set(chain.flatMap(({ findings }) => findings));
  const tests = chain.map(({ step, state, findings }): Test => {
    const found = own.filter(({ code }) => findings.includes(code));
    const unknown = state === "none" ? NOT_SET_UP : state === "unknown" ? (unobserved ?? NOT_OBSERVED) : null;
    return { name: STEP_WORDS[step], found, skipped: found.length > 0 ? null : unknown };
  });
  const others = own.filter(({ code }) => !ofChain.has(code));
  const notices = judged.filter(({ subject, severity }) => subject === name && severity === "notice");
  return {
    name,
    tests: [...tests, ...others.map((one) => ({ name: one.code, found: [one], skipped: null }))],
    notices,
  };
}

function tenantSuite({ tenant }: ReportDocument, judged: readonly Judged[]): Suite {
  const own = judged.filter(({ subject }) => subject === TENANT);
  const found = own.filter(({ severity }) => severity !== "notice");
  const skipped = found.length === 0 ? tenant.unobserved : null;
  return {
    name: TENANT,
    tests: [{ name: "Who may synchronise", found, skipped }],
    notices: own.filter(({ severity }) => severity === "notice"),
  };
}

/** A test fails by a finding, and is broken by what stops the run. */
const isBroken = ({ found }: Test) => found.some(({ severity }) => severity === "error");

function testLines(stack: string, suite: string, test: Test): string[] {
  const open = `    <testcase classname="${encodeForXml(`${stack}.${suite}`)}" name="${encodeForXml(test.name)}" time="0"`;
  if (test.skipped !== null)
    return [`${open}>`, `      <skipped message="${encodeForXml(test.skipped)}"/>`, "    </testcase>"];
  if (test.found.length === 0) return [`${open}/>`];
  // One element for a test: some readers take only the first.
  const element = isBroken(test) ? "error" : "failure";
  const [first] = test.found;
  return [
    `${open}>`,
    `      <${element} type="${encodeForXml(first.code)}" message="${encodeForXml(first.meaning)}">`,
    ...test.found.map(({ code, meaning, text }) => encodeForXml(`${code}: ${meaning} ${text}`)),
    `      </${element}>`,
    "    </testcase>",
  ];
}

function countsOf(tests: readonly Test[]): string {
  const failing = tests.filter(({ found }) => found.length > 0);
  const errors = failing.filter(isBroken).length;
  const skipped = tests.filter((test) => test.skipped !== null).length;
  return `tests="${tests.length}" failures="${failing.length - errors}" errors="${errors}" skipped="${skipped}" time="0"`;
}

function suiteLines({ stack, takenAt }: ReportDocument, { name, tests, notices }: Suite): string[] {
  const timestamp = takenAt.replace(/(\.\d+)?Z$/, "");
  const out = notices.map(({ code, text }) => encodeForXml(`${code}: ${text}`));
  return [
    `  <testsuite name="${encodeForXml(`${stack} ${name}`)}" timestamp="${timestamp}" ${countsOf(tests)}>`,
    ...tests.flatMap((test) => testLines(stack, name, test)),
    ...(out.length > 0 ? ["    <system-out>", ...out, "    </system-out>"] : []),
    "  </testsuite>",
  ];
}

/** The file's text. */
export function junitOf(report: ReportDocument): string {
  const judged = judgedOf(report);
  const suites = [...report.servers.map((server) => serverSuite(server, judged)), tenantSuite(report, judged)];
  const all = suites.flatMap(({ tests }) => tests);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="connect-sync-identity" ${countsOf(all)}>`,
    ...suites.flatMap((suite) => suiteLines(report, suite)),
    "</testsuites>",
    "",
  ].join("\n");
}
