/** Takes the roles of a former connector account, and removes it if it is only that. */
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { ADMINISTRATOR_ROLES } from "../../model/guard/guard-administrators";
import { DIRECTORY_ROLES } from "../../model/guard/guard-roles";
import { isNamedByProduct } from "../../model/tenant/sync-accounts";
import { readAccount, removeAccount, takeRoles, type DirectoryAccount } from "../../remote/directory-account";
import { CommandError } from "../../console/errors";
import { announce, during } from "../../console/progress";
import { confirmName } from "../../console/prompt";
import type { Result } from "../../console/result";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";
import { seeAll, usesOf } from "./account-use";

export interface Wanted {
  /** The roles of an administrator are taken as well. */
  administrator: boolean;
  /** The account is removed afterwards. */
  remove: boolean;
  /** Its name as confirmation; undefined to be asked. */
  given?: string;
}

/** Which of an account's roles are taken, and which remain. */
export function divideRoles(
  { roles }: Pick<DirectoryAccount, "roles">,
  { administrator }: Pick<Wanted, "administrator">,
) {
  const named: readonly { id: string }[] = administrator
    ? [...DIRECTORY_ROLES, ...ADMINISTRATOR_ROLES]
    : DIRECTORY_ROLES;
  const isTaken = ({ roleId }: { roleId: string }) => named.some(({ id }) => id === roleId);
  return { taken: roles.filter(isTaken), kept: roles.filter((role) => !isTaken(role)) };
}

const mayBe = (condition: boolean, what: string) => (condition ? [what] : []);

/** Why an account may be more than a connector's; null if nothing shows that. */
export function moreThanConnector(account: DirectoryAccount): Diagnostic | null {
  const { userName, synchronised, licences, roles } = account;
  const others = divideRoles({ roles }, { administrator: false }).kept.map(({ name }) => name);
  const reasons = [
    ...mayBe(others.length === roles.length && !isNamedByProduct(userName), "it has no role for synchronisation"),
    ...mayBe(others.length > 0, `it has other roles: ${others.join(", ")}`),
    ...mayBe(licences > 0, "it has a licence"),
    ...mayBe(synchronised, "it comes from Active Directory"),
  ];
  if (reasons.length === 0) return null;
  return diagnose("ACCOUNT_KEPT", null, { account: userName, actual: reasons.join(", and ") });
}

function plan({ userName, roles }: DirectoryAccount, wanted: Wanted): string[] {
  const { taken, kept } = divideRoles({ roles }, wanted);
  const names = (list: typeof roles) => list.map(({ name }) => name).join(", ") || "none";
  return [
    `${userName}: the account loses these directory roles: ${names(taken)}`,
    `  others remain: ${names(kept)}`,
    ...(wanted.remove ? ["  then the account is removed; Entra can restore it for 30 days"] : []),
    "No connector of a declared server signs in with it. Servers that are in no stack were not looked at.",
  ];
}

const LEFT = "some roles may be taken already; run the same command again, which continues";

/** @throws ProblemError with every reason why the account must remain as it is, or why Entra did not change it */
export async function deprivilegeAccount(
  context: StackContext,
  name: string,
  wanted: Wanted,
  result: Result,
): Promise<number> {
  const seen = await during("reading every declared server", null, () => seeAll(context));
  const problems = usesOf(name, seen);
  if (problems.length > 0) throw new ProblemError(problems);
  const account = await readAccount(context.tenantAccess, name);
  if (!account) throw new CommandError(`${name}: the tenant has no such account; nothing was changed`);
  const refusal = wanted.remove ? moreThanConnector(account) : null;
  if (refusal) throw new ProblemError([refusal]);
  const { taken, kept } = divideRoles(account, wanted);
  const { userName } = account;
  const remaining = kept.map((role) => role.name);
  const { stack } = context;
  if (taken.length === 0 && !wanted.remove) {
    result.lines(`${userName}: has none of these roles; nothing was changed`);
    result.object({ stack, account: userName, changed: false, taken: [], remaining, removed: false });
    return 0;
  }
  plan(account, wanted).forEach(announce);
  await confirmName(userName, { given: wanted.given, option: "--confirm <account>", what: "account" });
  await during(`${userName}: taking its roles`, LEFT, () =>
    holdingStack(context, `deprivilege-account ${userName}`, async () => {
      if (taken.length > 0) await takeRoles(context.tenantAccess, account, taken);
      if (wanted.remove) await removeAccount(context.tenantAccess, account);
    }),
  );
  const names = taken.map((role) => role.name);
  result.lines(
    `${userName}: lost ${names.join(", ") || "no role, as it had none"}`,
    wanted.remove ? `${userName}: removed` : `${userName}: keeps ${remaining.join(", ") || "no directory role"}`,
  );
  result.object({ stack, account: userName, changed: true, taken: names, remaining, removed: wanted.remove });
  return 0;
}
