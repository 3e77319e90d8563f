import assert from "node:assert/strict";
import { chooseCloud } from "../../../model/tenant/cloud-choice";
import { CLOUDS, type Cloud } from "../../../model/tenant/clouds";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";

const chosen = (declared: Cloud | null, environment?: string, elsewhere = false) => {
  const { cloud, problem } = chooseCloud(declared, environment, elsewhere);
  return problem ? `${problem.code}: ${formatDiagnostic(problem)}` : cloud;
};

describe("the cloud of a tenant", () => {
  it("the cloud must be the global one if nothing names another", () => {
    assert.equal(chosen(null), "global");
    assert.equal(chosen("global"), "global");
  });

  for (const [environment, cloud] of [
    ...[["public", "global"] as const, ["usgovernmentl4", "usgovernment"] as const, ["dod", "usgovernmentl5"] as const],
    ...Object.keys(CLOUDS).map((name) => [name, name] as const),
  ]) {
    it(`the cloud must follow the provider's environment ${environment}`, () => {
      assert.equal(chosen(null, environment), cloud);
      assert.equal(chosen(cloud as Cloud, environment.toUpperCase()), cloud);
    });
  }

  it("a contradiction must be one problem, with the command that ends it", () => {
    const text = chosen("usgovernment", "dod");
    assert.match(
      text,
      /^CLOUD_CONTRADICTED: azuread:environment: expected usgovernment,.+found dod, which is usgov\w+l5/,
    );
    assert.match(text, /pulumi config set azuread:environment usgovernment/);
    assert.match(chosen("global", "china"), /^CLOUD_CONTRADICTED/);
  });

  it("a cloud that the provider does not know of must be refused: it would take the global one", () => {
    assert.match(chosen("china"), /^CLOUD_CONTRADICTED: .+found nothing/);
    assert.equal(chosen("china", undefined, true), "china");
  });

  for (const name of ["AzureGermanCloud", "german", "france", "bleu"]) {
    it(`a sovereign cloud must be refused by name, with the reason: ${name}`, () => {
      assert.match(chosen(null, name), new RegExp(`^CLOUD_NOT_SUPPORTED: .+found ${name}, a sovereign cloud`));
    });
  }

  it("an unknown environment must be refused with those that there are", () => {
    for (const name of ["usgov", "constructor", " global"]) {
      assert.match(chosen(null, name), /^CONFIGURATION_INVALID: .+expected one of global, public, china/, name);
    }
  });
});
