/** The azuread stand-in where something is wrong: endpoints, credentials, permissions, an unwilling Graph. */
import assert from "node:assert/strict";
import { AzureadProvider } from "../../../sandbox/plugins/azuread/azuread-provider";
import { partialState, PluginClient } from "./plugin-client";
import { startTenant, type TenantFixture } from "./tenant-fixture";

const APPLICATION = "azuread:index/application:Application";

describe("azuread stand-in, failures", () => {
  let fixture: TenantFixture;
  const started: PluginClient[] = [];

  before(async () => void (fixture = await startTenant()));
  after(() => fixture.stop());
  afterEach(() => {
    fixture.faults.clear();
    for (const plugin of started.splice(0)) plugin.stop();
  });

  async function serve(environment: NodeJS.ProcessEnv = fixture.environment): Promise<PluginClient> {
    const plugin = await PluginClient.serve(new AzureadProvider(environment));
    started.push(plugin);
    return plugin;
  }

  it("the azuread stand-in must not contact a metadata service, token or Graph endpoint of another machine", async () => {
    const plugin = await serve();
    for (const metadataHost of ["management.azure.com", "192.0.2.1:443", "[2001:db8::1]:443"]) {
      await assert.rejects(plugin.configure({ ...fixture.config, metadataHost }), /loopback endpoints only/);
    }
    await assert.rejects(plugin.configure({ ...fixture.config, metadataHost: "" }), /azuread:metadataHost/);
  });

  it("the azuread stand-in must not trust a certificate that the sandbox's authority did not issue", async () => {
    const plugin = await serve({});
    await assert.rejects(plugin.configure(fixture.config), /certificate/);
  });

  it("the azuread stand-in must read its configuration from the environment if the stack has none", async () => {
    const { metadataHost, tenantId, clientId, clientSecret } = fixture.config;
    const plugin = await serve({
      ...fixture.environment,
      ARM_METADATA_HOSTNAME: metadataHost,
      ARM_TENANT_ID: tenantId,
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_SECRET: clientSecret,
    });
    const answer = await plugin.configure({});
    assert.deepEqual([answer.supportspreview, answer.acceptsecrets], [true, false]);
  });

  it("the azuread stand-in must announce once per run that it is a stand-in", async () => {
    const plugin = await serve();
    await plugin.configure(fixture.config);
    const announced = plugin.messages.filter((message) => /stand-in/.test(message.message));
    assert.deepEqual(announced.length, 1);
  });

  it("the azuread stand-in must mark the credentials of its configuration as secret", async () => {
    const inputs = await (await serve()).checkConfig(fixture.config);
    assert.ok(!JSON.stringify(inputs.clientSecret).startsWith('"'));
    assert.equal(inputs.metadataHost, fixture.config.metadataHost);
  });

  it("the azuread stand-in must not repeat the client secret in an error", async () => {
    const plugin = await serve();
    const configured = plugin.configure({ ...fixture.config, clientSecret: "wrong-secret" });
    await assert.rejects(configured, (error: Error) => {
      assert.match(error.message, /received HTTP status 4\d\d/);
      assert.ok(!error.message.includes("wrong-secret"));
      return true;
    });
  });

  it("the azuread stand-in must report a refusal like the real plugin, and leave no state if nothing was created", async () => {
    const plugin = await fixture.plugin();
    const { inputs } = await plugin.check(APPLICATION, { displayName: "forbidden" });
    fixture.faults.set("tenant", "forbidden", null);
    await assert.rejects(plugin.create(APPLICATION, inputs), (error: Error) => {
      assert.match(
        error.message,
        /Could not create application: unexpected status 403 \(403 Forbidden\) with error: Auth/,
      );
      assert.equal(partialState(error), undefined);
      return true;
    });
  });

  it("the azuread stand-in must keep in state what was created before a failure", async () => {
    // A caller that may change only what it owns removes itself as an owner, and then cannot even read what it made.
    const poor = await startTenant(["Application.ReadWrite.OwnedBy"]);
    try {
      const plugin = await poor.plugin();
      const { inputs } = await plugin.check(APPLICATION, { displayName: "half" });
      await assert.rejects(plugin.create(APPLICATION, inputs), (error: Error) => {
        const state = partialState(error);
        assert.match(state!.id, /^\/applications\//);
        assert.equal(state!.properties.displayName, "half");
        return true;
      });
    } finally {
      await poor.stop();
    }
  });

  it("the azuread stand-in must repeat requests that Graph throttles or cannot serve at the moment", async () => {
    const plugin = await fixture.plugin();
    fixture.faults.set("tenant", "unavailable", 1);
    const { inputs } = await plugin.check(APPLICATION, { displayName: "later" });
    const made = await plugin.create(APPLICATION, inputs);
    assert.equal(made.outputs.displayName, "later");
    const statuses = fixture.tenant.requests.map((request) => request.status);
    assert.deepEqual(statuses.slice(0, 2), [503, 201]);
  }).timeout(20_000);

  it("the azuread stand-in must end running requests at once when the run is cancelled", async () => {
    const plugin = await fixture.plugin();
    fixture.faults.set("tenant", "unavailable", null);
    const { inputs } = await plugin.check(APPLICATION, { displayName: "cancelled" });
    const creation = plugin.create(APPLICATION, inputs);
    const cancelled = assert.rejects(creation, /aborted|cancelled/);
    await plugin.cancel();
    await cancelled;
  });
});
