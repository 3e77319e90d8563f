/** The host key is taken without any login, and whatever else answers is told apart. */
import assert from "node:assert/strict";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { Server, utils } from "ssh2";
import { parseHostKey } from "../../../model/server/host-key";
import { fetchHostKey } from "../../../remote/host-key";

const at = (port: number) => ({ server: "sync01", host: "127.0.0.1", port });

const opened: { close(): unknown }[] = [];

async function listening(server: net.Server | Server): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => (server as net.Server).listen(0, "127.0.0.1", resolve));
  return ((server as net.Server).address() as AddressInfo).port;
}

/** An SSH server that counts whoever tries to log in. */
async function sshServer(privateKey: string): Promise<{ port: number; logins: () => number }> {
  let logins = 0;
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      logins += 1;
      context.reject();
    });
  });
  return { port: await listening(server), logins: () => logins };
}

describe("host key of a server", () => {
  afterEach(() => {
    for (const server of opened.splice(0)) server.close();
  });

  it("the host key must be the one that the server shows, read without a login attempt", async () => {
    const keys = utils.generateKeyPairSync("ed25519");
    const { port, logins } = await sshServer(keys.private);
    const seen = await fetchHostKey(at(port));
    assert.equal(seen.kind, "key");
    const pinned = parseHostKey(keys.public)!;
    assert.deepEqual(seen, { kind: "key", ...pinned });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(logins(), 0);
  });

  it("a server without a key of the requested types must be reported", async () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { port } = await sshServer(rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString());
    assert.equal((await fetchHostKey(at(port))).kind, "no-key");
  });

  it("a closed port must be distinguished from a port of another service", async () => {
    const reasonAt = async (port: number) => {
      const seen = await fetchHostKey(at(port));
      assert.equal(seen.kind, "failed");
      assert.equal(seen.problem.code, "HOST_UNREACHABLE");
      return seen.problem.actual.replace(/^[^ ]+ /, "");
    };
    const closing = await listening(net.createServer((socket) => socket.destroy()));
    assert.match(await reasonAt(closing), /before handshake|without an SSH greeting/);
    const resetting = await listening(net.createServer((socket) => socket.resetAndDestroy()));
    assert.equal(await reasonAt(resetting), "ECONNRESET");
    const web = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert.match(await reasonAt(await listening(web)), /before handshake|greeting/);
    const free = net.createServer();
    const port = await listening(free);
    await new Promise((resolve) => free.close(resolve));
    opened.splice(opened.indexOf(free), 1);
    assert.equal(await reasonAt(port), "ECONNREFUSED");
  });
});
