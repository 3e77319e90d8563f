/** The rules about a stack as a whole, over plain resources; that the engine hands them over so is shown end to end. */
import assert from "node:assert/strict";
import { RESOURCE_TYPES } from "../../../model/resources/resource-types";
import { formatViolation, type Stack } from "../../../policy/rule";
import { ownersKnown, rolesAsDeclared } from "../../../policy/rules/credentials";
import { noSharedIdentities } from "../../../policy/rules/identities";
import { abandonRefused, requiredServers } from "../../../policy/rules/presence";
import { RULES } from "../../../policy/pack";
import {
  DEVELOPMENT,
  judged,
  pem,
  PERSON,
  PIPELINE,
  PRODUCTION,
  requiredAccess,
  resource,
  serverResources,
  UNKNOWN_TEXT,
  urnOf,
  type ServerChanges,
} from "../../helpers/policy-resources";

const healthy = () => [...serverResources("sync01"), ...serverResources("sync02")];
const two = (changes: ServerChanges) => [...serverResources("sync01"), ...serverResources("sync02", changes)];
const RESET_SERVICE = "93625bc8-bfe2-437a-97e0-3d0060024faa";

describe("a healthy stack", () => {
  it("a healthy stack must violate no rule, and neither must a stack without a server", () => {
    for (const rule of RULES) {
      const found = judged(rule, healthy(), {}, PRODUCTION);
      assert.deepEqual(found.map(formatViolation), [], rule.name);
      assert.deepEqual(judged(rule, [], {}, PRODUCTION), [], rule.name);
    }
  });
});

describe("two servers of a stack", () => {
  const says = (changes: ServerChanges) =>
    judged(noSharedIdentities, two(changes)).map(({ subject, property, actual }) => [subject, property, actual]);

  it("two servers must not share an application, recognised by its id", () => {
    assert.deepEqual(says({ server: { appId: "APPID-of-sync01" } }), [
      ["sync02", "application", "APPID-of-sync01, as sync01"],
    ]);
  });

  it("two servers must not share an application that has no id yet", () => {
    const applicationUrn = urnOf(RESOURCE_TYPES.application, "sync01-application");
    const changes = { server: { appId: UNKNOWN_TEXT }, credential: { applicationId: UNKNOWN_TEXT }, applicationUrn };
    assert.deepEqual(says(changes), [
      ["sync02", "application", "the application sync01-application, as sync01"],
      ["sync02", "application that a certificate is uploaded to", "the application sync01-application, as sync01"],
    ]);
  });

  it("two servers must not count as sharing an application that neither has yet", () => {
    const unknown = {
      server: { appId: UNKNOWN_TEXT },
      credential: { applicationId: UNKNOWN_TEXT, value: UNKNOWN_TEXT },
    };
    const both = [...serverResources("sync01", unknown), ...serverResources("sync02", unknown)];
    assert.deepEqual(judged(noSharedIdentities, both), []);
  });

  it("two servers must not upload to one application, or register for it", () => {
    assert.deepEqual(says({ credential: { applicationId: "/applications/sync01" } }), [
      ["sync02", "application that a certificate is uploaded to", "/applications/sync01, as sync01"],
    ]);
    assert.deepEqual(says({ registration: { appId: "appid-of-sync01" } }), [
      ["sync02", "application", "appid-of-sync01, as sync01"],
    ]);
  });

  it("two servers must not share a certificate in any form, and only its hash is shown", () => {
    const [begin, body, end] = pem("sync01").trim().split("\n");
    const wrapped = [begin, body.slice(0, 10), body.slice(10), end].join("\r\n");
    const [[subject, property, actual], ...more] = says({ credential: { value: wrapped } });
    assert.deepEqual([subject, property, more], ["sync02", "certificate", []]);
    assert.match(actual, /^[0-9a-f]{64}, as sync01$/);
    const hash = "a".repeat(64);
    const stack = [
      ...serverResources("sync01", { registration: { certificateSha256: hash } }),
      ...serverResources("sync02", { registration: { certificateSha256: hash.toUpperCase() } }),
    ];
    assert.deepEqual(
      judged(noSharedIdentities, stack).map(({ property }) => property),
      ["certificate"],
    );
  });

  it("two servers must not share an application's name or a host", () => {
    assert.deepEqual(says({ application: { displayName: "entra connect sync - SYNC01" } }), [
      ["sync02", "application name", "entra connect sync - SYNC01, as sync01"],
    ]);
    assert.deepEqual(says({ server: { host: "SYNC01.contoso.com" } }), [
      ["sync02", "host", "SYNC01.contoso.com:22, as sync01"],
    ]);
    assert.deepEqual(says({ server: { host: "sync01.contoso.com", port: 2222 } }), []);
  });

  it("each of two servers must be reported once, with its resource", () => {
    const shared = { server: { appId: "appid-of-sync01" } };
    const stack = [...two(shared), ...serverResources("sync03", shared)];
    const found = judged(noSharedIdentities, stack);
    assert.deepEqual(
      found.map(({ subject, urn }) => [subject, urn]),
      ["sync02", "sync03"].map((server) => [server, urnOf(RESOURCE_TYPES.server, `${server}-server`)]),
    );
  });
});

describe("an owner of an application", () => {
  const says = (changes: ServerChanges, settings = {}) =>
    judged(ownersKnown, two(changes), settings).map(({ subject, actual, urn }) => [subject, actual, urn]);
  const urn = urnOf(RESOURCE_TYPES.application, "sync02-application");

  it("the pipeline must be accepted as owner, recognised as the only owner of the service principal", () => {
    assert.deepEqual(says({ application: { owners: [PIPELINE, PERSON] } }), [["sync02", PERSON, urn]]);
    assert.deepEqual(says({ application: { owners: [PERSON] }, principal: { owners: [] } }), [["sync02", PERSON, urn]]);
    assert.deepEqual(says({ application: { owners: [] } }), []);
  });

  it("an allowed owner must be accepted, regardless of case", () => {
    const owners = [PIPELINE, PERSON.toUpperCase()];
    assert.deepEqual(says({ application: { owners } }, { allowedOwners: [PERSON] }), []);
    assert.deepEqual(says({ application: { owners } }, { allowedOwners: [PIPELINE] }).length, 1);
  });

  it("an owner must not be judged before it is known", () => {
    assert.deepEqual(says({ application: { owners: [UNKNOWN_TEXT] } }), []);
  });
});

describe("the roles of an application", () => {
  const says = (changes: ServerChanges) =>
    judged(rolesAsDeclared, two(changes)).map(({ property, actual }) => [property, actual]);
  const writeback = { requiredResourceAccesses: [requiredAccess(), requiredAccess(RESET_SERVICE, "reset-role")] };

  it("an application must have the roles of password writeback only if the server declares it", () => {
    assert.deepEqual(says({ application: writeback }), [
      ["services that the application may use", `"${RESET_SERVICE}"`],
    ]);
    assert.deepEqual(says({ application: writeback, server: { passwordWriteback: true } }), []);
  });

  it("an application must not have roles of another service, whatever is declared", () => {
    const graph = "00000003-0000-0000-c000-000000000000";
    const application = { requiredResourceAccesses: [requiredAccess(), requiredAccess(graph)] };
    assert.deepEqual(says({ application, server: { passwordWriteback: true } }), [
      ["services that the application may use", `"${graph}"`],
    ]);
  });

  it("an application must not be assigned a role that it does not request", () => {
    const scope = { requiredResourceAccesses: [requiredAccess(undefined, undefined, "Scope")] };
    assert.deepEqual(says({ application: scope }), [["kind of permission", '"Scope"']]);
    assert.deepEqual(says({ assignment: { appRoleId: "another" } }), [["assigned role", '"another"']]);
    assert.deepEqual(says({ assignment: { appRoleId: UNKNOWN_TEXT } }), []);
  });

  it("the roles of an application without a server must not be judged", () => {
    const foreign = resource(RESOURCE_TYPES.application, "portal", {
      requiredResourceAccesses: [requiredAccess("graph")],
    });
    assert.deepEqual(judged(rolesAsDeclared, [...healthy(), foreign]), []);
  });
});

describe("a production stack", () => {
  const says = (stack: Stack, resources = healthy()) =>
    judged(abandonRefused, resources, {}, stack).map(({ subject, actual }) => [subject, actual]);

  it("a production stack must set its environment, because only then leave --abandon refuses", () => {
    assert.deepEqual(says(PRODUCTION), []);
    assert.deepEqual(says({ ...PRODUCTION, environment: null }), [["prod", "nothing"]]);
    assert.deepEqual(says({ ...PRODUCTION, environment: "test" }), [["prod", '"test"']]);
  });

  it("a production stack must not be reported if its configuration is not available, or it has no servers", () => {
    assert.deepEqual(says({ ...PRODUCTION, environment: null, configured: false }), []);
    assert.deepEqual(says({ ...PRODUCTION, environment: null }, []), []);
  });
});

describe("a required server", () => {
  const says = (servers: string[], stack = PRODUCTION) =>
    judged(requiredServers, healthy(), { servers }, stack).map(({ subject }) => subject);

  it("a required server that is not declared must be reported", () => {
    assert.deepEqual(says(["sync01", "sync02"]), []);
    assert.deepEqual(says(["sync01", "sync03"]), ["sync03"]);
    assert.deepEqual(judged(requiredServers, [], { servers: ["sync01"] }, PRODUCTION).length, 1);
  });

  it("a missing required server must be reported once, in the stack that is named with it", () => {
    assert.deepEqual(says(["prod/sync03", "sync03", "test/sync04"]), ["sync03"]);
    assert.deepEqual(says(["prod/sync03"], { ...DEVELOPMENT, name: "test" }), []);
  });
});
