/** `npm run sandbox -- <command>`: looks at the sandbox, breaks it, moves its clock, makes it new. */
import { Command, CommanderError } from "commander";
import { BREAKS } from "../../sandbox/world/breaks";
import { SERVER_FAULTS, TENANT_FAULTS } from "../../sandbox/surroundings/faults";
import { EXIT } from "../../console/errors";
import { SERVER_NAMES } from "../../sandbox/folder/settings";
import { DIRECTORY_BREAKS } from "../../sandbox/tenant/breaks";
import { runCommand } from "../../console/run-command";
import { breakThing, changeClock, clean, listFaults, reset, setFault, showStatus, signIn } from "./sandbox-actions";

const servers = SERVER_NAMES.join(", ");
const either = SERVER_NAMES.join(" or ");

/** Names with their meaning, for the end of a help text. */
function glossary(title: string, entries: Record<string, string>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  const lines = Object.entries(entries).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join("\n")}`;
}

function makeProgram(): Command {
  const program = new Command("npm run sandbox --")
    .description("The emulated tenant and its emulated Entra Connect servers")
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand("help [command]", "show what a command does");
  program
    .command("status")
    .description("show what the tenant and the servers hold, read from them and not from Pulumi's state")
    .option("--json", "as JSON, complete")
    .action(showStatus);
  program
    .command("break <target> <what>")
    .description(`change a server (${servers}) or the tenant behind Pulumi's back`)
    .addHelpText("after", glossary(`what, where the target is ${either}`, BREAKS))
    .addHelpText("after", glossary("what, where the target is tenant", DIRECTORY_BREAKS))
    .action(breakThing);
  program
    .command("fault <target> <name>")
    .description(`make a server (${servers}) or the tenant fail; <name> "clear" ends all faults of the target`)
    .option("--times <n>", "for so many matching operations only")
    .addHelpText("after", glossary(`name, where the target is ${either}`, SERVER_FAULTS))
    .addHelpText("after", glossary("name, where the target is tenant", TENANT_FAULTS))
    .action(setFault);
  program.command("faults").description("list the faults that hold").option("--json", "as JSON").action(listFaults);
  program
    .command("clock [change]")
    .description("show the sandbox's time; +200d moves it on (s, m, h, d, w; cumulative), reset ends that")
    .action(changeClock);
  program
    .command("sign-in <server>")
    .description("be the administrator who links the declared application at the server's desktop")
    .action(signIn);
  program
    .command("reset")
    .description("make tenant, servers, keys, clock, faults and the stack's state new")
    .action(reset);
  program
    .command("clean")
    .description("remove all that the sandbox holds, and the Pulumi toolchains made for it")
    .action(clean);
  return program;
}

async function main(args: readonly string[]): Promise<number> {
  const program = makeProgram();
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return EXIT.ok;
}

void runCommand(() => main(process.argv.slice(2)));
