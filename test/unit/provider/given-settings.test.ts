/** What a program passes to SyncIdentities: which values become settings, and what is said of those that cannot. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { givenSettings } from "../../../provider/given-settings";

type AnyOutput = new (
  resources: unknown,
  promise: Promise<unknown>,
  isKnown: Promise<boolean>,
  isSecret: Promise<boolean>,
  all: Promise<unknown[]>,
) => unknown;

const output = (value: unknown, known: boolean, secret: boolean) =>
  new (pulumi.Output as unknown as AnyOutput)(
    [],
    ...([value, known, secret, []].map((one) => Promise.resolve(one)) as [
      Promise<unknown>,
      Promise<boolean>,
      Promise<boolean>,
      Promise<unknown[]>,
    ]),
  );
const unknown = () => output(undefined, false, false);

const read = async (inputs: Record<string, unknown>) => {
  const { settings, problems } = await givenSettings("SyncIdentities sync", inputs);
  return { settings, lines: problems.map((problem) => formatDiagnostic(problem)) };
};

describe("settings that a program gives", () => {
  it("values that are known must become plain settings, whether they are outputs or not", async () => {
    const servers = { sync01: { role: "active", connection: output({ host: "a" }, true, false) } };
    const { settings, lines } = await read({ servers, owners: output(["pipeline"], true, false) });
    assert.deepEqual(lines, []);
    assert.deepEqual(settings, {
      servers: { sync01: { role: "active", connection: { host: "a" } } },
      owners: ["pipeline"],
    });
  });

  it("what is null, as languages write what is left out, must count as left out", async () => {
    const { settings, lines } = await read({ cloud: null, servers: { sync01: { rotate: null, role: "active" } } });
    assert.deepEqual([settings, lines], [{ servers: { sync01: { role: "active" } } }, []]);
  });

  it("an output that a preview does not know must be refused by server and property, with what helps", async () => {
    const servers = { sync01: { role: "active", connection: { host: unknown(), port: 22 } } };
    const { settings, lines } = await read({ servers });
    assert.deepEqual(settings, { servers: { sync01: { role: "active", connection: { port: 22 } } } });
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^sync01: connection\.host: expected a value that a preview knows, .*an output that is not/);
    assert.match(lines[0], /Pass the value itself, or set it in the stack's configuration/);
  });

  it("a whole setting that is not known must not be taken from the stack's configuration instead", async () => {
    const { settings, lines } = await read({ servers: unknown() });
    assert.deepEqual([Object.keys(settings), settings.servers], [["servers"], undefined]);
    assert.match(lines[0], /^servers: expected a value that a preview knows/);
  });

  it("the SSH key alone may be a secret; another one would be in plain state", async () => {
    const key = output("key", true, true);
    const { settings, lines } = await read({ sshPrivateKey: key, pipelineObjectId: output("id", true, true) });
    assert.equal(settings.sshPrivateKey, "key");
    assert.equal(settings.pipelineObjectId, undefined);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^pipelineObjectId: expected a plain value: .*found a secret\./);
    assert.ok(!lines[0].includes('"id"'));
  });

  it("an object that is no data must be refused", async () => {
    const { lines } = await read({ servers: { sync01: new Date(0) } });
    assert.match(lines[0], /^sync01: configuration: expected text, a number, .*found an object of the program/);
  });
});
