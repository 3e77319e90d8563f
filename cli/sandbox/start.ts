/** `sandbox start`: a tenant and two sync servers, onboarded by one `pulumi up`. */
import { EXIT } from "../../console/errors";
import { sandboxLine, sandboxPulumiLine, startLine } from "../../console/own-command";
import { announce } from "../../console/progress";
import { Sandbox } from "../../sandbox/sandbox";
import type { SandboxCloud } from "../../sandbox/tenant/cloud-names";
import { serverTable } from "./tables";
import { print, printJson } from "../../console/output";

const STAGES = {
  toolchain: "the Pulumi CLI and its plugins",
  tenant: "an emulated Entra tenant",
  servers: "two emulated Entra Connect servers",
  up: "pulumi up",
  result: "the status of tenant and servers",
} as const;

function announceStage(stage: keyof typeof STAGES): void {
  const names = Object.keys(STAGES);
  announce(`[${names.indexOf(stage) + 1}/${names.length}] ${STAGES[stage]}`);
}

const next = () => [
  [sandboxPulumiLine("preview"), "no changes; Pulumi has read the servers as well"],
  [sandboxLine("break", "sync01", "certificate"), "remove a certificate, and let the preview find it"],
  [sandboxLine("clock", "+200d"), "time passes; the next preview plans the rotation"],
];

const nextSteps = () => ["What to try next:", ...next().flatMap(([line, what]) => [`  ${line}`, `      ${what}`])];

/** What helps if `pulumi up` did not end well. */
function adviceAfter(code: number, interrupted: boolean, sandbox: Sandbox): string {
  if (interrupted) return `Run "${startLine()}" again to continue.`;
  const faults = sandbox.faults.list();
  const asked = faults.map(({ target, name }) => `${target} ${name}`).join(", ");
  const because =
    faults.length === 0 ? "" : ` Active faults: ${asked}; "${sandboxLine("fault", "<target>", "clear")}" ends them.`;
  return `pulumi up ended with exit code ${code}; see its messages above.${because} Then run "${startLine()}" again to continue.`;
}

async function onboard(sandbox: Sandbox, json: boolean): Promise<number> {
  await sandbox.start(announceStage);
  announceStage("up");
  const { code, interrupted } = await sandbox.pulumi(["up", "--yes", "--skip-preview"], {
    stdio: json ? "pipe" : "inherit",
  });
  if (code !== EXIT.ok) {
    announce(adviceAfter(code, interrupted, sandbox));
    return code;
  }
  announceStage("result");
  if (json) {
    printJson({ ...sandbox.status(), sandbox: true });
    return EXIT.ok;
  }
  print(`${serverTable(sandbox.status())}\n${nextSteps().join("\n")}`);
  return EXIT.ok;
}

interface StartOptions {
  json?: boolean;
  /** Of a new sandbox. @default "global" */
  cloud?: SandboxCloud;
}

/** Brings the sandbox up and runs `pulumi up` on it. */
export async function start({ json = false, cloud }: StartOptions): Promise<number> {
  const sandbox = await Sandbox.open({ command: startLine(), log: announce, cloud });
  try {
    return await onboard(sandbox, json);
  } finally {
    await sandbox.close();
  }
}
