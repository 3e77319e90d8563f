/** Fills a new sandbox folder: keys, ports, a tenant like that of an organisation, and its sync servers. */
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { certificateLabel } from "../../model/server/labels";
import { managedApplicationName } from "../../model/tenant/managed-application";
import { SandboxClock } from "../surroundings/clock";
import { STACK } from "../../console/sandbox-stack";
import { SandboxFaults } from "../surroundings/faults";
import type { SandboxFolder } from "../folder/folder";
import { makeKeys, readKeys } from "../folder/keys";
import { makeManagedCertificate } from "./managed-certificate";
import { makeServers, makeTenant } from "./build-parts";
import {
  ADMINISTRATOR,
  makeSettings,
  TENANT_DOMAIN,
  writeSettings,
  type ServerDeclaration,
  type Settings,
} from "../folder/settings";
import { makeUser, StoreAdministration } from "../tenant/administration";
import type { SandboxCloud } from "../tenant/cloud-names";
import { seedTenant } from "../tenant/seed";

/** An application that belongs to no server and may not synchronise. */
const SPARE_APPLICATION = "Contoso Directory Reports";
/** The name of an intruder's certificate: like one of this project, because a name proves nothing. */
const FOREIGN_NAME = certificateLabel({ stack: STACK, server: "sync01" }, 1);

/** The first twelve digits of a machine identifier, which the product uses to name a server's objects. */
const suffix = () => randomBytes(6).toString("hex");

/**
 * Fills an empty folder. The settings are written last: a folder without them is incomplete and created again.
 *
 * @param folder held by the caller's lock; its content is removed, except the plugins in its Pulumi home
 * @param declared the first starts in managed mode, the others with a password account
 */
export async function makeSandbox(
  folder: SandboxFolder,
  declared: readonly ServerDeclaration[],
  cloud: SandboxCloud,
): Promise<void> {
  const names = declared.map(({ name }) => name);
  fs.rmSync(folder.settingsFile, { force: true });
  folder.wipe(["home"]);
  await makeKeys(folder.keys, names);
  fs.mkdirSync(folder.state, { recursive: true });
  fs.mkdirSync(folder.home, { recursive: true });
  const keys = readKeys(folder.keys, names);
  const chosen = await makeSettings(declared, cloud);
  const clock = new SandboxClock(folder.clockFile);
  const faults = new SandboxFaults(folder.faultsFile);
  const tenant = makeTenant({ folder, keys, clock, faults });
  seedTenant(tenant.store, {
    tenantId: chosen.tenantId,
    ...{ domain: TENANT_DOMAIN, cloud },
    pipeline: { ...chosen.pipeline, secret: keys.clientSecret },
    users: [makeUser(ADMINISTRATOR, ["Hybrid Identity Administrator"], keys.administratorPassword)],
  });
  const directory = new StoreAdministration(tenant.store);
  const managed = await addApplication(tenant, `${managedApplicationName("SYNC01")}${suffix()}`, clock.now());
  const spare = await addApplication(tenant, SPARE_APPLICATION, clock.now(), false);
  const foreignCertificate = await makeManagedCertificate(FOREIGN_NAME, clock.now());
  const tokenEndpoint = `https://localhost:${chosen.ports.tenant}/${chosen.tenantId}/oauth2/v2.0/token`;
  const extras = { tenant: { tokenEndpoint, domain: TENANT_DOMAIN } };
  const servers = makeServers({ folder, keys, clock, faults, directory, backend: "model", servers: declared });
  const [first, ...others] = names;
  servers[first].seed({ kind: "managed", appId: managed.appId, certificateDer: managed.certificate }, extras);
  for (const name of others) {
    const machineIdentifier = randomBytes(16).toString("hex");
    const account = `Sync_${name.toUpperCase()}_${machineIdentifier.slice(0, 12)}`;
    directory.addSyncAccount(account);
    servers[name].seed({ kind: "password", userName: `${account}@${TENANT_DOMAIN}` }, { ...extras, machineIdentifier });
  }
  const settings: Settings = {
    ...chosen,
    applications: { managed: managed.appId, spare: spare.appId },
    foreignCertificate: foreignCertificate.toString("base64"),
  };
  writeSettings(folder.settingsFile, settings);
}

/** An application with its certificate, as managed mode creates it. */
async function addApplication(
  tenant: ReturnType<typeof makeTenant>,
  displayName: string,
  now: Date,
  synchronises = true,
): Promise<{ appId: string; certificate: Buffer; sha256: string }> {
  const certificate = await makeManagedCertificate(displayName, now);
  const { appId } = tenant.store.addManagedApplication({ displayName, certificates: [certificate], synchronises });
  return { appId, certificate, sha256: createHash("sha256").update(certificate).digest("hex") };
}
