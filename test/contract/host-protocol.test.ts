/** The contract suite against the stand-in, and against the host program where PowerShell 7 is on PATH. */
import { describeWithPowerShell } from "../helpers/powershell";
import { ContractHost } from "./contract-host";
import { hostProtocolContract } from "./host-protocol.contract";

const TITLE = "the host program under PowerShell 7";
const { SANDBOX_HOST } = process.env;

if (SANDBOX_HOST !== "pwsh") {
  hostProtocolContract("the TypeScript stand-in", (world) => new ContractHost(world, "model"));
}
if (SANDBOX_HOST === "model") {
  it(`${TITLE} must keep the contract of its stand-in (skipped: SANDBOX_HOST=model)`);
} else {
  describeWithPowerShell("PowerShell 7", () =>
    hostProtocolContract(TITLE, (world) => new ContractHost(world, "pwsh", "powershell")),
  );
}
