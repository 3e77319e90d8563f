/** Mail through a server of the organisation: encrypted, or to this machine. The library is loaded late, because that takes time. */
import { setTimeout as pause } from "node:timers/promises";
import { encodeText } from "../model/text/encoders/text";
import { isLoopback } from "./loopback";
import { waits } from "./waiting";

export interface MailServer {
  host: string;
  port: number;
  /** Null if the server asks for no sign-in. */
  login: { user: string; password: string } | null;
  /** Certificate authorities beside those of Node.js. @default none */
  ca?: string;
}

export interface Mail {
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
}

export class MailError extends Error {
  override name = "MailError";
}

/** The port on which the whole connection is encrypted; on any other one, STARTTLS begins it. */
const TLS_PORT = 465;
const LIMIT_MILLISECONDS = 20_000;
/** Before the second and the third attempt. */
const WAITS_MILLISECONDS = [2_000, 8_000];

/** What the library says of a failure. */
interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
}

/** The server asks to come again, or nothing was reached; a certificate or a refusal is the same the next time. */
const mayPass = ({ responseCode, code }: SmtpError) =>
  responseCode === undefined
    ? ["ECONNECTION", "ETIMEDOUT", "EDNS"].includes(code ?? "")
    : responseCode >= 400 && responseCode < 500;

/** A failure in words, without password and name, in any form in which the server repeats them. */
function wordsOf({ code, message, response }: SmtpError, { host, port, login }: MailServer): string {
  const { user = "", password = "" } = login ?? {};
  const forms = [password, user].filter((secret) => secret !== "");
  const secrets = [...forms, `\0${user}\0${password}`].flatMap((one) => [one, Buffer.from(one).toString("base64")]);
  const said = code === "ETLS" ? `no encryption (STARTTLS): ${response ?? message}` : (response ?? message);
  const text = secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), said);
  return encodeText(`${host}:${port} took no mail: ${text.split("\n")[0]}`, 300);
}

async function transport({ host, port, login, ca }: MailServer) {
  const { createTransport } = await import("nodemailer");
  const secure = port === TLS_PORT;
  return createTransport({
    ...{ host, port, secure, requireTLS: !secure && !isLoopback(host) },
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
    ...{
      connectionTimeout: LIMIT_MILLISECONDS,
      greetingTimeout: LIMIT_MILLISECONDS,
      socketTimeout: LIMIT_MILLISECONDS,
    },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
}

/**
 * Sends a mail; again if the server asks for that, three times at most.
 * @throws MailError if it is not taken
 */
export async function sendMail(server: MailServer, mail: Mail, wait = WAITS_MILLISECONDS): Promise<void> {
  const mailer = await transport(server);
  const { from, to, subject, text } = mail;
  const headers = { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" };
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await mailer.sendMail({ from, to: [...to], subject, text, headers });
        return;
      } catch (error) {
        const milliseconds = wait[attempt];
        if (milliseconds === undefined || !mayPass(error as SmtpError)) {
          throw new MailError(wordsOf(error as SmtpError, server));
        }
        waits(server.host, "the mail server is busy", milliseconds);
        await pause(milliseconds);
      }
    }
  } finally {
    mailer.close();
  }
}
