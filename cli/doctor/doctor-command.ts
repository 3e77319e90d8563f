/** `npm run doctor -- [server]`: what stands in the way of this project on a stack's servers and in its tenant. */
import * as path from "node:path";
import { Command, CommanderError } from "commander";
import { currentReader, readingStack } from "../../console/current-reader";
import { announce, runCommand } from "../../console/run-command";
import { STACK } from "../../console/sandbox-stack";
import { EXIT, UsageError } from "../../console/errors";
import { examine } from "./doctor";
import { formatReport, makeReport } from "./doctor-report";
import { readDoctorSettings } from "./doctor-settings";

interface DoctorOptions {
  stack: string;
  configFile?: string;
  tenant?: boolean;
  json?: boolean;
}

const REPOSITORY = path.resolve(__dirname, "../..");

function makeCommand(): Command {
  return new Command("npm run doctor --")
    .description("Look at servers and tenant of a stack, change nothing, and say what stands in the way")
    .exitOverride()
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .argument("[server]", "a server of the stack's file; without it all of them, and the tenant")
    .option("--tenant", "the tenant; alone without the servers, beside a server as well as that one")
    .option("--json", "one JSON object on stdout, as docs/doctor.md describes it")
    .option("--stack <name>", 'the stack; "dev" is the sandbox', process.env.PULUMI_STACK || STACK)
    .option("--config-file <file>", "the stack's configuration, where it is not Pulumi.<stack>.yaml")
    .addHelpText("after", "\nExit code 0: healthy; 1: problems; 2: wrong use. See docs/doctor.md.");
}

/** Colours only where a person looks: NO_COLOR of any value that is not empty switches them off. */
export function wantsColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment.NO_COLOR;
}

async function work(command: Command): Promise<number> {
  const { stack, configFile, tenant = false, json = false } = command.opts<DoctorOptions>();
  readingStack(stack);
  const [server = null] = command.args as (string | undefined)[];
  if (stack === STACK && !process.env.SANDBOX_STARTED) {
    const { runInSandbox } = await import("../sandbox/in-sandbox");
    return runInSandbox("doctor", __filename, process.argv.slice(2), { pulumi: false });
  }
  const settings = await readDoctorSettings(REPOSITORY, stack, configFile, process.env);
  const all = server === null && !tenant;
  const examination = await examine(
    {
      stack,
      server,
      servers: server !== null || all,
      tenant: tenant || all,
      agentSocketPath: process.env.SSH_AUTH_SOCK,
      now: new Date(),
    },
    settings,
  );
  const report = makeReport(examination, currentReader());
  const text = json
    ? `${JSON.stringify(report, null, 2)}\n`
    : formatReport(report, wantsColour(process.stdout, process.env));
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  return report.healthy ? EXIT.ok : EXIT.failed;
}

async function main(args: readonly string[]): Promise<number> {
  const command = makeCommand();
  try {
    command.parse(args, { from: "user" });
    return await work(command);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UsageError) announce(command.helpInformation());
    throw error;
  }
}

if (require.main === module) void runCommand(() => main(process.argv.slice(2)));
