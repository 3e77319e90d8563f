import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { installRelease } from "../../../sandbox/toolchain/installer";
import { isReachable } from "../../../sandbox/toolchain/reachable";
import { inTemporaryFolder } from "./support";

async function withServer<T>(answer: http.RequestListener, run: (url: string) => Promise<T>): Promise<T> {
  const server = http.createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

describe("toolchain: reaching download servers", () => {
  it("the check of a download server must request only the head", () =>
    withServer(
      (request, response) => response.writeHead(request.method === "HEAD" ? 200 : 500).end(),
      async (url) => assert.equal(await isReachable(url), true),
    ));

  it("the check of a download server must not wait for a server that does not answer", () =>
    withServer(
      () => {},
      async (url) => assert.equal(await isReachable(url, 50), false),
    ));

  it("the check of a download server must report an unreachable server", async () => {
    const closed = await withServer(
      () => {},
      async (url) => url,
    );
    assert.equal(await isReachable(closed), false);
  });

  it("Pulumi's installer must not start if its server cannot be reached", () =>
    inTemporaryFolder((root) =>
      assert.rejects(installRelease({ log() {}, folder: `${root}/release`, canReach: async () => false }), /reached/),
    ));
});
