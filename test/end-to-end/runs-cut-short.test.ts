/** Runs that are targeted, go on after an error, or are cancelled: a server never lacks a credential, and the next up finishes. */
import assert from "node:assert/strict";
import { JsonFile } from "../../console/processes/json-file";
import { watchTokens } from "../../sandbox/engine/token-watch";
import { TestSandbox } from "./support";

describe("an interrupted run", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
    await test.up();
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

  it("a run that is cancelled twice must keep a credential", async () => {
    const config = rotating("cancelled-again");
    await keepsCredentials(async () => {
      assert.notEqual(await cancelled(config, "ensure-certificate", [50, 50]), 0);
      await test.up({ config });
    });
    // A second cancel is a hard stop: an upload under way may reach Entra unrecorded, so that the next run uploads the same
    // certificate again. More than one entry may be left, but no other certificate.
    for (const name of ["sync01", "sync02"]) {
      const { appId, certificateSha256 } = test.server(name).connector;
      const application = test.sandbox.status().tenant.applications.find((candidate) => candidate.appId === appId);
      const hashes = new Set(application?.keyCredentials.map(({ sha256 }) => sha256));
      assert.deepEqual([...hashes], [certificateSha256], name);
      test.expectSchedulerOn(name);
    }
    await test.expectUnchanged({ config });
  });
});
