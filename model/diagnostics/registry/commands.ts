/** What a command refuses, with the reason: adopt, leave, revoke, remove-legacy-account, reset-machine-identifier. */
import type { Registrations } from "../registration";
import { own, ownElsewhere, posix, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const adoption = { severity, since, cure, guide: "situations/state-lost.md" } as const;
const UP = pulumi("up");

export const COMMANDS = {
  ADOPTION_IN_STATE: {
    ...adoption,
    title: "The server is already in state.",
    why: "There is nothing to adopt.",
    property: "application",
    expected: "a server that is not in state",
    actual: "application and credential of this server in the state of stack {stack}",
    remedy: ["There is nothing to adopt. To show what differs: ", pulumi("preview")],
  },
  ADOPTION_MODE: {
    ...adoption,
    title: "A server in this mode has nothing to adopt.",
    why: "Its application belongs to Entra Connect, so no lost state can orphan it.",
    property: "mode",
    expected: "byoa",
    actual: "{mode}",
    remedy: ["To take the server on as it is: ", UP],
    guide: "modes.md",
  },
  REVOCATION_MODE: {
    ...{ severity, since, cure, guide: "modes.md" },
    title: "The application of a server in this mode belongs to Entra Connect.",
    why: "It may hold keys that this project does not know; which of them go is a person's decision.",
    property: "mode",
    expected: "byoa",
    actual: "{mode}",
    remedy: [
      "To list the keys of its application: ",
      posix("az", "ad", "app", "credential", "list", "--cert", "--id", "{appId}"),
      " ; to remove one: ",
      posix("az", "ad", "app", "credential", "delete", "--cert", "--id", "{appId}", "--key-id", "{keyId}"),
    ],
  },
  ADOPTION_AMBIGUOUS: {
    ...adoption,
    title: "Two applications may be the server's.",
    why: "Which one is the server's must never be a guess.",
    property: "application",
    expected: "one application that may be this server's",
    actual: "{marked} with this server's marker, and {used} in use by the connector",
    remedy: [
      "To adopt the second one, remove the tag {marker} from the first; otherwise switch the connector back to the first one.",
    ],
  },
  ADOPTION_PASSWORD_ACCOUNT: {
    ...adoption,
    title: "The server signs in with a password account and has no application.",
    why: "There is nothing to adopt.",
    property: "connector",
    expected: "a connector that signs in as an application",
    actual: "the password account {account}, and no application with this server's marker",
    remedy: ["There is nothing to adopt. To create the application and switch the connector to it: ", UP],
  },
  ADOPTION_APPLICATION_MISSING: {
    ...adoption,
    title: "The application that the connector uses is not in this tenant.",
    why: "The stack may be configured for another tenant than the server's.",
    property: "connector",
    expected: "an application of this tenant",
    actual: "application {appId}, which this tenant does not hold",
    remedy: ["Check that the stack's tenant is the one that this server synchronises into."],
  },
  ADOPTION_MANAGED_APPLICATION: {
    ...adoption,
    title: "The server uses an application that Entra Connect created and manages itself.",
    why: "Entra Connect would continue to change it.",
    property: "connector",
    expected: "an application that an administrator created",
    actual: "{used}, which Entra Connect created and manages itself",
    remedy: ["Do not adopt it. To create an application for this stack and switch the connector to it: ", UP],
  },
  ADOPTION_OTHER_SERVER: {
    ...adoption,
    title: "The application belongs to another declaration.",
    why: "No two servers may share an application.",
    property: "application",
    expected: 'no marker, or that of "{server}" of stack "{stack}"',
    actual: '{used} with the marker of server "{otherServer}" of stack "{otherStack}"',
    remedy: [
      "Adopt it for that declaration; or let that server leave, then remove the tag: ",
      ownElsewhere("{otherStack}", "leave", "{otherServer}", "--rollback"),
    ],
  },
  ADOPTION_SHARED: {
    ...adoption,
    title: "The application is used by another server as well.",
    why: "No two servers may share an application.",
    property: "application",
    expected: "an application of this server alone",
    actual: "{used}, which is also used by {others}",
    remedy: ["Adopt it for one of them. To create a separate application for the other: ", UP],
  },
  MACHINE_IDENTIFIER_UNREAD: {
    ...{ severity, since, cure, guide: "situations/cloned-server.md" },
    title: "The machine identifier of the server could not be read.",
    why: "Only an identifier that is known to be shared is replaced.",
    property: "machine identifier",
    expected: "SyncMachineIdentifier in the registry of the server",
    actual: "none that could be read",
    remedy: ["Look for it under HKLM\\SOFTWARE\\Microsoft\\Azure AD Connect on the server."],
  },
  MACHINE_DECLARED_TWICE: {
    ...{ severity, since, cure, guide: "situations/cloned-server.md" },
    title: "The two declared servers are one machine.",
    why: "There is no clone that could get another identifier.",
    property: "machine identifier",
    expected: "a clone, which has a computer name of its own",
    actual: "the computer name {computerName} of {other}",
    remedy: ["Declare the machine once."],
  },
  SERVER_NOT_IN_STATE: {
    ...{ severity, since, cure, guide: "situations/state-lost.md" },
    title: "State contains nothing of the server.",
    why: "There is nothing to leave.",
    property: "state",
    expected: "its resources in the state of stack {stack}",
    actual: "none of its resources",
    remedy: [
      "There is nothing to leave. If the state was lost, take the server over first: ",
      own("adopt", "{server}"),
    ],
  },
  CONNECTION_UNKNOWN: {
    ...{ severity, since, cure },
    title: "The connection to the server is not known.",
    why: "Neither the configuration nor state contains it.",
    property: "connection",
    expected: "host, port, user and host key",
    actual: "none in configuration and state",
    remedy: ["Put the server back into the configuration, then run again."],
  },
  STACK_LOCKED: {
    ...{ severity, since, cure, guide: "situations/run-killed.md" },
    title: "A run of Pulumi is changing the stack.",
    why: "It would undo what the command does, as it decided before what it changes.",
    property: "lock of stack {stack}",
    expected: "no run of Pulumi under way",
    actual: "{who}",
    remedy: [
      "Wait until the run has ended, then run the same command again. If the run was killed, this removes its lock: ",
      pulumi("cancel"),
    ],
  },
  ABANDON_REFUSED: {
    ...{ severity, since, cure, guide: "situations/leave.md" },
    title: "Servers of a production stack cannot be abandoned.",
    why: "What is left behind would continue to synchronise without being watched.",
    property: "environment",
    expected: "a stack whose servers may be abandoned",
    actual: '"production" in the configuration of stack {stack}',
    remedy: [
      "Let the server go back to a service account: ",
      own("leave", "{server}", "--rollback"),
      " ; if it still has to be abandoned, first remove environment from the stack's configuration, in a change that others " +
        "review.",
    ],
  },
  SYNC_ACCOUNTS_FULL: {
    ...{ severity, since, cure, guide: "situations/leave.md" },
    title: "Entra accepts no further synchronisation account.",
    why: "The server's account cannot be created, so it cannot go back to a service account.",
    property: "account {account}",
    expected: "fewer than {limit} accounts with a directory role for synchronisation",
    actual: "{count}",
    remedy: [
      "Nothing was changed. Remove the accounts of former machines first, which the findings legacy-account-left name: ",
      pulumi("preview"),
    ],
  },
  ACCOUNT_KEPT: {
    ...{ severity, since, cure, guide: "situations/connector-accounts.md" },
    title: "An account may be more than a connector's.",
    why: "An account that a person or another service uses is not removed, only lowered.",
    property: "account {account}",
    expected: "an account that only synchronises",
    actual: "{actual}",
    remedy: ["Nothing was changed. Take its roles instead: ", own("deprivilege-account", "{account}")],
  },
  ACCOUNT_UNCHANGED: {
    ...{ severity, since, cure, guide: "situations/connector-accounts.md" },
    title: "Entra did not change the account.",
    why: "The account may still synchronise.",
    property: "account {account}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: {
      forbidden: [
        "A Privileged Role Administrator does it in the Entra admin center (Users, Assigned roles); or run it as an identity " +
          "with {permission}, which the pipeline should not keep.",
      ],
      failed: ["Run the same command again, which continues."],
    },
  },
  SERVER_NOT_OBSERVED: {
    ...{ severity, since, cure, guide: "situations/server-unreachable.md" },
    title: "A declared server could not be observed.",
    why: "It may be using what is to be removed.",
    property: "account {account}",
    expected: "an observation of every declared server: one that uses the account would stop synchronising",
    actual: "{actual}",
    remedy: ["Make sure that the server can be observed first."],
  },
} as const satisfies Registrations;
