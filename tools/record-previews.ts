/**
 * `npm run record-previews`: records real previews of the sandbox for the tests of the pull request comment and of the
 * drift alarm. Fields that these do not read are omitted, so that the files stay small.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Sandbox } from "../sandbox/sandbox";

const REPOSITORY = path.resolve(__dirname, "..");
const TARGET = path.join(REPOSITORY, "test", "recorded-previews");
const STACK_FILE = path.join(REPOSITORY, "Pulumi.dev.yaml");
/** The inputs that are read. */
const INPUTS = ["host", "port", "user", "hostKeyFingerprint", "programSha256", "rotate"];

interface State {
  type: string;
  inputs?: Record<string, unknown>;
}

interface Recorded {
  steps?: { op: string; urn: string; diffReasons?: string[]; oldState?: State; newState?: State }[];
  diagnostics?: unknown[];
}

function slim(state: State | undefined): State | undefined {
  if (!state) return undefined;
  const isServer = state.type.endsWith(":SyncServer");
  const inputs = Object.entries(state.inputs ?? {}).filter(([key]) => isServer && INPUTS.includes(key));
  return { type: state.type, inputs: Object.fromEntries(inputs) };
}

class Recorder {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  async preview(name: string, options: { change?: (text: string) => string; secret?: string } = {}): Promise<void> {
    const file = path.join(this.folder, "Pulumi.dev.yaml");
    const text = fs.readFileSync(STACK_FILE, "utf8");
    fs.writeFileSync(file, options.change ? options.change(text) : text);
    const args = ["preview", "--json", "--expect-no-changes", "--non-interactive", "--color", "never"];
    const extraEnv = options.secret === undefined ? {} : { ARM_CLIENT_SECRET: options.secret };
    const result = await this.sandbox.pulumi([...args, "--config-file", file], { limitSeconds: 240, extraEnv });
    const { steps = [], diagnostics = [] } = JSON.parse(result.stdout) as Recorded;
    const slimmed = steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn, diffReasons, oldState, newState }) => {
        return { op, urn, diffReasons, oldState: slim(oldState), newState: slim(newState) };
      });
    const recorded = { exitCode: result.code, output: { steps: slimmed, diagnostics } };
    // Stack traces contain the absolute path of this folder, which must not be published.
    const json = JSON.stringify(recorded, null, 1).replaceAll(REPOSITORY, "/project");
    fs.writeFileSync(path.join(TARGET, `${name}.json`), `${json}\n`);
    process.stderr.write(`${name}: exit code ${result.code}\n`);
  }

  async up(): Promise<void> {
    const result = await this.sandbox.pulumi(["up", "--yes", "--skip-preview", "--non-interactive"], {
      limitSeconds: 240,
    });
    if (result.code !== 0) throw new Error(result.stdout + result.stderr);
  }
}

const staging = (line: string) => (text: string) => text.replace("role: staging", `role: staging\n      ${line}`);

async function record(sandbox: Sandbox, folder: string): Promise<void> {
  const recorder = new Recorder(sandbox, folder);
  await recorder.preview("onboarding");
  await recorder.up();
  await recorder.preview("unchanged");
  await recorder.preview("removed", { change: (text) => text.replace(/    sync02:\n(?: {6}.*\n)+/, "") });
  await recorder.preview("writeback", { change: staging("passwordWriteback: true") });
  await recorder.preview("moved", { change: (text) => text.replaceAll("127.0.0.1", "localhost") });
  await recorder.preview("bad-configuration", {
    change: (text) => text.replace("staging", "stagging").replace("active", "aktive"),
  });
  await recorder.preview("no-login", { secret: "wrong" });
  await sandbox.break("sync01", "certificate");
  await sandbox.break("sync02", "program");
  await recorder.preview("drift");
  await recorder.up();
  sandbox.faults.set("sync02", "unreachable", null);
  await recorder.preview("unreachable");
  sandbox.faults.clear("sync02");
  await sandbox.break("sync01", "foreign-secret");
  await sandbox.break("tenant", "role-holder");
  await recorder.preview("intrusion");
}

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-"));
  fs.mkdirSync(TARGET, { recursive: true });
  const sandbox = await Sandbox.open({ folder, command: "npm run record-previews", log: () => undefined });
  try {
    await sandbox.start();
    await record(sandbox, folder);
  } finally {
    await sandbox.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
