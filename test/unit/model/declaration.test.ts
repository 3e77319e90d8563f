/** The check of a program's arguments, by itself; the classes that use it: test/component/wrong-use.test.ts. */
import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { checkCloud, checkRoleHolders, checkServer, sharedProblems } from "../../../model/configuration/declaration";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { rawConnection, rawServer, type Raw } from "../../helpers/configurations";

const declared = (changes: Raw = {}, name = "sync01") => {
  const { declaration, problems } = checkServer(name, { ...rawServer(name), ...changes });
  assert.deepEqual(problems, []);
  return declaration!;
};

describe("a declared server", () => {
  it("a declared server must have the defaults of a stack's configuration", () => {
    const { owners, credentialPolicy, ...server } = declared();
    const { configuration } = checkConfiguration({ servers: { sync01: rawServer() } }, {});
    assert.deepEqual(server, configuration!.servers[0]);
    assert.deepEqual({ owners, credentialPolicy }, { owners: configuration!.owners, credentialPolicy: "report" });
  });

  it("a declared server must have the defaults if an argument is undefined or null", () => {
    const { certificate, rotate } = declared({ certificate: { lifetime: undefined }, rotate: null, owners: undefined });
    assert.deepEqual([certificate, rotate], [CERTIFICATE_DEFAULTS, null]);
  });

  it("a declared server must use a text literally: nothing comes from the environment", () => {
    assert.equal(declared({ serviceAccount: "CONTOSO\\${HOME}" }).serviceAccount, "CONTOSO\\${HOME}");
  });

  it("the check must not modify the declared server", () => {
    const args = Object.freeze({
      ...rawServer(),
      connection: Object.freeze(rawConnection()),
      owners: Object.freeze([]),
    });
    assert.deepEqual(declared(args).owners, []);
  });

  it("a declared server must consist of plain values", () => {
    for (const [value, actual] of [
      [new Date(0), "a Date"],
      [10n, "a bigint"],
      [Symbol("x"), "a symbol"],
      [Promise.resolve("x"), "a promise"],
    ] as const) {
      const { problems } = checkServer("sync01", { ...rawServer(), rotate: value });
      assert.deepEqual(
        problems.map(({ property, actual }) => [property, actual]),
        [["rotate", actual]],
      );
    }
  });

  it("a declared server may contain known objects of the program beside its settings, and no others", () => {
    const args = { ...rawServer(), tenant: {}, switchAftr: [] };
    assert.deepEqual(
      checkServer("sync01", args, ["tenant", "switchAfter"]).problems.map(({ property, expected }) => [
        property,
        expected,
      ]),
      [["switchAftr", '"switchAfter"']],
    );
  });
});

describe("declared servers", () => {
  it("two declared servers must not share a certificate, regardless of case", () => {
    const servers = ["sync01", "sync02"].map((name, index) => {
      const hash = "ab".repeat(32);
      return declared({ adopt: { certificateSha256: index === 0 ? hash : hash.toUpperCase() } }, name);
    });
    assert.deepEqual(
      sharedProblems(servers).map(({ subject, property }) => [subject, property]),
      [["sync02", "adopt.certificateSha256"]],
    );
    assert.deepEqual(sharedProblems(servers.slice(0, 1)), []);
  });
});

describe("tenant settings of a program", () => {
  it("a declared cloud must be known, and may be left out", () => {
    assert.deepEqual(checkCloud(undefined), { cloud: null, problems: [] });
    assert.equal(checkCloud("china").cloud, "china");
    assert.equal(checkCloud("mars").problems.length, 1);
  });

  it("declared role holders must have the form of a stack's configuration", () => {
    const holder = { id: "6D3B1C52-0F0E-4B5D-9A55-0C0F6A4D2F10", reason: "HR", expires: "2027-06-30" };
    assert.deepEqual(checkRoleHolders([holder]).holders, [{ ...holder, id: holder.id.toLowerCase() }]);
    assert.deepEqual(checkRoleHolders(undefined), { holders: [], problems: [] });
  });
});
