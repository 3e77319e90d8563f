/** A report on two stacks of one tenant, the second of which declares a machine that the first one has already. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { StacksDocument } from "../../cli/report/stacks-document";
import { SituationProject } from "./situations/project";

interface Settings {
  config: Record<string, Record<string, unknown>>;
}

describe("the report on several stacks", function () {
  this.timeout(300_000);
  let project: SituationProject;
  before(async () => {
    project = await SituationProject.open();
    await project.begin("onboarded");
  });
  after(() => project?.close());

  it("must show a machine that two stacks declare, on both, and who may synchronise only once", async () => {
    const dev = parse(fs.readFileSync(path.join(project.folder, "Pulumi.dev.yaml"), "utf8")) as Settings;
    const { sync02 } = dev.config["connect-sync-identity:servers"];
    dev.config["connect-sync-identity:servers"] = { clone: sync02 };
    fs.writeFileSync(path.join(project.folder, "Pulumi.twin.yaml"), stringify(dev));
    await project.succeeded("pulumi stack init twin");

    const report = "npx connect-sync-identity report --stack dev --stack twin";
    const refused = await project.refused(`${report} --short comment.md`);
    assert.match(refused, /--short is for one stack, and several are named/);
    await project.refused(report);
    const folder = path.join(project.folder, "reports");
    const text = fs.readFileSync(path.join(folder, "stacks", "latest.json"), "utf8");
    const document = StacksDocument.parse(JSON.parse(text));
    assert.deepEqual(
      document.findings.map(({ subject, code, stacks }) => [subject, code, stacks]),
      [
        ["dev/sync02", "shared-over-stacks", ["dev"]],
        ["twin/clone", "shared-over-stacks", ["twin"]],
      ],
    );
    assert.deepEqual(
      document.servers.map(({ stack, name, status, exports }) => [stack, name, status, exports]),
      [
        ["dev", "sync01", "as-declared", true],
        ["dev", "sync02", "as-declared", false],
        ["twin", "clone", "planned", false],
      ],
    );
    for (const { page } of document.stacks) assert.ok(fs.existsSync(path.resolve(project.folder, page)), page);
    const pages = fs.readdirSync(path.join(folder, "stacks")).filter((name) => name.endsWith(".html"));
    assert.match(fs.readFileSync(path.join(folder, "stacks", pages[0]), "utf8"), /shared-over-stacks/);
    project.test.expectOnboarded("sync02");
  });
});
