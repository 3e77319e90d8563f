/** Findings over several stacks: what only their reports together show. */
import type { Registrations } from "../registration";
import { given } from "../remedy";

const common = { severity: "finding", since: "0.1.0", cure: "nothing", guide: "report.md" } as const;

export const STACKS = {
  "shared-over-stacks": {
    ...common,
    title: "Servers of different stacks share what each must have for itself.",
    why: "Each stack would work on it without knowing of the other: a rotation in one takes the credential from the other.",
    property: "identity",
    expected: "a {what} that no server of another stack has",
    actual: "{what} {value}, as {others}",
    remedy: {
      machine: [
        "If both are one machine, declare it in one stack; if one is a clone, reset the clone's SyncMachineIdentifier as documented.",
      ],
      application: [
        "Declare the server in one stack only, or give each an application of its own by its own stack's run.",
      ],
      certificate: ["Give each server a certificate of its own: set rotate to a new text in the stack of one of them."],
      account: [
        "Give each server a connector account of its own, or an application. See it on both servers: ",
        given("powershell", "Get-ADSyncEntraConnectorCredential"),
      ],
    },
  },
  "exports-over-stacks": {
    ...common,
    title: "Servers of several stacks export into one tenant.",
    why: "Entra Connect Sync supports one active server: two overwrite each other's changes.",
    property: "active server",
    expected: "one server that exports",
    actual: "{servers}",
    remedy: ["Switch staging mode on, in the Entra Connect wizard of each server that should not export."],
    guide: "situations/switch-over.md",
  },
  "exports-none": {
    ...common,
    title: "No server of these stacks exports into the tenant.",
    why: "Changes do not reach Entra, unless a server does that no stack declares.",
    property: "active server",
    expected: "one server that exports",
    actual: "staging mode on every server: {servers}",
    remedy: [
      "Declare the server that exports in a stack, or switch staging mode off on one of these and declare role: active.",
    ],
    guide: "situations/switch-over.md",
  },
} as const satisfies Registrations;
