/** A server never gets a second application, whatever state knows. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { TestSandbox } from "./support";

describe("an application that state does not know", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
    fs.rmSync(test.sandbox.folder.state, { recursive: true });
  });
  after(() => test?.close());

  it("a preview must say which application is not in state and how to adopt it, without an error of the provider", async () => {
    const { code, output } = await test.preview();
    assert.notEqual(code, 0, output);
    for (const name of ["sync01", "sync02"]) {
      const lines = output.match(new RegExp(`error: ${name}: application: .*APPLICATION_UNKNOWN`, "g")) ?? [];
      assert.equal(lines.length, 1, output);
      assert.match(output, new RegExp(`npx connect-sync-identity adopt ${name} --stack dev`));
    }
    assert.doesNotMatch(output, /imported into the State/);
  });

  it("an up without a preview must stop before it creates a second application, even under another name", async () => {
    let count = 0;
    const config = test.configuration((text) =>
      text.replaceAll(/^( +)role: /gm, (line, indent: string) => {
        count += 1;
        return `${indent}applicationName: Another name ${count}\n${line}`;
      }),
    );
    const before = test.sandbox.status().tenant.applications.map(({ appId }) => appId);
    const connectors = ["sync01", "sync02"].map((name) => test.server(name).connector);
    const run = await test.tryUp({ config });
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /sync0[12]: application: .*APPLICATION_UNKNOWN/s);
    assert.match(run.output, /npx connect-sync-identity adopt sync0[12] --stack dev/);
    assert.deepEqual(
      test.sandbox.status().tenant.applications.map(({ appId }) => appId),
      before,
    );
    assert.deepEqual(
      ["sync01", "sync02"].map((name) => test.server(name).connector),
      connectors,
    );
  });
});
