/**
 * A filter: what other programs print, from stdin to stdout, as the log of a CI system may hold it. Outlives every interrupt,
 * as what prints into it does: it ends with its input.
 */
import { passOn } from "../../console/output";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const output = passOn(process.stdout);
process.stdin
  .setEncoding("utf8")
  .on("data", (piece: string) => output.write(piece))
  .on("end", () => output.end());
