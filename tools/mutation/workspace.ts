/** A private copy of the repository in which mutants are tried, so that the working tree is never changed. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../..");

export class Workspace {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-mutants-"));

  constructor() {
    // Also if the run is ended early.
    process.once("exit", () => this.remove());
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
    for (const name of listed.toString().split("\0")) {
      if (name === "" || !fs.existsSync(path.join(ROOT, name))) continue;
      const target = path.join(this.folder, name);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.copyFileSync(path.join(ROOT, name), target);
    }
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(this.folder, "node_modules"));
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  /** Builds host/ from host-program/. */
  build(): void {
    const args = ["-r", "ts-node/register", "tools/host-program/run.ts"];
    execFileSync(process.execPath, args, { cwd: this.folder, stdio: "ignore" });
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
