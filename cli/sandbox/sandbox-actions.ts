/** What the small subcommands of `sandbox` do. Results go to stdout, announcements to stderr. */
import { isIntrusion, TENANT_NAME } from "../../sandbox/world/breaks";
import { checkName, UsageError } from "../../console/errors";
import { ownLine, sandboxPulumiLine, startLine } from "../../console/own-command";
import { announce } from "../../console/progress";
import {
  BASTION_FAULTS,
  BASTION_NAME,
  SERVER_FAULTS,
  TENANT_FAULTS,
  type Fault,
} from "../../sandbox/surroundings/faults";
import { Sandbox } from "../../sandbox/sandbox";
import { SandboxFolder } from "../../sandbox/folder/folder";
import { stopHolder } from "../../sandbox/folder/stop";
import { SERVER_NAMES } from "../../sandbox/folder/settings";
import { parseClockChange, describeOffset } from "./clock-change";
import { applicationTable, certificateTable, serverTable } from "./tables";
import { print, printJson } from "../../console/output";

const CLEAR = "clear";

/** As every command of the sandbox has it. */
export interface JsonOption {
  json?: boolean;
}

/** A sentence for a person on stderr, or with `--json` an object on stdout. */
function conclude({ json }: JsonOption, result: object, ...sentences: readonly string[]): void {
  if (json) printJson({ ...result, sandbox: true });
  else sentences.forEach(announce);
}

/** Opens the sandbox for one action; other processes see its command. */
async function withSandbox<T>(action: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
  const sandbox = await Sandbox.open({ command: commandLine(), log: announce });
  try {
    return await action(sandbox);
  } finally {
    await sandbox.close();
  }
}

function commandLine(): string {
  return ownLine(...process.argv.slice(2));
}

export async function showStatus({ json }: JsonOption): Promise<void> {
  const { status, offset, faults } = await withSandbox((sandbox) => ({
    status: sandbox.status(),
    offset: sandbox.clock.offset,
    faults: sandbox.faults.list(),
  }));
  if (json) return printJson(status);
  print(`now ${status.now} (${describeOffset(offset)})`);
  print(serverTable(status));
  if (status.servers.some(({ certificates }) => certificates.length > 0)) print(certificateTable(status));
  print(applicationTable(status));
  for (const fault of faults) print(faultLine(fault));
}

export async function breakThing(target: string, what: string, options: JsonOption): Promise<void> {
  await withSandbox((sandbox) => sandbox.break(target, what));
  const preview = `"${sandboxPulumiLine("preview")}"`;
  const next = isIntrusion(what)
    ? `${preview} shows it and says what to do.`
    : `${preview} shows it, "${sandboxPulumiLine("up --yes")}" heals it.`;
  conclude(options, { broken: what, target }, `broken: ${what} of ${target}. ${next}`);
}

function faultLine({ target, name, remaining }: Fault): string {
  const until =
    remaining === null ? `until "fault ${target} ${CLEAR}"` : `for ${remaining} more time${remaining === 1 ? "" : "s"}`;
  return `fault ${target} ${name}: active ${until}`;
}

function parseTimes(times: string | undefined): number | null {
  if (times === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(times)) throw new UsageError(`--times ${times}: must be a whole number of at least 1`);
  return Number(times);
}

/** By target. */
function faultsOf(target: string): string[] {
  if (target === TENANT_NAME) return Object.keys(TENANT_FAULTS);
  return Object.keys(target === BASTION_NAME ? BASTION_FAULTS : SERVER_FAULTS);
}

export async function setFault(target: string, name: string, options: JsonOption & { times?: string }): Promise<void> {
  const known = checkName("target", target, [...SERVER_NAMES, TENANT_NAME, BASTION_NAME]);
  const times = parseTimes(options.times);
  if (name === CLEAR) {
    if (times !== null) throw new UsageError("--times goes with a fault, not with clear");
    await withSandbox((sandbox) => sandbox.faults.clear(known));
    return conclude(options, { target: known, cleared: true }, `all faults of ${known} are removed`);
  }
  checkName(`fault of ${known}`, name, [...faultsOf(known), CLEAR]);
  await withSandbox((sandbox) => sandbox.faults.set(known, name, times));
  const fault = { target: known, name, remaining: times };
  conclude(options, fault, faultLine(fault));
}

export async function listFaults({ json }: JsonOption): Promise<void> {
  const faults = await withSandbox((sandbox) => sandbox.faults.list());
  if (json) return printJson(faults);
  print(faults.length === 0 ? "no active faults" : faults.map(faultLine).join("\n"));
}

export async function changeClock(change: string | undefined, options: JsonOption): Promise<void> {
  const isChange = change !== undefined && change !== "reset";
  if (isChange) parseClockChange(change); // Incorrect usage is reported before any wait.
  const { now, offset } = await withSandbox(({ clock }) => {
    if (change === "reset") clock.reset();
    else if (isChange) clock.advance(parseClockChange(change, clock.offset));
    return { now: clock.now(), offset: clock.offset };
  });
  if (options.json) conclude(options, { now: now.toISOString(), offsetSeconds: offset });
  else print(`${now.toISOString()} (${describeOffset(offset)})`);
}

export async function reset(options: JsonOption): Promise<void> {
  await Sandbox.reset({ command: commandLine() });
  const sentence = `tenant, servers, keys, clock, faults and the stack's state are new; "${startLine()}" onboards them`;
  conclude(options, { reset: true }, sentence);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export async function clean(options: JsonOption): Promise<void> {
  const freed = await Sandbox.clean({ command: commandLine() });
  const { folder, folderBytes, toolchainBytes } = freed;
  if (options.json) return conclude(options, freed);
  const parts = `${megabytes(folderBytes)} in ${folder}, ${megabytes(toolchainBytes)} of Pulumi toolchains`;
  print(`freed ${megabytes(folderBytes + toolchainBytes)}: ${parts}`);
}

export async function stop(options: JsonOption): Promise<void> {
  const stopped = await stopHolder(new SandboxFolder(), announce);
  const command = stopped?.command ?? null;
  const sentence = command === null ? "no command was using the sandbox" : `ended: ${command}`;
  conclude(options, { stopped: command }, sentence);
}

export async function signIn(server: string, options: JsonOption): Promise<void> {
  const linked = await withSandbox(async (sandbox) => {
    sandbox.server(server);
    await sandbox.listen();
    return sandbox.signIn(server);
  });
  const { appId, certificateSha256 } = linked;
  conclude(
    options,
    { server, ...linked },
    `an administrator signed in at ${server} and linked application ${appId}`,
    `with certificate ${certificateSha256}. "${sandboxPulumiLine("up --yes")}" continues from there.`,
  );
}
