import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { azureCloudProblem, serverCloudProblem, chooseCloud, cloudNamed } from "../../../model/tenant/cloud-choice";
import { CLOUDS, OIDC_AUDIENCE, SYNC_SERVICE_APP_ID, type Cloud } from "../../../model/tenant/clouds";
import { readerOf } from "../../../model/diagnostics/reader";
import { renderRemedy } from "../../../model/diagnostics/remedy";
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

  it("a server whose connector belongs to a tenant of another cloud must be one problem, which names both", () => {
    const said = (cloud: Cloud, domain: string) => {
      const connector = { userName: `Sync_SYNC01_0123456789ab@${domain}` };
      const problem = serverCloudProblem("sync01", cloud, { connector });
      return problem && `${problem.code}: ${formatDiagnostic(problem)}`;
    };
    assert.match(
      said("global", "Contoso.onmicrosoft.us")!,
      /^CLOUD_CONTRADICTED: sync01: connector: expected global.+found contoso\.onmicrosoft\.us, a domain of the cloud US Government/,
    );
    assert.match(said("usgovernment", "contoso.partner.onmschina.cn")!, /cloud China/);
    assert.match(said("global", "contoso.onmicrosoft.de")!, /cloud Germany/);
    for (const cloud of ["usgovernment", "usgovernmentl5"] as const) {
      assert.equal(said(cloud, "contoso.onmicrosoft.us"), null);
      // Older tenants of that cloud have this domain.
      assert.equal(said(cloud, "contoso.onmicrosoft.com"), null);
    }
    assert.equal(said("china", "contoso.partner.onmschina.cn"), null);
    for (const domain of ["contoso.onmicrosoft.com", "contoso.com", "onmicrosoft.us.example"]) {
      assert.equal(said("global", domain), null);
    }
  });

  it("the cloud that a server's registry sets must be held against the stack's, and its absence against nothing", () => {
    const said = (cloud: Cloud, azureInstance?: number | null, domain = "contoso.onmicrosoft.com") => {
      const connector = { userName: `Sync_SYNC01_0123456789ab@${domain}` };
      const problem = serverCloudProblem("sync01", cloud, { connector, azureInstance });
      return problem && formatDiagnostic(problem);
    };
    // The older edition of the vendor's page says 2, the present one 4.
    for (const instance of [2, 4]) {
      assert.match(
        said("global", instance)!,
        /^sync01: AzureInstance: expected global.+found AzureInstance [24] in the/,
      );
      assert.match(said("china", instance)!, /cloud US Government/);
      assert.equal(said("usgovernment", instance), null);
      assert.equal(said("usgovernmentl5", instance), null);
    }
    for (const instance of [undefined, null, 0, 1, 3, 17]) assert.equal(said("global", instance), null);
    // Both sources are one problem; one that agrees does not excuse the other.
    assert.match(
      said("global", 4, "contoso.onmicrosoft.us")!,
      /sync01: connector: .+us, a domain .+, and AzureInstance 4/,
    );
    assert.match(said("usgovernment", 4, "contoso.onmschina.cn")!, /found contoso\.onmschina\.cn, [^,]+China/);
  });

  it("the Azure CLI and a metadata host must be in the cloud of the stack, or both are named", () => {
    const said = (property: "az cloud" | "azuread:metadataHost", cloud: Cloud, name?: string) => {
      const problem = azureCloudProblem(property, cloud, name);
      return problem && `${problem.code}: ${formatDiagnostic(problem)}`;
    };
    assert.match(
      said("az cloud", "usgovernmentl5", "AzureCloud")!,
      /^CLOUD_CONTRADICTED: .+expected usgovernmentl5 \(AzureUSGovernment\),.+found AzureCloud.+az cloud set --name AzureUSGovernment/,
    );
    assert.match(said("azuread:metadataHost", "global", "AzureChinaCloud")!, /found AzureChinaCloud/);
    for (const name of ["AzureUSGovernment", "AzureStack-User-1", undefined]) {
      assert.equal(said("az cloud", "usgovernment", name), null);
    }
  });

  it("a remedy must have the address of Microsoft Graph in the reader's cloud", () => {
    const remedy = [
      { kind: "shell", shell: "posix", text: "az rest --url https://graph.microsoft.com/v1.0/users" },
    ] as const;
    const shown = (environment?: string) => renderRemedy(remedy, readerOf("prod", {}, null, cloudNamed(environment)));
    assert.equal(shown("dod"), "az rest --url https://dod-graph.microsoft.us/v1.0/users");
    assert.equal(shown(), remedy[0].text);
  });

  it("the page of the clouds must have the row of each", () => {
    const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/clouds.md"), "utf8");
    for (const [name, row] of Object.entries(CLOUDS)) {
      const line = page.split("\n").find((text) => text.startsWith(`| \`${name}\` `)) ?? "";
      for (const value of Object.values(row)) assert.ok(line.includes(`\`${value}\``), `${name}: ${value}`);
    }
    assert.ok(page.includes(`\`${OIDC_AUDIENCE}\``) && page.includes(`\`${SYNC_SERVICE_APP_ID}\``));
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
