/** The oldest version that is accepted, lowered to what the documents say. */
import assert from "node:assert/strict";
import { DOCUMENTED_VERSION, MINIMUM_VERSION } from "../../../model/server/product-table";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { rawServer, rawStack, type Raw } from "../../helpers/configurations";

const REASON = "this cloud has no cutoff";
const checked = (settings: Raw) => checkConfiguration(rawStack(rawServer("sync01", settings)), {});
const problems = (settings: Raw) =>
  checked(settings).problems.map(({ subject, property, code }) => `${subject} ${property} ${code}`);

describe("the oldest version that is accepted", () => {
  it("a version below the service's floor must be refused without a reason, with the setting that accepts it", () => {
    const lowered = { minimumVersion: DOCUMENTED_VERSION };
    assert.deepEqual(problems(lowered), ["sync01 minimumVersion CONFIGURATION_INVALID"]);
    assert.match(JSON.stringify(checked(lowered).problems), /minimumVersionReason/);
  });

  it("the documents' oldest version must be accepted with a reason, and no older one", () => {
    const settings = { minimumVersion: DOCUMENTED_VERSION, minimumVersionReason: REASON };
    const { configuration } = checked(settings);
    assert.equal(configuration?.servers[0].minimumVersion, DOCUMENTED_VERSION);
    assert.equal(configuration?.servers[0].minimumVersionReason, REASON);
    assert.deepEqual(problems({ ...settings, minimumVersion: "2.5.75.0" }), [
      "sync01 minimumVersion CONFIGURATION_INVALID",
    ]);
  });

  it("a reason must be refused that nothing needs, or that says nothing", () => {
    for (const settings of [{}, { minimumVersion: MINIMUM_VERSION }]) {
      assert.deepEqual(problems({ ...settings, minimumVersionReason: REASON }), [
        "sync01 minimumVersionReason CONFIGURATION_INVALID",
      ]);
    }
    const empty = { minimumVersion: DOCUMENTED_VERSION, minimumVersionReason: "" };
    assert.ok(problems(empty).includes("sync01 minimumVersionReason CONFIGURATION_INVALID"));
  });
});
