import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  ALGORITHMS,
  missingForPlugin,
  offeredByBoth,
  type AlgorithmKindName,
} from "../../../model/server/ssh-algorithms";
import { HOST_KEY_TYPES } from "../../../model/server/host-key";
import { OFFERED } from "../../../sandbox/plugins/command/algorithms";
import { SshConnection } from "../../../remote/ssh";
import { reply, startSshHost } from "../../helpers/ssh-host";

const ROOT = path.resolve(__dirname, "../../..");
const KINDS = Object.keys(ALGORITHMS) as AlgorithmKindName[];

describe("the algorithms of a run's two clients", () => {
  it("the table must have exactly what this project's client offers", async () => {
    const host = await startSshHost(({ channel }) => reply(channel, ""));
    const connection = await SshConnection.open(host.target).catch(async (error: unknown) => {
      await host.stop();
      throw error;
    });
    const [{ proposals }] = connection.hops;
    connection.close();
    await host.stop();
    const offered = (list: string) =>
      proposals
        .get(list)!
        .local.split(",")
        .filter((name) => !/^(ext-info|kex-strict)-/.test(name));
    assert.deepEqual(offered("KEX method").sort(), [...ALGORITHMS.kex.own].sort());
    for (const direction of ["C->S", "S->C"]) {
      assert.deepEqual(offered(`${direction} cipher`).sort(), [...ALGORITHMS.cipher.own].sort());
      assert.deepEqual(offered(`${direction} MAC`).sort(), [...ALGORITHMS.mac.own].sort());
    }
    assert.deepEqual([...ALGORITHMS.hostKey.own], [...HOST_KEY_TYPES]);
  });

  it("the stand-in of the command plugin must offer exactly what the table says of the plugin, in the same order", () => {
    for (const kind of ["kex", "cipher", "mac"] as const) assert.deepEqual(OFFERED[kind], [...ALGORITHMS[kind].plugin]);
  });

  it("the table must name the version of this project's client that is installed", () => {
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const source = fs.readFileSync(path.join(ROOT, "model/server/ssh-algorithms.ts"), "utf8");
    assert.ok(source.includes(`ssh2 ${dependencies.ssh2}`));
    assert.ok(source.includes(`command plugin ${dependencies["@pulumi/command"]}`));
  });

  it("docs/open-ssh.md must have the table as it is", () => {
    const page = fs.readFileSync(path.join(ROOT, "docs/open-ssh.md"), "utf8");
    const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(", ") || "none";
    for (const kind of KINDS) {
      const { option, own, plugin } = ALGORITHMS[kind];
      const both = offeredByBoth(kind);
      const only = (list: readonly string[]) => names(list.filter((name) => !both.includes(name)));
      const row = rows.find((cells) => cells[1] === `\`${option}\``);
      assert.deepEqual(row?.slice(2, 5), [names(both), only(own), only(plugin)], option);
    }
  });

  it("a MAC must count only if the cipher needs one", () => {
    const offers = (cipher: string, mac: string) => ({
      kex: ["curve25519-sha256"],
      cipher: [[cipher], [cipher]],
      mac: [[mac], [mac]],
    });
    assert.equal(missingForPlugin(offers("aes256-gcm@openssh.com", "umac-128-etm@openssh.com")), null);
    assert.deepEqual(missingForPlugin(offers("aes256-ctr", "umac-128-etm@openssh.com")), {
      kind: "mac",
      offered: ["umac-128-etm@openssh.com"],
    });
    assert.equal(missingForPlugin(offers("3des-cbc", "hmac-sha2-256"))?.kind, "cipher");
    assert.equal(
      missingForPlugin({ ...offers("aes256-ctr", "hmac-sha2-256"), kex: ["sntrup761x25519-sha512"] })?.kind,
      "kex",
    );
  });
});
