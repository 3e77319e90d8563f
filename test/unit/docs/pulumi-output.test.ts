/** The helper that finds errors in what Pulumi prints: a rule about their length rests on it. */
import assert from "node:assert/strict";
import { errorsOf } from "../../helpers/pulumi-output";

const OUTPUT = `Updating (dev):
    error: not this one
Diagnostics:
  pulumi-nodejs:dynamic:SyncServer (sync02-server):
    warning: sync02: certificate-missing: expected one.
    sync02: a notice

  command:remote:Command (sync02-registration):
    error: Process exited with status 5: running "x":
    sync02: pausing the scheduler
    sync02: BUSY: Another operation.
    warning: after it

  pulumi:pulumi:Stack (s):
    error: update failed

Outputs:
    a: "error: b"
`;

describe("errors in Pulumi's output", () => {
  it("errors in Pulumi's output must be found with their resource and all their lines", () => {
    assert.deepEqual(errorsOf(OUTPUT), [
      [
        "  command:remote:Command (sync02-registration):",
        '    error: Process exited with status 5: running "x":',
        "    sync02: pausing the scheduler",
        "    sync02: BUSY: Another operation.",
      ].join("\n"),
      "  pulumi:pulumi:Stack (s):\n    error: update failed",
    ]);
  });

  it("no error must be found in Pulumi's output if nothing failed", () => {
    assert.deepEqual(errorsOf("Previewing\nResources:\n    28 unchanged\n"), []);
  });
});
