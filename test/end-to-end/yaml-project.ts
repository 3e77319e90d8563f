/** A Pulumi project in YAML that uses the package by its plugin's folder, and a sandbox for it. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { provideLanguageHost } from "../../sandbox/toolchain/language-host";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
const { encryptionsalt } = parse(fs.readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8")) as Record<string, string>;

export const PROJECT = "sync-identities";

/** The servers of a sandbox, as a program or a stack's file declares them. */
export function serversOf(test: TestSandbox): Record<string, Record<string, unknown>> {
  const environment = test.sandbox.environment();
  const names = test.sandbox.settings.servers.map(({ name }) => name);
  return Object.fromEntries(
    names.map((name, index) => {
      const [port, hostKey] = ["PORT", "HOST_KEY"].map((what) => environment[`SANDBOX_${name.toUpperCase()}_${what}`]!);
      const connection = { host: "127.0.0.1", port: Number(port), user: "Administrator", hostKey };
      return [name, { role: index === 0 ? "active" : "staging", connection }];
    }),
  );
}

export class YamlProject {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "yaml-project-"));
  private opened: TestSandbox | undefined;

  /** @param plugin the folder that the engine starts the plugin from */
  constructor(private readonly plugin = path.join(ROOT, "provider")) {}

  get test(): TestSandbox {
    if (this.opened) return this.opened;
    throw new Error("the project has no sandbox yet");
  }

  async open(serverCount = 2): Promise<TestSandbox> {
    this.write({});
    this.configure({});
    this.opened = await TestSandbox.open({ projectFolder: this.folder, serverCount });
    await provideLanguageHost({
      toolchain: this.opened.sandbox.toolchain,
      runtime: "yaml",
      log: () => undefined,
    });
    return this.opened;
  }

  /** Writes the program: the inputs of SyncIdentities, and what else there is. */
  write(inputs: object, rest: { resources?: object; variables?: object; options?: object } = {}): void {
    const { resources = {}, variables = {}, options = {} } = rest;
    const identities = {
      type: "connect-sync-identity:index:SyncIdentities",
      name: "sync",
      properties: inputs,
      options,
    };
    const program = {
      ...{ name: PROJECT, runtime: "yaml" },
      plugins: { providers: [{ name: "connect-sync-identity", path: this.plugin }] },
      variables,
      resources: { identities, ...resources },
      outputs: { servers: "${identities.servers}", summary: "${identities.summary}" },
    };
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), stringify(program));
  }

  /** Writes the stack's file: settings by their names in the project's namespace, others with theirs. */
  configure(settings: Record<string, unknown>): void {
    const named = Object.entries(settings).map(([key, value]) => [
      key.includes(":") ? key : `${PROJECT}:${key}`,
      value,
    ]);
    const file = { encryptionsalt, config: Object.fromEntries(named) as Record<string, unknown> };
    fs.writeFileSync(path.join(this.folder, "Pulumi.dev.yaml"), stringify(file));
  }

  async close(): Promise<void> {
    await this.opened?.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
