/** What the product sends through a real CONNECT proxy, to the names that it has in the field; the emulated tenant is behind it. */
import assert from "node:assert/strict";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { azureDevOpsJob, request } from "../../../cli/pipeline/azure-devops";
import { observeApplication } from "../../../remote/graph";
import { send } from "../../../remote/http";
import { tenantAccess } from "../../../remote/tenant-access";
import { makeTls } from "../../../sandbox/folder/keys";
import { ConnectProxy } from "../../helpers/connect-proxy";
import { trust } from "../../helpers/trust";
import { withoutWaiting } from "../../helpers/waiting";
import { EmulatedTenant } from "../tenant/emulated-tenant";

const NAMES = ["graph.microsoft.com", "login.microsoftonline.com", "tokens.example", "dev.azure.com"];
const VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

describe("the proxy of the environment", () => {
  const waits = withoutWaiting();
  let tenant: EmulatedTenant;
  let toTenant: ConnectProxy;
  let toService: ConnectProxy;
  let service: https.Server;
  let untrust = () => {};
  const saved: NodeJS.ProcessEnv = {};

  before(async () => {
    const { ca, ...tls } = await makeTls(NAMES);
    untrust = trust(ca);
    tenant = await EmulatedTenant.start({}, tls);
    toTenant = await ConnectProxy.start(Number(new URL(tenant.origin).port));
    service = https.createServer(tls, (incoming, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ value: "answer", url: incoming.url }));
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    toService = await ConnectProxy.start((service.address() as AddressInfo).port);
    for (const name of VARIABLES) saved[name] = process.env[name];
  });
  after(async () => {
    untrust();
    await toTenant?.stop();
    await toService?.stop();
    service?.closeAllConnections();
    service?.close();
    await tenant?.stop();
  });
  beforeEach(() => {
    for (const name of VARIABLES) delete process.env[name];
    for (const proxy of [toTenant, toService]) {
      Object.assign(proxy, { refuses: null });
      proxy.tunnels.length = 0;
      proxy.callers.length = 0;
    }
  });
  afterEach(() => {
    for (const name of VARIABLES) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  const use = (proxy: ConnectProxy, credentials = "") =>
    void (process.env.HTTPS_PROXY = `http://${credentials}127.0.0.1:${proxy.port}`);

  function observe() {
    const { tenantId, appId, keys } = tenant;
    const settings: Record<string, string> = { tenantId, clientId: appId, clientSecret: keys.clientSecret };
    return observeApplication(
      tenantAccess((name) => settings[name], "global"),
      "sync01",
      "no marker",
    );
  }

  it("tokens and requests to Graph must go through it", async () => {
    use(toTenant);
    assert.equal(await observe(), null);
    assert.ok(toTenant.tunnels.includes("login.microsoftonline.com:443"), toTenant.tunnels.join());
    assert.ok(toTenant.tunnels.includes("graph.microsoft.com:443"), toTenant.tunnels.join());
  });

  it("a request must sign in at it with the credentials of its URL", async () => {
    use(toService, "user:p%40ss@");
    await send({ method: "GET", url: "https://tokens.example/a" });
    assert.deepEqual(toService.callers, ["user:p@ss"]);
  });

  it("requests to Azure DevOps and to token services must go through it", async () => {
    use(toService);
    const job = azureDevOpsJob({
      SYSTEM_COLLECTIONURI: "https://dev.azure.com/contoso/",
      SYSTEM_TEAMPROJECT: "identity",
      SYSTEM_ACCESSTOKEN: "token",
    });
    const { url } = await request(job, z.object({ url: z.string() }), "GET", "_apis/wit/workitems/1");
    assert.equal(url, "/contoso/identity/_apis/wit/workitems/1?api-version=7.1");
    const { text } = await send({ method: "GET", url: "https://tokens.example/token" });
    assert.equal((JSON.parse(text) as { value: string }).value, "answer");
    assert.deepEqual(toService.tunnels, ["dev.azure.com:443", "tokens.example:443"]);
  });

  it("this machine must be reached without it", async () => {
    use(toService);
    const { port } = service.address() as AddressInfo;
    for (const host of ["localhost", "127.0.0.1"]) await send({ method: "GET", url: `https://${host}:${port}/` });
    assert.deepEqual(toService.tunnels, []);
  });

  it("a host of NO_PROXY must be reached without it, and so must its subdomains", async () => {
    use(toService);
    for (const entry of ["tokens.example", "example", ".example", "*.example", "other, tokens.example", "*"]) {
      process.env.NO_PROXY = entry;
      // There is no such host, so a direct connection fails.
      await assert.rejects(send({ method: "GET", url: "https://tokens.example/" }), /did not answer/, entry);
    }
    assert.deepEqual(toService.tunnels, []);
    process.env.NO_PROXY = "kens.example";
    await send({ method: "GET", url: "https://tokens.example/" });
    assert.deepEqual(toService.tunnels, ["tokens.example:443"]);
  });

  it("its refusal must be reported as its own, at once", async () => {
    use(toService);
    for (const [status, words] of [
      [407, /^407: the proxy requires a sign-in$/],
      [403, /^403: an HTML page \("Proxy"\) instead of JSON$/],
    ] as const) {
      toService.refuses = status;
      const access = {
        tenantId: "tenant",
        cloud: "global" as const,
        connect: async () => ({
          endpoints: { login: "https://login.microsoftonline.com/", graph: "https://graph.microsoft.com/" },
          credential: { getToken: async () => ({ token: "token", expiresOnTimestamp: Date.now() + 3_600_000 }) },
        }),
      };
      const error = await observeApplication(access, "sync01", "no marker").catch((thrown: unknown) => thrown);
      assert.ok(error instanceof ProblemError, String(error));
      assert.equal(error.code, "GRAPH_ANSWER_INVALID");
      assert.match(error.problems[0].actual, words);
    }
    assert.deepEqual(waits(), []);
  });

  it("an authority that this process does not trust must be named, and not be repeated", async () => {
    untrust();
    use(toService);
    try {
      await assert.rejects(send({ method: "GET", url: "https://tokens.example/" }), /certificate/);
    } finally {
      untrust = trust("");
    }
  });
});
