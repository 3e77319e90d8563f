/** Preflight of `register`: each refusal comes before the scheduler is touched. */
import assert from "node:assert/strict";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import type { HostErrorCode } from "../../model/protocol/host-protocol";
import type { ServerFault } from "../../sandbox/surroundings/faults";
import { refused, result, schedulerAsBefore } from "./assertions";
import { APP_ID, PASSWORD_RESET_APP_ID, WRITEBACK_ROLES, type ContractHost } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

/** Registers, must be refused, and nothing of the host may have moved. */
async function refusedUntouched(
  host: ContractHost,
  code: HostErrorCode,
  request: ReturnType<ContractHost["registerRequest"]>,
) {
  const before = host.state;
  const run = await host.run("register", request);
  const error = refused(run, code);
  assert.deepEqual(host.state, before);
  assert.equal(run.answer.changed, false);
  assert.equal(host.server.pausedSeconds, 0, "the scheduler was paused");
  schedulerAsBefore(host);
  return error;
}

export function describePreflight(host: CurrentHost): void {
  describe("preflight of register", () => {
    const faults: [ServerFault, HostErrorCode][] = [
      ["not-administrator", "NOT_ADMINISTRATOR"],
      ["no-adsync", "ADSYNC_MISSING"],
      ["old-version", "VERSION_TOO_OLD"],
      ["suspended", "SCHEDULER_SUSPENDED"],
      ["busy", "BUSY"],
      ["pss-salt", "TPM_SIGNATURE_INVALID"],
      ["no-tpm", "KEY_UNAVAILABLE"],
      ["tpm-locked", "KEY_UNAVAILABLE"],
      ["clock", "CLOCK_SKEW"],
    ];
    for (const [fault, code] of faults) {
      it(`register must refuse with ${code} (${fault}) before it touches the scheduler`, async () => {
        const sha256 = await host().certified();
        host().faults.set("sync01", fault, null);
        await refusedUntouched(host(), code, host().registerRequest(sha256));
      });
    }

    it("register must refuse if the service is not running", async () => {
      const sha256 = await host().certified();
      host().change((state) => {
        state.service.status = "Stopped";
      });
      await refusedUntouched(host(), "SERVICE_STOPPED", host().registerRequest(sha256));
    });

    it("register must refuse a service account other than the declared one", async () => {
      const sha256 = await host().certified();
      const request = host().registerRequest(sha256, { serviceAccount: "CONTOSO\\gmsa$" });
      await refusedUntouched(host(), "SERVICE_ACCOUNT_UNEXPECTED", request);
    });

    it("register must use the minimum version of the request", async () => {
      const sha256 = await host().certified();
      const request = host().registerRequest(sha256, { minimumVersion: "2.7.0.0" });
      const error = await refusedUntouched(host(), "VERSION_TOO_OLD", request);
      assert.match(error.expected, /2\.7\.0\.0/);
      assert.match(error.actual, /2\.6\.84\.0/);
    });

    it("register must refuse a certificate that does not exist", async () => {
      await refusedUntouched(host(), "CERTIFICATE_MISSING", host().registerRequest("0".repeat(64)));
    });

    it("register must refuse a hash that two certificates have", async () => {
      const sha256 = await host().certified();
      host().change((state) => state.certificates.push({ ...state.certificates[0] }));
      await refusedUntouched(host(), "CERTIFICATE_AMBIGUOUS", host().registerRequest(sha256));
    });

    it("register must refuse a dead key", async () => {
      const sha256 = await host().certified();
      host().server.break("key");
      await refusedUntouched(host(), "KEY_UNUSABLE", host().registerRequest(sha256));
    });

    it("register must refuse a software key unless it is allowed", async () => {
      const sha256 = await host().certified();
      host().server.break("key-software");
      await refusedUntouched(host(), "KEY_NOT_IN_HARDWARE", host().registerRequest(sha256));
      result(await host().run("register", host().registerRequest(sha256, { allowSoftwareKey: true })));
    });

    it("register must distinguish an unreachable endpoint from a wrong key", async () => {
      const sha256 = await host().certified();
      const tokenEndpoint = "https://localhost:1/tenant/oauth2/v2.0/token";
      const request = host().registerRequest(sha256, { tokenEndpoint });
      await refusedUntouched(host(), "TOKEN_ENDPOINT_UNREACHABLE", request);
    });

    it("register must report a failing endpoint as unreachable, not as a wrong key", async () => {
      const sha256 = await host().certified();
      host().world.tenant.failure = 503;
      await refusedUntouched(host(), "TOKEN_ENDPOINT_UNREACHABLE", host().registerRequest(sha256));
    });

    it("register must refuse a key that the application does not hold, with Entra's own words", async () => {
      const sha256 = await host().certified();
      host().world.tenant.applications.get(APP_ID)!.certificates.clear();
      const error = await refusedUntouched(host(), "TOKEN_REFUSED", host().registerRequest(sha256));
      assert.match(error.actual, /AADSTS700027/);
    });

    it("register must refuse an application that Entra does not know", async () => {
      const sha256 = await host().certified();
      host().world.tenant.applications.clear();
      const error = await refusedUntouched(host(), "TOKEN_REFUSED", host().registerRequest(sha256));
      assert.match(error.actual, /AADSTS700016/);
    });

    it("register must refuse an application without the role", async () => {
      const sha256 = await host().certified();
      host().world.tenant.applications.get(APP_ID)!.roles = {};
      const error = await refusedUntouched(host(), "ROLE_MISSING", host().registerRequest(sha256));
      assert.equal(error.expected, SYNC_ROLE);
    });

    it("register must look for the writeback roles in a token for their own resource", async () => {
      const sha256 = await host().certified();
      const sync = { resourceAppId: SYNC_SERVICE_APP_ID, roles: [SYNC_ROLE] };
      const request = host().registerRequest(sha256, { requiredRoles: [sync, WRITEBACK_ROLES] });
      const error = await refusedUntouched(host(), "ROLE_MISSING", request);
      assert.match(error.message, /PasswordWriteback/);
      host().world.tenant.applications.get(APP_ID)!.roles[PASSWORD_RESET_APP_ID] = WRITEBACK_ROLES.roles;
      result(await host().run("register", request));
    });

    it("register must ask again until Entra has replicated the key", async () => {
      const sha256 = await host().certified();
      host().world.tenant.unreplicated = 2;
      const bounds = { replicationSeconds: 20, cycleSeconds: 1, cmdletSeconds: 10, verifySeconds: 30 };
      const { after } = result(await host().run("register", host().registerRequest(sha256, { bounds })));
      assert.equal(after.connector.certificateSha256, sha256);
      assert.equal(host().world.tenant.unreplicated, 0, "nothing was asked while the key was not replicated");
    });
  });
}
