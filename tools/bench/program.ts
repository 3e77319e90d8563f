/** The programs that are measured on one sandbox: this project's, and those that it is compared with. */
import * as fs from "node:fs";
import * as path from "node:path";
import { X509Certificate } from "node:crypto";
import { parse, stringify } from "yaml";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { STACK } from "../../console/sandbox-stack";
import { serverVariable } from "../../sandbox/engine/environment";
import { REPOSITORY } from "../../sandbox/folder/folder";
import { makeManagedCertificate } from "../../sandbox/world/managed-certificate";
import type { Sandbox } from "../../sandbox/sandbox";
import { INPUTS_VARIABLE, type ProgramInputs } from "./inputs";
import type { StackSize } from "./measurement";
import type { Stopwatch, TimedRun } from "./stopwatch";

/** A server at a distance takes longer; all switches of a first up happen one after the other. */
const UP_LIMIT_SECONDS = 2400;
const PREVIEW_LIMIT_SECONDS = 180;

/** About as long as a request of the host program. */
const STDIN_LENGTH = 500;
/** In the state of a server: inputs and outputs of five commands. */
const STDIN_COPIES = 10;

export interface Program {
  name: string;
  /** Arguments that select it, and its configuration. */
  args: string[];
  environment: Record<string, string>;
}

export function up(stopwatch: Stopwatch, program: Program, what = "the first up"): Promise<TimedRun> {
  return run(stopwatch, program, what, ["up", "--yes", "--skip-preview"], UP_LIMIT_SECONDS);
}

/** A preview that must find no change. */
export function idlePreview(stopwatch: Stopwatch, program: Program): Promise<TimedRun> {
  return run(stopwatch, program, "an idle preview", ["preview", "--expect-no-changes"], PREVIEW_LIMIT_SECONDS);
}

function run(stopwatch: Stopwatch, program: Program, what: string, args: string[], limitSeconds: number) {
  const { name, environment } = program;
  return stopwatch.run(`${what} of ${name}`, [...args, ...program.args], { limitSeconds, environment });
}

/** How many resources a program's stack has, and how large its state is. */
export async function stackSize(stopwatch: Stopwatch, { name, args }: Program): Promise<StackSize> {
  const folder = args.filter((arg) => arg.startsWith("--cwd="));
  const options = { limitSeconds: PREVIEW_LIMIT_SECONDS };
  const { stdout } = await stopwatch.run(`stack export of ${name}`, ["stack", "export", ...folder], options);
  const state = JSON.parse(stdout) as { deployment: { resources: unknown[] } };
  return { resources: state.deployment.resources.length, bytes: Buffer.byteLength(JSON.stringify(state)) };
}

/**
 * This project on all servers of the sandbox: the sandbox's configuration with all servers listed, and every current
 * role holder allowed, because the applications of the other programs share the tenant.
 *
 * @param settings of one server beyond its connection, by its name
 */
export function mainProgram(sandbox: Sandbox, settings: Record<string, object> = {}): Program {
  const tracked = fs.readFileSync(path.join(REPOSITORY, `Pulumi.${STACK}.yaml`), "utf8");
  const stack = parse(tracked) as { config: Record<string, unknown> };
  const servers = sandbox.settings.servers.map(({ name, role }) => {
    const port = `\${${serverVariable(name, "PORT")}}`;
    const hostKey = `\${${serverVariable(name, "HOST_KEY")}}`;
    return [name, { role, connection: { host: "127.0.0.1", port, user: "Administrator", hostKey }, ...settings[name] }];
  });
  stack.config["connect-sync-identity:servers"] = Object.fromEntries(servers);
  const { principals, assignments } = sandbox.tenant.store.data;
  const holders = principals.filter(({ id }) => assignments.some(({ principalId }) => principalId === id));
  stack.config["connect-sync-identity:allowedRoleHolders"] = holders.map(({ id }) => {
    return { id, reason: "another program of the benchmark", expires: "2099-12-31" };
  });
  const file = benchFile(sandbox);
  fs.writeFileSync(file, stringify(stack));
  return { name: "the program", args: [`--config-file=${file}`], environment: {} };
}

/** The configuration of {@link mainProgram}. */
export const benchFile = ({ folder }: Sandbox) => path.join(folder.root, "Pulumi.bench.yaml");

/** Another program on the same tenant; creates its stack. */
export async function otherProgram(
  sandbox: Sandbox,
  stopwatch: Stopwatch,
  name: "floor" | "hand-written",
): Promise<Program> {
  const folder = `--cwd=${path.join(REPOSITORY, "tools", "bench", name)}`;
  const init = ["stack", "init", STACK, "--no-select", folder];
  await stopwatch.run(`stack init of ${name}`, init, { limitSeconds: PREVIEW_LIMIT_SECONDS });
  const inputs = JSON.stringify(await programInputs(sandbox));
  return { name, args: [folder], environment: { [INPUTS_VARIABLE]: inputs } };
}

/**
 * The bare engine with a state of another size.
 *
 * @param bytes by which its state is too small
 */
export function grownBy(bytes: number, floor: Program): Program {
  const inputs = JSON.parse(floor.environment[INPUTS_VARIABLE]) as ProgramInputs;
  const more = Math.round(bytes / (STDIN_COPIES * inputs.servers.length));
  const stdinLength = Math.max(0, inputs.stdinLength + more);
  return { ...floor, environment: { [INPUTS_VARIABLE]: JSON.stringify({ ...inputs, stdinLength }) } };
}

async function programInputs({ settings, tenant }: Sandbox): Promise<ProgramInputs> {
  const principal = (appId: string) => {
    const found = tenant.store.principalByAppId(appId);
    if (!found) throw new Error(`the emulated tenant has no service principal for ${appId}`);
    return found;
  };
  const service = principal(SYNC_SERVICE_APP_ID);
  const role = service.appRoles.find(({ value }) => value === SYNC_ROLE);
  if (!role) throw new Error(`the emulated synchronisation service has no role ${SYNC_ROLE}`);
  const certificate = new X509Certificate(await makeManagedCertificate("bench", new Date()));
  return {
    servers: settings.servers.map(({ name }) => name),
    pipelineObjectId: principal(settings.pipeline.appId).id,
    service: { appId: SYNC_SERVICE_APP_ID, objectId: service.id, roleId: role.id },
    certificate: {
      pem: certificate.toString(),
      notBefore: instant(certificate.validFrom),
      notAfter: instant(certificate.validTo),
    },
    connection: { host: "127.0.0.1", port: 22, user: "Administrator", hostKey: "ssh-ed25519 AAAA" },
    stdinLength: STDIN_LENGTH,
  };
}

/** In whole seconds, as azuread writes instants; otherwise it would see a change. */
const instant = (text: string) => new Date(text).toISOString().replace(".000Z", "Z");
