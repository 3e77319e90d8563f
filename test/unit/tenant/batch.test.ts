/** Several reads as one request. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type EmulatedTenant, refused, SYNC_APP_ID, type Json } from "./emulated-tenant";
import { tenantFixture } from "./tenant-fixture";

describe("emulated tenant, a batch", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  beforeEach(() => ({ tenant: started } = fixture));

  const get = (id: string, url: string) => ({ id, method: "GET", url });
  const batch = (requests: Json[]) => started.graph("POST", "/v1.0/$batch", { requests });

  it("a batch must answer each read under its id, as if it had come alone", async () => {
    const missing = randomUUID();
    const answer = await batch([
      get("a", `/applications/${fixture.application.id}?$select=id,appId`),
      get("b", `/applications/${missing}`),
      get("c", `servicePrincipals(appId='${SYNC_APP_ID}')?$select=appId`),
      get("d", "/nowhere"),
    ]);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const parts = new Map((answer.body.responses as Json[]).map((part) => [part.id as string, part]));
    assert.deepEqual([...parts.keys()].sort(), ["a", "b", "c", "d"]);
    const { status, headers, body } = parts.get("a")!;
    assert.deepEqual([status, body.appId], [200, fixture.application.appId]);
    assert.match(headers["Content-Type"] as string, /^application\/json/);
    assert.deepEqual([parts.get("b")!.status, parts.get("b")!.body.error.code], [404, "Request_ResourceNotFound"]);
    assert.deepEqual([parts.get("c")!.status, parts.get("c")!.body.appId], [200, SYNC_APP_ID]);
    assert.deepEqual([parts.get("d")!.status, parts.get("d")!.body.error.code], [501, "NotImplemented"]);
  });

  it("a batch must be refused without a token", async () => {
    const answer = await started.send("POST", "/v1.0/$batch", { json: { requests: [get("a", "/applications")] } });
    refused(answer, 401, "InvalidAuthenticationToken");
  });

  it("a batch must contain at most 20 reads, each under its own id", async () => {
    const reads = Array.from({ length: 21 }, (_, index) => get(String(index), "/applications?$top=1"));
    assert.equal((await batch(reads.slice(1))).body.responses.length, 20);
    refused(await batch(reads), 400, "MaximumValueExceeded");
    refused(await batch([get("a", "/applications"), get("A", "/users")]), 400, "BadRequest");
    refused(await batch([]), 400, "BadRequest");
    refused(await batch([{ id: "a", method: "GET" }]), 400, "BadRequest");
  });

  it("a batch must answer 501 to writes and to requests that depend on another", async () => {
    const write = { id: "a", method: "DELETE", url: `/applications/${fixture.application.id}` };
    refused(await batch([write]), 501, "NotImplemented");
    refused(await batch([{ ...get("a", "/applications"), dependsOn: ["b"] }]), 501, "NotImplemented");
    assert.ok(started.tenant.store.application(fixture.application.id));
  });

  it("a batch must be throttled part by part, and unavailable as a whole", async () => {
    started.faults.set("tenant", "throttled", 1);
    const { body } = await batch([get("a", "/applications"), get("b", "/applications")]);
    const [throttled, ...others] = (body.responses as Json[]).filter(({ status }) => status === 429);
    assert.deepEqual(others, []);
    assert.equal(throttled.headers["Retry-After"], "1");
    assert.equal(throttled.body.error.code, "TooManyRequests");
    started.faults.set("tenant", "unavailable", 1);
    refused(await batch([get("a", "/applications")]), 503, "ServiceUnavailable");
  });

  it("a batch must be logged with its parts", async () => {
    started.tenant.requests.length = 0;
    await batch([get("a", "/applications?$top=1")]);
    assert.deepEqual(
      started.tenant.requests.map(({ method, path, batched }) => ({ method, path, batched })),
      [
        { method: "GET", path: "/v1.0/applications?$top=1", batched: true },
        { method: "POST", path: "/v1.0/$batch", batched: undefined },
      ],
    );
  });
});
