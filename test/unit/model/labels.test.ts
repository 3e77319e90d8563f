import assert from "node:assert/strict";
import fc from "fast-check";
import { CertificateRequest } from "../../../model/protocol/host-protocol";
import {
  applicationMarker,
  certificateLabel,
  certificateSubject,
  generationOf,
  keyName,
  labelPrefix,
} from "../../../model/server/labels";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const identity = fc.record({ stack: name, server: name });
const generation = fc.integer({ min: 1, max: 100_000 });

describe("labels", () => {
  it("a label must contain its generation, as label and as subject", () => {
    fc.assert(
      fc.property(identity, generation, (server, number) => {
        assert.equal(generationOf(server, certificateLabel(server, number)), number);
        assert.equal(generationOf(server, certificateSubject(server, number)), number);
      }),
    );
  });

  it("a label must not match another server", () => {
    fc.assert(
      fc.property(identity, identity, generation, (server, other, number) => {
        fc.pre(server.stack !== other.stack || server.server !== other.server);
        assert.equal(generationOf(other, certificateLabel(server, number)), null);
        assert.notEqual(applicationMarker(server), applicationMarker(other));
      }),
    );
  });

  it("a label must not match a server whose name has the same beginning", () => {
    const label = certificateLabel({ stack: "dev", server: "sync01" }, 1);
    assert.equal(generationOf({ stack: "dev", server: "sync0" }, label), null);
    assert.equal(generationOf({ stack: "dev", server: "sync011" }, label), null);
  });

  for (const tail of ["g0", "g01", "g-1", "g1 ", "g1x", "G1", "", "1"]) {
    it(`no generation must be read from "${tail}"`, () => {
      const server = { stack: "dev", server: "sync01" };
      assert.equal(generationOf(server, `${labelPrefix(server)}${tail}`), null);
    });
  }

  it("key containers must be named as the host protocol requires, one for each generation", () => {
    const pattern = CertificateRequest.shape.keyName;
    for (const unmistakable of [true, false]) {
      const odd = { stack: "acme/prod.eu", server: "sync01" };
      assert.equal(pattern.safeParse(keyName(odd, 1, unmistakable)).success, true);
      assert.notEqual(keyName(odd, 1, unmistakable), keyName(odd, 2, unmistakable));
    }
    const long = { stack: "s".repeat(100), server: `s${"1".repeat(30)}` };
    assert.equal(pattern.safeParse(keyName(long, 100_000, true)).success, true);
  });

  it("two servers must never share a key container, even if Windows compares their names without case", () => {
    const pairs = [
      [
        { stack: "a-b", server: "c" },
        { stack: "a", server: "b-c" },
      ],
      [
        { stack: "a.b", server: "c" },
        { stack: "a-b", server: "c" },
      ],
      [
        { stack: "Prod", server: "c" },
        { stack: "prod", server: "c" },
      ],
      [
        { stack: "s".repeat(100), server: "a" },
        { stack: "s".repeat(100), server: "b" },
      ],
    ];
    for (const [left, right] of pairs) {
      assert.notEqual(keyName(left, 1, true).toLowerCase(), keyName(right, 1, true).toLowerCase());
    }
    const stack = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);
    const server = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
    const one = fc.record({ stack, server, number: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(one, one, (left, right) => {
        fc.pre(JSON.stringify(left) !== JSON.stringify(right));
        assert.notEqual(keyName(left, left.number, true), keyName(right, right.number, true));
      }),
    );
  });

  it("a key of an earlier release must keep the name that it was made under", () => {
    assert.equal(keyName({ stack: "dev", server: "sync01" }, 3, false), "ConnectSyncIdentity-dev-sync01-g3");
  });
});
