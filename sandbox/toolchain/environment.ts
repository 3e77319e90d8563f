/**
 * The environment of child processes, from an allow-list: ARM_*, AZURE_*, PULUMI_*, SSH_AUTH_SOCK or NODE_OPTIONS of the
 * user's shell must not reach sandbox runs, or one of them could change a real tenant.
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

/** Network settings: for installers and builds only, because everything else uses only loopback. */
const NETWORK = new Set(["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]);

type Variables = Record<string, string | undefined>;

/** The permitted variables of the user's shell and those of the sandbox; a value of undefined removes a variable. */
export function childEnvironment(extra: Variables = {}, from: Variables = process.env): NodeJS.ProcessEnv {
  return pick(from, (name) => ALLOWED.has(name) || name.startsWith("LC_"), extra);
}

/** Settings of pip and uv: where packages come from. */
const isOfPackages = (name: string) => /^(PIP|UV)_/.test(name);

/** The same for package managers of languages: their own settings are kept as well. */
export function packageEnvironment(extra: Variables = {}, from: Variables = process.env): NodeJS.ProcessEnv {
  return networkEnvironment({ ...pick(from, isOfPackages, {}), ...extra }, from);
}

/** The same for downloads: proxies and certificate authorities of the user's shell are kept. */
export function networkEnvironment(extra: Variables = {}, from: Variables = process.env): NodeJS.ProcessEnv {
  const network = pick(from, (name) => NETWORK.has(name.toUpperCase()), {});
  return childEnvironment({ ...network, ...extra }, from);
}

function pick(from: Variables, allowed: (name: string) => boolean, extra: Variables): NodeJS.ProcessEnv {
  const kept = Object.entries(from).filter(([name]) => allowed(name));
  const variables = { ...Object.fromEntries(kept), ...extra };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}
