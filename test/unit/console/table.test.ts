/** Tables on a terminal of any width, and elsewhere. */
import assert from "node:assert/strict";
import { applicationTable, certificateTable, serverTable } from "../../../cli/sandbox/tables";
import { drawTable, wrapWords } from "../../../console/table";
import type { SandboxStatus } from "../../../sandbox/world/status";

const draw = (drawn: boolean) =>
  drawTable(
    ["server", "what"],
    [
      ["sync01", "one\ntwo"],
      ["sync02", "three"],
    ],
    { drawn },
  );

const HEAD = ["server", "application", "certificate", "scheduler"];
const ROWS = ["sync01", "sync02"].map((server) => [
  server,
  `Entra Connect Sync - ${server}\n11111111-2222-3333-4444-555555555555`,
  "0123456789ab… expires 2027-11-28, key in the TPM",
  "on, exports",
]);
const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
/** Whether every line of a drawn table is as long as its first one. */
const isWhole = (text: string) => new Set(text.split("\n").map((line) => line.length)).size === 1;

describe("a table", () => {
  it("must be drawn on a terminal", () => {
    assert.match(draw(true), /[│┌]/);
  });

  it("must be plain ASCII columns elsewhere, without colours, lines and blanks at the end", () => {
    assert.equal(draw(false), ["server  what", "sync01  one", "        two", "sync02  three"].join("\n"));
  });

  it("must not carry colours on a terminal either", () => {
    assert.doesNotMatch(draw(true), /\u001b/);
  });

  for (const columns of [60, 80, 120]) {
    it(`must be no wider than a terminal of ${columns} columns, and lose nothing`, () => {
      const text = drawTable(HEAD, ROWS, { drawn: true, columns });
      assert.ok(longest(text) <= columns, text);
      if (text.includes("┌")) assert.ok(isWhole(text), text);
      for (const word of ROWS.flat().flatMap((cell) => cell.split(/\s/))) assert.ok(text.includes(word), word);
    });
  }

  it("must be a box at 120 columns, wrap within its columns at 80, and be blocks at 60", () => {
    const at = (columns: number) => drawTable(HEAD, ROWS, { drawn: true, columns });
    assert.ok(at(120).includes("┌") && at(80).includes("┌"));
    assert.ok(at(80).split("\n").length > at(120).split("\n").length);
    assert.doesNotMatch(at(60), /[┌│]/);
    assert.match(at(60), /^sync01\n {2}application {2}Entra Connect Sync - sync01\n {15}1{8}-/);
  });

  it("must be blocks below 60 columns, whatever it holds", () => {
    const text = drawTable(["a", "b"], [["x", "y"]], { drawn: true, columns: 59 });
    assert.equal(text, "x\n  b  y\n");
  });

  it("must say where it has no rows, as blocks as well", () => {
    assert.equal(drawTable(["application", "owners"], [], { drawn: true, columns: 40 }), "application: none");
  });

  it("must cut a word only where it is longer than a whole line", () => {
    assert.deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrapWords("0123456789", 4), ["0123", "4567", "89"]);
  });
});

describe("the tables of the sandbox", () => {
  const sha256 = "0123456789abcdef".repeat(4);
  const appId = "11111111-2222-3333-4444-555555555555";
  const status = {
    servers: [
      {
        name: "sync01",
        role: "active",
        connector: { identityType: "Application", appId, certificateSha256: sha256 },
        scheduler: { SyncCycleEnabled: true, StagingModeEnabled: false, SchedulerSuspended: false },
        certificates: [
          {
            ...{ sha256, friendlyName: "ConnectSyncIdentity dev/sync01 g1", notAfter: "2027-11-28T00:00:00Z" },
            ...{
              keyProvider: "Microsoft Platform Crypto Provider",
              keyUsable: true,
              acl: [{ account: "NT SERVICE\\ADSync" }],
            },
          },
        ],
      },
    ],
    tenant: {
      applications: [
        {
          ...{ displayName: "Entra Connect Sync - sync01", appId, owners: ["pipeline"] },
          keyCredentials: [{ sha256, endDateTime: "2027-11-28T00:00:00Z" }],
          servicePrincipal: { appRoles: ["ADSynchronization.ReadWrite.All"] },
        },
      ],
    },
  } as unknown as SandboxStatus;

  for (const columns of [60, 80, 120]) {
    it(`must fit a terminal of ${columns} columns`, () => {
      const before = Object.getOwnPropertyDescriptor(process.stdout, "columns");
      const terminal = process.stdout.isTTY;
      Object.defineProperty(process.stdout, "columns", { value: columns, configurable: true });
      process.stdout.isTTY = true;
      try {
        for (const text of [serverTable(status), certificateTable(status), applicationTable(status)]) {
          assert.ok(longest(text) <= columns, text);
          assert.ok(text.includes(appId) || text.includes("ConnectSyncIdentity"), text);
        }
      } finally {
        process.stdout.isTTY = terminal;
        if (before) Object.defineProperty(process.stdout, "columns", before);
        else delete (process.stdout as { columns?: number }).columns;
      }
    });
  }
});
