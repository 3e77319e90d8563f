/** Remedies that are commands: templates, so that each can be pasted, and a test parses each with its shell. */
import { fillRemedy, given, posix, powershell, pulumi, type Remedy, type Values } from "../../model/diagnostics/remedy";
import type { RemedyTemplate } from "../../model/diagnostics/remedy";

const PREVIEW = pulumi("preview");
const UP = pulumi("up");
const CONSENT = posix("az", "ad", "app", "permission", "admin-consent", "--id", "{appId}");

export const CHECK_REMEDIES = {
  heal: ["This shows the difference: ", PREVIEW, " ; this heals it: ", UP],
  switchBack: ["This shows the difference: ", PREVIEW, " ; this switches the connector back: ", UP],
  newGeneration: ["This creates a new key and certificate: ", UP],
  restoreScheduler: ["This restores the scheduler: ", UP],
  verifyAgain: ["This verifies it again: ", UP],
  copyProgram: ["Find out who changed it. This copies it again: ", UP],
  lock: ["Find out who switched it off. This switches it on: ", UP],
  signIn: ["Run at the desktop of the server: ", given("powershell", "{command}")],
  startService: ["Start it on the server: ", powershell("Start-Service", "ADSync")],
  clock: ["Correct the time service on the server: ", powershell("w32tm", "/resync")],
  makeHostKey: [
    "Create one on the server: ",
    powershell("ssh-keygen", "-A"),
    " ; then restart its service: ",
    powershell("Restart-Service", "sshd"),
  ],
  consent: ["A Privileged Role Administrator runs: ", CONSENT],
  permission: [
    'Add it as an application permission of Microsoft Graph (README, "The pipeline\'s identity"), then consent: ',
    CONSENT,
  ],
} as const satisfies Record<string, RemedyTemplate>;

export const checkRemedy = (name: keyof typeof CHECK_REMEDIES, values: Values = {}): Remedy =>
  fillRemedy(CHECK_REMEDIES[name], values);
