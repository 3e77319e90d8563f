/** `break <server> <what>`: what is changed behind Pulumi's back, on the server or in the tenant. */
import { applicationMarker } from "../model/labels";
import { STACK } from "./environment";
import { setUpByHand } from "./hand-made";
import { SandboxError, checkName } from "./problems";
import { SERVER_BREAKS, type ServerBreak } from "./server/breaks";
import type { EmulatedServer } from "./server/emulated-server";
import type { Tenant } from "./tenant/tenant";

/** Every break, with what it means. */
export const BREAKS = {
  ...SERVER_BREAKS,
  credential: "the certificate is gone from the application in Entra",
  "application-missing": "the application is gone from Entra",
  "hand-made": "the server was set up by hand along Microsoft's steps, before this project knew it",
} as const satisfies Record<string, string>;
export type Break = ServerBreak | "credential" | "application-missing" | "hand-made";

/** Every break by its name, in the order in which help lists them. */
export const BREAK_NAMES = Object.keys(BREAKS) as Break[];

/** The application that the stack declares for a server. */
export function declaredApplication(tenant: Tenant, server: string): { appId: string } {
  const found = tenant.store.applicationByTag(applicationMarker({ stack: STACK, server }));
  if (!found) throw new SandboxError(`${server} has no application in the tenant yet; run "npm start" first`);
  return found;
}

/** What is broken, and with what. */
export interface BreakTarget {
  tenant: Tenant;
  server: EmulatedServer;
  /** Name of the server. */
  name: string;
  /** An application of the tenant that belongs to no server. */
  spareAppId: string;
  pipelineAppId: string;
  now: Date;
}

/**
 * Breaks one thing.
 *
 * @throws UsageError where there is no such break; SandboxError where it does not apply now
 */
export async function breakServer(target: BreakTarget, what: string): Promise<void> {
  const { tenant, server, name, spareAppId, pipelineAppId, now } = target;
  const known = checkName("break", what, BREAK_NAMES);
  switch (known) {
    case "credential":
      return tenant.store.removeKeyCredentials(declaredApplication(tenant, name).appId);
    case "application-missing": {
      const application = tenant.store.applicationById(declaredApplication(tenant, name).appId);
      if (application) tenant.store.removeApplication(application);
      return;
    }
    case "hand-made":
      return setUpByHand(tenant.store, server, { name, pipelineAppId, now });
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
