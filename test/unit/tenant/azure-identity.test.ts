/** The client that the project itself uses to read Graph, against the emulated tenant. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { EmulatedTenant } from "./emulated-tenant";

const REPOSITORY = path.resolve(__dirname, "../../..");

/** Node reads NODE_EXTRA_CA_CERTS when it starts, so the client is a process of its own. */
const CLIENT = `
  const { ClientSecretCredential } = require("@azure/identity");
  const { AUTHORITY, TENANT, CLIENT, SECRET } = process.env;
  const options = { authorityHost: AUTHORITY, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential(TENANT, CLIENT, SECRET, options);
  (async () => {
    const { token } = await credential.getToken(AUTHORITY + "/.default");
    const headers = { authorization: "Bearer " + token };
    const answer = await fetch(AUTHORITY + "/v1.0/applications?$select=appId", { headers });
    console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));
  })();
`;

describe("emulated tenant and @azure/identity", () => {
  it("the tenant must give ClientSecretCredential a token that Graph accepts", async () => {
    const started = await EmulatedTenant.start();
    try {
      const env = {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: started.keys.caFile,
        AUTHORITY: started.origin,
        TENANT: started.tenantId,
        CLIENT: started.appId,
        SECRET: started.keys.clientSecret,
      };
      const options = { env, cwd: REPOSITORY, timeout: 25_000 };
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", CLIENT], options);
      const { status, body } = JSON.parse(stdout);
      assert.equal(status, 200);
      assert.deepEqual(
        body.value.map(({ appId }: { appId: string }) => appId),
        [started.appId],
      );
    } finally {
      await started.stop();
    }
  });
});
