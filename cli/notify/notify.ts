/** Sends a report to a channel. Reads the report's file only; secrets come from the environment. */
import { CommandError, EXIT, UsageError } from "../../console/errors";
import { print, printJson } from "../../console/output";
import { MailError, sendMail, type MailServer } from "../../remote/mail";
import { postToWebhook, WebhookError } from "../../remote/webhook";
import { readReport } from "../report/report-files";
import { jsonOf, mailTextOf, slackOf, teamsOf } from "./channels";
import { hasNews, messageOf, type Message } from "./message";

export interface NotifyOptions {
  report: string;
  to: "teams" | "slack" | "json" | "mail";
  onlyChanges?: boolean;
  link?: string;
  smtp?: string;
  from?: string;
  mailTo?: string[];
  json?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const WEBHOOK = "NOTIFY_URL";
const USER = "NOTIFY_SMTP_USER";
const PASSWORD = "NOTIFY_SMTP_PASSWORD";

const ADDRESS = /^[^\s<>@,;:"]+@[^\s<>@,;:"]+$/;
const SERVER = /^(?<host>\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):(?<port>\d{1,5})$/;

/** @throws UsageError */
function linkOf(link: string | undefined): string | null {
  if (link === undefined) return null;
  if (URL.canParse(link) && new URL(link).protocol === "https:") return new URL(link).href;
  throw new UsageError("--link is no https address");
}

interface Post {
  server: MailServer;
  from: string;
  to: string[];
}

/** @throws UsageError */
function postOf({ smtp, from, mailTo = [] }: NotifyOptions, environment: Environment): Post {
  if (smtp === undefined || from === undefined || mailTo.length === 0) {
    throw new UsageError("--to mail needs --smtp, --from and --mail-to");
  }
  const found = SERVER.exec(smtp)?.groups;
  if (!found || Number(found.port) > 65535) throw new UsageError("--smtp is no <host>:<port>");
  const wrong = [from, ...mailTo].find((address) => !ADDRESS.test(address));
  if (wrong !== undefined) throw new UsageError(`"${wrong}" is no mail address`);
  const { [USER]: user, [PASSWORD]: password } = environment;
  if (Boolean(user) !== Boolean(password)) throw new UsageError(`${USER} and ${PASSWORD} belong together`);
  const login = user && password ? { user, password } : null;
  return { server: { host: found.host.replace(/^\[|\]$/g, ""), port: Number(found.port), login }, from, to: mailTo };
}

/** How a message is sent; everything that is wrong with the options is found before that. @throws UsageError */
function senderOf(options: NotifyOptions, environment: Environment): (message: Message) => Promise<void> {
  const { to, report } = options;
  if (to === "mail") {
    const { server, from, to } = postOf(options, environment);
    return (message) => sendMail(server, { from, to, subject: message.title, text: mailTextOf(message) });
  }
  const url = environment[WEBHOOK];
  if (!url) throw new UsageError(`${WEBHOOK} is not set: the address of the webhook is a secret, and never an option`);
  const payload = { teams: teamsOf, slack: slackOf, json: (message: Message) => jsonOf(message, readReport(report)) }[
    to
  ];
  return (message) => postToWebhook(url, WEBHOOK, payload(message));
}

/** @throws UsageError for wrong options, CommandError if the message was not taken */
export async function notify(options: NotifyOptions, environment: Environment): Promise<number> {
  const report = readReport(options.report);
  const send = senderOf(options, environment);
  const message = messageOf(report, linkOf(options.link));
  const sent = !options.onlyChanges || hasNews(report);
  if (sent) {
    await send(message).catch((error: unknown) => {
      if (error instanceof WebhookError || error instanceof MailError) throw new CommandError(error.message);
      throw error;
    });
  }
  if (options.json) printJson({ to: options.to, sent, title: message.title });
  else print(sent ? `sent to ${options.to}: ${message.title}` : "not sent: nothing changed since the report before it");
  return EXIT.ok;
}
