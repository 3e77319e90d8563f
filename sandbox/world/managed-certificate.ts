/** Self-signed certificates as the product creates them for its own applications; their keys are not needed here. */
import "reflect-metadata";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { CommandError } from "../../console/errors";
import { isManagedName, managedApplicationName } from "../../model/tenant/managed-application";
import type { EmulatedServer } from "../server/emulated-server";
import type { Application } from "../tenant/directory";
import { makeKeyCredential } from "../tenant/key-credentials";
import { StoreAdministration } from "../tenant/administration";
import type { TenantStore } from "../tenant/store";

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const LIFETIME_DAYS = 180;
/** 70 % of the lifetime are 126 days. */
const LATE_DAYS = 140;
/** The documents name no id of this event: any that means nothing else. */
const OLD_KEY_EVENT = 6900;

/**
 * A certificate whose private key is discarded: in managed mode it is in the service account's own store, out of
 * reach over SSH, so that nothing of this project ever signs with it.
 *
 * @returns DER
 */
export async function makeManagedCertificate(commonName: string, now: Date): Promise<Buffer> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString("hex"),
    name: `CN=${commonName}`,
    notBefore: now,
    notAfter: new Date(now.getTime() + LIFETIME_DAYS * 86_400_000),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  });
  return Buffer.from(certificate.rawData);
}

/** The product makes an application and a certificate of its own, and moves the connector to them. */
export async function setUpByWizard(
  store: TenantStore,
  server: EmulatedServer,
  name: string,
  now: Date,
): Promise<void> {
  const displayName = `${managedApplicationName(name.toUpperCase())}${server.productIdentifier.slice(0, 12)}`;
  const certificate = await makeManagedCertificate(displayName, now);
  const { appId } = store.addManagedApplication({ displayName, certificates: [certificate] });
  server.setUpByWizard(appId, createHash("sha256").update(certificate).digest("hex"));
}

/** The last build of those that do it by themselves. */
const ONBOARDS_ALONE = "2.6.79.0";

/** A person puts the connector on its account, which stays in the tenant; hours later the product leaves it by itself. */
export async function onboardByItself(
  store: TenantStore,
  server: EmulatedServer,
  name: string,
  now: Date,
): Promise<void> {
  const account = server.describe().legacyAccountName;
  const problem = account === null ? "it has no identifier" : new StoreAdministration(store).addSyncAccount(account);
  if (problem) throw new Error(`${name}: ${problem}`);
  server.break("account");
  server.upgrade(ONBOARDS_ALONE);
  await setUpByWizard(store, server, name, now);
}

/** The wizard makes a new certificate for the product's application that the connector uses, and moves the connector to it. */
export async function rotateByWizard(store: TenantStore, server: EmulatedServer, now: Date): Promise<void> {
  const application = productApplication(store, server);
  const certificate = await makeManagedCertificate(String(application.properties.displayName), now);
  store.change(() => application.keyCredentials.push(makeKeyCredential({ key: certificate.toString("base64") })));
  server.setUpByWizard(application.appId, createHash("sha256").update(certificate).digest("hex"));
}

/** The product rotates by itself, and cannot remove the key that it replaced: an error in the Application log. */
export async function rotateAndLeaveKey(store: TenantStore, server: EmulatedServer, now: Date): Promise<void> {
  const old = productApplication(store, server).keyCredentials.at(-1);
  await rotateByWizard(store, server, now);
  server.logError(
    OLD_KEY_EVENT,
    `The old certificate credential ${old?.keyId} could not be removed from the application.`,
  );
}

/** The product did not rotate: its certificate is older than both of the limits that the documents have. */
export async function rotateTooLate(store: TenantStore, server: EmulatedServer, now: Date): Promise<void> {
  const application = productApplication(store, server);
  const made = new Date(now.getTime() - LATE_DAYS * 86_400_000);
  const certificate = await makeManagedCertificate(String(application.properties.displayName), made);
  const entry = { key: certificate.toString("base64") };
  store.change(() => (application.keyCredentials = [makeKeyCredential(entry)]));
  server.setUpByWizard(application.appId, createHash("sha256").update(certificate).digest("hex"));
}

/** The application of the product that the connector uses. */
function productApplication(store: TenantStore, server: EmulatedServer): Application {
  const application = store.applicationById(server.describe().connector.appId ?? "");
  if (application && isManagedName(String(application.properties.displayName))) return application;
  throw new CommandError("the connector uses no application of Entra Connect");
}
