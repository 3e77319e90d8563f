/**
 * The environment of child processes, from an allow-list: ARM_*, AZURE_*, PULUMI_*, SSH_AUTH_SOCK or NODE_OPTIONS of the
 * user's shell must not reach sandbox runs, or one of them could work on a real tenant.
 */

const ALLOWED = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TERM",
  "COLORTERM",
  "COLUMNS",
  "TZ",
  "TMPDIR",
  "NO_COLOR",
  "CI",
]);

/** How the network is reached from here: for installers and builds only, as everything else keeps to loopback. */
const NETWORK = new Set(["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]);

type Variables = Record<string, string | undefined>;

/** What a child may know of the user's shell, and then what the sandbox adds; a value of undefined takes a name away. */
export function childEnvironment(extra: Variables = {}, from: Variables = process.env): NodeJS.ProcessEnv {
  return pick(from, (name) => ALLOWED.has(name) || name.startsWith("LC_"), extra);
}

/** The same for what fetches from the network: proxies and certificate authorities of the user's shell are kept. */
export function networkEnvironment(extra: Variables = {}, from: Variables = process.env): NodeJS.ProcessEnv {
  const network = pick(from, (name) => NETWORK.has(name.toUpperCase()), {});
  return childEnvironment({ ...network, ...extra }, from);
}

function pick(from: Variables, allowed: (name: string) => boolean, extra: Variables): NodeJS.ProcessEnv {
  const kept = Object.entries(from).filter(([name]) => allowed(name));
  const variables = { ...Object.fromEntries(kept), ...extra };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}
