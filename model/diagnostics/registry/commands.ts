/** What a command refuses, with the reason: adopt, leave, remove-legacy-account. */
import type { Registrations } from "../registration";
import { own, ownElsewhere, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const adoption = { severity, since, cure, guide: "situations/state-lost.md" } as const;
const UP = pulumi("up");

export const COMMANDS = {
  ADOPTION_IN_STATE: {
    ...adoption,
    title: "State knows the server already.",
    why: "There is nothing to adopt.",
    property: "application",
    expected: "a server that state does not know",
    actual: "application and credential of this server in the state of stack {stack}",
    remedy: ["There is nothing to adopt. This shows what differs: ", pulumi("preview")],
  },
  ADOPTION_AMBIGUOUS: {
    ...adoption,
    title: "Two applications may be the server's.",
    why: "Which of them is the server's must never be a guess.",
    property: "application",
    expected: "one application that may be this server's",
    actual: "{marked} with this server's marker, and {used} in use by the connector",
    remedy: [
      "Take the tag {marker} from the first one to adopt the second, or link the connector to the first one again.",
    ],
  },
  ADOPTION_PASSWORD_ACCOUNT: {
    ...adoption,
    title: "The server signs in with a password account and has no application.",
    why: "There is nothing to adopt.",
    property: "connector",
    expected: "a connector that signs in as an application",
    actual: "the password account {account}, and no application with this server's marker",
    remedy: ["There is nothing to adopt. This makes the application and switches the connector to it: ", UP],
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
    title: "The server uses an application that Entra Connect made and manages itself.",
    why: "The product would go on changing it.",
    property: "connector",
    expected: "an application that an administrator made",
    actual: "{used}, which Entra Connect made and manages itself",
    remedy: ["Do not adopt it. This makes an application of this stack's own and switches the connector to it: ", UP],
  },
  ADOPTION_OTHER_SERVER: {
    ...adoption,
    title: "The application belongs to another declaration.",
    why: "No two servers may share an application.",
    property: "application",
    expected: 'no marker, or that of "{server}" of stack "{stack}"',
    actual: '{used} with the marker of server "{otherServer}" of stack "{otherStack}"',
    remedy: [
      "Adopt it for that declaration; or let that server leave, and then remove the tag: ",
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
    remedy: ["Adopt it for one of them. This makes an application of its own for the other: ", UP],
  },
  SERVER_NOT_IN_STATE: {
    ...{ severity, since, cure, guide: "situations/state-lost.md" },
    title: "State holds nothing of the server.",
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
    title: "How to reach the server is not known.",
    why: "Neither the configuration nor state holds its connection.",
    property: "connection",
    expected: "host, port, user and host key",
    actual: "none in configuration and state",
    remedy: ["Put the server back into the configuration, then run again."],
  },
  ABANDON_REFUSED: {
    ...{ severity, since, cure, guide: "situations/leave.md" },
    title: "Servers of a production stack are not abandoned.",
    why: "What is left behind would go on synchronising, unwatched.",
    property: "environment",
    expected: "a stack whose servers may be abandoned",
    actual: '"production" in the configuration of stack {stack}',
    remedy: [
      "Let the server go back to a service account: ",
      own("leave", "{server}", "--rollback"),
      " ; if it has to be abandoned all the same, take environment out of the stack's configuration first, in a change that " +
        "others review.",
    ],
  },
  SERVER_NOT_OBSERVED: {
    ...{ severity, since, cure, guide: "situations/server-unreachable.md" },
    title: "A declared server could not be observed.",
    why: "It may be using what is to be removed.",
    property: "account {account}",
    expected: "every declared server to be seen: one that uses the account would stop synchronising",
    actual: "{actual}",
    remedy: ["Let the server be observed first."],
  },
} as const satisfies Registrations;
