import assert from "node:assert/strict";
import { stackSetting } from "../../../components/tenant-directory";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { tenantAccess, type Setting } from "../../../remote/tenant-access";
import { json, withFetch } from "../../helpers/fetching";
import { record } from "../../helpers/pulumi-recorder";
import { withoutWaiting } from "../../helpers/waiting";

/** Settings by the azuread provider's name. */
const settings =
  (values: Record<string, string>): Setting =>
  (name) =>
    values[name];

const client = { tenantId: "11111111-2222-4333-8444-555555555555", clientId: "22222222-2222-4333-8444-555555555555" };

/** Connects without a metadata host: nothing may be fetched. */
async function connect(values: Record<string, string>, cloud: "global" | "usgovernment" | "china" = "global") {
  const refuse = () => assert.fail("nothing should be fetched");
  return (await withFetch(refuse, () => tenantAccess(settings({ environment: cloud, ...values }), cloud).connect()))
    .result;
}

const credentialOf = async (values: Record<string, string>) => (await connect(values)).credential.constructor.name;

describe("the access to a tenant", () => {
  for (const values of [{}, { tenantId: "" }]) {
    it(`access to a tenant must be refused without a tenant id: ${JSON.stringify(values)}`, () => {
      assert.throws(
        () => tenantAccess(settings(values as Record<string, string>), "global"),
        (error: ProblemError) => {
          assert.ok(error instanceof ProblemError);
          assert.equal(error.code, "TENANT_NOT_CONFIGURED");
          assert.match(error.message, /ARM_TENANT_ID.+pulumi config set azuread:tenantId /);
          return true;
        },
      );
    });
  }

  it("access to a tenant must read each setting by the provider's name and its variable", () => {
    const asked: string[][] = [];
    const setting: Setting = (name, variable) => {
      asked.push([name, variable]);
      return name === "tenantId" ? "tenant" : undefined;
    };
    tenantAccess(setting, "global");
    assert.deepEqual(asked, [
      ["tenantId", "ARM_TENANT_ID"],
      ["metadataHost", "ARM_METADATA_HOSTNAME"],
      ["environment", "ARM_ENVIRONMENT"],
    ]);
  });

  it("access to a tenant must follow the provider's environment, and be refused if the stack says another cloud", async () => {
    const china = settings({ ...client, environment: "china" });
    assert.equal(tenantAccess(china, null).cloud, "china");
    process.env.AZURE_CLOUD_NAME = "AzureChinaCloud";
    try {
      assert.equal((await tenantAccess(china, null).connect()).endpoints.login, "https://login.chinacloudapi.cn/");
      process.env.AZURE_CLOUD_NAME = "AzureCloud";
      await assert.rejects(
        tenantAccess(china, null).connect(),
        /expected china \(AzureChinaCloud\), .+found AzureCloud\./,
      );
    } finally {
      delete process.env.AZURE_CLOUD_NAME;
    }
    assert.throws(
      () => tenantAccess(china, "global"),
      (error: ProblemError) => error.code === "CLOUD_CONTRADICTED",
    );
    const bare = settings({ ...client });
    assert.throws(
      () => tenantAccess(bare, "china"),
      (error: ProblemError) => error.code === "CLOUD_CONTRADICTED",
    );
    assert.equal(tenantAccess(bare, "china", true).cloud, "china", "a program may have a provider of its own");
  });

  it("access to a tenant must contact nothing before it is needed", async () => {
    const { requests } = await withFetch(
      () => json({}),
      async () => tenantAccess(settings({ ...client, metadataHost: "localhost:1" }), "global"),
    );
    assert.deepEqual(requests, []);
  });
});

describe("the endpoints of a tenant", () => {
  withoutWaiting();
  it("the endpoints must be those of the declared cloud", async () => {
    const { endpoints } = await connect({ ...client, clientSecret: "x" }, "china");
    assert.equal(endpoints.login, "https://login.chinacloudapi.cn/");
    assert.equal(endpoints.graph, "https://microsoftgraph.chinacloudapi.cn/");
  });

  it("the endpoints must be those of the metadata host, each with a trailing slash, read once", async () => {
    const metadata = {
      authentication: { loginEndpoint: "https://localhost:5/login" },
      microsoftGraphResourceId: "https://localhost:5/",
    };
    const tenant = tenantAccess(settings({ ...client, clientSecret: "x", metadataHost: "localhost:5" }), "global");
    const { result, requests } = await withFetch(
      () => json(metadata),
      async () => [await tenant.connect(), await tenant.connect()],
    );
    assert.deepEqual(
      { login: result[0].endpoints.login, graph: result[0].endpoints.graph },
      { login: "https://localhost:5/login/", graph: "https://localhost:5/" },
    );
    assert.equal(result[0], result[1]);
    assert.deepEqual(
      requests.map(({ url }) => url),
      ["https://localhost:5/metadata/endpoints?api-version=2022-09-01"],
    );
  });

  it("the endpoints must not be guessed if the metadata host fails", async () => {
    const tenant = tenantAccess(settings({ ...client, metadataHost: "localhost:5" }), "global");
    await assert.rejects(
      withFetch(
        () => json({}, 500),
        () => tenant.connect(),
      ),
      /localhost:5\/metadata\/endpoints.* answered 500/,
    );
  });
});

describe("the credential of a pipeline", () => {
  it("a secret must come before a certificate, and a certificate before a federated token, as in the provider", async () => {
    const all = { ...client, clientSecret: "x", clientCertificatePath: "/c.pem", useOidc: "true" };
    const { clientSecret: _secret, ...withoutSecret } = all;
    const { clientCertificatePath: _path, ...withoutCertificate } = withoutSecret;
    assert.equal(await credentialOf(all), "ClientSecretCredential");
    assert.equal(await credentialOf(withoutSecret), "ClientCertificateCredential");
    assert.equal(await credentialOf(withoutCertificate), "ClientAssertionCredential");
  });

  it("in Azure Pipelines the service connection's credential must be used, with a new token for each request", async () => {
    const pipelines = { ...client, useOidc: "true", adoPipelineServiceConnectionId: "connection" };
    const uri = process.env.SYSTEM_OIDCREQUESTURI;
    process.env.SYSTEM_OIDCREQUESTURI = "https://localhost:5/oidc";
    try {
      assert.equal(await credentialOf({ ...pipelines, oidcRequestToken: "x" }), "AzurePipelinesCredential");
      assert.equal(await credentialOf({ ...pipelines, oidcToken: "x" }), "ClientAssertionCredential");
    } finally {
      if (uri === undefined) delete process.env.SYSTEM_OIDCREQUESTURI;
      else process.env.SYSTEM_OIDCREQUESTURI = uri;
    }
  });

  it("a federated token must be used only if it is switched on", async () => {
    assert.equal(await credentialOf({ ...client, useOidc: "false", oidcToken: "x" }), "AzureCliCredential");
  });

  it("a managed identity must be used if it is switched on", async () => {
    assert.equal(await credentialOf({ tenantId: client.tenantId, useMsi: "true" }), "ManagedIdentityCredential");
    assert.equal(await credentialOf({ ...client, useMsi: "true" }), "ManagedIdentityCredential");
  });

  it("the Azure CLI's credential must be used if nothing is configured", async () => {
    assert.equal(await credentialOf({ tenantId: client.tenantId }), "AzureCliCredential");
  });

  it("a secret must not be used without its application", async () => {
    assert.equal(await credentialOf({ tenantId: client.tenantId, clientSecret: "x" }), "AzureCliCredential");
  });
});

describe("a setting of the stack", () => {
  const VARIABLE = "CONNECT_SYNC_TEST_SETTING";
  afterEach(() => void delete process.env[VARIABLE]);

  /** The setting as a stack with this configuration gives it. */
  const given = async (config: Record<string, string>) => {
    const { result } = await record(() => ({ value: stackSetting("tenantId", VARIABLE) }), { config });
    return result.value;
  };

  it("a setting of the configuration must come before the environment's", async () => {
    process.env[VARIABLE] = "from the environment";
    assert.equal(await given({ "azuread:tenantId": "from the stack" }), "from the stack");
    assert.equal(await given({}), "from the environment");
  });

  it("a setting must be absent if it is nowhere, or empty", async () => {
    assert.equal(await given({}), undefined);
    process.env[VARIABLE] = "";
    assert.equal(await given({}), undefined);
  });

  it("a setting that the stack empties must be absent, whatever the environment says", async () => {
    process.env[VARIABLE] = "from the environment";
    assert.equal(await given({ "azuread:tenantId": "" }), undefined);
  });
});
