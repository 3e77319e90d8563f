/** The tree of commands. Each is in a file of its own, and loads what it needs when it runs. */
import { CommanderError, type Command } from "commander";
import { adoptCommand } from "./adopt/adopt-command";
import { loadSandboxPart } from "./clone";
import { addCommand, exampleHelp, exitCodeHelp, makeRoot, named, type CommandGroup, type CommandSpec } from "./command";
import { completeCommand, completionCommand } from "./completion/completion-command";
import { doctorCommand } from "./doctor/doctor-command";
import { resetMachineIdentifierCommand } from "./machine/reset-machine-identifier-command";
import { deprivilegeAccountCommand } from "./leave/deprivilege-account-command";
import { leaveCommand } from "./leave/leave-command";
import { removeLegacyAccountCommand } from "./leave/remove-legacy-account-command";
import { driftIssueCommand } from "./pipeline/drift-issue-command";
import { notifyCommand } from "./notify/notify-command";
import { pullRequestCommentCommand } from "./pipeline/pull-request-comment-command";
import { policyCommands } from "./policy/policy-command";
import { reportCommand } from "./report/report-command";
import { verifyReportCommand } from "./report/verify/verify-report-command";
import { revokeCommand } from "./revoke/revoke-command";
import { sandboxInPackage } from "./sandbox-in-package";
import { readingFolder } from "../console/current-reader";
import { UsageError } from "../console/errors";
import { print } from "../console/output";
import { versionText } from "./version";

const DESCRIPTION =
  "Check, adopt and release the application identities of Microsoft Entra Connect Sync servers. " +
  "Pulumi creates what a stack declares: pulumi preview, pulumi up.";

const EXAMPLES = [
  "doctor --stack prod                   check servers and tenant for problems",
  "report --stack prod                   list identities, differences and who may synchronise",
  "revoke sync02 --stack prod            remove a compromised key credential",
  "sandbox start                         start an emulated tenant and servers; no account needed",
  "sandbox pulumi -- preview             run Pulumi on the sandbox",
];

/** What `--cwd` and `--no-color` do, before anything else. */
function applyGlobalOptions({ cwd, color }: { cwd?: string; color: boolean }, command: Command): void {
  // Also for whatever is started: Pulumi and the sandbox's children read it.
  if (!color) process.env.NO_COLOR = "1";
  if (cwd === undefined) return;
  try {
    process.chdir(cwd);
    readingFolder(cwd);
  } catch (error) {
    throw named(new UsageError(`--cwd ${cwd}: ${(error as Error).message}`), command);
  }
}

/** The commands, those that are hidden included. */
export async function commandTree(): Promise<readonly (CommandSpec | CommandGroup)[]> {
  const sandbox = (await loadSandboxPart())?.sandboxCommands ?? sandboxInPackage;
  return [
    doctorCommand,
    reportCommand,
    notifyCommand,
    verifyReportCommand,
    adoptCommand,
    leaveCommand,
    revokeCommand,
    removeLegacyAccountCommand,
    deprivilegeAccountCommand,
    resetMachineIdentifierCommand,
    pullRequestCommentCommand,
    driftIssueCommand,
    policyCommands,
    sandbox,
    completionCommand,
    completeCommand,
  ] as CommandSpec[];
}

/**
 * The whole program.
 *
 * @param done takes the exit code of the command that ran
 * @param entries what it consists of. @default all commands
 */
export async function makeProgram(
  done: (code: number) => void = () => undefined,
  entries?: readonly (CommandSpec | CommandGroup)[],
): Promise<Command> {
  const program = makeRoot(DESCRIPTION)
    .option("-V, --version", "print the version, and the commit if it is known")
    .option("--cwd <folder>", "run in this folder")
    .option("--no-color", "print no colours; NO_COLOR in the environment does the same")
    .addHelpText("after", exampleHelp(EXAMPLES))
    .addHelpText("after", exitCodeHelp())
    .hook("preAction", (root, command) => applyGlobalOptions(root.opts(), command));
  for (const entry of entries ?? (await commandTree())) addCommand(program, entry, done);
  program.on("option:version", () => {
    print(versionText());
    throw new CommanderError(0, "commander.version", "");
  });
  return program;
}
