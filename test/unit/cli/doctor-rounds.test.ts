/** How often the doctor waits for a server. */
import assert from "node:assert/strict";
import { examine } from "../../../cli/doctor/doctor";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { diagnose, ProblemError } from "../../../model/diagnostics/diagnostic";
import * as diagnosis from "../../../remote/diagnose-host";
import * as hostKey from "../../../remote/host-key";
import * as observation from "../../../remote/observe-host";
import { replace } from "../../helpers/replaced";

const KEY = { type: "ssh-ed25519", blob: Buffer.from("key") };
const CONNECTION = {
  ...{ host: "sync01.contoso.com", user: "svc-pulumi" },
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQHkJLzh2xQb1oYVxF1d8cU2mJmUu1Qm0T0b0s8H9v",
};

describe("the rounds of the doctor", () => {
  it("a server must be diagnosed and observed at the same time", async () => {
    const { configuration } = checkConfiguration(
      { servers: { sync01: { role: "active", connection: CONNECTION } } },
      {},
      "dev",
    );
    assert.ok(configuration);
    const begun: string[] = [];
    let bothBegan = () => undefined as void;
    const both = new Promise<void>((resolve) => (bothBegan = resolve));
    // Neither answers before the other was asked.
    const answer = async (what: string): Promise<never> => {
      begun.push(what);
      if (begun.length === 2) bothBegan();
      await both;
      throw new ProblemError([diagnose("HOST_NOT_OBSERVED", "sync01", { actual: what })]);
    };
    const restore = [
      replace(hostKey, "fetchHostKey", async () => ({ kind: "key", ...KEY })),
      replace(diagnosis, "diagnoseHost", () => answer("diagnosis")),
      replace(observation, "observeHost", () => answer("observation")),
    ];
    try {
      const result = await examine(
        { stack: "dev", server: null, servers: true, tenant: false, agentSocketPath: undefined, now: new Date() },
        {
          ...{ configuration, problems: [], pins: { sync01: KEY }, servers: ["sync01"], notes: [] },
          ...{ setting: () => undefined, sshPrivateKey: undefined, readState: async () => [] },
        },
      );
      assert.deepEqual(begun.sort(), ["diagnosis", "observation"]);
      // If both fail, for one reason as a rule, the diagnosis says it.
      const { diagnostics } = result;
      assert.deepEqual(
        diagnostics.filter(({ subject }) => subject === "sync01").map(({ code, actual }) => [code, actual]),
        [["HOST_NOT_OBSERVED", "diagnosis"]],
      );
    } finally {
      restore.forEach((undo) => undo());
    }
  });
});
