/** The azuread stand-in where something is wrong: endpoints, credentials, permissions, an unwilling Graph. */
import assert from "node:assert/strict";
import { AzureadProvider } from "../../../sandbox/plugins/azuread/azuread-provider";
import { partialState, PluginClient } from "./plugin-client";
import { startTenant, type TenantFixture } from "./tenant-fixture";

const APPLICATION = "azuread:index/application:Application";

describe("azuread stand-in in trouble", () => {
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

  it("must not talk to a metadata service, a token or a Graph endpoint of another machine", async () => {
    const plugin = await serve();
    for (const metadataHost of ["management.azure.com", "192.0.2.1:443", "[2001:db8::1]:443"]) {
      await assert.rejects(plugin.configure({ ...fixture.config, metadataHost }), /loopback endpoints only/);
    }
    await assert.rejects(plugin.configure({ ...fixture.config, metadataHost: "" }), /azuread:metadataHost/);
  });

  it("must not trust a certificate that the sandbox's authority has not issued", async () => {
    const plugin = await serve({});
    await assert.rejects(plugin.configure(fixture.config), /certificate/);
  });

  it("takes its configuration from the environment where the stack has none", async () => {
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

  it("says once per run that it is a stand-in", async () => {
    const plugin = await serve();
    await plugin.configure(fixture.config);
    const announced = plugin.messages.filter((message) => /stand-in/.test(message.message));
    assert.deepEqual(announced.length, 1);
  });

  it("marks the credentials of its configuration as secret", async () => {
    const inputs = await (await serve()).checkConfig(fixture.config);
    assert.ok(!JSON.stringify(inputs.clientSecret).startsWith('"'));
    assert.equal(inputs.metadataHost, fixture.config.metadataHost);
  });

  it("must not repeat the client secret in an error", async () => {
    const plugin = await serve();
    const configured = plugin.configure({ ...fixture.config, clientSecret: "wrong-secret" });
    await assert.rejects(configured, (error: Error) => {
      assert.match(error.message, /received HTTP status 4\d\d/);
      assert.ok(!error.message.includes("wrong-secret"));
      return true;
    });
  });

  it("shows a refusal as upstream does, and leaves no state where nothing was made", async () => {
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

  it("keeps in state what was made before a creation failed", async () => {
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

  it("repeats what Graph throttles or cannot serve for the moment", async () => {
    const plugin = await fixture.plugin();
    fixture.faults.set("tenant", "unavailable", 1);
    const { inputs } = await plugin.check(APPLICATION, { displayName: "later" });
    const made = await plugin.create(APPLICATION, inputs);
    assert.equal(made.outputs.displayName, "later");
    const statuses = fixture.tenant.requests.map((request) => request.status);
    assert.deepEqual(statuses.slice(0, 2), [503, 201]);
  }).timeout(20_000);

  it("ends at once what is under way when the run is cancelled", async () => {
    const plugin = await fixture.plugin();
    fixture.faults.set("tenant", "unavailable", null);
    const { inputs } = await plugin.check(APPLICATION, { displayName: "cancelled" });
    const creation = plugin.create(APPLICATION, inputs);
    const cancelled = assert.rejects(creation, /aborted|cancelled/);
    await plugin.cancel();
    await cancelled;
  });
});
