/** The product's own client against the emulated tenant, over TLS, while the tenant answers as gateways and proxies do. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { applicationMarker } from "../../../model/server/labels";
import type { ProblemError } from "../../../model/diagnostics/diagnostic";
import type { TENANT_FAULTS } from "../../../sandbox/surroundings/faults";
import { applyGuard } from "../../../remote/credential-removal";
import { observeApplication } from "../../../remote/graph";
import { tenantAccess, type TenantAccess } from "../../../remote/tenant-access";
import { sayWaits } from "../../../remote/waiting";
import { trust } from "../../helpers/trust";
import { withoutWaiting } from "../../helpers/waiting";
import { EmulatedTenant } from "../tenant/emulated-tenant";

type Fault = keyof typeof TENANT_FAULTS;
const MARKER = applicationMarker({ stack: "test", server: "sync01" });

describe("a tenant that answers rudely", () => {
  const waits = withoutWaiting();
  let tenant: EmulatedTenant;
  let access: TenantAccess;
  let application: string;
  let restore = () => {};
  let said: string[] = [];

  before(async () => {
    tenant = await EmulatedTenant.start();
    restore = trust(fs.readFileSync(tenant.keys.caFile, "utf8"));
    const { body } = await tenant.graph("POST", "/v1.0/applications", { displayName: "sync01", tags: [MARKER] });
    application = body.id as string;
    await tenant.graph("POST", "/v1.0/servicePrincipals", { appId: body.appId as string });
  });
  after(async () => {
    restore();
    await tenant.stop();
  });
  beforeEach(() => {
    tenant.faults.clear();
    said = [];
    sayWaits((text) => said.push(text));
    const settings: Record<string, string> = {
      ...{ tenantId: tenant.tenantId, clientId: tenant.appId, clientSecret: tenant.keys.clientSecret },
      metadataHost: new URL(tenant.origin).host,
    };
    access = tenantAccess((name) => settings[name], "global");
  });
  afterEach(() => sayWaits(() => undefined));

  const observe = () => observeApplication(access, "sync01", MARKER);
  const guard = () => applyGuard(access, { server: "sync01", application, keys: [] }, []);
  const problemOf = (work: Promise<unknown>) =>
    work.then(
      () => assert.fail("it should have failed"),
      (error: ProblemError) => [error.problems?.[0].code, error.problems?.[0].actual ?? String(error)] as const,
    );
  const once = (fault: Fault, times: number | null = 1) => tenant.faults.set("tenant", fault, times);

  for (const fault of ["reset", "server-error", "error-page", "retry-date"] as const) {
    it(`a read must succeed after ${fault}, and say that it waits`, async () => {
      once(fault, 2);
      assert.equal((await observe())?.objectId, application);
      assert.equal(waits().length, 2);
      assert.match(said[0], /^localhost:\d+: .+; trying again in \d s$/);
    });
  }

  it("a date that Graph states must be waited for", async () => {
    once("retry-date");
    await observe();
    const [milliseconds] = waits();
    assert.ok(milliseconds >= 4000 && milliseconds <= 5000, String(milliseconds));
  });

  it("a change must be repeated if the directory asks for it, and if the object is not visible yet", async () => {
    await tenant.graph("PATCH", `/v1.0/applications/${application}`, { servicePrincipalLockConfiguration: null });
    once("concurrency");
    once("not-yet-visible", 2);
    assert.deepEqual(await guard(), ["switched the app instance property lock on"]);
  });

  it("relations of an application that was found must be asked for again if it is not visible yet", async () => {
    once("not-yet-visible", 2);
    assert.equal((await observe())?.objectId, application);
  });

  it("a revoked session must lead to a new token, not to a missing permission", async () => {
    await observe();
    once("session-revoked", null);
    assert.equal((await observe())?.objectId, application);
    assert.deepEqual(await guard(), []);
  });

  const INVALID: Partial<Record<Fault, RegExp>> = {
    "html-page": /^200: an HTML page \("Sign in"\) instead of JSON$/,
    redirect: /^302: a redirection to https:\/\/elsewhere\.invalid\/.+, which is not followed$/,
    "empty-object": /^200: not the answer that was asked for: value: /,
    "gzip-bomb": /^200: an answer of more than 16777216 bytes$/,
    "endless-pages": /^200: an invalid link to the next page$/,
    "foreign-page": /^200: an invalid link to the next page$/,
  };
  for (const [fault, words] of Object.entries(INVALID)) {
    it(`a read must not take ${fault} for an answer`, async () => {
      once(fault as Fault, null);
      const [code, actual] = await problemOf(observe());
      assert.equal(code, "GRAPH_ANSWER_INVALID", actual);
      assert.match(actual, words);
      assert.deepEqual(waits(), []);
    });
  }

  it("a change must not succeed because a proxy answers with a page or with an empty object", async () => {
    await tenant.graph("PATCH", `/v1.0/applications/${application}`, { servicePrincipalLockConfiguration: null });
    for (const fault of ["html-page", "empty-object"] as const) {
      once(fault);
      assert.equal((await problemOf(guard()))[0], "GUARD_FAILED", fault);
    }
  });

  it("a bomb must not take the memory that it unpacks to", async () => {
    once("gzip-bomb", null);
    const before = process.memoryUsage().rss;
    await problemOf(observe());
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
    assert.ok(grown < 200, `${Math.round(grown)} MB`);
  });

  it("what Conditional Access blocks must not be waited for, and say what helps", async () => {
    once("conditional-access", null);
    const error = await observe().catch((thrown: ProblemError) => thrown);
    const [problem] = (error as ProblemError).problems;
    assert.equal(problem.code, "SIGN_IN_REFUSED");
    assert.match(problem.actual, /Conditional Access blocks the application \(AADSTS53003: .+\.\)$/);
    assert.match(String(problem.remedy), /^Exclude the application from the policy for workload identities/);
    assert.deepEqual(waits(), []);
  });

  it("a token endpoint that is busy must be asked again", async () => {
    once("sign-in-busy", 2);
    assert.equal((await observe())?.objectId, application);
  });
});
