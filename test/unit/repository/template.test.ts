/** What `pulumi new` copies: its questions, versions and workflow. A run of it: test/end-to-end/examples.test.ts. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { CLOUDS } from "../../../model/tenant/clouds";
import manifest from "../../../package.json";

const ROOT = path.resolve(__dirname, "../../..");
const TEMPLATE = path.join(ROOT, "template");
const read = (...parts: string[]) => fs.readFileSync(path.join(TEMPLATE, ...parts), "utf8");

interface Question {
  description: string;
  default: string;
  secret?: boolean;
}

describe("the template of pulumi new", () => {
  const { template } = parse(read("Pulumi.yaml")) as {
    template: { description: string; config: Record<string, Question> };
  };

  it("it must ask for tenant, cloud and first server, each with words and a default, and for no secret", () => {
    const [tenant, cloud, ...server] = Object.keys(template.config);
    assert.deepEqual([tenant, cloud], ["azuread:tenantId", "azuread:environment"]);
    assert.ok(server.length > 0 && server.every((name) => name.startsWith("firstServer")));
    for (const [name, { description, default: preset, secret }] of Object.entries(template.config)) {
      assert.ok(description && preset && secret === undefined, name);
    }
    for (const name of Object.keys(CLOUDS))
      assert.match(template.config["azuread:environment"].description, new RegExp(name));
  });

  it("its answers must become a stack's file that a run takes, once", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-template-"));
    try {
      fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      fs.copyFileSync(path.join(TEMPLATE, "first-server.js"), path.join(folder, "first-server.js"));
      const answers = Object.entries(template.config).map(([key, { default: preset }]) => {
        return [key.includes(":") ? key : `sync-identities:${key}`, preset];
      });
      const file = path.join(folder, "Pulumi.prod.yaml");
      fs.writeFileSync(
        file,
        JSON.stringify({ encryptionsalt: "v1:kept", config: Object.fromEntries(answers) as object }),
      );
      const run = () => {
        execFileSync(process.execPath, ["first-server.js"], { cwd: folder });
        return fs.readFileSync(file, "utf8");
      };
      const made = run();
      assert.equal(run(), made, "it changed the file a second time");
      const { encryptionsalt, config } = parse(made) as { encryptionsalt: string; config: Record<string, unknown> };
      assert.equal(encryptionsalt, "v1:kept");
      const servers = config["sync-identities:servers"];
      assert.deepEqual(Object.keys(config), ["azuread:tenantId", "azuread:environment", "sync-identities:servers"]);
      assert.deepEqual(checkConfiguration({ servers }, {}).problems, []);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it("it must name this version of the package, and the versions of the others that the package is tested with", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const known: Record<string, string> = { ...manifest.dependencies, [manifest.name]: manifest.version };
    for (const [name, version] of Object.entries(dependencies)) assert.equal(version, known[name], name);
  });

  it("its workflow must name only actions and scripts that the package contains", () => {
    const workflow = read(".github", "workflows", "sync.yml");
    const named = [...workflow.matchAll(/node_modules\/connect-sync-identity\/(\S+)/g)].map(([, name]) => name);
    assert.ok(named.length > 3);
    for (const name of new Set(named)) assert.ok(fs.existsSync(path.join(ROOT, name)), name);
    assert.doesNotMatch(workflow, /secrets\./);
  });

  it("its README must have ten lines at most", () => {
    assert.ok(read("README.md").trim().split("\n").length <= 10);
  });
});
