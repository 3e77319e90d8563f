/**
 * The azuread stand-in against the emulated tenant: which requests it sends, in which order, and what it answers.
 * It does not prove that the real plugin does the same; that was recorded separately.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type PluginClient, UNKNOWN, type Properties } from "./plugin-client";
import { requestsOf, startTenant, type TenantFixture } from "./tenant-fixture";

const APPLICATION = "azuread:index/application:Application";
const PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal";
const ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment";
const CERTIFICATE = "azuread:index/applicationCertificate:ApplicationCertificate";
const SYNC_APP_ID = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016";
const SYNC_ROLE = "ADSynchronization.ReadWrite.All";
const ALL_RIGHTS = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"];

interface Made {
  id: string;
  inputs: Properties;
  outputs: Properties;
}

describe("azuread stand-in", () => {
  let fixture: TenantFixture;
  let plugin: PluginClient;
  let me: string;
  let pem: string;

  before(async () => {
    const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=test"];
    pem = execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    fixture = await startTenant(ALL_RIGHTS);
    plugin = await fixture.plugin();
    me = (await plugin.invoke("azuread:index/getClientConfig:getClientConfig", {})).objectId;
  });
  after(() => fixture.stop());
  beforeEach(() => void (fixture.tenant.requests.length = 0));

  async function make(type: string, news: Properties): Promise<Made> {
    const { inputs, failures } = await plugin.check(type, news);
    assert.deepEqual(failures, []);
    return { inputs, ...(await plugin.create(type, inputs)) };
  }

  const application = (name: string, news: Properties = {}) =>
    make(APPLICATION, { displayName: name, owners: [me], ...news });
  /** A refresh drops the records of what was a default. */
  const withoutRecords = (inputs: Properties): Properties =>
    JSON.parse(JSON.stringify(inputs, (name, value) => (name === "__defaults" ? undefined : value)));
  const seen = (names: Record<string, string>) => requestsOf(fixture.tenant, names);

  async function assertUnchanged(type: string, { id, inputs, outputs }: Made): Promise<void> {
    assert.deepEqual((await plugin.diff(type, outputs, inputs, inputs)).changed, []);
    const read = await plugin.read(type, id, outputs, inputs);
    assert.deepEqual(read, { id, outputs, inputs: withoutRecords(inputs) });
  }

  it("the azuread stand-in must create an application with the requests of the real plugin, in order", async () => {
    const made = await application("create", { preventDuplicateNames: true });
    assert.deepEqual(seen({ [made.outputs.objectId]: "APP" }), [
      "GET /v1.0/applications?$filter=displayName eq 'create'",
      "GET /v1.0/applications?$filter=displayName eq 'create'",
      "POST /v1.0/applications",
      "PATCH /v1.0/applications/APP",
      "PATCH /v1.0/applications/APP",
      "GET /v1.0/applications/APP",
      "GET /beta/applications/APP?$select=oauth2RequirePostResponse",
      "GET /v1.0/applications/APP/owners",
    ]);
    assert.equal(made.id, `/applications/${made.outputs.objectId}`);
    assert.equal(made.outputs.displayName, "create");
    await assertUnchanged(APPLICATION, made);
  });

  it("the azuread stand-in must remove the caller from the owners if none are declared, and only then", async () => {
    const made = await make(APPLICATION, { displayName: "no owners" });
    const removal = `DELETE /v1.0/applications/APP/owners/ME/$ref`;
    assert.ok(seen({ [made.outputs.objectId]: "APP", [me]: "ME" }).includes(removal));
    assert.equal(made.outputs.owners, null);
    assert.deepEqual((await application("owned")).outputs.owners, [me]);
  });

  it("the azuread stand-in must refuse an existing application name, also in a preview, and create nothing", async () => {
    await application("taken");
    const { inputs } = await plugin.check(APPLICATION, { displayName: "taken", preventDuplicateNames: true });
    const refusal = /An existing "azuread_application" with name "taken" .* needs to be imported into the State/;
    await assert.rejects(plugin.create(APPLICATION, inputs, true), refusal);
    await assert.rejects(plugin.create(APPLICATION, inputs), refusal);
    const taken = fixture.tenant.requests.filter((request) => request.method === "POST");
    assert.equal(taken.length, 1);
  });

  it("the azuread stand-in must change nothing in a preview", async () => {
    const made = await application("preview");
    fixture.tenant.requests.length = 0;
    const { inputs } = await plugin.check(APPLICATION, { displayName: "preview", owners: [me], notes: "new" });
    const created = await plugin.create(APPLICATION, inputs, true);
    const updated = await plugin.update(APPLICATION, made.id, made.outputs, inputs, true);
    assert.deepEqual(fixture.tenant.requests, []);
    assert.equal(created.id, "");
    assert.equal(created.outputs.objectId, UNKNOWN);
    assert.equal(updated.notes, "new");
    assert.equal(updated.objectId, made.outputs.objectId);
  });

  it("the azuread stand-in must create a principal, a role assignment and a certificate with the requests of the real plugin", async () => {
    const app = await application("all");
    const sync = await plugin.invoke("azuread:index/getServicePrincipal:getServicePrincipal", {
      clientId: SYNC_APP_ID,
    });
    const names: Record<string, string> = { [app.outputs.objectId]: "APP", [sync.objectId]: "SYNC" };
    names[app.outputs.clientId] = "CLIENT";

    fixture.tenant.requests.length = 0;
    const principal = await make(PRINCIPAL, { clientId: app.outputs.clientId, owners: [me] });
    names[principal.outputs.objectId] = "SP";
    assert.deepEqual(seen(names), [
      "GET /v1.0/servicePrincipals?$filter=appId eq 'CLIENT'",
      "POST /v1.0/servicePrincipals",
      "PATCH /v1.0/servicePrincipals/SP",
      "GET /v1.0/servicePrincipals/SP",
      "GET /beta/servicePrincipals/SP?$select=samlMetadataUrl",
      "GET /v1.0/servicePrincipals/SP/owners",
    ]);
    assert.equal(principal.outputs.description, "");
    await assertUnchanged(PRINCIPAL, principal);

    fixture.tenant.requests.length = 0;
    const assignment = await make(ASSIGNMENT, {
      appRoleId: sync.appRoleIds[SYNC_ROLE],
      principalObjectId: principal.outputs.objectId,
      resourceObjectId: sync.objectId,
    });
    names[assignment.id.split("/").pop()!] = "ASSIGNMENT";
    assert.deepEqual(seen(names), [
      "GET /v1.0/servicePrincipals/SYNC",
      "POST /v1.0/servicePrincipals/SYNC/appRoleAssignedTo",
      "GET /v1.0/servicePrincipals/SYNC/appRoleAssignedTo/ASSIGNMENT",
    ]);
    await assertUnchanged(ASSIGNMENT, assignment);

    fixture.tenant.requests.length = 0;
    const certificate = await make(CERTIFICATE, { applicationId: app.id, type: "AsymmetricX509Cert", value: pem });
    const looks = Array.from({ length: 6 }, () => "GET /v1.0/applications/APP");
    assert.deepEqual(seen(names), ["GET /v1.0/applications/APP", "PATCH /v1.0/applications/APP", ...looks]);
    assert.equal(certificate.id, `${app.outputs.objectId}/certificate/${certificate.outputs.keyId}`);
    await assertUnchanged(CERTIFICATE, certificate);

    fixture.tenant.requests.length = 0;
    await plugin.delete(ASSIGNMENT, assignment.id, assignment.outputs);
    await plugin.delete(CERTIFICATE, certificate.id, certificate.outputs);
    await plugin.delete(PRINCIPAL, principal.id, principal.outputs);
    await plugin.delete(APPLICATION, app.id, app.outputs);
    const five = (path: string) => Array.from({ length: 5 }, () => `GET ${path}`);
    assert.deepEqual(seen(names), [
      "DELETE /v1.0/servicePrincipals/SYNC/appRoleAssignedTo/ASSIGNMENT",
      "GET /v1.0/applications/APP",
      "PATCH /v1.0/applications/APP",
      ...five("/v1.0/applications/APP"),
      "DELETE /v1.0/servicePrincipals/SP",
      ...five("/v1.0/servicePrincipals/SP"),
      "DELETE /v1.0/applications/APP",
      ...five("/v1.0/applications/APP"),
    ]);
  });

  it("the azuread stand-in must keep foreign keys when it adds or removes one", async () => {
    const app = await application("keys");
    const news = { applicationId: app.id, type: "AsymmetricX509Cert", value: pem };
    const first = await make(CERTIFICATE, news);
    const second = await make(CERTIFICATE, {
      ...news,
      encoding: "base64",
      value: pem.replace(/-----[^-]+-----|\n/g, ""),
    });
    const keys = async () => (await plugin.read(CERTIFICATE, second.id)).id;
    assert.equal(await keys(), second.id);
    await plugin.delete(CERTIFICATE, first.id, first.outputs);
    assert.equal((await plugin.read(CERTIFICATE, first.id)).id, "");
    assert.equal(await keys(), second.id);
  });

  it("the azuread stand-in must replace a certificate for any change, and ignore what it is told to ignore", async () => {
    const app = await application("replace");
    const news = { applicationId: app.id, type: "AsymmetricX509Cert", value: pem };
    const made = await make(CERTIFICATE, news);
    const { inputs } = await plugin.check(CERTIFICATE, { ...news, value: `${pem}\n` });
    assert.deepEqual(await plugin.diff(CERTIFICATE, made.outputs, made.inputs, inputs), {
      changed: ["value"],
      replaced: ["value"],
      paths: ["value"],
    });
    const imported = await plugin.read(CERTIFICATE, made.id);
    assert.equal(imported.outputs.value, undefined);
    assert.deepEqual(
      (await plugin.diff(CERTIFICATE, imported.outputs, imported.inputs, inputs, ["value"])).changed,
      [],
    );
    const unknown = await plugin.check(CERTIFICATE, { ...news, value: UNKNOWN });
    assert.deepEqual((await plugin.diff(CERTIFICATE, made.outputs, made.inputs, unknown.inputs)).replaced, ["value"]);
  });

  it("the azuread stand-in must take an undeclared default from the former inputs, regardless of what a refresh read there", async () => {
    const { outputs: app } = await application("default");
    const { id, outputs, inputs } = await make(PRINCIPAL, { clientId: app.clientId, owners: [me] });
    assert.equal(inputs.accountEnabled, true);
    fixture.tenant.store.change(() => {
      fixture.tenant.store.principalByAppId(app.clientId)!.properties.accountEnabled = false;
    });
    const refreshed = await plugin.read(PRINCIPAL, id, outputs, inputs);
    assert.equal(refreshed.inputs.accountEnabled, false);
    const undeclared = await plugin.check(PRINCIPAL, { clientId: app.clientId, owners: [me] }, refreshed.inputs);
    assert.equal(undeclared.inputs.accountEnabled, false);
    const declared = { clientId: app.clientId, owners: [me], accountEnabled: true };
    assert.equal((await plugin.check(PRINCIPAL, declared, refreshed.inputs)).inputs.accountEnabled, true);
    // What was declared and is no longer declared has the schema's default.
    const record = { ...refreshed.inputs, __defaults: [] };
    assert.equal((await plugin.check(PRINCIPAL, { clientId: app.clientId }, record)).inputs.accountEnabled, true);
  });

  it("the azuread stand-in must update an application in place, and its owners only if they changed", async () => {
    const made = await application("update", { tags: ["a", "b"] });
    fixture.tenant.requests.length = 0;
    const { inputs } = await plugin.check(APPLICATION, { displayName: "update", owners: [me], notes: "new" });
    assert.deepEqual((await plugin.diff(APPLICATION, made.outputs, made.inputs, inputs)).changed, ["notes"]);
    const outputs = await plugin.update(APPLICATION, made.id, made.outputs, inputs);
    assert.deepEqual(seen({ [made.outputs.objectId]: "APP" }), [
      "PATCH /v1.0/applications/APP",
      "GET /v1.0/applications/APP",
      "GET /beta/applications/APP?$select=oauth2RequirePostResponse",
      "GET /v1.0/applications/APP/owners",
    ]);
    assert.equal(outputs.notes, "new");
    assert.deepEqual(outputs.tags, ["a", "b"]);
  });

  it("the azuread stand-in must not treat another order of owners, tags or resources as a change", async () => {
    const access = (id: string) => ({ resourceAppId: id, resourceAccesses: [{ id: SYNC_APP_ID, type: "Role" }] });
    const news = { tags: ["a", "b"], requiredResourceAccesses: [access(SYNC_APP_ID), access(me)] };
    const made = await application("order", news);
    const { inputs } = await plugin.check(APPLICATION, {
      displayName: "order",
      owners: [me],
      tags: ["b", "a"],
      requiredResourceAccesses: [...news.requiredResourceAccesses].reverse(),
    });
    assert.deepEqual((await plugin.diff(APPLICATION, made.outputs, made.inputs, inputs)).changed, []);
  });

  it("the azuread stand-in must distinguish a deleted object from one that cannot be read", async () => {
    const made = await application("gone");
    await plugin.delete(APPLICATION, made.id, made.outputs);
    assert.equal((await plugin.read(APPLICATION, made.id, made.outputs, made.inputs)).id, "");
    await assert.rejects(plugin.read(APPLICATION, "gone"), /Parsing ID/);
  });

  it("the azuread stand-in must read an import's inputs from Entra, so that the same program changes nothing", async () => {
    const made = await application("import", { notes: "from elsewhere" });
    const imported = await plugin.read(APPLICATION, made.id);
    assert.equal(imported.inputs.notes, "from elsewhere");
    // As the real plugin does: defaults are no inputs, what Entra chose by itself is one.
    assert.equal("signInAudience" in imported.inputs || "preventDuplicateNames" in imported.inputs, false);
    assert.deepEqual(imported.inputs.featureTags, [{ __defaults: [] }]);
    assert.deepEqual((await plugin.diff(APPLICATION, imported.outputs, imported.inputs, made.inputs)).changed, []);
  });

  it("the azuread stand-in must name each input that is wrong or not emulated", async () => {
    const { failures } = await plugin.check(APPLICATION, { owners: ["nobody"], password: {}, signInAudience: "All" });
    assert.deepEqual(failures.map((failure) => failure.property).sort(), [
      "displayName",
      "owners[0]",
      "password",
      "signInAudience",
    ]);
    await assert.rejects(plugin.check("azuread:index/group:Group", {}), /does not emulate azuread:index\/group:Group/);
  });
});
