/** The contract suite against the stand-in, and against the host program where PowerShell 7 is on PATH. */
import { spawnSync } from "node:child_process";
import { ContractHost } from "./contract-host";
import { hostProtocolContract } from "./host-protocol.contract";

const PROBE_LIMIT = 30_000;

/** Why the host program cannot be tried here, null where it can. */
function whyNotPowerShell(): string | null {
  if (process.env.SANDBOX_HOST === "model") return "SANDBOX_HOST=model";
  const probe = spawnSync("pwsh", ["-NoLogo", "-NoProfile", "-Command", "exit 0"], { timeout: PROBE_LIMIT });
  return probe.status === 0 ? null : "no pwsh on PATH";
}

if (process.env.SANDBOX_HOST !== "pwsh") {
  hostProtocolContract("the TypeScript stand-in", (world) => new ContractHost(world, "model"));
}

const reason = whyNotPowerShell();
if (reason === null) {
  hostProtocolContract("the host program under PowerShell 7", (world) => new ContractHost(world, "pwsh", "powershell"));
} else {
  describe("host protocol: the host program under PowerShell 7", () => {
    it(`the host program under PowerShell 7 must keep the contract of its stand-in (skipped: ${reason})`);
  });
}
