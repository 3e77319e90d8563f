/** What the sandbox passes to the Pulumi program and its plugins through the environment. */
import { pathToFileURL } from "node:url";
import type { SandboxFolder } from "../folder/folder";
import type { SandboxKeys } from "../folder/keys";
import { BASTION_NAME } from "../surroundings/faults";
import { PROJECT_VARIABLE, RUNNING_FILE_VARIABLE, SANDBOX_VARIABLE, STACK } from "../../console/sandbox-stack";
import { PASSPHRASE, type Settings } from "../folder/settings";

/** Environment name of a server's value, such as SANDBOX_SYNC01_PORT. */
export function serverVariable(server: string, value: "PORT" | "HOST_KEY"): string {
  return `SANDBOX_${server.toUpperCase().replaceAll("-", "_")}_${value}`;
}

/** Settings that confine Pulumi to the sandbox: its own home, its own backend, no downloads. */
export function pulumiVariables(folder: SandboxFolder): Record<string, string> {
  return {
    PULUMI_HOME: folder.home,
    PULUMI_BACKEND_URL: pathToFileURL(folder.state).href,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_STACK: STACK,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NODE_COMPILE_CACHE: folder.compileCache,
  };
}

const withThisMachine = (hosts = "") => [hosts, "localhost", "127.0.0.1"].filter((host) => host !== "").join(",");

/** Addresses of tenant and servers, and the credentials for them. */
export function sandboxVariables(folder: SandboxFolder, settings: Settings, keys: SandboxKeys): Record<string, string> {
  const servers = settings.servers.flatMap(({ name }) => [
    [serverVariable(name, "PORT"), String(settings.ports.servers[name])],
    [serverVariable(name, "HOST_KEY"), keys.hosts[name].hostKey.publicKey],
  ]);
  const { cloud = "global" } = settings;
  const bastion = [
    [serverVariable(BASTION_NAME, "PORT"), String(settings.ports.bastion)],
    [serverVariable(BASTION_NAME, "HOST_KEY"), keys.bastion.hostKey.publicKey],
  ];
  return {
    ARM_METADATA_HOSTNAME: `localhost:${settings.ports.tenant}`,
    ...(cloud === "global" ? {} : { ARM_ENVIRONMENT: cloud }),
    ARM_TENANT_ID: settings.tenantId,
    ARM_CLIENT_ID: settings.pipeline.appId,
    ARM_CLIENT_SECRET: keys.clientSecret,
    SSL_CERT_FILE: keys.caFile,
    NODE_EXTRA_CA_CERTS: keys.caFile,
    // Tokens would go to a proxy of this machine's environment otherwise.
    NO_PROXY: withThisMachine(process.env.NO_PROXY ?? process.env.no_proxy),
    SSH_AUTH_SOCK: folder.agentSocket,
    // Shows a command of this project that it runs inside a started sandbox, and which one.
    [SANDBOX_VARIABLE]: folder.root,
    [RUNNING_FILE_VARIABLE]: folder.runningFile,
    ...(process.env[PROJECT_VARIABLE] ? { [PROJECT_VARIABLE]: process.env[PROJECT_VARIABLE] } : {}),
    ...(Object.fromEntries([...servers, ...bastion]) as Record<string, string>),
  };
}
