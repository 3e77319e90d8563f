/** What a stack declares for the life of an identity: rotation, verification, rename, adoption, policy, role holders. */
import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import type { Diagnostic } from "../../../model/diagnostics/diagnostic";
import { rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { words } from "../../helpers/remedies";

const check = (raw: Raw, environment: Record<string, string> = {}) => checkConfiguration(raw, environment);
const summary = (problems: Diagnostic[]) =>
  problems.map(({ subject, property, code }) => `${subject ?? "-"} ${property} ${code}`).sort();
const ofServer = (changes: Raw) => check(rawStack(rawServer("sync01", changes)));
const ofServers = (servers: Record<string, Raw>) =>
  check({
    servers: Object.fromEntries(Object.entries(servers).map(([name, changes]) => [name, rawServer(name, changes)])),
  });

const HASH = "AB".repeat(32);
const HOLDER = { id: "6D3B1C52-0F0E-4B5D-9A55-0C0F6A4D2F10", reason: "provisioning from HR", expires: "2027-06-30" };
const ofHolders = (...allowedRoleHolders: unknown[]) => check(rawStack(rawServer(), { allowedRoleHolders }));

describe("a rotation on demand", () => {
  for (const [written, read] of [
    ["2026-11-21 after the audit", "2026-11-21 after the audit"],
    [2, "2"],
  ]) {
    it(`rotate must accept any text or number, here ${JSON.stringify(written)}`, () => {
      assert.equal(ofServer({ rotate: written }).configuration?.servers[0].rotate, read);
    });
  }

  for (const rotate of ["", " ", "a\nb", "x".repeat(121), true, ["now"]]) {
    it(`rotate must refuse ${JSON.stringify(rotate).slice(0, 20)}`, () => {
      const { problems } = ofServer({ rotate });
      assert.deepEqual(summary(problems), ["sync01 rotate CONFIGURATION_INVALID"]);
      assert.match(problems[0].expected, /any text/);
    });
  }
});

describe("verification", () => {
  it("verify must be sync or switch", () => {
    assert.equal(ofServer({ verify: "switch" }).configuration?.servers[0].verify, "switch");
    const { problems } = ofServer({ verify: "none" });
    assert.deepEqual(summary(problems), ["sync01 verify CONFIGURATION_INVALID"]);
    assert.equal(problems[0].expected, '"sync" or "switch"');
  });
});

describe("a rename", () => {
  it("renamedFrom must name the old server", () => {
    const { configuration } = ofServers({ sync09: { renamedFrom: "sync01" } });
    assert.equal(configuration?.servers[0].renamedFrom, "sync01");
  });

  it("renamedFrom must not be a name that no server can have had", () => {
    assert.deepEqual(summary(ofServer({ renamedFrom: "SYNC 01" }).problems), [
      "sync01 renamedFrom CONFIGURATION_INVALID",
    ]);
  });

  it("renamedFrom must not name a server that is still declared, including the renamed one", () => {
    for (const servers of [{ sync01: {}, sync02: { renamedFrom: "sync01" } }, { sync02: { renamedFrom: "sync02" } }]) {
      const { problems } = ofServers(servers as Record<string, Raw>);
      assert.deepEqual(summary(problems), ["sync02 renamedFrom CONFIGURATION_INVALID"]);
      assert.match(words(problems[0].remedy), /one name only/);
    }
  });

  it("two servers must not have the same renamedFrom", () => {
    const { problems } = ofServers({ sync02: { renamedFrom: "sync01" }, sync03: { renamedFrom: "sync01" } });
    assert.deepEqual(summary(problems), ["sync03 renamedFrom SERVERS_SHARE"]);
    assert.match(words(problems[0].remedy), /Only one server/);
  });
});

describe("an adopted certificate", () => {
  it("an adopted certificate must be given by its hash, in the form of Windows or not", () => {
    const adopted = (certificateSha256: string) =>
      ofServer({ adopt: { certificateSha256 } }).configuration?.servers[0].adopt;
    assert.deepEqual(adopted(HASH), { certificateSha256: HASH.toLowerCase() });
    assert.deepEqual(adopted(HASH.toLowerCase()), { certificateSha256: HASH.toLowerCase() });
  });

  for (const adopt of [{ certificateSha256: "AB".repeat(20) }, { certificateSha256: 5 }, {}]) {
    it(`an adopted certificate must not be given as ${JSON.stringify(adopt)}: a SHA-1 thumbprint is not a SHA-256 hash`, () => {
      const { problems } = ofServer({ adopt });
      assert.deepEqual(summary(problems), ["sync01 adopt.certificateSha256 CONFIGURATION_INVALID"]);
      assert.match(problems[0].expected, /64 hexadecimal digits/);
    });
  }

  it("a wrong key of adopt must be reported with the right one", () => {
    const { problems } = ofServer({ adopt: { certificateSha265: HASH } });
    const unknown = problems.find(({ code }) => code === "CONFIGURATION_UNKNOWN_KEY");
    assert.equal(unknown?.expected, '"certificateSha256"');
  });

  it("a wrong adopt must not hide the other errors", () => {
    assert.deepEqual(summary(ofServer({ adopt: {}, minimumVersion: "2.5.3.0" }).problems), [
      "sync01 adopt.certificateSha256 CONFIGURATION_INVALID",
      "sync01 minimumVersion CONFIGURATION_INVALID",
    ]);
  });

  it("an adopted certificate must belong to one server only, regardless of case", () => {
    const { problems } = ofServers({
      sync01: { adopt: { certificateSha256: HASH } },
      sync02: { adopt: { certificateSha256: HASH.toLowerCase() } },
    });
    assert.deepEqual(summary(problems), ["sync02 adopt.certificateSha256 SERVERS_SHARE"]);
    assert.match(words(problems[0].remedy), /belong to one server only/);
  });
});

describe("the active server", () => {
  it("a stack must have one active server: each further one is reported with the first", () => {
    const { problems } = ofServers({ sync01: { role: "active" }, sync02: { role: "active" }, sync03: {} });
    assert.deepEqual(summary(problems), ["sync02 role SERVERS_SHARE"]);
    assert.equal(problems[0].actual, "active, as sync01");
    assert.match(words(problems[0].remedy), /staging/);
  });

  it("a stack may hold only staging servers", () => {
    assert.deepEqual(ofServers({ sync01: {}, sync02: {} }).problems, []);
  });
});

describe("the credential policy", () => {
  it("credentialPolicy must be report or enforce", () => {
    assert.equal(
      check(rawStack(rawServer(), { credentialPolicy: "enforce" })).configuration?.credentialPolicy,
      "enforce",
    );
    const { problems } = check(rawStack(rawServer(), { credentialPolicy: "remove" }));
    assert.deepEqual(summary(problems), ["- credentialPolicy CONFIGURATION_INVALID"]);
    assert.equal(problems[0].expected, '"report" or "enforce"');
  });

  it("a misspelt credentialPolicy key must be reported", () => {
    const [problem] = check(rawStack(rawServer(), { credentialsPolicy: "enforce" })).problems;
    assert.equal(problem.expected, '"credentialPolicy"');
  });
});

describe("the environment of a stack", () => {
  it("environment must be one of two values, because a misspelt one would protect nothing", () => {
    const read = (environment: string) => check(rawStack(rawServer(), { environment }));
    assert.equal(read("production").configuration?.environment, "production");
    assert.deepEqual(summary(read("Production").problems), ["- environment CONFIGURATION_INVALID"]);
    assert.equal(read("prod").problems[0].expected, '"production" or "test"');
  });
});

describe("an allowed holder of the sync role", () => {
  it("an allowed role holder must have an id, a reason and a last day", () => {
    assert.deepEqual(ofHolders(HOLDER).configuration?.allowedRoleHolders, [{ ...HOLDER, id: HOLDER.id.toLowerCase() }]);
  });

  it("an allowed role holder must be accepted with a day that YAML parsed as a date", () => {
    for (const expires of ["2027-06-30T00:00:00Z", "2027-06-30 00:00:00 +0000 UTC"]) {
      const { configuration } = ofHolders({ ...HOLDER, expires });
      assert.equal(configuration?.allowedRoleHolders[0].expires, "2027-06-30");
    }
  });

  for (const [property, value] of [
    ["id", "bob@contoso.com"],
    ["id", undefined],
    ["reason", ""],
    ["reason", undefined],
    ["expires", "2027-02-30"],
    ["expires", "30.06.2027"],
    ["expires", undefined],
  ] as const) {
    it(`an allowed role holder must not have ${property} ${JSON.stringify(value) ?? "left out"}`, () => {
      const { problems } = ofHolders({ ...HOLDER, [property]: value });
      assert.deepEqual(summary(problems), [`- allowedRoleHolders.0.${property} CONFIGURATION_INVALID`]);
    });
  }

  it("an allowed role holder must be a map in a list", () => {
    const expected = (value: unknown) =>
      check(rawStack(rawServer(), { allowedRoleHolders: value })).problems[0].expected;
    assert.equal(expected("bob"), "a list of maps with id, reason and expires");
    assert.equal(expected(["bob"]), "a map with id, reason and expires");
  });

  it("a wrong key of an allowed role holder must be reported with the right one", () => {
    const { problems } = ofHolders({ ...HOLDER, expiry: "2027-06-30" });
    assert.deepEqual(
      problems.map(({ property, expected }) => [property, expected]),
      [["allowedRoleHolders.0.expiry", '"expires"']],
    );
  });

  it("a role holder must not be allowed twice: it would be unclear which date applies", () => {
    const { problems } = ofHolders(HOLDER, { ...HOLDER, id: HOLDER.id.toLowerCase(), expires: "2026-01-01" });
    assert.deepEqual(summary(problems), ["- allowedRoleHolders.1.id CONFIGURATION_INVALID"]);
  });

  it("a wrong role holder must not hide the errors of the servers", () => {
    const raw = rawStack(rawServer("sync01", { minimumVersion: "2.5.3.0" }), { allowedRoleHolders: [{ id: "bob" }] });
    assert.ok(summary(check(raw).problems).includes("sync01 minimumVersion CONFIGURATION_INVALID"));
  });
});
