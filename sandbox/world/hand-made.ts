/** `break <server> hand-made`: the server was set up without this project, with Microsoft's steps. */
import { sandboxLine } from "../../console/own-command";
import { applicationMarker } from "../../model/server/labels";
import { STACK } from "../../console/sandbox-stack";
import { CommandError } from "../../console/errors";
import type { EmulatedServer } from "../server/emulated-server";
import { makeKeyCredential } from "../tenant/key-credentials";
import { SYNC_SERVICE } from "../tenant/services";
import type { TenantStore } from "../tenant/store";

const DISPLAY_NAME = "Contoso Entra Connect Sync";

/**
 * Creates application, principal, role assignment, certificate and registration, without this project's markers. It can
 * be adopted: the pipeline is an owner, because it may change only what it owns.
 *
 * @throws CommandError if the server has an application of this project
 */
export async function setUpByHand(
  store: TenantStore,
  server: EmulatedServer,
  { name, pipelineAppId, now }: { name: string; pipelineAppId: string; now: Date },
): Promise<void> {
  if (store.applicationByTag(applicationMarker({ stack: STACK, server: name }))) {
    const remedy = `"${sandboxLine("reset")}" recreates the sandbox`;
    throw new CommandError(`${name} already has an application of this project; ${remedy}`);
  }
  await server.setUpByHand((certificate) => addApplication(store, certificate, pipelineAppId, now));
}

function addApplication(store: TenantStore, certificate: Buffer, pipelineAppId: string, now: Date): { appId: string } {
  const owners = [store.principalByAppId(pipelineAppId)!.id];
  const role = { id: SYNC_SERVICE.role.id, type: "Role" };
  const requiredResourceAccess = [{ resourceAppId: SYNC_SERVICE.appId, resourceAccess: [role] }];
  const application = store.addApplication(
    { displayName: DISPLAY_NAME, signInAudience: "AzureADMyOrg", tags: [], requiredResourceAccess },
    owners,
  );
  store.change(() => application.keyCredentials.push(makeKeyCredential({ key: certificate.toString("base64") })));
  const principal = store.addPrincipal(application.appId, { displayName: DISPLAY_NAME }, owners);
  const service = store.principalByAppId(SYNC_SERVICE.appId)!;
  store.assign(principal.id, service.id, SYNC_SERVICE.role.id, now);
  return application;
}
