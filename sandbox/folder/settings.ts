/** Settings that are chosen once for a sandbox folder and kept until it is reset. */
import { randomInt, randomUUID } from "node:crypto";
import * as net from "node:net";
import { JsonFile } from "../../console/processes/json-file";
import type { SandboxCloud } from "../tenant/cloud-names";

export interface ServerDeclaration {
  name: string;
  role: "active" | "staging";
}

/** One active server, and the others as staging servers: sync01, sync02 and so on. */
export function declareServers(count: number): ServerDeclaration[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `sync${String(index + 1).padStart(2, "0")}`,
    role: index === 0 ? "active" : "staging",
  }));
}

/** The emulated servers, as Pulumi.dev.yaml names them. */
export const SERVERS: readonly ServerDeclaration[] = declareServers(2);
export const SERVER_NAMES: readonly string[] = SERVERS.map((server) => server.name);

/** Domain of the emulated tenant. */
export const TENANT_DOMAIN = "contoso.onmicrosoft.com";
/** The administrator whose password is among the sandbox's keys. */
export const ADMINISTRATOR = `admin@${TENANT_DOMAIN}`;

/** Protects only the sandbox's own stack, so it may be public: Pulumi.dev.yaml contains its salt. */
export const PASSPHRASE = "sandbox";

/** Incremented when a folder of an older format must be recreated. */
const FORM = 5;

export interface Settings {
  form: number;
  /** UTC, ISO 8601. */
  created: string;
  tenantId: string;
  /** The cloud that the tenant is in; left out in a folder that was created before there was a choice: global. */
  cloud?: SandboxCloud;
  pipeline: { appId: string; displayName: string };
  servers: readonly ServerDeclaration[];
  /** The tenant's HTTPS port, and the SSH ports of the bastion and of each server. */
  ports: { tenant: number; bastion: number; servers: Record<string, number> };
  /** The product's application of sync01, and one that may not synchronise, for `break application`. */
  applications: { managed: string; spare: string };
  /** A certificate that no server has, DER in base64: the one that an intruder adds when the tenant is broken. */
  foreignCertificate: string;
}

/** Ports are below the ranges from which systems choose ports for outgoing connections. */
const PORT_RANGE = [20_000, 30_000] as const;
/** For each port. */
const PORT_ATTEMPTS = 50;

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** The given number of different free loopback ports. */
export async function pickPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < PORT_ATTEMPTS * count && ports.size < count; attempt += 1) {
    const port = randomInt(...PORT_RANGE);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  if (ports.size < count)
    throw new Error(`no ${count} free ports from ${PORT_RANGE[0]} to ${PORT_RANGE[1]} on 127.0.0.1`);
  return [...ports];
}

/** Chooses ids and ports. The applications are those of the tenant, which were created before. */
export async function makeSettings(
  servers: readonly ServerDeclaration[],
  cloud: SandboxCloud,
): Promise<Omit<Settings, "applications" | "foreignCertificate">> {
  const [tenant, bastion, ...ports] = await pickPorts(servers.length + 2);
  return {
    form: FORM,
    created: new Date().toISOString(),
    tenantId: randomUUID(),
    cloud,
    pipeline: { appId: randomUUID(), displayName: "Connect Sync pipeline" },
    servers,
    ports: {
      tenant,
      bastion,
      servers: Object.fromEntries(servers.map((server, index) => [server.name, ports[index]])),
    },
  };
}

/** The folder's settings; null if it is new, incomplete, or has an older format. */
export function readSettings(file: string): Settings | null {
  const settings = new JsonFile<Settings>(file).read();
  return settings?.form === FORM ? settings : null;
}

/** Written last when a folder is created, so that an incomplete folder is created again. */
export function writeSettings(file: string, settings: Settings): void {
  new JsonFile<Settings>(file).write(settings);
}
