/** `.ci/run` in a folder of its own, with a stand-in for `npm`: which PowerShell the tests get, and what is checked before them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findOnPath } from "../../../console/processes/find-on-path";

const RUN = path.join(__dirname, "../../../.ci/run");
/** Prints what a test would see. */
const NPM = '#!/bin/bash\necho "$* pwsh=$(command -v pwsh) host=${SANDBOX_HOST-}"\n';

describe("What CI runs", function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "ci-run-"));
    put("repository/.ci/run", fs.readFileSync(RUN, "utf8"));
    put("bin/npm", NPM);
    for (const tool of ["bash", "dirname"]) fs.symlinkSync(findOnPath(tool)!, path.join(folder, "bin", tool));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function put(name: string, text: string): void {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode: 0o755 });
  }

  function run() {
    const { status, stdout, stderr } = spawnSync(path.join(folder, "repository/.ci/run"), [], {
      env: { PATH: path.join(folder, "bin") },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return { lines: stdout.trim().split("\n"), stderr };
  }
  const both = (seen: string) => [`ci ${seen}`, `test ${seen}`];

  it("the PowerShell on PATH must be used", () => {
    put("bin/pwsh", "");
    put("shared/tools/powershell/install", "#!/bin/bash\nexit 1\n");
    assert.deepEqual(run(), { lines: both(`pwsh=${folder}/bin/pwsh host=`), stderr: "" });
  });

  it("without one on PATH, the one beside the repository must be used", () => {
    put("other/pwsh", "");
    put("shared/tools/powershell/install", `#!/bin/bash\necho ${folder}/other\n`);
    assert.deepEqual(run(), { lines: both(`pwsh=${folder}/other/pwsh host=`), stderr: "" });
  });

  it("types of .NET must be checked if the checker is there, and a fault must end the run", () => {
    put("bin/pwsh", '#!/bin/bash\necho "checked $4 $5"\n');
    put("shared/tools/net472/check-types.ps1", "");
    put("repository/host/A.ps1", "");
    const { lines } = run();
    // While npm installs, but before it tests.
    assert.deepEqual(lines.slice(0, 2).sort(), [
      "checked host/A.ps1 host-program/Open-Ssh/Open-Ssh.ps1",
      `ci pwsh=${folder}/bin/pwsh host=`,
    ]);
    assert.deepEqual(lines.slice(2), [`test pwsh=${folder}/bin/pwsh host=`]);
    put("bin/pwsh", "#!/bin/bash\nexit 1\n");
    assert.throws(run);
  });

  it("without any, or with one that cannot be unpacked, the stand-in must be tested, and a line must say so", () => {
    assert.deepEqual(run().lines, both("pwsh= host=model"));
    put("shared/tools/powershell/install", "#!/bin/bash\nexit 1\n");
    const { lines, stderr } = run();
    assert.deepEqual(lines, both("pwsh= host=model"));
    assert.match(stderr, /^No pwsh on PATH: .*\n$/);
  });
});
