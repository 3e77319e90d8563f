/** An emulated server on which Windows was reinstalled under the same name. */
import { randomBytes } from "node:crypto";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import { machineSid } from "./identities";
import type { Machine } from "./machine";
import { newMachineState } from "./machine-state";

/** Digits of SyncMachineIdentifier in an account's name. */
const IDENTIFIER_DIGITS = 12;

/** Whether the service runs under an account that the server itself has, as opposed to its domain or Windows. */
function isOwn({ state }: Machine): boolean {
  const account = state.accounts.find(({ sid }) => sid === state.service.accountSid)?.account ?? state.service.account;
  return account.startsWith(`${state.computerName}\\`);
}

/**
 * Loses everything on the disk and in the TPM; the product is reinstalled with its own password account.
 *
 * @throws Error if the tenant permits no further account
 */
export function rebuild(machine: Machine, directory: DirectoryAdministration, now: Date): void {
  const { computerName, tenant, version, service, scheduler } = machine.state;
  const machineIdentifier = randomBytes(16).toString("hex");
  const account = `Sync_${computerName}_${machineIdentifier.slice(0, IDENTIFIER_DIGITS)}`;
  const problem = directory.addSyncAccount(account);
  if (problem) throw new Error(problem);
  const fresh = newMachineState({
    name: computerName,
    role: scheduler.StagingModeEnabled ? "staging" : "active",
    initial: { kind: "password", userName: `${account}@${tenant.domain}` },
    initialCertificateSha256: null,
    tenant,
    now,
    version,
    // An account of the server itself went with its disk: the product has its virtual account then.
    serviceAccount: isOwn(machine) ? undefined : { account: service.account, sid: service.accountSid },
    machineIdentifier,
  });
  machine.files.wipe();
  machine.seed({ ...fresh, sid: machineSid(machineIdentifier) });
}
