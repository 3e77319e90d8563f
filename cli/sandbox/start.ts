/** `npm start`: a tenant and two sync servers, onboarded by one `pulumi up`. */
import { EXIT, UsageError } from "../../console/errors";
import { Sandbox } from "../../sandbox/sandbox";
import { announce, runCommand } from "../../console/run-command";
import { serverTable } from "./tables";
import { print } from "../../console/output";

const STAGES = {
  toolchain: "the Pulumi CLI and its plugins",
  tenant: "an emulated Entra tenant",
  servers: "two emulated Entra Connect servers",
  up: "pulumi up",
  result: "what tenant and servers hold now",
} as const;

function announceStage(stage: keyof typeof STAGES): void {
  const names = Object.keys(STAGES);
  announce(`[${names.indexOf(stage) + 1}/${names.length}] ${STAGES[stage]}`);
}

const NEXT = [
  "What to try next:",
  "  npm run pulumi -- preview                      nothing to change; Pulumi has looked at the servers as well",
  "  npm run sandbox -- break sync01 certificate    take a certificate away, and let the preview find it",
  "  npm run sandbox -- clock +200d                 time passes; the next preview plans the rotation",
];

/** What helps where `pulumi up` did not end well. */
function adviceAfter(code: number, interrupted: boolean, sandbox: Sandbox): string {
  if (interrupted) return '"npm start" goes on from here.';
  const faults = sandbox.faults.list();
  const asked = faults.map(({ target, name }) => `${target} ${name}`).join(", ");
  const because =
    faults.length === 0
      ? ""
      : ` Faults that were asked for hold: ${asked}; "npm run sandbox -- fault <target> clear" ends them.`;
  return `pulumi up ended with exit code ${code}; its messages above say what to do.${because} Then "npm start" goes on from there.`;
}

async function start(sandbox: Sandbox): Promise<number> {
  await sandbox.start(announceStage);
  announceStage("up");
  const { code, interrupted } = await sandbox.pulumi(["up", "--yes", "--skip-preview"], { stdio: "inherit" });
  if (code !== EXIT.ok) {
    announce(adviceAfter(code, interrupted, sandbox));
    return code;
  }
  announceStage("result");
  print(`${serverTable(sandbox.status())}\n${NEXT.join("\n")}`);
  return EXIT.ok;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`npm start takes no arguments, and got "${args.join(" ")}"`);
  const sandbox = await Sandbox.open({ command: "npm start", log: announce });
  try {
    return await start(sandbox);
  } finally {
    await sandbox.close();
  }
}

void runCommand(() => main(process.argv.slice(2)));
