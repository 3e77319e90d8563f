/** Findings about who may synchronise: part of the guard's. A table: its length is the number of codes. */
import type { Registrations } from "../registration";
import { own, posix, pulumi } from "../remedy";
import { KEPT, UNKNOWN_USE } from "./in-use";

const since = "0.1.0";
const severity = "finding";
const guide = "situations/somebody-added-a-key.md";

const GRAPH = "https://graph.microsoft.com/v1.0";
const UP = pulumi("up");
const ALLOW = " ; or allow it in allowedRoleHolders, with a reason and a last day.";
const FOR_A_SERVER =
  "Its name is one that Entra Connect gives, which is no proof that it did. If a server signs in with it, declare that " +
  "server, or allow it in allowedRoleHolders, with a reason and a last day. Only if none does: ";
const OF_A_FORMER_MACHINE =
  "No declared server signs in with it. If another server does, declare that server, or allow the account in " +
  "allowedRoleHolders, with a reason and a last day. Only if none does, take its role and remove it: ";
const OF_A_FORMER_IDENTIFIER =
  "It is named after {server}, with a machine identifier that the server does not have. No declared server signs in with " +
  "it. Only if no clone of the server does, remove it: ";

/** A declared server signs in with it, or may: what else than a removal helps. */
const KEPT_HOLDER = [
  `${KEPT[0]} To give the server an application of its own: `,
  UP,
  " ; until then allow it in allowedRoleHolders, with a reason and a last day.",
] as const;
const UNKNOWN_HOLDER = [
  `${UNKNOWN_USE[0]} Find out who gave it the role, or allow it in allowedRoleHolders, with a reason and a last day.`,
] as const;

const assignment = posix(
  ...["az", "rest", "--method", "DELETE", "--url"],
  `${GRAPH}/servicePrincipals/{id}/appRoleAssignments/{assignmentId}`,
);
const directoryAssignment = posix(
  ...["az", "rest", "--method", "DELETE", "--url"],
  `${GRAPH}/roleManagement/directory/roleAssignments/{assignmentId}`,
);

/** Findings of the tenant. */
export const SYNCHRONISER_FINDINGS = {
  "role-holder-foreign": {
    ...{ severity, since, guide },
    title: "A principal that is not declared may synchronise into the tenant.",
    why: "It can create, change and delete users and groups of the tenant.",
    cure: "nothing",
    property: "holders of the synchronisation role",
    expected: "ADSynchronization.ReadWrite.All for the declared servers only",
    actual: "{found}",
    remedy: {
      other: ["Remove the role: ", assignment, ALLOW],
      managed: [FOR_A_SERVER, assignment],
      used: KEPT_HOLDER,
      unknown: UNKNOWN_HOLDER,
    },
  },
  "role-holder-expired": {
    ...{ severity, since, guide },
    title: "A principal may synchronise for longer than it was allowed to.",
    why: "It was allowed until a certain day, but its right to synchronise has no end.",
    cure: "nothing",
    property: "holders of the synchronisation role",
    expected: "{name} without {what} since {expires}",
    actual: "{name} ({id}), allowed until then for: {reason}",
    remedy: {
      free: ["Remove the role from it, or set a later day for its entry in allowedRoleHolders."],
      used: [`${KEPT[0]} Set a later day for its entry in allowedRoleHolders.`],
      unknown: [`${UNKNOWN_USE[0]} Or set a later day for its entry in allowedRoleHolders.`],
    },
  },
  "directory-role-foreign": {
    ...{ severity, since, guide },
    title: "A principal other than a declared server's account has a directory role that allows synchronisation.",
    why: "It can create, change and delete users and groups of the tenant.",
    cure: "nothing",
    property: "holders of the directory roles that allow synchronisation",
    expected: "the directory role {role} for accounts of the declared servers only",
    actual: "{found}",
    remedy: {
      other: ["Remove the role: ", directoryAssignment, ALLOW],
      managed: [FOR_A_SERVER, directoryAssignment],
      account: ["Take the role from the account: ", own("deprivilege-account", "{account}"), ALLOW],
      used: KEPT_HOLDER,
      unknown: UNKNOWN_HOLDER,
    },
  },
  "legacy-account-left": {
    ...{ severity, since, guide },
    title: "The account of a machine that is not known to be a declared server may still synchronise.",
    why: "Anyone who has its password can create, change and delete users and groups of the tenant.",
    cure: "nothing",
    property: "holders of the directory roles that allow synchronisation",
    expected: "the directory role {role} for accounts of the declared servers only",
    actual: "{found}",
    remedy: {
      free: [OF_A_FORMER_MACHINE, own("deprivilege-account", "{account}", "--delete")],
      identifier: [OF_A_FORMER_IDENTIFIER, own("remove-legacy-account", "{server}", "--name", "{name}")],
      used: KEPT_HOLDER,
      unknown: UNKNOWN_HOLDER,
    },
  },
  "connector-account-administrator": {
    ...{ severity, since },
    title: "A connector signs in with the account of an administrator.",
    why: "A person who takes the server over is an administrator of the whole tenant: the account's password is on the server.",
    cure: "nothing",
    property: "accounts of the connectors",
    expected: "an application, or an account without an administrator's role",
    actual: "the connector of {server} signs in as {account}, which is {roles}",
    remedy: [
      "Give the server an application of its own: ",
      UP,
      " ; then take the roles from the account, of which the server had the password: ",
      own("deprivilege-account", "{account}", "--administrator"),
      " ; or, if a person uses it, reset its password and end its sessions.",
    ],
    guide: "situations/connector-accounts.md",
  },
} as const satisfies Registrations;
