/** One tenant for a test file, with a new application for each test. */
import { EmulatedTenant } from "./emulated-tenant";

export interface TenantFixture {
  readonly tenant: EmulatedTenant;
  /** Made by the pipeline, which owns it: named sync01, tagged `one`. */
  readonly application: { id: string; appId: string };
  /** Its path. */
  url(): string;
}

/** Call inside a describe: starts the tenant, makes the application anew for each test, and leaves no trace between them. */
export function tenantFixture(): TenantFixture {
  let tenant: EmulatedTenant;
  let application: { id: string; appId: string };
  before(async () => {
    tenant = await EmulatedTenant.start();
  });
  after(() => tenant.stop());
  beforeEach(async () => {
    const { body } = await tenant.graph("POST", "/v1.0/applications", { displayName: "sync01", tags: ["one"] });
    application = body as typeof application;
  });
  afterEach(() => {
    tenant.faults.clear();
    tenant.clock.ahead = 0;
    const { store } = tenant.tenant;
    for (const found of [...store.data.applications]) {
      if (found.appId !== tenant.appId) store.removeApplication(found);
    }
  });
  return {
    get tenant() {
      return tenant;
    },
    get application() {
      return application;
    },
    url: () => `/v1.0/applications/${application.id}`,
  };
}
