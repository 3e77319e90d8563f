/** Property values between the wire and the stand-ins. */
import assert from "node:assert/strict";
import {
  containsUnknowns,
  decodeMap,
  encodeMap,
  identicalValue,
  revealSecrets,
  sameValue,
  Secret,
  UNKNOWN,
} from "../../../sandbox/plugins/property-values";
import { secret, UNKNOWN as WIRE_UNKNOWN } from "./plugin-client";

const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

describe("property values", () => {
  it("property values must survive a round trip, including secrets, unknowns and archives", () => {
    const archive = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", hash: "1", path: "/p" };
    const wire = {
      text: "t",
      secret: secret({ inner: WIRE_UNKNOWN, list: [1, true] }),
      unknown: WIRE_UNKNOWN,
      archive,
    };
    assert.deepEqual(encodeMap(decodeMap(wire)), wire);
  });

  it("property values must omit nulls of objects, which providers treat as absent", () => {
    assert.deepEqual(decodeMap({ gone: null, kept: [null] }), { kept: [null] });
  });

  it("an output value must count as its content, or as unknown", () => {
    const output = (fields: object) => ({ "4dabf18193072939515e22adb298388d": OUTPUT, ...fields });
    const decoded = decodeMap({ a: output({ value: "x", secret: true }), b: output({}) });
    assert.deepEqual(decoded, { a: new Secret("x"), b: UNKNOWN });
  });

  it("property values must not be equal if one is unknown", () => {
    assert.equal(sameValue(UNKNOWN, UNKNOWN), false);
    assert.equal(sameValue({ a: [UNKNOWN] }, { a: [UNKNOWN] }), false);
    assert.equal(containsUnknowns(new Secret({ a: [UNKNOWN] })), true);
  });

  it("property values must be equal whether secret or not, but not identical", () => {
    assert.equal(sameValue(new Secret("a"), "a"), true);
    assert.equal(identicalValue(new Secret("a"), "a"), false);
    assert.equal(identicalValue({ a: new Secret("a") }, { a: new Secret("a") }), true);
    assert.deepEqual(revealSecrets({ a: [new Secret({ b: new Secret(1) })] }), { a: [{ b: 1 }] });
  });
});
