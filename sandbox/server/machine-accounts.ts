/**
 * The cmdlets that switch the connector of an emulated server to a password account and remove such an account, as
 * Microsoft's how-to and troubleshooting pages document them.
 */
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { Machine } from "./machine";
import { isCycleRunning } from "./machine-cycle";
import type { AccountCredential, CmdletOutcome } from "./windows";

export interface AccountContext {
  machine: Machine;
  directory: DirectoryAdministration;
  now: Date;
  /** Sign-ins of administrators require a second factor. */
  wantsMfa: boolean;
}

const failed = (message: string): CmdletOutcome => ({ outcome: "failed", message });

/** What prevents the administrator's own sign-in; null if nothing does. The product's messages name the user. */
function signIn({ directory, wantsMfa }: AccountContext, { userName, password }: AccountCredential) {
  if (!directory.isAdministrator(userName, password)) {
    const message = `AADSTS50126: Error validating credentials of ${userName} due to invalid username or password.`;
    return { outcome: "credential-refused", message } as const;
  }
  if (!wantsMfa) return null;
  const message = `AADSTS50076: ${userName} must use multi-factor authentication to access this resource.`;
  return { outcome: "sign-in-required", message } as const;
}

/** Add-ADSyncAADServiceAccount -AADCredential -Name. */
export function addServiceAccount(context: AccountContext, name: string, credential: AccountCredential): CmdletOutcome {
  const { machine, directory, now } = context;
  const refused = signIn(context, credential);
  if (refused) return refused;
  if (isCycleRunning(machine, now)) {
    return failed("A synchronization cycle is in progress; the configuration is locked.");
  }
  const problem = directory.addSyncAccount(name);
  if (problem) return failed(problem);
  machine.change((state) => {
    state.connector = {
      ...state.connector,
      identityType: "ServiceAccount",
      userName: `${name}@${state.tenant.domain}`,
      appId: null,
      certificateSha256: null,
      parameters: { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null },
    };
  });
  return { outcome: "completed", message: "" };
}

/** Remove-ADSyncAADServiceAccount -AADCredential -Name. */
export function removeServiceAccount(
  context: AccountContext,
  name: string,
  credential: AccountCredential,
): CmdletOutcome {
  const refused = signIn(context, credential);
  if (refused) return refused;
  if (context.directory.removeSyncAccount(name)) return { outcome: "completed", message: "" };
  return failed(`The account ${name} does not exist.`);
}
