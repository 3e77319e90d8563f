/** Two servers that Entra Connect knows by one identity, as Microsoft's troubleshooting page describes. */
import { createHash } from "node:crypto";
import { managedApplicationName } from "../../model/tenant/managed-application";
import type { EmulatedServer } from "../server/emulated-server";
import type { TenantStore } from "../tenant/store";
import { makeManagedCertificate } from "./managed-certificate";

interface Named {
  name: string;
  server: EmulatedServer;
}

const REFUSED =
  "[MSAL] AcquireTokenWithCertificate: Exception caught while acquiring token via certificate. AADSTS700027: The " +
  "certificate with identifier used to sign the client assertion is not registered on application.";

/** The product names the application by the account that both connectors had; the last one to be onboarded has the key. */
export async function shareApplication(store: TenantStore, first: Named, last: Named, now: Date): Promise<void> {
  const suffix = first.server.productIdentifier.slice(0, 12);
  const displayName = `${managedApplicationName(first.name.toUpperCase())}${suffix}`;
  const [former, newest] = await Promise.all([1, 2].map(() => makeManagedCertificate(displayName, now)));
  const { appId } = store.addManagedApplication({ displayName, certificates: [newest] });
  const hash = (der: Buffer) => createHash("sha256").update(der).digest("hex");
  first.server.setUpByWizard(appId, hash(former));
  last.server.setUpByWizard(appId, hash(newest));
  first.server.logSignIn(REFUSED);
}

/** Both connectors sign in with the first one's account. */
export function shareAccount(first: EmulatedServer, last: EmulatedServer): void {
  first.break("account");
  last.useConnectorOf(first);
}
