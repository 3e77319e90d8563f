/** `break <server> <what>`: what is changed behind Pulumi's back, on the server or in the tenant. */
import { applicationMarker } from "../model/labels";
import { STACK } from "./environment";
import { SandboxError, checkName } from "./problems";
import { SERVER_BREAKS, type ServerBreak } from "./server/breaks";
import type { EmulatedServer } from "./server/emulated-server";
import type { Tenant } from "./tenant/tenant";

/** Every break, with what it means. */
export const BREAKS = {
  ...SERVER_BREAKS,
  credential: "the certificate is gone from the application in Entra",
  "application-missing": "the application is gone from Entra",
} as const satisfies Record<string, string>;
export type Break = ServerBreak | "credential" | "application-missing";

/** Every break by its name, in the order in which help lists them. */
export const BREAK_NAMES = Object.keys(BREAKS) as Break[];

/** The application that the stack declares for a server. */
export function declaredApplication(tenant: Tenant, server: string): { appId: string } {
  const found = tenant.store.applicationByTag(applicationMarker({ stack: STACK, server }));
  if (!found) throw new SandboxError(`${server} has no application in the tenant yet; run "npm start" first`);
  return found;
}

/**
 * Breaks one thing.
 *
 * @param spareAppId an application of the tenant that belongs to no server
 * @throws UsageError where there is no such break; SandboxError where it does not apply now
 */
export function breakServer(
  { tenant, server, name, spareAppId }: { tenant: Tenant; server: EmulatedServer; name: string; spareAppId: string },
  what: string,
): void {
  const known = checkName("break", what, BREAK_NAMES);
  if (known === "credential") {
    tenant.store.removeKeyCredentials(declaredApplication(tenant, name).appId);
    return;
  }
  if (known === "application-missing") {
    const application = tenant.store.applicationById(declaredApplication(tenant, name).appId);
    if (application) tenant.store.removeApplication(application);
    return;
  }
  const spare = tenant.store.applicationById(spareAppId);
  const context =
    known === "application" ? { appId: spareAppId, certificateSha256: spare?.keyCredentials[0]?.sha256 } : {};
  try {
    server.break(known, context);
  } catch (error) {
    throw new SandboxError((error as Error).message, { cause: error });
  }
}
