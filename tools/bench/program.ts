/** The two programs that are measured on one sandbox: this project's program and its baseline. */
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
import { FLOOR_VARIABLE, type FloorInputs } from "./floor/inputs";
import type { Stopwatch, TimedRun } from "./stopwatch";

/** The slowest `up` of ten servers takes about 25 s on two free cores, the slowest preview 6 s. */
const UP_LIMIT_SECONDS = 120;
const PREVIEW_LIMIT_SECONDS = 60;

/** One of the two programs. */
export interface Program {
  name: string;
  /** Arguments that select it, and its configuration. */
  args: string[];
  environment: Record<string, string>;
}

export function up(stopwatch: Stopwatch, { name, args, environment }: Program): Promise<TimedRun> {
  const options = { limitSeconds: UP_LIMIT_SECONDS, environment };
  return stopwatch.run(`the first up of ${name}`, ["up", "--yes", "--skip-preview", ...args], options);
}

/** A preview that must find no change. */
export function idlePreview(stopwatch: Stopwatch, { name, args, environment }: Program): Promise<TimedRun> {
  const options = { limitSeconds: PREVIEW_LIMIT_SECONDS, environment };
  return stopwatch.run(`an idle preview of ${name}`, ["preview", "--expect-no-changes", ...args], options);
}

/** Bytes of the stack's state as JSON without whitespace. */
export async function stateBytes(stopwatch: Stopwatch): Promise<number> {
  const { stdout } = await stopwatch.run("stack export", ["stack", "export"], { limitSeconds: PREVIEW_LIMIT_SECONDS });
  return Buffer.byteLength(JSON.stringify(JSON.parse(stdout)));
}

/**
 * This project on all servers of the sandbox: the sandbox's configuration with all servers listed, and every current
 * role holder allowed, because the baseline's applications share the tenant.
 */
export function mainProgram(sandbox: Sandbox): Program {
  const tracked = fs.readFileSync(path.join(REPOSITORY, `Pulumi.${STACK}.yaml`), "utf8");
  const stack = parse(tracked) as { config: Record<string, unknown> };
  const servers = sandbox.settings.servers.map(({ name, role }) => {
    const port = `\${${serverVariable(name, "PORT")}}`;
    const hostKey = `\${${serverVariable(name, "HOST_KEY")}}`;
    return [name, { role, connection: { host: "127.0.0.1", port, user: "Administrator", hostKey } }];
  });
  stack.config["connect-sync-identity:servers"] = Object.fromEntries(servers);
  const { principals, assignments } = sandbox.tenant.store.data;
  const holders = principals.filter(({ id }) => assignments.some(({ principalId }) => principalId === id));
  stack.config["connect-sync-identity:allowedRoleHolders"] = holders.map(({ id }) => {
    return { id, reason: "the baseline of the benchmark", expires: "2099-12-31" };
  });
  const file = path.join(sandbox.folder.root, "Pulumi.bench.yaml");
  fs.writeFileSync(file, stringify(stack));
  return { name: "the program", args: [`--config-file=${file}`], environment: {} };
}

/** The baseline on the same tenant; creates its stack. */
export async function floorProgram(sandbox: Sandbox, stopwatch: Stopwatch): Promise<Program> {
  const folder = `--cwd=${path.join(REPOSITORY, "tools", "bench", "floor")}`;
  const init = ["stack", "init", STACK, "--no-select", folder];
  await stopwatch.run("the baseline's stack init", init, { limitSeconds: PREVIEW_LIMIT_SECONDS });
  const inputs = JSON.stringify(await floorInputs(sandbox));
  return { name: "the baseline", args: [folder], environment: { [FLOOR_VARIABLE]: inputs } };
}

async function floorInputs({ settings, tenant }: Sandbox): Promise<FloorInputs> {
  const principal = (appId: string) => {
    const found = tenant.store.principalByAppId(appId);
    if (!found) throw new Error(`the emulated tenant has no service principal for ${appId}`);
    return found;
  };
  const service = principal(SYNC_SERVICE_APP_ID);
  const role = service.appRoles.find(({ value }) => value === SYNC_ROLE);
  if (!role) throw new Error(`the emulated synchronisation service has no role ${SYNC_ROLE}`);
  const certificate = new X509Certificate(await makeManagedCertificate("floor", new Date()));
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
  };
}

/** In whole seconds, as azuread writes instants; otherwise it would see a change. */
const instant = (text: string) => new Date(text).toISOString().replace(".000Z", "Z");
