/** The pack as a folder that stands alone. That the engine takes it is shown end to end. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dependencies, version } from "../../../package.json";
import pack from "../../../policy/package.json";
import { buildPolicyPack } from "../../../cli/policy/policy-build";

const versions: Record<string, string> = dependencies;

describe("the policy pack's package.json", () => {
  it("the policy pack's package.json must name the versions of this project, and its own", () => {
    assert.equal(pack.version, version);
    for (const [name, version] of Object.entries(pack.dependencies)) assert.equal(version, versions[name], name);
  });
});

describe("a built policy pack", () => {
  let folder: string;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-pack-"))));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("a built policy pack must contain each file that its code imports, and name each package", () => {
    const target = path.join(folder, "pack");
    const files = buildPolicyPack(target);
    assert.ok(files.includes("policy/pack.js") && files.includes("PulumiPolicy.yaml"));
    const manifest = JSON.parse(fs.readFileSync(path.join(target, "package.json"), "utf8")) as typeof pack;
    const named: Record<string, string> = manifest.dependencies;
    for (const [name, version] of Object.entries(named)) assert.equal(version, versions[name], name);
    for (const file of files.filter((name) => name.endsWith(".js") && name !== "policy/index.js")) {
      const source = fs.readFileSync(path.join(target, file), "utf8");
      for (const [, specifier] of source.matchAll(/require\("([^"]+)"\)/g)) {
        if (specifier.startsWith(".")) {
          assert.ok(files.includes(`${path.join(path.dirname(file), specifier)}.js`), `${file}: ${specifier}`);
        } else if (!specifier.startsWith("node:")) {
          assert.ok(
            Object.keys(named).some((name) => `${specifier}/`.startsWith(`${name}/`)),
            `${file}: ${specifier}`,
          );
        }
      }
    }
    assert.ok(!files.some((file) => /^(components|remote|sandbox|operations)\//.test(file)));
  });

  it("a policy pack must not be built over an existing folder's contents", () => {
    fs.writeFileSync(path.join(folder, "mine"), "");
    assert.throws(() => buildPolicyPack(folder), /is not empty/);
    assert.equal(fs.readFileSync(path.join(folder, "mine"), "utf8"), "");
  });
});
