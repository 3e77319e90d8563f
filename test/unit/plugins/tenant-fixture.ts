/** An emulated tenant for one test file, and the azuread stand-in configured for it. */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxClock } from "../../../sandbox/surroundings/clock";
import { SandboxFaults } from "../../../sandbox/surroundings/faults";
import { makeKeys, readKeys } from "../../../sandbox/folder/keys";
import { AzureadProvider } from "../../../sandbox/plugins/azuread/azuread-provider";
import { seedTenant } from "../../../sandbox/tenant/seed";
import { Tenant } from "../../../sandbox/tenant/tenant";
import { PluginClient, type Properties } from "./plugin-client";

export interface TenantFixture {
  tenant: Tenant;
  faults: SandboxFaults;
  /** Configuration that reaches the tenant. */
  config: Properties;
  environment: NodeJS.ProcessEnv;
  /** A configured stand-in; stopped with the fixture. */
  plugin(): Promise<PluginClient>;
  stop(): Promise<void>;
}

/** Graph requests as "METHOD path", object ids replaced by the names that are given for them. */
export function requestsOf(tenant: Tenant, names: Record<string, string> = {}): string[] {
  return tenant.requests.map(({ method, path: url }) => {
    const text = `${method} ${decodeURIComponent(url.replaceAll("+", " "))}`;
    return Object.entries(names).reduce((shown, [id, name]) => shown.replaceAll(id, name), text);
  });
}

export async function startTenant(pipelineRoles?: string[]): Promise<TenantFixture> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stand-in-"));
  await makeKeys(folder, []);
  const keys = readKeys(folder, []);
  const clock = new SandboxClock(path.join(folder, "clock.json"));
  const faults = new SandboxFaults(path.join(folder, "faults.json"));
  const tenant = new Tenant({ file: path.join(folder, "tenant.json"), clock, faults, tls: keys.tls });
  const [tenantId, appId] = [randomUUID(), randomUUID()];
  const pipeline = { appId, secret: keys.clientSecret, displayName: "pipeline" };
  seedTenant(tenant.store, { tenantId, domain: "example.test", pipeline, pipelineRoles });
  const port = await tenant.listen(0);
  const config = { metadataHost: `localhost:${port}`, tenantId, clientId: appId, clientSecret: keys.clientSecret };
  const environment = { SSL_CERT_FILE: keys.caFile };
  const plugins: PluginClient[] = [];
  return {
    tenant,
    faults,
    config,
    environment,
    plugin: async () => {
      const plugin = await PluginClient.serve(new AzureadProvider(environment));
      plugins.push(plugin);
      await plugin.configure(config);
      tenant.requests.length = 0;
      return plugin;
    },
    stop: async () => {
      for (const plugin of plugins) plugin.stop();
      await tenant.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
