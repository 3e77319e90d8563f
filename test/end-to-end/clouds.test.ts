/** A server's whole life in each cloud but the global one, in which every other test runs. One server, to stay short. */
import assert from "node:assert/strict";
import { CLOUD_NAMES, type SandboxCloud } from "../../sandbox/tenant/cloud-names";
import { runOperationOn } from "./operations";
import { TestSandbox } from "./support";

const CLOUDS: SandboxCloud[] = ["usgovernment", "usgovernmentl5", "china"];

describe("the clouds", () => {
  for (const cloud of CLOUDS) {
    it(`a server must be onboarded, rotated, guarded and examined in the cloud ${cloud}, and in no other`, async () => {
      const test = await TestSandbox.open({ cloud, serverCount: 1 });
      try {
        const config = test.configuration((text) =>
          text.replace(/    sync02:[^]*/, "").replace("role: active", "role: active\n      passwordWriteback: true"),
        );
        const wrong = await test.preview([], { config, environment: { ARM_ENVIRONMENT: "global" } });
        assert.notEqual(wrong.code, 0);
        assert.match(wrong.output, /found Azure(USGovernment|ChinaCloud).+\[CLOUD_CONTRADICTED\]/s);

        await test.sandbox.break("sync01", "writeback");
        await test.up({ config });
        test.expectOnboarded("sync01");
        const { store } = test.sandbox.tenant;
        const reset = store.principalByAppId(CLOUD_NAMES[cloud].passwordResetAppId)!;
        const own = store.principalByAppId(test.server("sync01").connector.appId!)!;
        assert.equal(store.rolesOf(own.id, reset).length, 3);
        const output = await test.pulumi(["stack", "output", "summary", "--json"]);
        assert.match(output.stdout, new RegExp(`"cloud": "${cloud}"`));

        const old = test.server("sync01").connector.certificateSha256;
        test.sandbox.clock.advance(200 * 86_400);
        await test.up({ config });
        test.expectOnboarded("sync01");
        assert.notEqual(test.server("sync01").connector.certificateSha256, old);

        await test.sandbox.break("sync01", "extra-role");
        const guarded = await test.preview([], { config });
        assert.match(guarded.output, /role-foreign: /);
        assert.ok(guarded.output.includes(`https://${CLOUD_NAMES[cloud].graphHost}/v1.0/`), guarded.output);
        assert.ok(!guarded.output.includes("https://graph.microsoft.com"), guarded.output);

        const doctor = await runOperationOn(test, "doctor", ["--config-file", config, "--tenant", "sync01"]);
        assert.equal(doctor.code, 1, doctor.stdout + doctor.stderr);
        assert.ok(doctor.stdout.includes(`https://${CLOUD_NAMES[cloud].graphHost}/v1.0/`), doctor.stdout);
      } finally {
        await test.close();
      }
    });
  }
});
