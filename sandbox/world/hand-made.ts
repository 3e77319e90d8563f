/** `break <server> hand-made`: the server was set up without this project, along Microsoft's steps. */
import { ownLine } from "../../console/own-command";
import { applicationMarker } from "../../model/server/labels";
import { STACK } from "../../console/sandbox-stack";
import { CommandError } from "../../console/errors";
import type { EmulatedServer } from "../server/emulated-server";
import { makeKeyCredential } from "../tenant/key-credentials";
import { SYNC_SERVICE } from "../tenant/services";
import type { TenantStore } from "../tenant/store";

const DISPLAY_NAME = "Contoso Entra Connect Sync";

/**
 * Makes application, principal, role assignment, certificate and link, all without our marks. Who may take it over is
 * prepared: the pipeline is an owner, as it may change only what it owns.
 *
 * @throws CommandError where the server has an application of ours
 */
export async function setUpByHand(
  store: TenantStore,
  server: EmulatedServer,
  { name, pipelineAppId, now }: { name: string; pipelineAppId: string; now: Date },
): Promise<void> {
  if (store.applicationByTag(applicationMarker({ stack: STACK, server: name }))) {
    const remedy = `"${ownLine("sandbox", "reset")}" makes the sandbox new`;
    throw new CommandError(`${name} has an application of this project already; ${remedy}`);
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
