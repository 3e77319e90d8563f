/** Configuration files of the policy pack: the example, and what a wrong one is told. Values are checked by the engine. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { configurationProblems } from "../../../policy/check-configuration";
import { RULES } from "../../../policy/pack";

const problems = (value: unknown) =>
  configurationProblems(typeof value === "string" ? value : JSON.stringify(value), RULES, ["exceptions-in-use"]);

describe("a configuration file of the policy pack", () => {
  it("the example for production must be a valid configuration file", () => {
    const file = path.resolve(__dirname, "../../../policy/config.production.json");
    assert.deepEqual(problems(fs.readFileSync(file, "utf8")), []);
  });

  it("a configuration file may name every policy by its level or with every setting, and all of them", () => {
    for (const { name, settings = {} } of RULES) {
      const all = Object.fromEntries(Object.entries(settings).map(([key, schema]) => [key, schema.default]));
      const map = { enforcementLevel: "advisory", stacks: ["prod"], exceptions: [], ...all };
      assert.deepEqual(problems({ [name]: map, all: "advisory", environments: ["policy"] }), [], name);
      assert.deepEqual(problems({ [name]: "disabled", "exceptions-in-use": "mandatory" }), [], name);
    }
  });

  it("a configuration file must not name an unknown policy: Pulumi would ignore it silently", () => {
    assert.deepEqual(problems({ "key-in-tmp": "mandatory" }), [
      'there is no policy "key-in-tmp"; "key-in-tpm" may be meant',
    ]);
    assert.match(
      problems({ everything: "mandatory" })[0],
      /^there is no policy "everything"; the policies are key-in-tpm, /,
    );
    assert.match(
      problems({ "owners-known": { allowedOwner: [] } })[0],
      /no setting "allowedOwner"; the settings are allowedOwners,/,
    );
    assert.match(
      problems({ "owners-known": { enforcmentLevel: "mandatory" } })[0],
      /the settings are enforcementLevel,/,
    );
  });

  it("a configuration file must not contain an unknown level", () => {
    const expected = 'policy key-in-tpm has no level "loud"; the levels are mandatory, advisory, disabled';
    assert.deepEqual(problems({ "key-in-tpm": "loud" }), [expected]);
    assert.deepEqual(problems({ "key-in-tpm": { enforcementLevel: "loud" } }), [expected]);
  });

  it("a configuration file must be a map in JSON, of levels and maps", () => {
    assert.match(problems("{")[0], /^this is not JSON: /);
    assert.deepEqual(problems(["key-in-tpm"]), ["this is not a map of policies by name"]);
    assert.deepEqual(problems({ "key-in-tpm": 7 }), ["policy key-in-tpm needs a level or a map of settings"]);
  });
});
