/** `notify`: sends what a report says, and what changed since the one before it, to a channel. */
import { Option } from "commander";
import type { CommandSpec } from "../command";
import type { NotifyOptions } from "./notify";

export const notifyCommand: CommandSpec<NotifyOptions> = {
  name: "notify",
  description:
    "Send what a report says, and what changed since the one before it, to Teams, Slack, a webhook or by mail",
  on: "files",
  changing: false,
  examples: [
    "notify --report reports/prod/latest.json --to teams --only-changes",
    "notify --report reports/prod/latest.json --to mail --smtp smtp.contoso.com:587 --from sync@contoso.com --mail-to identity@contoso.com",
  ],
  define: (command) =>
    void command
      .requiredOption("--report <file.json>", "the report, as report writes it")
      .addOption(
        new Option("--to <channel>", "where it goes").choices(["teams", "slack", "json", "mail"]).makeOptionMandatory(),
      )
      .option("--only-changes", "send nothing if nothing changed since the report before it")
      .option("--link <https address>", "page of the run, shown as a button")
      .option("--smtp <host:port>", "server for mail; TLS is required unless it is this machine")
      .option("--from <address>", "sender of a mail")
      .option("--mail-to <addresses...>", "recipients of a mail")
      .option("--json", "print the result as one JSON object")
      .addHelpText(
        "after",
        "\nSecrets are in the environment only: NOTIFY_URL is the webhook's address; NOTIFY_SMTP_USER and\n" +
          "NOTIFY_SMTP_PASSWORD sign in to the mail server. See docs/agenda.md.",
      ),
  run: async (_args, options) => (await import("./notify")).notify(options, process.env),
};
