/** What the subcommands of `npm run sandbox` do. Results go to stdout, announcements to stderr. */
import { isIntrusion, TENANT_NAME } from "../../sandbox/world/breaks";
import { checkName, UsageError } from "../../console/errors";
import { SERVER_FAULTS, TENANT_FAULTS, type Fault } from "../../sandbox/surroundings/faults";
import { Sandbox } from "../../sandbox/sandbox";
import { SERVER_NAMES } from "../../sandbox/folder/settings";
import { parseClockChange, describeOffset } from "./clock-change";
import { announce } from "../../console/run-command";
import { applicationTable, certificateTable, serverTable } from "./tables";
import { print, printJson } from "../../console/output";

const CLEAR = "clear";

/** Opens the sandbox for one action; the process tells others what it was asked to do. */
async function withSandbox<T>(action: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
  const sandbox = await Sandbox.open({ command: commandLine(), log: announce });
  try {
    return await action(sandbox);
  } finally {
    await sandbox.close();
  }
}

function commandLine(): string {
  return ["npm run sandbox --", ...process.argv.slice(2)].join(" ");
}

export async function showStatus({ json }: { json?: boolean }): Promise<void> {
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

export async function breakThing(target: string, what: string): Promise<void> {
  await withSandbox((sandbox) => sandbox.break(target, what));
  const next = isIntrusion(what)
    ? '"npm run pulumi -- preview" shows it and says what to do.'
    : '"npm run pulumi -- preview" shows it, "npm run pulumi -- up --yes" heals it.';
  announce(`broken: ${what} of ${target}. ${next}`);
}

function faultLine({ target, name, remaining }: Fault): string {
  const until =
    remaining === null ? `until "fault ${target} ${CLEAR}"` : `for ${remaining} more time${remaining === 1 ? "" : "s"}`;
  return `fault ${target} ${name}: holds ${until}`;
}

function parseTimes(times: string | undefined): number | null {
  if (times === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(times)) throw new UsageError(`--times ${times}: a whole number from 1 on is wanted`);
  return Number(times);
}

export async function setFault(target: string, name: string, options: { times?: string }): Promise<void> {
  const known = checkName("target", target, [...SERVER_NAMES, TENANT_NAME]);
  const times = parseTimes(options.times);
  if (name === CLEAR) {
    if (times !== null) throw new UsageError("--times goes with a fault, not with clear");
    await withSandbox((sandbox) => sandbox.faults.clear(known));
    return announce(`no fault holds for ${known} any more`);
  }
  checkName(`fault of ${known}`, name, [...Object.keys(known === TENANT_NAME ? TENANT_FAULTS : SERVER_FAULTS), CLEAR]);
  await withSandbox((sandbox) => sandbox.faults.set(known, name, times));
  announce(faultLine({ target: known, name, remaining: times }));
}

export async function listFaults({ json }: { json?: boolean }): Promise<void> {
  const faults = await withSandbox((sandbox) => sandbox.faults.list());
  if (json) return printJson(faults);
  print(faults.length === 0 ? "no fault holds" : faults.map(faultLine).join("\n"));
}

export async function changeClock(change: string | undefined): Promise<void> {
  const isChange = change !== undefined && change !== "reset";
  if (isChange) parseClockChange(change); // Wrong use is told before anything is waited for.
  const { now, offset } = await withSandbox(({ clock }) => {
    if (change === "reset") clock.reset();
    else if (isChange) clock.advance(parseClockChange(change, clock.offset));
    return { now: clock.now(), offset: clock.offset };
  });
  print(`${now.toISOString()} (${describeOffset(offset)})`);
}

export async function reset(): Promise<void> {
  await Sandbox.reset({ command: commandLine() });
  announce('tenant, servers, keys, clock, faults and the stack\'s state are new; "npm start" onboards them');
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export async function clean(): Promise<void> {
  const { folder, folderBytes, toolchainBytes } = await Sandbox.clean({ command: commandLine() });
  print(
    `freed ${megabytes(folderBytes + toolchainBytes)}: ${megabytes(folderBytes)} in ${folder}, ` +
      `${megabytes(toolchainBytes)} of Pulumi toolchains`,
  );
}

export async function signIn(server: string): Promise<void> {
  const linked = await withSandbox(async (sandbox) => {
    sandbox.server(server);
    await sandbox.listen();
    return sandbox.signIn(server);
  });
  announce(`an administrator signed in at ${server} and linked application ${linked.appId}`);
  announce(`with certificate ${linked.certificateSha256}. "npm run pulumi -- up --yes" goes on from there.`);
}
