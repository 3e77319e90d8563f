/** Readers of the formats in which a report is written, none of them ours. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import ICAL from "ical.js";
import { pythonWith } from "./cached-tools";

const SARIF_SCHEMA = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

interface SarifLog {
  runs: {
    tool: { driver: { rules: { id: string; helpUri?: string }[] } };
    automationDetails: { id: string };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      partialFingerprints: Record<string, string>;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
    }[];
  }[];
}

let isSarif: ReturnType<Ajv["compile"]> | undefined;

/** A log as the schema of SARIF 2.1.0 takes it. @throws Error with what it says */
export function readSarif(text: string): SarifLog {
  if (!isSarif) {
    const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
    addFormats(ajv as never);
    isSarif = ajv.compile(JSON.parse(fs.readFileSync(SARIF_SCHEMA, "utf8")) as object);
  }
  const log = JSON.parse(text) as SarifLog;
  if (isSarif(log)) return log;
  throw new Error(isSarif.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`).join("\n"));
}

/** What a Python program makes of a file with this text; null where the package cannot be had. */
async function throughPython<T>(
  [name, version, module]: readonly [string, string, string],
  program: string,
  text: string,
): Promise<T | null> {
  const env = await pythonWith(name, version, module);
  if (env === null) return null;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-format-"));
  try {
    const file = path.join(folder, "file");
    fs.writeFileSync(file, text);
    const printed = execFileSync("python3", ["-c", program, file], { env, encoding: "utf8", timeout: 30_000 });
    return JSON.parse(printed) as T;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export interface ReadSuite {
  name: string;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  cases: { name: string; classname: string; result: string; message: string; text: string }[];
}

const JUNIT = `
import json, sys
from junitparser import JUnitXml
def result(case):
    if not case.result: return ("passed", "", "")
    one = case.result[0]
    return (type(one).__name__.lower(), one.message or "", one.text or "")
suites = []
for suite in JUnitXml.fromfile(sys.argv[1]):
    cases = [dict(zip(("result", "message", "text"), result(case)), name=case.name, classname=case.classname) for case in suite]
    suites.append(dict(name=suite.name, tests=suite.tests, failures=suite.failures, errors=suite.errors, skipped=suite.skipped, cases=cases))
print(json.dumps(suites))
`;

/** Results of tests as junitparser reads them. */
export const readJunit = (text: string) =>
  throughPython<ReadSuite[]>(["junitparser", "5.0.3", "junitparser"], JUNIT, text);

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const METRICS = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as new
from prometheus_client.parser import text_string_to_metric_families as old
text = open(sys.argv[1], encoding="utf-8", newline="").read()
read = lambda parser: [dict(name=s.name, labels=s.labels, value=s.value) for family in parser(text) for s in family.samples]
print(json.dumps([read(new), read(old)]))
`;

/** Samples as Prometheus' own library reads them: as OpenMetrics, and as the older format that node_exporter takes. */
export const readMetrics = (text: string) =>
  throughPython<[Sample[], Sample[]]>(["prometheus_client", "0.26.0", "prometheus_client"], METRICS, text);

/** Events as ical.js reads them. */
export function readCalendar(text: string): { uid: string; start: string; summary: string; sequence: number }[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const { uid, startDate, summary, sequence } = new ICAL.Event(component);
    return { uid, start: startDate.toString(), summary, sequence };
  });
}
