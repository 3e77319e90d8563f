/** Mail through servers on this machine that are rude: what is sent again, and that the password goes out encrypted only. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import * as loopback from "../../../remote/loopback";
import { MailError, sendMail, type MailServer } from "../../../remote/mail";
import { makeKeys, readKeys } from "../../../sandbox/folder/keys";
import { replace } from "../../helpers/replaced";

const PASSWORD = "correct horse battery";
const MAIL = {
  from: "sync@contoso.com",
  to: ["a@contoso.com", "b@contoso.com"],
  subject: "2 findings",
  text: "Line\n",
};
const QUICK = [1, 1];

/** Refuses as SMTP does. */
const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

describe("a mail", function () {
  this.timeout(30_000);
  const opened: SMTPServer[] = [];
  let folder: string;
  let tls: { cert: string; key: string };
  let ca: string;
  let mails: { text: string; secure: boolean; user: unknown }[];
  let logins: string[];

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-mail-"));
    await makeKeys(folder, []);
    ({ tls } = readKeys(folder, []));
    ca = fs.readFileSync(path.join(folder, "ca.pem"), "utf8");
  });
  beforeEach(() => {
    mails = [];
    logins = [];
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((server) => new Promise<void>((resolve) => server.close(resolve))));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  async function listen(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new SMTPServer({
      ...{ authOptional: true, logger: false, ...tls },
      onAuth: ({ username, password }, session, done) => {
        logins.push(`${session.secure} ${username} ${password === PASSWORD}`);
        done(password === PASSWORD ? null : refusal(535, `no: ${password}`), { user: username });
      },
      onData: (stream, session, done) => {
        let text = "";
        stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        stream.on("end", () => {
          mails.push({ text, secure: session.secure, user: session.user });
          done();
        });
      },
      ...options,
    });
    server.on("error", () => undefined);
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { host: "localhost", port: (server.server.address() as AddressInfo).port, login: null, ca };
  }

  const login = { user: "sync", password: PASSWORD };

  it("must reach all recipients encrypted, after a sign-in that is encrypted as well", async () => {
    await sendMail({ ...(await listen()), login }, MAIL);
    assert.deepEqual(logins, ["true sync true"]);
    const [{ text, secure }] = mails;
    assert.equal(secure, true);
    assert.match(text, /^Subject: 2 findings\r?$/m);
    assert.match(text, /^To: a@contoso\.com, b@contoso\.com\r?$/m);
    assert.match(text, /^Auto-Submitted: auto-generated\r?$/m);
  });

  it("must not be sent, and the password not be shown, if another machine offers no encryption", async () => {
    const restore = replace(loopback, "isLoopback", () => false);
    try {
      const server = { ...(await listen({ disabledCommands: ["STARTTLS"] })), login };
      await assert.rejects(sendMail(server, MAIL, QUICK), (error: unknown) => {
        assert.ok(error instanceof MailError);
        assert.match(error.message, /took no mail: no encryption \(STARTTLS\)/);
        return true;
      });
      assert.deepEqual([mails, logins], [[], []]);
    } finally {
      restore();
    }
  });

  it("must not be sent to a server whose certificate is not trusted", async () => {
    const { ca: _known, ...server } = await listen();
    await assert.rejects(sendMail(server, MAIL, QUICK), /took no mail: .*certificate/);
    assert.deepEqual(mails, []);
  });

  it("must be sent again while the server is busy, three times at most", async () => {
    let refusals = 2;
    const busy = (times: number) => {
      refusals = times;
      return listen({
        onMailFrom: (_address, _session, done) => done(refusals-- > 0 ? refusal(451, "greylisted") : null),
      });
    };
    await sendMail(await busy(2), MAIL, QUICK);
    assert.equal(mails.length, 1);
    await assert.rejects(sendMail(await busy(3), MAIL, QUICK), /took no mail: .*greylisted/);
    assert.equal(refusals, 0, "a fourth attempt was made");
  });

  it("must not be sent again after a refusal, which names neither user nor password", async () => {
    let asked = 0;
    const refused = await listen({
      onMailFrom: (_address, _session, done) => done(refusal(550, `no ${(asked += 1)}`)),
    });
    await assert.rejects(sendMail(refused, MAIL, QUICK), /no 1$/);
    assert.equal(asked, 1);
    const wrong = { ...(await listen()), login: { user: "sync-user", password: "wrong-password" } };
    await assert.rejects(sendMail(wrong, MAIL, QUICK), (error: unknown) => {
      const { message, stack, cause } = error as Error;
      assert.match(message, /\[secret\]/);
      assert.ok(!/sync-user|wrong-password/.test(`${message}${stack}`));
      assert.equal(cause, undefined);
      return true;
    });
    assert.equal(logins.length, 1);
  });

  it("must end with a sentence if nothing listens", async () => {
    const server = await listen();
    await new Promise<void>((resolve) => opened.splice(0)[0].close(resolve));
    await assert.rejects(sendMail(server, MAIL, QUICK), /^MailError: localhost:\d+ took no mail: /);
  });
});
