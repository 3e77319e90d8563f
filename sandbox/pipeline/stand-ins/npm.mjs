/** npm: what a step installs is already installed; npm itself runs every other command line. */
import { spawnSync } from "node:child_process";

const args = process.argv.slice(2);
if (args[0] === "ci") {
  process.stderr.write("npm stand-in: nothing is installed; the packages of this machine are used\n");
  process.exit(0);
}
const [npm] = [process.env.STAND_IN_NPM];
const { status } = spawnSync(process.execPath, [npm, ...args], { stdio: "inherit" });
process.exit(status ?? 1);
