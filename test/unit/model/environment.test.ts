import assert from "node:assert/strict";
import { expandEnvironment } from "../../../model/configuration/environment";
import { words } from "../../helpers/remedies";

const locate = (path: (string | number)[]) => ({ server: null, property: path.join(".") });

describe("values from the environment", () => {
  it("a value from the environment must replace its name in every string, and nothing else", () => {
    const root = { port: "${PORT}", list: ["a${A}b", 1, null, true], "${KEY}": { deep: "${A}${A}" } };
    const { value, problems } = expandEnvironment(root, { PORT: "22", A: "x" }, ["PORT", "A"], locate);
    assert.deepEqual(value, { port: "22", list: ["axb", 1, null, true], "${KEY}": { deep: "xx" } });
    assert.deepEqual(problems, []);
  });

  it("a value from the environment must not be expanded a second time", () => {
    const { value } = expandEnvironment("${A}", { A: "${B}", B: "secret" }, ["PORT", "A"], locate);
    assert.equal(value, "${B}");
  });

  it("expansion must not modify its input", () => {
    const root = { a: "${A}" };
    expandEnvironment(root, { A: "x" }, ["PORT", "A"], locate);
    assert.deepEqual(root, { a: "${A}" });
  });

  for (const [what, environment] of [
    ["not set", {}],
    ["empty", { PORT: "" }],
  ] as const) {
    it(`a variable that is ${what} must be reported by name`, () => {
      const { problems } = expandEnvironment({ a: { port: "${PORT}" } }, environment, ["PORT", "A"], locate);
      assert.equal(problems.length, 1);
      assert.equal(problems[0].code, "ENVIRONMENT_MISSING");
      assert.equal(problems[0].property, "a.port");
      assert.match(words(problems[0].remedy), /Set PORT\b/);
    });
  }

  for (const name of ["HOME", "GITHUB_REPOSITORY", "ARM_CLIENT_ID", "SYNC01_PORT", "XCONNECT_SYNC_PORT"]) {
    it(`a variable that the stack does not list must not be read, but be named: ${name}`, () => {
      const { value, problems } = expandEnvironment({ a: `\${${name}}` }, { [name]: "content" }, ["PORT"], locate);
      assert.deepEqual(value, { a: `\${${name}}` });
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["ENVIRONMENT_NOT_LISTED"],
      );
      assert.match(words(problems[0].remedy), new RegExp(`Add ${name} to environmentVariables`));
      assert.doesNotMatch(JSON.stringify(problems), /content/);
    });
  }

  it("a variable of this project must be read without a list", () => {
    const environment = { CONNECT_SYNC_A: "a", SANDBOX_SYNC01_HOST_KEY: "b" };
    const { value } = expandEnvironment("${CONNECT_SYNC_A}${SANDBOX_SYNC01_HOST_KEY}", environment, [], locate);
    assert.equal(value, "ab");
  });

  for (const name of [
    ...["ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PASSWORD", "ARM_OIDC_REQUEST_TOKEN", "ARM_OIDC_TOKEN"],
    ...["AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "GITHUB_TOKEN"],
    ...["SYSTEM_ACCESSTOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "AWS_SECRET_ACCESS_KEY", "CONNECT_SYNC_PASSWORD"],
    ...["AZURE_STORAGE_KEY", "SSH_PRIVATE_KEY", "AZURE_DEVOPS_EXT_PAT"],
  ]) {
    it(`a variable that holds a secret must never be read, even if the stack lists it: ${name}`, () => {
      const { value, problems } = expandEnvironment([`x\${${name}}`], { [name]: "hunter2" }, [name], locate);
      assert.deepEqual(value, [`x\${${name}}`]);
      assert.deepEqual(
        problems.map(({ code, property }) => [code, property]),
        [["ENVIRONMENT_SECRET", "0"]],
      );
      assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
    });
  }

  it("a name that every object has must not be taken for a variable", () => {
    const { problems } = expandEnvironment("${__PROTO__}", Object.create({ __PROTO__: "x" }), ["__PROTO__"], locate);
    assert.equal(problems[0].code, "ENVIRONMENT_MISSING");
  });

  it("text that only resembles a reference must stay unchanged", () => {
    const { value, problems } = expandEnvironment("$PORT ${port} ${1A} $${", {}, ["PORT", "A"], locate);
    assert.equal(value, "$PORT ${port} ${1A} $${");
    assert.deepEqual(problems, []);
  });
});
