/** What an emulated host answers wrongly, over a real SSH connection: which answer is taken, and what of it. */
import assert from "node:assert/strict";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { observeHost } from "../../../remote/observe-host";
import { readHostProgram } from "../../../remote/host-program-files";
import type { ServerFault } from "../../../sandbox/surroundings/faults";
import { ContractHost, ContractWorld } from "../../contract/contract-host";

describe("an observation of a host that answers wrongly", function () {
  this.timeout(60_000);
  let world: ContractWorld;
  let host: ContractHost;
  before(async () => {
    world = await ContractWorld.make();
  });
  beforeEach(async () => {
    host = await new ContractHost(world, "model").start();
    host.install();
  });
  afterEach(() => host.stop());
  after(() => world.close());

  const observed = () => {
    const { port, privateKey, hostKey } = host.target;
    const target = { server: "sync01", host: "127.0.0.1", port, user: "admin", hostKey, privateKey };
    return observeHost(target, { stack: "dev", server: "sync01" }, readHostProgram());
  };

  const refused: Partial<Record<ServerFault, RegExp>> = {
    "answer-of-another": /it is of the server sync99/,
    "two-answers": /2 answers of observe instead of one/,
    "exit-255": /it reports success and the exit code is 255/,
  };
  for (const [fault, message] of Object.entries(refused)) {
    it(`an answer must be refused with ${fault}`, async () => {
      host.faults.set("sync01", fault, null);
      await assert.rejects(observed(), (error: unknown) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.code, "HOST_ANSWER_INVALID");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("an answer to an earlier call of the same operation must be refused", async () => {
    host.faults.set("sync01", "repeated-answer", null);
    await observed();
    await assert.rejects(observed(), /it answers another request/);
  });

  it("a text of the host that looks like the lines around an answer must not break the answer", async () => {
    host.faults.set("sync01", "marker-in-fields", null);
    const facts = await observed();
    assert.match(facts.connector.userName, /-----BEGIN CONNECT SYNC HOST ANSWER-----/);
  });

  it("a fact that is not what was agreed must cost that fact alone, and be listed with its reason", async () => {
    await host.certified();
    host.faults.set("sync01", "invalid-fields", null);
    const facts = await observed();
    assert.deepEqual([facts.machineIdentifier, facts.passwordWriteback, facts.legacyAccountName], [null, null, null]);
    assert.deepEqual([facts.certificates.length, facts.certificates[0].acl, facts.events], [1, null, []]);
    const lost = facts.unreadable?.map(({ field }) => field).sort();
    assert.deepEqual(lost, [
      "certificates[0].acl",
      "events",
      "legacyAccountName",
      "machineIdentifier",
      "passwordWriteback",
    ]);
    assert.ok(facts.unreadable?.every(({ reason }) => reason !== ""));
  });
});
