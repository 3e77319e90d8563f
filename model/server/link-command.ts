/** The command that links a server's identity by hand. */

/** As documented for an application and certificate of one's own; to be run at the server's desktop. */
export function linkCommand(appId: string, certificateSha256: string): string {
  const hash = certificateSha256.toUpperCase();
  return `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${hash} -ApplicationAppId ${appId}`;
}
