/** Where reports go, how they are named, and which earlier one is found. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  defaultFolder,
  jsonOf,
  newestReport,
  readReport,
  wordPath,
  writeReport,
  writeWhole,
} from "../../../cli/report/report-files";
import type { ReportDocument } from "../../../cli/report/report-document";
import { secretsOf } from "../../../cli/report/report-clean";
import { CommandError, UsageError } from "../../../console/errors";
import { healthyReport } from "./report-cases";

describe("files of a report", () => {
  let folder: string;
  let document: ReportDocument;
  const here = process.cwd();
  beforeEach(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-report-")));
    document = await healthyReport();
  });
  afterEach(() => {
    process.chdir(here);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const forms = { html: "<p>page", markdown: "# report" };
  const at = (takenAt: string, changes: Partial<ReportDocument> = {}) => ({ ...document, ...changes, takenAt });

  it("report files must be named by their time, in three forms and as latest, and never overwrite one another", () => {
    const first = writeReport(folder, at("2026-11-26T21:40:07Z"), forms);
    const second = writeReport(folder, at("2026-11-26T21:40:07Z", { sentence: "Second." }), forms);
    assert.deepEqual(
      [first, second].map((file) => path.basename(file)),
      ["2026-11-26T214007Z.html", "2026-11-26T214007Z-2.html"],
    );
    const stems = ["2026-11-26T214007Z-2", "2026-11-26T214007Z"];
    const expected = [...stems.flatMap((stem) => [`${stem}.html`, `${stem}.json`, `${stem}.md`]), "latest.json"];
    assert.deepEqual(fs.readdirSync(folder).sort(), expected.sort());
    assert.equal(readReport(path.join(folder, "latest.json")).sentence, "Second.");
    assert.equal(fs.readFileSync(first, "utf8"), forms.html);
    assert.equal(
      fs.readFileSync(path.join(folder, "2026-11-26T214007Z.json"), "utf8"),
      jsonOf(at("2026-11-26T21:40:07Z")),
    );
  });

  it("a report must be compared with the newest readable one of the same stack", () => {
    assert.equal(newestReport(path.join(folder, "nowhere"), "dev", document.tenantId), null);
    assert.equal(newestReport(folder, "dev", document.tenantId), null);
    for (let number = 1; number <= 11; number += 1) {
      writeReport(folder, at("2026-11-26T21:40:07Z", { sentence: `Number ${number}.` }), forms);
    }
    writeReport(folder, at("2026-11-25T21:40:07Z", { sentence: "Older." }), forms);
    writeReport(folder, at("2026-11-27T21:40:07Z", { stack: "prod" }), forms);
    fs.writeFileSync(path.join(folder, "2026-11-28T000000Z.json"), "{ half");
    fs.writeFileSync(
      path.join(folder, "2026-11-29T000000Z.json"),
      jsonOf(document).replace('"version": 1', '"version": 9'),
    );
    assert.equal(newestReport(folder, "dev", document.tenantId)?.sentence, "Number 11.");
    assert.equal(newestReport(folder, "prod", document.tenantId)?.stack, "prod");
    assert.equal(newestReport(folder, "other", document.tenantId), null);
    assert.equal(newestReport(folder, "dev", "another tenant"), null);
  });

  it("a file that is not a report must be refused with its path", () => {
    const file = path.join(folder, "some.json");
    assert.throws(
      () => readReport(file),
      (error) => error instanceof UsageError && error.message.includes(file),
    );
    fs.writeFileSync(file, "[]");
    assert.throws(() => readReport(file), UsageError);
    fs.writeFileSync(file, jsonOf(document).replace('"active"', '"leading"'));
    assert.throws(() => readReport(file), /not a report of this version: servers\.0\.role/);
  });

  it("the path of a report must be one word: absolute, or relative if a folder above has a space", () => {
    assert.equal(wordPath(path.join(folder, "out")), path.join(folder, "out"));
    assert.throws(() => wordPath(path.join(folder, "my reports")), /contains white space/);
    const spaced = path.join(folder, "my work");
    fs.mkdirSync(spaced);
    process.chdir(spaced);
    assert.equal(wordPath(path.join("reports", "dev")), path.join("reports", "dev"));
    assert.equal(wordPath(path.join(spaced, "reports")), "reports");
    assert.throws(() => wordPath("a b"), UsageError);
  });

  it("reports must go to a separate folder for each stack, whatever its name", () => {
    assert.equal(defaultFolder("dev"), path.join("reports", "dev"));
    assert.equal(defaultFolder("org/project/prod"), path.join("reports", "org-project-prod"));
    assert.equal(defaultFolder("../../etc"), path.join("reports", "--..-etc"));
    assert.doesNotMatch(defaultFolder("a b\tc"), /\s/);
  });

  it("report files must be written completely or not at all", () => {
    const blocked = path.join(folder, "file");
    fs.writeFileSync(blocked, "");
    assert.throws(() => writeWhole(path.join(blocked, "report.html"), "x"), CommandError);
    fs.mkdirSync(path.join(folder, "taken.html"));
    assert.throws(() => writeWhole(path.join(folder, "taken.html"), "x"), /taken\.html cannot be written/);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["file", "taken.html"]);
  });

  it("a report must recognise the secrets of its environment, and no other variable", () => {
    const environment = {
      ARM_CLIENT_SECRET: "one",
      PULUMI_CONFIG_PASSPHRASE: "two",
      ARM_OIDC_TOKEN: "",
      HOME: "/root",
    };
    assert.deepEqual(secretsOf(environment), ["one", "two"]);
  });
});
