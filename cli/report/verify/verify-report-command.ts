/** `verify-report`: holds a report's file against the hash in it. */
import type { CommandSpec } from "../../command";
import type { VerifyOptions } from "./verify-report";

export const verifyReportCommand: CommandSpec<VerifyOptions> = {
  name: "verify-report",
  description: "Check that a report's data is as it was written, and print its SHA-256",
  on: "files",
  changing: false,
  examples: [
    "verify-report reports/prod/latest.json",
    "verify-report report.json --sha256 3f0c9d6c2b8f1c0b7f3a52c3a2c1d7b1f5a0e6d84b9c8e7f6a5b4c3d2e1f0a9b",
  ],
  define: (command) =>
    void command
      .argument("<report.json>", "the report, as report writes it; of one stack or of several")
      .option("--sha256 <hash>", "also hold it against this hash: the one on the printed page, or one that was kept")
      .option("--json", "print the result as one JSON object")
      .addHelpText("after", "\nThe same without this program: docs/auditor.md."),
  run: async ([file], options) => (await import("./verify-report")).verifyReport(file, options),
};
