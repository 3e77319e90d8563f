import assert from "node:assert/strict";
import { bootstrapOf } from "../../helpers/commands";
import { replace } from "../../helpers/replaced";
import { readHostProgram } from "../../../remote/host-program-files";
import { withProgram } from "../../../remote/program-loan";
import { SshConnection } from "../../../remote/ssh";
import type { SshTarget } from "../../../remote/ssh-target";

const TARGET = { server: "sync01" } as SshTarget;

describe("the host program on a server that may have none", () => {
  /** What was done on the server, in order, while an operation ran with a program that had to be copied or not. */
  async function done(copied: boolean, operation: () => Promise<void>): Promise<{ steps: string[]; failed: boolean }> {
    const steps: string[] = [];
    let open = 0;
    const connection = {
      putFiles: async (folder: string, files: { name: string }[]) => {
        steps.push(`put ${folder}: ${files.map(({ name }) => name).join(", ")}`);
        return copied;
      },
      run: async (command: string) => {
        steps.push(`run ${bootstrapOf(command)?.kind}`);
        return { stdout: "", stderr: "", exitCode: 0 };
      },
      close: () => void (open -= 1),
    };
    const restore = replace(SshConnection, "open", async () => {
      open += 1;
      return connection as unknown as SshConnection;
    });
    try {
      const work = withProgram(TARGET, readHostProgram(), async () => {
        assert.equal(open, 0, "a connection was open during the operation");
        steps.push("operation");
        await operation();
      });
      const failed = await work.then(
        () => false,
        () => true,
      );
      assert.equal(open, 0);
      return { steps, failed };
    } finally {
      restore();
    }
  }

  const PUT = "put C:/Program Files/ConnectSyncIdentity: ConnectSyncHost.ps1, Windows.ps1, manifest.json";
  const fails = () => Promise.reject(new Error("killed"));

  it("a program that was copied must be removed after the operation, and its manifest be copied last", async () => {
    const { steps } = await done(true, async () => undefined);
    assert.deepEqual(steps, [PUT, "operation", "run remove-program"]);
  });

  it("a program that was there before must stay", async () => {
    const { steps } = await done(false, async () => undefined);
    assert.deepEqual(steps, [PUT, "operation"]);
  });

  it("a program must stay after a failure, as the task that puts the scheduler back may need it", async () => {
    assert.deepEqual(await done(true, fails), { steps: [PUT, "operation"], failed: true });
  });
});
