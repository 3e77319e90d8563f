/** `break <server> <what>`: changes outside Pulumi, on the server or in the tenant. */
import { applicationMarker } from "../../model/server/labels";
import { STACK } from "../../console/sandbox-stack";
import { setUpByHand } from "./hand-made";
import { shareAccount, shareApplication } from "./shared-identity";
import { onboardByItself, rotateAndLeaveKey, rotateTooLate, setUpByWizard } from "./managed-certificate";
import { CommandError, checkName } from "../../console/errors";
import { startLine } from "../../console/own-command";
import { SERVER_BREAKS, type ServerBreak } from "../server/breaks";
import type { EmulatedServer } from "../server/emulated-server";
import {
  APPLICATION_BREAKS,
  breakApplication,
  breakDirectory,
  DIRECTORY_BREAKS,
  type ApplicationBreak,
  type DirectoryBreak,
  type TenantBreakContext,
} from "../tenant/breaks";
import { addAdministrator } from "../tenant/administration";
import type { Tenant } from "../tenant/tenant";

/** Used instead of a server's name for the tenant as a whole. */
export const TENANT_NAME = "tenant";

/** All breaks of a server, and what each does. */
export const BREAKS = {
  ...SERVER_BREAKS,
  credential: "the certificate was deleted from the application in Entra",
  "application-missing": "the application was deleted from Entra",
  "hand-made": "the server was set up by hand with Microsoft's steps, before this project managed it",
  "ca-certificate": "the organisation's CA issued a certificate for a new key in the TPM, into LocalMachine\\My",
  wizard: "the wizard, or an interactive upgrade, set up an application of Entra Connect, and the connector uses it",
  "managed-rotation-late": "Entra Connect has not rotated the certificate of its own application, though it is overdue",
  "managed-key-kept":
    "Entra Connect rotated, and could not remove the old key from its own application (an error event)",
  onboarded:
    "a build before 2.6.84.0 onboarded the server by itself, after someone had put it back on a password account",
  clone: "the server is a clone of another one: it has its machine identifier, and its connector",
  "shared-application": "automatic onboarding gave the server and another one a single application of Entra Connect",
  "shared-account":
    "the connector of the server uses the password account of another one, whose connector uses it as well",
  "administrator-account": "the connector signs in with a custom account, which is a Global Administrator",
  ...APPLICATION_BREAKS,
} as const satisfies Record<string, string>;
export type Break =
  | ServerBreak
  | ApplicationBreak
  | "credential"
  | "application-missing"
  | "hand-made"
  | "ca-certificate"
  | ("wizard" | "onboarded")
  | ("managed-rotation-late" | "managed-key-kept")
  | "administrator-account"
  | ("clone" | "shared-application" | "shared-account");

/** All breaks by name, in the order in which help lists them. */
export const BREAK_NAMES = Object.keys(BREAKS) as Break[];

/** The application that the stack declares for a server. */
export function declaredApplication(tenant: Tenant, server: string): { appId: string } {
  const found = tenant.store.applicationByTag(applicationMarker({ stack: STACK, server }));
  if (!found) throw new CommandError(`${server} has no application in the tenant yet; run "${startLine()}" first`);
  return found;
}

/** What every break needs from the sandbox. */
interface BreakTarget {
  tenant: Tenant;
  /** The sandbox's time. */
  now: Date;
  /** A certificate that no server has, DER in base64. */
  foreignCertificate: string;
}

export interface ServerBreakTarget extends BreakTarget {
  server: EmulatedServer;
  /** Name of the server. */
  name: string;
  /** The other servers, the first one first. */
  others: readonly { name: string; server: EmulatedServer }[];
  /** An application of the tenant that belongs to no server. */
  spareAppId: string;
  pipelineAppId: string;
}

export interface TenantBreakTarget extends BreakTarget {
  /** Names of the declared servers. */
  servers: readonly string[];
}

/** The server that another one shares something with. */
function otherOf({ name, others }: ServerBreakTarget): ServerBreakTarget["others"][number] {
  if (others.length === 0) throw new CommandError(`${name} is the only server of the sandbox`);
  return others[0];
}

/**
 * Breaks one part of a server.
 *
 * @throws UsageError if there is no such break; CommandError if it does not apply now
 */
export async function breakServer(target: ServerBreakTarget, what: string): Promise<void> {
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
    case "wizard":
      return setUpByWizard(tenant.store, server, name, now);
    case "managed-rotation-late":
      return rotateTooLate(tenant.store, server, now);
    case "managed-key-kept":
      return rotateAndLeaveKey(tenant.store, server, now);
    case "onboarded":
      return onboardByItself(tenant.store, server, name, now);
    case "clone":
      return server.cloneOf(otherOf(target).server);
    case "shared-application":
      return shareApplication(tenant.store, otherOf(target), { server, name }, now);
    case "shared-account":
      return shareAccount(otherOf(target).server, server);
    case "administrator-account":
      return server.signInAs(addAdministrator(tenant.store, name));
    case "ca-certificate":
      await server.issueByHand();
      return;
  }
  if (isApplicationBreak(known)) {
    breakApplication(intrusion(target), declaredApplication(tenant, name).appId, known);
    return;
  }
  const spare = tenant.store.applicationById(spareAppId);
  const context =
    known === "application" ? { appId: spareAppId, certificateSha256: spare?.keyCredentials[0]?.sha256 } : {};
  try {
    server.break(known, context);
  } catch (error) {
    throw new CommandError((error as Error).message, { cause: error });
  }
}

/** Whether this break is a change by another person in the tenant, which `up` does not heal completely. */
export function isIntrusion(what: string): boolean {
  return Object.hasOwn(APPLICATION_BREAKS, what) || Object.hasOwn(DIRECTORY_BREAKS, what);
}

const isApplicationBreak = (what: Break): what is ApplicationBreak => Object.hasOwn(APPLICATION_BREAKS, what);

function intrusion({ tenant, now, foreignCertificate }: BreakTarget): TenantBreakContext {
  return { store: tenant.store, now, certificate: Buffer.from(foreignCertificate, "base64") };
}

/**
 * Breaks the tenant as a whole.
 *
 * @throws UsageError if there is no such break; CommandError if it does not apply now
 */
export function breakTenant(target: TenantBreakTarget, what: string): void {
  const known = checkName("break of the tenant", what, Object.keys(DIRECTORY_BREAKS) as DirectoryBreak[]);
  breakDirectory(intrusion(target), target.servers, known);
}
