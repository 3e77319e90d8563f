import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { azureCliCloud } from "../../../remote/azure-cli-cloud";

describe("the cloud of the Azure CLI", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "azure-cli-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  const read = (text: string, more = {}) => {
    fs.writeFileSync(path.join(folder, "config"), text);
    return azureCliCloud({ AZURE_CONFIG_DIR: folder, ...more });
  };

  it("the cloud must be the one of the section [cloud], not a name of another section", () => {
    assert.equal(read("[core]\nname = other\n\n[cloud]\nlast = 1\nname = AzureUSGovernment\n"), "AzureUSGovernment");
    assert.equal(read("[cloud]\r\nname = AzureChinaCloud\r\n"), "AzureChinaCloud");
    assert.equal(read("[cloud]\nlast = 1\n[core]\nname = other\n"), "AzureCloud");
  });

  it("the cloud must be the global one without a file, and the environment's if that names one", () => {
    assert.equal(azureCliCloud({ AZURE_CONFIG_DIR: path.join(folder, "none") }), "AzureCloud");
    assert.equal(read("[cloud]\nname = AzureCloud\n", { AZURE_CLOUD_NAME: "AzureChinaCloud" }), "AzureChinaCloud");
  });
});
