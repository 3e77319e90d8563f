/** The linter's rule that whatever prints goes through an encoder. */
import assert from "node:assert/strict";
import * as path from "node:path";
import { ESLint } from "eslint";

const ROOT = path.resolve(__dirname, "../../..");

async function refusals(file: string, text: string): Promise<number> {
  const linter = new ESLint({ cwd: ROOT });
  const [{ messages }] = await linter.lintText(text, { filePath: path.join(ROOT, file) });
  return messages.filter(({ ruleId }) => ruleId === "no-restricted-syntax").length;
}

const PRINTING = [
  'console.log("x");',
  'console.error("x");',
  'process.stdout.write("x");',
  'process.stderr.write("x");',
  "const { stdout } = process;\nstdout.end();",
  'import { stderr } from "node:process";\nstderr.end();',
];
const LOGGING = [
  'import * as pulumi from "@pulumi/pulumi";\nvoid pulumi.log.warn("x");',
  'import { log } from "@pulumi/pulumi";\nvoid log.warn("x");',
];

describe("the linter", function () {
  this.timeout(60_000);

  for (const folder of ["cli", "components", "console", "model", "policy", "remote", "sandbox"]) {
    it(`must refuse whatever prints past the encoders in ${folder}/`, async () => {
      for (const text of [...PRINTING, ...LOGGING]) assert.equal(await refusals(`${folder}/any.ts`, text), 1, text);
    });
  }

  it("must let the two files print that encode", async () => {
    for (const text of PRINTING) assert.equal(await refusals("console/output.ts", text), 0, text);
    for (const text of LOGGING) assert.equal(await refusals("components/log.ts", text), 0, text);
  });
});
