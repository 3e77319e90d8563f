import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { utils } from "ssh2";
import { makeKeys, readKeys } from "../../../sandbox/folder/keys";
import { temporaryFolders } from "./support";

const SERVERS = ["sync01", "sync02"];

describe("the sandbox's keys", () => {
  const folder = temporaryFolders();

  it("the sandbox's keys must be readable by their owner only", async () => {
    const keys = path.join(folder(), "keys");
    await makeKeys(keys, SERVERS);
    assert.equal(fs.statSync(keys).mode & 0o777, 0o700);
    for (const name of fs.readdirSync(keys)) assert.equal(fs.statSync(path.join(keys, name)).mode & 0o777, 0o600, name);
  });

  it("the sandbox must not store the authority's private key anywhere", async () => {
    const keys = folder();
    await makeKeys(keys, SERVERS);
    const ca = new X509Certificate(fs.readFileSync(path.join(keys, "ca.pem")));
    const leaf = new X509Certificate(fs.readFileSync(path.join(keys, "tenant.pem")));
    assert.ok(ca.ca && !leaf.ca);
    assert.ok(leaf.verify(ca.publicKey));
    const names = fs
      .readdirSync(keys)
      .filter((name) => fs.readFileSync(path.join(keys, name), "utf8").includes("PRIVATE"));
    assert.deepEqual(names.sort(), [
      "bastion-host",
      "bastion-other-host",
      "ssh",
      "sync01-host",
      "sync01-other-host",
      "sync02-host",
      "sync02-other-host",
      "tenant.key",
    ]);
  });

  it("the sandbox must serve TLS for localhost and 127.0.0.1 to a client that trusts the authority", async () => {
    const keys = folder();
    await makeKeys(keys, SERVERS);
    const { tls, caFile } = readKeys(keys, SERVERS);
    const server = https.createServer(tls, (_request, response) => response.end("here"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      for (const host of ["localhost", "127.0.0.1"]) {
        const status = await new Promise((resolve, reject) => {
          const options = { host, port, ca: fs.readFileSync(caFile), agent: false as const };
          https.get(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
        });
        assert.equal(status, 200);
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("the sandbox's keys must differ for every server, purpose and sandbox", async () => {
    const [one, other] = [folder(), folder()];
    await makeKeys(one, SERVERS);
    await makeKeys(other, SERVERS);
    const all = [one, other].flatMap((keys) => {
      const { user, hosts, clientSecret } = readKeys(keys, SERVERS);
      const ofHosts = Object.values(hosts).flatMap(({ hostKey, otherHostKey }) => [
        hostKey.publicKey,
        otherHostKey.publicKey,
      ]);
      return [user.publicKey, clientSecret, ...ofHosts];
    });
    assert.equal(new Set(all).size, all.length);
  });

  it("the sandbox's host keys must be one line of type ssh-ed25519 that fits the private key", async () => {
    const keys = folder();
    await makeKeys(keys, SERVERS);
    const { hostKey } = readKeys(keys, SERVERS).hosts.sync01;
    assert.match(hostKey.publicKey, /^ssh-ed25519 [A-Za-z0-9+/]+=*$/);
    const parsed = utils.parseKey(hostKey.privateKey);
    assert.ok(!(parsed instanceof Error));
    const [key] = [parsed].flat();
    assert.equal(key.getPublicSSH().toString("base64"), hostKey.publicKey.split(" ")[1]);
  });
});
