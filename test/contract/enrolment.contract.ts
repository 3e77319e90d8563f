/** A certificate that the server asks a CA for by a template (`enrolment`). */
import assert from "node:assert/strict";
import { STEPS } from "../../model/protocol/host-progress";
import { SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import { BY_PRODUCT, setApplication } from "../../sandbox/server/machine-connector";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

const TEMPLATE = "EntraConnectSync";
const LEAST_DAYS = 180;

export function describeEnrolment(host: CurrentHost): void {
  const request = (template = TEMPLATE, changes: Parameters<typeof certificateRequest>[1] = {}) =>
    certificateRequest(1, { enrolment: { template, leastDays: LEAST_DAYS }, ...changes });
  const enrol = (...args: Parameters<typeof request>) => host().run("ensure-certificate", request(...args));
  const remove = () => host().run("remove-certificate", request());
  const held = () => {
    const { certificates, keys, requests = [] } = host().state;
    return { certificates: certificates.length, keys: keys.length, requests: requests.length };
  };
  const NOTHING = { certificates: 0, keys: 0, requests: 0 };

  describe("a certificate by a template", () => {
    it("the CA must be asked once, and its certificate carry the label and the access rules", async () => {
      const run = await enrol();
      const { before, after } = result(run);
      assert.equal(before, null);
      assert.deepEqual([after.label, after.subject], [request().label, "CN=SYNC01.contoso.com"]);
      assert.equal(after.issuance?.issuer, "CN=Contoso Issuing CA");
      const sids = after.acl?.map(({ sid }) => sid).sort();
      assert.deepEqual(sids, ["S-1-5-18", "S-1-5-32-544", host().state.service.accountSid].sort());
      assert.equal(run.answer.changed, true);
      assert.match(run.stderr, new RegExp(STEPS.enrolling));
      const again = await enrol();
      assert.deepEqual([again.answer.changed, result(again).after.sha256], [false, after.sha256]);
      assert.deepEqual(held(), { certificates: 1, keys: 1, requests: 0 });
    });

    it("a certificate by a template must be registered like one that was made here", async () => {
      const { after } = result(await enrol());
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      assert.equal(result(await host().run("register", host().registerRequest(after.sha256))).action, "linked");
    });

    it("a certificate by a template must be rotated to on the application of the product, which stays the product's", async () => {
      const { after } = result(await enrol());
      setApplication(host().machine, APP_ID, "d".repeat(64), BY_PRODUCT);
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      const request = host().registerRequest(after.sha256, { rotateOnly: true });
      const { action, after: now } = result(await host().run("register", request));
      assert.deepEqual([action, now.connector.parameters.ApplicationManagedBy], ["rotated", "EntraConnect"]);
    });

    it("a request that waits for approval must be kept, fetched once it is approved, and not made twice", async () => {
      host().faults.set("sync01", "ca-approval", null);
      const first = await enrol();
      assert.match(refused(first, "ENROLMENT_PENDING").remedy, /Approve the request on the CA/);
      assert.equal(first.answer.changed, true);
      const second = await enrol();
      refused(second, "ENROLMENT_PENDING");
      assert.equal(second.answer.changed, false);
      assert.deepEqual(held(), { certificates: 0, keys: 1, requests: 1 });
      const [{ keyName }] = host().state.requests!;
      host().faults.clear("sync01");
      const run = await enrol();
      assert.match(run.stderr, new RegExp(STEPS.collecting));
      assert.equal(result(run).after.label, request().label);
      assert.deepEqual(held(), { certificates: 1, keys: 1, requests: 0 });
      assert.equal(host().state.keys[0].name, keyName);
    });

    it("a request that the CA denies after it waited must be removed with its key", async () => {
      host().faults.set("sync01", "ca-approval", 1);
      refused(await enrol(), "ENROLMENT_PENDING");
      host().faults.set("sync01", "ca-denies", null);
      const run = await enrol();
      const error = refused(run, "ENROLMENT_FAILED");
      assert.match(error.actual, /0x80094014|Denied/);
      assert.match(error.message, /the request and its key were removed/);
      assert.deepEqual(held(), NOTHING);
    });

    for (const [what, template, fault, actual] of [
      ["a template that no CA offers", "Unknown", null, /0x80094800/],
      ["a CA that does not answer", TEMPLATE, "ca-unreachable", /0x800706BA/],
      ["a computer that may not enrol", TEMPLATE, "ca-denies", /0x80094012/],
    ] as const) {
      it(`${what} must be refused with the CA's words, and nothing be left`, async () => {
        if (fault) host().faults.set("sync01", fault, null);
        const run = await enrol(template);
        const error = refused(run, "ENROLMENT_FAILED");
        assert.match(error.actual, actual);
        assert.ok(error.message.includes(template), error.message);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(held(), NOTHING);
      });
    }

    for (const [what, template, code, actual] of [
      ["a template for other purposes", "WebServer", "CERTIFICATE_UNSUITABLE", /lacks client authentication/],
      [
        "a validity that ends before the next rotation",
        "EntraConnectSyncQuarter",
        "CERTIFICATE_UNSUITABLE",
        /^it is valid for 89 days, and is to be replaced 180 days before its end$/,
      ],
      ["a key outside the TPM", "EntraConnectSyncSoftware", "KEY_NOT_IN_HARDWARE", /Software Key Storage Provider/],
    ] as const) {
      it(`${what} must be refused, and what the CA issued be removed with its key`, async () => {
        const run = await enrol(template);
        const error = refused(run, code);
        assert.match(error.actual, actual);
        assert.ok(error.message.includes(template), error.message);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(held(), NOTHING);
      });
    }

    it("a key outside the TPM must be taken if that is allowed", async () => {
      const { after } = result(await enrol("EntraConnectSyncSoftware", { allowSoftwareKey: true }));
      assert.equal(after.keyProvider, SOFTWARE_PROVIDER);
    });

    it("the end of its time must not make a certificate unsuitable that is there already", async () => {
      const { after } = result(await enrol());
      host().world.clock.offset = 300 * 24 * 60 * 60_000;
      assert.equal(result(await enrol()).after.sha256, after.sha256);
    });

    it("a certificate that its CA revoked since must be refused, and stay", async () => {
      result(await enrol());
      host().server.break("ca-revoked");
      assert.equal(refused(await enrol(), "CERTIFICATE_UNSUITABLE").actual, "its CA revoked it");
      assert.deepEqual(held(), { certificates: 1, keys: 1, requests: 0 });
    });

    it("two certificates with the label must be refused", async () => {
      result(await enrol());
      host().change((state) => void state.certificates.push({ ...state.certificates[0], sha256: "f".repeat(64) }));
      refused(await enrol(), "CERTIFICATE_AMBIGUOUS");
    });

    it("removal must take the certificate with its key, and a request that waits with its own", async () => {
      result(await enrol());
      assert.deepEqual(result(await remove()).before, { certificates: 1, keyFile: true });
      assert.deepEqual(held(), NOTHING);
      host().faults.set("sync01", "ca-approval", null);
      refused(await enrol(), "ENROLMENT_PENDING");
      const run = await remove();
      assert.deepEqual(result(run).after, { certificates: 0, keyFile: false });
      assert.equal(run.answer.changed, true);
      assert.deepEqual(held(), NOTHING);
    });
  });
}
