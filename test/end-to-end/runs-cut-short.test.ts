/** Runs that are targeted, go on after an error, or are cancelled: a server never lacks a credential, and the next up finishes. */
import assert from "node:assert/strict";
import { JsonFile } from "../../console/processes/json-file";
import { killTree } from "../../console/processes/process-tree";
import { keyIdOf } from "../../model/certificate/key-id";
import { watchTokens } from "../../sandbox/engine/token-watch";
import { TestSandbox } from "./support";

describe("an interrupted run", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  /** A configuration that asks both servers for a rotation. */
  const rotating = (text: string) =>
    test.configuration((original) =>
      original.replace(/role: (active|staging)/g, (role) => `${role}\n      rotate: ${text}`),
    );

  /** Tokens asked for with the connectors' own credentials meanwhile: each one must be issued. */
  async function keepsCredentials<T>(work: () => Promise<T>): Promise<T> {
    const watch = watchTokens(test.sandbox);
    let counts: Awaited<ReturnType<typeof watch.stop>> = {};
    try {
      return await work();
    } finally {
      counts = await watch.stop();
      for (const [server, { requests, failures, firstFailures }] of Object.entries(counts)) {
        assert.ok(requests > 0, `${server} was not watched`);
        assert.equal(failures, 0, `${server}: ${firstFailures.join("; ")}`);
      }
    }
  }

  async function finishes(config: string): Promise<void> {
    await test.up({ config });
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
    await test.expectUnchanged({ config });
  }

  /** Presses Ctrl-C on the running Pulumi once the server has come so far, and again after as many milliseconds. */
  async function cancelAt(operation: string, again: number[]): Promise<void> {
    const { pid } = new JsonFile<{ pid: number }>(test.sandbox.folder.runningFile).read() ?? {};
    assert.ok(pid, "no Pulumi runs");
    const before = test.server("sync02").journal.length;
    const begun = () =>
      test
        .server("sync02")
        .journal.slice(before)
        .some((entry) => entry.startsWith(operation));
    for (let wait = 0; wait < 600 && !begun(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(begun(), `sync02 never came to ${operation}`);
    for (const milliseconds of [0, ...again]) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      try {
        process.kill(pid, "SIGINT");
      } catch {
        return; // It ended on the interrupt before.
      }
    }
  }

  /** Kills Pulumi and its plugins when Entra has stored the first new key, before its answer leaves. */
  async function killedDuringUpload(config: string) {
    const { store } = test.sandbox.tenant;
    const change = store.change.bind(store);
    const count = () => store.data.applications.reduce((sum, { keyCredentials }) => sum + keyCredentials.length, 0);
    store.change = (act) => {
      const before = count();
      const result = change(act);
      if (count() > before) {
        store.change = change;
        killTree(new JsonFile<{ pid: number }>(test.sandbox.folder.runningFile).read()!.pid);
      }
      return result;
    };
    return test.tryUp({ config });
  }

  async function cancelled(config: string, operation: string, again: number[]): Promise<number> {
    const run = test.tryUp({ config });
    // The run notes its process as soon as it started one.
    for (let wait = 0; wait < 200 && !new JsonFile(test.sandbox.folder.runningFile).read(); wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await cancelAt(operation, again);
    return (await run).code;
  }

  it("a run that is targeted at one half must keep both credentials, and the next run must finish it", async () => {
    const config = rotating("targeted");
    await keepsCredentials(async () => {
      const state = JSON.parse(await test.state()) as { deployment: { resources: { urn: string }[] } };
      const target = state.deployment.resources.find(({ urn }) => urn.endsWith("::sync02-credential"))!.urn;
      await test.tryUp({ config, args: ["--target", target] });
      test.expectSchedulerOn("sync02");
      await finishes(config);
    });
  });

  it("a run that continues after a failed switch must keep the old credential", async () => {
    const config = rotating("failing");
    await keepsCredentials(async () => {
      const { certificateSha256 } = test.server("sync02").connector;
      test.sandbox.faults.set("sync02", "cmdlet-fails", null);
      const run = await test.tryUp({ config, args: ["--continue-on-error"] });
      test.sandbox.faults.clear("sync02");
      assert.notEqual(run.code, 0, run.output);
      assert.equal(test.server("sync02").connector.certificateSha256, certificateSha256);
      test.expectSchedulerOn("sync02");
      await finishes(config);
    });
  });

  it("a run that is cancelled in the middle must keep a credential, and the next run must finish it", async () => {
    const config = rotating("cancelled");
    await keepsCredentials(async () => {
      assert.notEqual(await cancelled(config, "ensure-certificate", []), 0);
      test.expectSchedulerOn("sync02");
      await finishes(config);
    });
  });

  it("a run that is killed during the upload must leave no second key after the next run, and none after a rotation", async () => {
    const keys = (name: string) => {
      const { appId } = test.server(name).connector;
      const found = test.sandbox.status().tenant.applications.find((candidate) => candidate.appId === appId);
      return found!.keyCredentials.map(({ keyId, sha256 }) => ({ keyId, sha256 }));
    };
    const own = (name: string) => {
      const sha256 = test.server(name).connector.certificateSha256!;
      return [{ keyId: keyIdOf(sha256), sha256 }];
    };
    const config = rotating("killed");
    await keepsCredentials(async () => {
      const { code } = await killedDuringUpload(config);
      assert.notEqual(code, 0);
      assert.equal(keys("sync01").length + keys("sync02").length, 3, "the kill came before the upload, or after both");
      await finishes(config);
      for (const name of ["sync01", "sync02"]) assert.deepEqual(keys(name), own(name), name);
      const next = rotating("after-the-kill");
      await finishes(next);
      for (const name of ["sync01", "sync02"]) assert.deepEqual(keys(name), own(name), name);
    });
  });

  it("a run that is cancelled twice must keep a credential", async () => {
    const config = rotating("cancelled-again");
    await keepsCredentials(async () => {
      assert.notEqual(await cancelled(config, "ensure-certificate", [50, 50]), 0);
      await test.up({ config });
    });
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
    await test.expectUnchanged({ config });
  });
});
