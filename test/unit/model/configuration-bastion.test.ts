import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { rawConnection, rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { hostKeyLine, makeRsaLine } from "../../helpers/host-keys";

const summary = (problems: Diagnostic[]) =>
  problems.map(({ subject, property, code }) => `${subject ?? "-"} ${property} ${code}`).sort();

describe("the bastion in front of a server", () => {
  it("a bastion must have a host key that can be pinned, as a server must, and each problem must name it", () => {
    const proxied = (changes: Raw) => {
      const proxy = { host: "Bastion.contoso.com", user: "jump", hostKey: hostKeyLine("bastion"), ...changes };
      return checkConfiguration(rawStack(rawServer("sync01", { connection: rawConnection("sync01", { proxy }) })), {});
    };
    const { configuration } = proxied({});
    const expected = { host: "bastion.contoso.com", port: 22, user: "jump", hostKey: hostKeyLine("bastion") };
    assert.deepEqual(configuration?.servers[0].connection.proxy, { ...expected, sshPublicKey: null });
    const wrong: [Raw, string, RegExp][] = [
      [{ hostKey: undefined }, "connection.proxy.hostKey CONFIGURATION_INVALID", /ssh_host_ed25519_key/],
      [{ hostKey: makeRsaLine() }, "connection.proxy.hostKey HOST_KEY_TYPE", /bastion itself/],
      [{ hostKey: "x" }, "connection.proxy.hostKey HOST_KEY_INVALID", /bastion itself/],
      [{ port: 0 }, "connection.proxy.port CONFIGURATION_INVALID", /./],
      [{ user: " " }, "connection.proxy.user CONFIGURATION_INVALID", /./],
      [{ privatKey: "x" }, "connection.proxy.privatKey CONFIGURATION_UNKNOWN_KEY", /./],
      [{ proxy: {} }, "connection.proxy.proxy CONFIGURATION_UNKNOWN_KEY", /./],
      [{ host: "SYNC01.contoso.com" }, "connection.proxy CONFIGURATION_INVALID", /in front of it/],
    ];
    for (const [changes, problem, remedy] of wrong) {
      const { problems } = proxied(changes);
      assert.deepEqual(summary(problems), [`sync01 ${problem}`]);
      assert.match(formatDiagnostic(problems[0]), remedy);
    }
    assert.match(formatDiagnostic(proxied({ user: 1 }).problems[0]), /a user on the bastion/);
  });

  it("the key of a bastion must be that of its server if it has none of its own", () => {
    const print = "SHA256:" + "a".repeat(43);
    const other = "SHA256:" + "b".repeat(43);
    const chosen = (stack: Raw, own: Raw) => {
      const proxy = { host: "bastion.contoso.com", user: "jump", hostKey: hostKeyLine("bastion"), ...own };
      const server = rawServer("sync01", { connection: rawConnection("sync01", { proxy }) });
      return checkConfiguration(rawStack(server, stack), {}).configuration?.servers[0].connection.proxy?.sshPublicKey;
    };
    assert.equal(chosen({ sshPublicKey: print }, {}), print);
    assert.equal(chosen({ sshPublicKey: print }, { sshPublicKey: other }), other);
  });
});
