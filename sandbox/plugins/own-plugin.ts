/**
 * The plugin of this project, from this checkout: what a project in another language than TypeScript needs. A launcher in a
 * Pulumi home starts the sources, so there is nothing to build and no account to have.
 */
import * as fs from "node:fs";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "..", "..");
const NAME = "connect-sync-identity";

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const inRepository = (...parts: string[]) => path.join(REPOSITORY, ...parts);

function launcher(): string {
  return [
    "#!/bin/sh",
    "# Starts the Pulumi plugin connect-sync-identity of a checkout; the sandbox installed it.",
    `exec ${quoted(process.execPath)} ${quoted(inRepository("provider", "start.js"))} "$@"`,
    "",
  ].join("\n");
}

/**
 * Installs the launcher; one of another checkout or Node.js is replaced.
 *
 * @returns the version that it is installed as, which is that of package.json
 */
export function installOwnPlugin(pulumiHome: string): string {
  const { version } = JSON.parse(fs.readFileSync(inRepository("package.json"), "utf8")) as { version: string };
  const folder = path.join(path.resolve(pulumiHome), "plugins", `resource-${NAME}-v${version}`);
  const file = path.join(folder, `pulumi-resource-${NAME}`);
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== launcher()) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, launcher(), { mode: 0o755 });
  }
  return version;
}
