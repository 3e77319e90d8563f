/** `sandbox pipeline <event>`: the steps of the GitHub workflows, without GitHub. */
import type { CommandSpec } from "../command";
import type { PipelineOptions } from "./pipeline";

const EVENTS = `
Events:
  pull-request  previews, and comments on the pull request
  main          previews and applies
  drift         looks whether something drifted, and opens, updates or closes an issue`;

const collect = (value: string, before: string[]) => [...before, value];

export const pipelineCommand: CommandSpec<PipelineOptions> = {
  name: "pipeline",
  description: "Run the steps of pipelines/github against the sandbox; GitHub, Azure CLI and vault are stand-ins",
  on: "sandbox",
  changing: true,
  examples: ["sandbox pipeline drift", 'sandbox pipeline pull-request --set servers.sync02.rotate="after the audit"'],
  define: (command) =>
    void command
      .argument("<event>", "pull-request, main or drift")
      .option(
        "--set <setting=value>",
        "a setting that the change declares, such as servers.sync02.rotate=now",
        collect,
        [],
      )
      .option("--verbose", "show the output of every step, also if it succeeded")
      .option("--json", "print jobs, comments and issues as one JSON object")
      .addHelpText("after", EVENTS),
  run: async ([event], options) => (await import("./pipeline")).runPipeline(event, options),
};
