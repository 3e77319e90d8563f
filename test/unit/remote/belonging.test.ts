/** How a server's tenant is found out. What of it is a problem: server-tenant.test.ts, cloud-choice.test.ts. */
import assert from "node:assert/strict";
import { belongingProblem } from "../../../remote/belonging";
import { withBelonging } from "../../../remote/observe";
import type { Observation } from "../../../model/server/observation";
import { tenantWith } from "../../helpers/fake-graph";
import { json, withFetch, type Responder } from "../../helpers/fetching";
import { healthy, hostFacts, problem } from "../../helpers/observations";

const [OWN, OTHER] = ["11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"];
const issued = (id: string) => json({ issuer: `https://login.example/${id}/v2.0` });

/** The authority: whose a domain is. */
const authority: Responder = ({ url }) => {
  const [, name] = /^https:\/\/login\.example\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(url) ?? [];
  if (name === "contoso.onmicrosoft.com" || name === "contoso.com") return issued(OWN);
  if (name === "fabrikam.com") return issued(OTHER);
  return json({ error: "invalid_tenant", error_description: "AADSTS90002" }, 400);
};

async function codes(userNames: string[], respond = authority, tenantId = OWN) {
  const { facts } = await healthy();
  const access = { ...tenantWith(), tenantId };
  const { result, requests } = await withFetch(respond, () =>
    Promise.all(
      userNames.map((userName) =>
        belongingProblem(access, "sync01", { ...facts, connector: { ...facts.connector, userName } }),
      ),
    ),
  );
  return { codes: result.map((found) => found?.code ?? null), requests: requests.length };
}

describe("the tenant that a server belongs to", () => {
  it("must be found out by what Entra publishes of the domain, with an id as the domain's equal", async () => {
    const names = ["Sync_A@contoso.onmicrosoft.com", `{x}@${OWN}`, "Sync_B@fabrikam.com", `{x}@${OTHER}`];
    const expected = [null, null, "TENANT_CONTRADICTED", "TENANT_CONTRADICTED"];
    assert.deepEqual((await codes(names)).codes, expected);
    assert.deepEqual((await codes(names, authority, "contoso.com")).codes, expected);
  });

  it("must be asked once for each domain, and not at all for the one that the stack names", async () => {
    const names = ["a@fabrikam.com", "b@fabrikam.com", "c@contoso.com", "d@contoso.com"];
    assert.equal((await codes(names)).requests, 2);
    assert.equal((await codes(["c@contoso.com"], authority, "contoso.com")).requests, 0);
  });

  it("must remain unknown, and stop nothing, if Entra has no such domain or does not answer as agreed", async () => {
    assert.deepEqual((await codes(["a@gone.example", "sync", "b@fabrikam.com"], authority, "gone.example")).codes, [
      ...[null, null, null],
    ]);
    const rude: Responder[] = [
      () => json({ issuer: "https://login.example/{tenantid}/v2.0" }),
      () => json({ issuer: 42 }),
      () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } }),
    ];
    for (const respond of rude) assert.deepEqual((await codes(["b@fabrikam.com"], respond)).codes, [null]);
  });

  it("must not be asked about while the tenant itself cannot be read", async () => {
    const { certificate } = await healthy();
    const facts = hostFacts(certificate, {});
    facts.connector.userName = "a@fabrikam.com";
    const of = (tenant: Observation["tenant"]) =>
      withBelonging({ host: { facts, problem: null }, tenant }, "sync01", { ...tenantWith(), tenantId: OWN });
    const readable = await withFetch(authority, () => of({ application: null, problem: null }));
    assert.equal(readable.result.elsewhere?.code, "TENANT_CONTRADICTED");
    const unread = await withFetch(authority, () => of({ application: null, problem: problem() }));
    assert.deepEqual([unread.result.elsewhere, unread.requests.length], [undefined, 0]);
  });
});
