/** The command that links a server's identity by hand. */
import type { ServerMode } from "../configuration/configuration";

/** As documented for an application and certificate of one's own; to be run at the server's desktop. */
function linkCommand(appId: string, certificateSha256: string): string {
  const hash = certificateSha256.toUpperCase();
  return `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${hash} -ApplicationAppId ${appId}`;
}

/** The command that a server's mode has: the product's own application is never linked, and what it manages is not switched. */
export function switchCommand(mode: ServerMode, appId: string, certificateSha256: string): string {
  if (mode === "managed") return "";
  if (mode === "byoa") return linkCommand(appId, certificateSha256);
  return `Invoke-ADSyncApplicationCredentialRotation -CertificateSHA256Hash ${certificateSha256.toUpperCase()}`;
}
