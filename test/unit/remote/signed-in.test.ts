/** Who reads the tenant, by token and directory. */
import assert from "node:assert/strict";
import { observeSignedIn } from "../../../remote/signed-in";
import { fakeGraph, refused, tenantWith, tokenWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";

const OBJECT_ID = "11111111-2222-4333-8444-555555555555";
const PRINCIPAL = `GET servicePrincipals/${OBJECT_ID}`;

const read = async (claims: object | null, answers: Answers) =>
  (await withFetch(fakeGraph(answers), () => observeSignedIn(tenantWith(claims && tokenWith(claims))))).result;

describe("the read of who is signed in", () => {
  it("an application must have its object id, and its name of the directory", async () => {
    const found = await read({ oid: OBJECT_ID, roles: [] }, { [PRINCIPAL]: { displayName: "Pipeline\u202e" } });
    assert.deepEqual(found, { objectId: OBJECT_ID, kind: "application", name: "Pipeline\\u202e" });
  });

  it("an application whose name may not be read must have that of its token, or none", async () => {
    const forbidden = { [PRINCIPAL]: refused(403) };
    assert.equal((await read({ oid: OBJECT_ID, app_displayname: "Pipeline" }, forbidden))!.name, "Pipeline");
    assert.equal((await read({ oid: OBJECT_ID }, forbidden))!.name, null);
    assert.equal((await read({ oid: OBJECT_ID }, { [PRINCIPAL]: {} }))!.name, null);
  });

  it("a user must have the name of its sign-in, and nothing must be asked for it", async () => {
    const claims = { oid: OBJECT_ID, scp: "Application.Read.All", upn: "alice@contoso.com", name: "Alice" };
    assert.deepEqual(await read(claims, {}), { objectId: OBJECT_ID, kind: "user", name: "alice@contoso.com" });
    assert.equal((await read({ oid: OBJECT_ID, scp: "x", name: "Alice" }, {}))!.name, "Alice");
  });

  it("a token that does not say whose it is, and a refused sign-in, must name no identity", async () => {
    assert.equal(await read({ roles: [] }, {}), null);
    assert.equal(await read(null, {}), null);
  });
});
