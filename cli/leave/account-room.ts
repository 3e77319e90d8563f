/** Whether Entra accepts the account that a rollback creates, which a rollback finds out too late: it pauses first. Pure. */
import { diagnose, type Diagnostic } from "../../model/diagnostics/diagnostic";
import type { TenantRolesObservation } from "../../model/server/observation";
import { countedAccounts, SYNC_ACCOUNT_LIMIT } from "../../model/tenant/sync-accounts";
import { partsOf } from "../../model/text/user-principal-name";

/** Why the account cannot be created; `line` says what is known otherwise. */
export type AccountRoom = { refusal: Diagnostic } | { refusal: null; line: string };

const isNamed = (account: string) => (user: { name: string }) =>
  partsOf(user.name).name.toLowerCase() === account.toLowerCase();

/** @param account the one that the product gives this server; null if that cannot be read on the server */
export function accountRoom(server: string, account: string | null, { roles }: TenantRolesObservation): AccountRoom {
  const limit = `Entra accepts ${SYNC_ACCOUNT_LIMIT} synchronisation accounts`;
  const accounts = roles && countedAccounts(roles);
  if (!accounts) return { refusal: null, line: `${limit}; how many there are could not be read.` };
  const known = [...accounts, ...(roles.syncAccounts ?? [])];
  if (account !== null && known.some(isNamed(account))) return { refusal: null, line: "This account exists already." };
  if (accounts.length < SYNC_ACCOUNT_LIMIT) return { refusal: null, line: `${limit}; there are ${accounts.length}.` };
  const values = { account: account ?? "of this server", count: accounts.length, limit: SYNC_ACCOUNT_LIMIT };
  return { refusal: diagnose("SYNC_ACCOUNTS_FULL", server, values) };
}
