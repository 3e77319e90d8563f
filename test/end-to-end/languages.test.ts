/**
 * The examples in other languages than TypeScript, as a person runs them: against a sandbox, with the plugin of this
 * checkout. Each makes the plan of the TypeScript program on the same servers, and heals as that does. It does not prove
 * that C# runs: the host for it is to be had in Pulumi's release only.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kindOf, RESOURCE_TYPES } from "../../model/resources/resource-types";
import { Sandbox } from "../../sandbox/sandbox";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
const EXAMPLES = path.join(ROOT, "examples");
const PREVIEW_LIMIT_SECONDS = 240;

type Inputs = Record<string, unknown>;

interface Step {
  op: string;
  urn: string;
  newState: { type: string; inputs?: Inputs };
}

/** By kind and name, what would be made and with which inputs. */
type Plan = Record<string, Inputs>;

/** What a language brings along, which is no part of what is declared. */
const OF_LANGUAGES: readonly string[] = [RESOURCE_TYPES.identities, "pulumi:pulumi:Stack"];

/** The serialised provider of a dynamic resource, and where the host program is: beside it is the hash of its files. */
const IGNORED = ["__provider", "path"];
const meant = (inputs: Inputs): Inputs =>
  JSON.parse(JSON.stringify(inputs, (key, value: unknown) => (IGNORED.includes(key) ? undefined : value))) as Inputs;

function planOf(output: string): Plan {
  const { steps } = JSON.parse(output) as { steps: Step[] };
  const made = steps.filter(({ newState }) => !OF_LANGUAGES.includes(newState.type));
  return Object.fromEntries(
    made.map(({ op, urn, newState }) => [
      `${op} ${kindOf(newState.type)} ${urn.split("::").at(-1)}`,
      meant(newState.inputs ?? {}),
    ]),
  );
}

/** A copy of an example, so that nothing is written into the checkout. */
function copyOf(example: string, folder: string): string {
  const copy = path.join(folder, example);
  const filter = (file: string) => !["venv", "sdks", ".sandbox"].includes(path.basename(file));
  fs.cpSync(path.join(EXAMPLES, example), copy, { recursive: true, filter });
  return copy;
}

describe("examples in other languages", function () {
  this.timeout(900_000);
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "languages-")));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  describe("the plan on the same servers", () => {
    let ofTypeScript: Plan;

    async function preview(projectFolder?: string): Promise<Plan> {
      const options = { folder: path.join(folder, "sandbox"), command: "test", log: () => undefined };
      const sandbox = await Sandbox.open({ ...options, projectFolder });
      try {
        await sandbox.start();
        const limits = { limitSeconds: PREVIEW_LIMIT_SECONDS, stdio: "pipe" } as const;
        const { code, stdout, stderr } = await sandbox.pulumi(["preview", "--json", "--non-interactive"], limits);
        assert.equal(code, 0, stdout + stderr);
        return planOf(stdout);
      } finally {
        await sandbox.close();
      }
    }

    before(async () => {
      ofTypeScript = await preview();
      assert.ok(Object.keys(ofTypeScript).length > 20, Object.keys(ofTypeScript).join("\n"));
    });

    for (const example of ["yaml", "python", "go"]) {
      it(`${example} must plan the resources of the TypeScript program, with the same names, kinds and inputs`, async () => {
        const plan = await preview(copyOf(example, folder));
        assert.deepEqual(Object.keys(plan).sort(), Object.keys(ofTypeScript).sort());
        for (const [resource, inputs] of Object.entries(ofTypeScript)) {
          assert.deepEqual(plan[resource], inputs, resource);
        }
      });
    }
  });

  for (const example of ["yaml", "python"]) {
    it(`${example}: onboards, finds nothing to do afterwards, heals a lost certificate, and is destroyed`, async () => {
      const test = await TestSandbox.open({ projectFolder: copyOf(example, path.join(folder, "whole")) });
      try {
        await test.up();
        for (const server of ["sync01", "sync02"]) test.expectOnboarded(server);
        await test.expectUnchanged();
        await test.sandbox.break("sync01", "certificate");
        const { output } = await test.preview();
        assert.match(output, /sync01: certificate-missing/);
        await test.up();
        test.expectOnboarded("sync01");
        await test.expectUnchanged();
        const { stdout } = await test.pulumi(["stack", "output", "servers", "--json"]);
        assert.deepEqual(Object.keys(JSON.parse(stdout) as object).sort(), ["sync01", "sync02"]);
        // While a connector uses its certificate, nothing takes it away.
        const { code, output: refused } = await test.destroy();
        assert.notEqual(code, 0, refused);
        assert.match(refused, /CERTIFICATE_IN_USE/);
        for (const server of ["sync01", "sync02"]) test.expectOnboarded(server);
      } finally {
        await test.close();
      }
    });
  }
});
