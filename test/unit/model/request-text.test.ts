import assert from "node:assert/strict";
import * as fc from "fast-check";
import { asciiJson, requestText } from "../../../model/protocol/request-text";

const unit = (from: number, to: number) => fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));
const objects = (characters: fc.Arbitrary<string>) => {
  const text = fc.string({ unit: characters });
  return fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null), fc.array(text)));
};

describe("the text of a request", () => {
  it("a request must be one line of ASCII that reads as what was asked, with any characters", () => {
    fc.assert(
      fc.property(objects(unit(0, 0xffff)), (request) => {
        const text = requestText(request);
        assert.match(text, /^[ -~]+\n$/);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(request)));
      }),
    );
  });

  it("a request in ASCII must be what earlier versions sent, byte for byte: it is an input in state", () => {
    fc.assert(
      fc.property(objects(unit(0x20, 0x7e)), (request) => {
        assert.equal(requestText(request), `${JSON.stringify(request)}\n`);
      }),
    );
  });

  it("a character of the host's language must travel as an escape", () => {
    assert.equal(
      asciiJson({ serviceAccount: "CONTOSO\\s\u00fcd-sync$" }),
      '{"serviceAccount":"CONTOSO\\\\s\\u00fcd-sync$"}',
    );
  });
});
