/** `diagnose`: what it tells of a server that cannot be observed yet, and that it changes nothing. */
import assert from "node:assert/strict";
import { refused, result } from "./assertions";
import type { CurrentHost } from "./host-protocol.contract";

export function describeDiagnose(host: CurrentHost): void {
  describe("diagnose", () => {
    const request = (...endpoints: string[]) => ({ protocol: 1, server: "sync01", endpoints });
    const diagnose = async (...endpoints: string[]) => result(await host().run("diagnose", request(...endpoints)));

    it("diagnose must return PowerShell, caller, service, product, TPM and program", async () => {
      const facts = await diagnose();
      assert.equal(facts.computerName, "SYNC01");
      assert.match(facts.powershell.version, /^\d+\.\d+/);
      assert.equal(facts.powershell.languageMode, "FullLanguage");
      assert.equal(facts.caller.administrator, true);
      assert.equal(facts.service?.status, "Running");
      assert.equal(facts.product?.version, "2.6.84.0");
      assert.match(facts.product?.modulePath ?? "", /ADSync$/);
      assert.deepEqual(facts.tpm, { present: true, ready: true, specVersion: "2.0, 0, 1.38" });
      assert.deepEqual([facts.defaultShell, facts.endpoints, facts.program.sha256], [null, [], null]);
    });

    it("a TPM about which Windows says nothing must cost no other fact", async () => {
      host().faults.set("sync01", "unreadable-facts", null);
      const { tpm, service, unreadable } = await diagnose();
      assert.equal(tpm, null);
      assert.ok(service);
      assert.deepEqual(
        unreadable?.map(({ field }) => field),
        ["tpm"],
      );
    });

    it("diagnose must return the default shell of sshd", async () => {
      const shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
      host().change((state) => {
        state.defaultShell = shell;
      });
      assert.equal((await diagnose()).defaultShell, shell);
    });

    it("diagnose must return each endpoint in order with both clocks, whatever its status", async () => {
      const { tenant, clock } = host().world;
      clock.offset = 3_600_000;
      tenant.failure = 404;
      const { endpoints } = await diagnose(tenant.url, "https://localhost:1/");
      assert.deepEqual(
        endpoints.map(({ url, reached, status, proxy }) => [url, reached, status, proxy]),
        [
          [tenant.url, true, 404, null],
          ["https://localhost:1/", false, 0, null],
        ],
      );
      const [answered, unreached] = endpoints;
      const apart = Math.abs(Date.parse(answered.takenAt) - Date.parse(answered.date ?? ""));
      assert.ok(apart < 30_000, `${apart} ms between two clocks that agree`);
      assert.equal(answered.problem, null);
      assert.deepEqual([unreached.date, Boolean(unreached.problem)], [null, true]);
    });

    it("diagnose must show a clock difference", async () => {
      host().faults.set("sync01", "clock", null);
      const [{ takenAt, date }] = (await diagnose(host().world.tenant.url)).endpoints;
      assert.ok(Date.parse(takenAt) - Date.parse(date ?? "") > 9 * 60_000);
    });

    it("diagnose must return the proxy that blocks a connection", async () => {
      host().faults.set("sync01", "proxy", null);
      const [endpoint] = (await diagnose(host().world.tenant.url)).endpoints;
      assert.deepEqual([endpoint.reached, endpoint.proxy], [false, "http://proxy.contoso.com:8080"]);
      assert.match(endpoint.problem ?? "", /proxy/);
    });

    it("diagnose must send only GET requests: no credential, no token request", async () => {
      await host().registered();
      const seen = host().world.tenant.requests;
      await diagnose(host().world.tenant.url);
      assert.equal(host().world.tenant.requests, seen + 1);
    });

    it("diagnose must return a stopped service and a missing product as facts, not refuse", async () => {
      host().change((state) => {
        state.service.status = "Stopped";
      });
      assert.equal((await diagnose()).service?.status, "Stopped");
      host().faults.set("sync01", "no-adsync", null);
      const { service, product } = await diagnose();
      assert.deepEqual([service, product], [null, null]);
    });

    it("diagnose must refuse a caller without administrator rights, and a restricted PowerShell", async () => {
      host().faults.set("sync01", "not-administrator", 1);
      refused(await host().run("diagnose", request()), "NOT_ADMINISTRATOR");
      host().faults.set("sync01", "constrained-language", 1);
      refused(await host().run("diagnose", request()), "LANGUAGE_MODE");
    });

    it("diagnose must refuse an endpoint that is not a URL", async () => {
      refused(await host().run("diagnose", request("not a url")), "INVALID_REQUEST");
    });

    it("diagnose must change nothing on the host, and must not take the lock", async () => {
      await host().registered();
      const before = host().state;
      host().faults.set("sync01", "busy", null);
      await diagnose(host().world.tenant.url);
      assert.deepEqual(host().state, before);
    });
  });
}
