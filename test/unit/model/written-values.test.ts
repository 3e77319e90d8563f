/** Values that mean something else than they look, and values without bounds. */
import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { misreadPorts } from "../../../model/configuration/written-numbers";
import { rawConnection, rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { words } from "../../helpers/remedies";

const KEY = "connect-sync-identity:servers";
const file = (port: string) => `config:\n  ${KEY}:\n    sync01:\n      connection:\n        port: ${port}\n`;
const read = (port: unknown) => ({ sync01: { connection: { port } } });
const problemsOf = (changes: Raw) => checkConfiguration(rawStack(rawServer("sync01", changes)), {}).problems;

describe("a port in a stack's file", () => {
  const MISREAD: [string, number][] = [
    ...([
      ["022", 18],
      ["0o22", 18],
      ["0x16", 22],
      ["0b10110", 22],
    ] as [string, number][]),
    ...([
      ["2_222", 2222],
      ["1e3", 1000],
      ["+22", 22],
      ["089", 89],
    ] as [string, number][]),
  ];
  for (const [written, meant] of MISREAD) {
    it(`a port must be refused if YAML reads it otherwise than a person: ${written}`, () => {
      const [problem] = misreadPorts(file(written), KEY, read(meant));
      assert.equal(problem.property, "connection.port");
      assert.equal(problem.subject, "sync01");
      assert.equal(problem.actual, `${written}, which is ${meant} in YAML`);
    });
  }

  it("a port in plain digits or in quotes must be accepted, and so must a file that is not the one that was read", () => {
    const accepted: [string, unknown][] = [
      ["22", 22],
      ['"022"', "022"],
      ["022", 22022],
      ["022", undefined],
    ];
    for (const [written, meant] of accepted)
      assert.deepEqual(misreadPorts(file(written), KEY, read(meant)), [], written);
    assert.deepEqual(misreadPorts("", KEY, read(18)), []);
    assert.deepEqual(misreadPorts("config: {port: 022}", KEY, read(18)), []);
  });

  it("a port in one line with its server must be seen as well", () => {
    const text = `config:\n  ${KEY}: {sync01: {connection: {host: a, port: 022}}}\n`;
    assert.equal(misreadPorts(text, KEY, read(18)).length, 1);
  });

  for (const port of ["022", "0", "00022", "22:30", "1e3", "22.0", " 22", "0x16"]) {
    it(`a port that is text must have plain digits: ${JSON.stringify(port)}`, () => {
      assert.equal(problemsOf({ connection: rawConnection("sync01", { port }) }).length, 1);
    });
  }
});

describe("a value that is no text without quotes", () => {
  const DATE = "2027-06-30 00:00:00 +0000 UTC";
  for (const value of [DATE, "2027-06-30 10:00:00 +0200 +0200", 7, true, 1.1]) {
    it(`a text must be refused if YAML made something else of it, with the remedy to quote it: ${value}`, () => {
      const wrong = [
        problemsOf({ applicationName: value }),
        problemsOf({ serviceAccount: value }),
        problemsOf({ certificate: { keyProvider: value } }),
        problemsOf({ connection: rawConnection("sync01", { user: value }) }),
      ];
      for (const problems of wrong) {
        assert.equal(problems.length, 1);
        assert.match(words(problems[0].remedy), /quotes/);
      }
    });
  }

  it("a rotation may be asked for by a date without quotes: that of an existing stack must not change", () => {
    assert.deepEqual(problemsOf({ rotate: DATE }), []);
  });

  for (const value of ["yes", "no", "on", "off", "y", "n", 1, 0, "true"]) {
    it(`a switch must be true or false, and not ${JSON.stringify(value)}`, () => {
      for (const changes of [
        { passwordWriteback: value },
        { repairConnectivityParameters: value },
        { certificate: { allowSoftwareKey: value } },
      ]) {
        assert.equal(problemsOf(changes)[0].expected, "true or false");
      }
    });
  }
});

describe("the size of a value", () => {
  const LONG = "a".repeat(100_000);
  const HOLDER = { id: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10", reason: "x", expires: "2027-06-30" };
  const server = (changes: Raw) => rawStack(rawServer("sync01", changes));
  const connection = (changes: Raw) => server({ connection: rawConnection("sync01", changes) });
  const stack = (changes: Raw) => rawStack(rawServer(), changes);
  const TEXTS: Record<string, Raw> = {
    host: connection({ host: LONG }),
    "host that is an address": connection({ host: `::1%${LONG}` }),
    port: connection({ port: "2".repeat(1000) }),
    user: connection({ user: LONG }),
    hostKey: connection({ hostKey: `${String(rawConnection().hostKey)} ${LONG}` }),
    sshPublicKey: connection({ sshPublicKey: `${String(rawConnection().hostKey)} ${LONG}` }),
    applicationName: server({ applicationName: LONG }),
    serviceAccount: server({ serviceAccount: LONG }),
    keyProvider: server({ certificate: { keyProvider: LONG } }),
    lifetime: server({ certificate: { lifetime: `${"9".repeat(100_000)} days` } }),
    minimumVersion: server({ minimumVersion: `${"2".repeat(100_000)}.5.79.0` }),
    rotate: server({ rotate: LONG }),
    renamedFrom: server({ renamedFrom: LONG }),
    adopt: server({ adopt: { certificateSha256: LONG } }),
    role: server({ role: LONG }),
    owners: stack({ owners: [LONG] }),
    pipelineObjectId: stack({ pipelineObjectId: LONG }),
    reason: stack({ allowedRoleHolders: [{ ...HOLDER, reason: LONG }] }),
    expires: stack({ allowedRoleHolders: [{ ...HOLDER, expires: LONG }] }),
    environmentVariables: stack({ environmentVariables: [LONG.toUpperCase()] }),
    sshPrivateKey: stack({ sshPrivateKey: LONG }),
    "the name of a server": { servers: { [LONG]: rawServer() } },
    "an unknown key": server({ [LONG]: 1 }),
  };
  for (const [what, raw] of Object.entries(TEXTS)) {
    it(`no text may be without bounds, nor a message about it: ${what}`, () => {
      const { problems } = checkConfiguration(raw, {});
      assert.equal(problems.length, 1);
      assert.ok(JSON.stringify(problems).length < 2500, `${JSON.stringify(problems).length}`);
    });
  }
});
