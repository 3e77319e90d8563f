import assert from "node:assert/strict";
import { expandEnvironment } from "../../../model/configuration/environment";
import { words } from "../../helpers/remedies";

const locate = (path: (string | number)[]) => ({ server: null, property: path.join(".") });

describe("values from the environment", () => {
  it("a value from the environment must replace its name in every string, and nothing else", () => {
    const root = { port: "${PORT}", list: ["a${A}b", 1, null, true], "${KEY}": { deep: "${A}${A}" } };
    const { value, problems } = expandEnvironment(root, { PORT: "22", A: "x" }, locate);
    assert.deepEqual(value, { port: "22", list: ["axb", 1, null, true], "${KEY}": { deep: "xx" } });
    assert.deepEqual(problems, []);
  });

  it("a value from the environment must not be expanded a second time", () => {
    const { value } = expandEnvironment("${A}", { A: "${B}", B: "secret" }, locate);
    assert.equal(value, "${B}");
  });

  it("expansion must not modify its input", () => {
    const root = { a: "${A}" };
    expandEnvironment(root, { A: "x" }, locate);
    assert.deepEqual(root, { a: "${A}" });
  });

  for (const [what, environment] of [
    ["not set", {}],
    ["empty", { PORT: "" }],
  ] as const) {
    it(`a variable that is ${what} must be reported by name`, () => {
      const { problems } = expandEnvironment({ a: { port: "${PORT}" } }, environment, locate);
      assert.equal(problems.length, 1);
      assert.equal(problems[0].code, "ENVIRONMENT_MISSING");
      assert.equal(problems[0].property, "a.port");
      assert.match(words(problems[0].remedy), /Set PORT\b/);
    });
  }

  it("text that only resembles a reference must stay unchanged", () => {
    const { value, problems } = expandEnvironment("$PORT ${port} ${1A} $${", {}, locate);
    assert.equal(value, "$PORT ${port} ${1A} $${");
    assert.deepEqual(problems, []);
  });
});
