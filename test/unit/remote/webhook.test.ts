/** Messages to a webhook on this machine that answers rudely: which are sent again, and that the address stays a secret. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as retry from "../../../remote/http-retry";
import { postToWebhook, WebhookError } from "../../../remote/webhook";
import { makeKeys, readKeys } from "../../../sandbox/folder/keys";
import { replace } from "../../helpers/replaced";
import { trust } from "../../helpers/trust";

const SECRET = "Abc123SecretPath";
const SIGNATURE = "s1gnature/with+signs";

type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => void;
const status = (code: number, headers: http.OutgoingHttpHeaders = {}, text = ""): Answer => {
  return (response) => void response.writeHead(code, headers).end(text);
};
const ok = status(200, { "content-type": "text/html" }, "ok");

/** Answers one after the other; the last one again and again. */
class Webhook {
  readonly bodies: string[] = [];
  readonly server: http.Server;

  constructor(answers: readonly Answer[], tls?: { cert: string; key: string }) {
    const listener: http.RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.bodies.push(Buffer.concat(chunks).toString());
        answers[Math.min(this.bodies.length, answers.length) - 1](response, request);
      });
    };
    this.server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  }

  async listen(host = "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const scheme = this.server instanceof https.Server ? "https" : "http";
    const { port } = this.server.address() as AddressInfo;
    return `${scheme}://${host}:${port}/hooks/${SECRET}?sig=${encodeURIComponent(SIGNATURE)}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const opened: Webhook[] = [];
async function posted(answers: readonly Answer[], tls?: { cert: string; key: string }) {
  const webhook = new Webhook(answers, tls);
  opened.push(webhook);
  const url = await webhook.listen(tls ? "localhost" : undefined);
  const error = await postToWebhook(url, "NOTIFY_URL", { hello: "world" }).then(
    () => null,
    (reason: unknown) => reason as Error,
  );
  return { error, bodies: webhook.bodies };
}

/** A refusal that names the host and nothing else of the address. */
function expectRefused(error: Error | null, pattern: RegExp): void {
  assert.ok(error instanceof WebhookError, String(error));
  assert.match(error.message, pattern);
  for (const part of [SECRET, SIGNATURE, encodeURIComponent(SIGNATURE), "hooks/"]) {
    assert.ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes(part), error.message);
  }
  assert.equal(error.cause, undefined, "the request with its address must not be attached");
}

describe("a message to a webhook", function () {
  this.timeout(30_000);
  const SOON = { "retry-after": "0" };
  // Whether something is sent again is decided as ever; the wait before it is of no interest here.
  const { waitBeforeNext } = retry;
  let restoreWaits: () => void;
  before(() => {
    restoreWaits = replace(retry, "waitBeforeNext", (attempt) => (waitBeforeNext(attempt) === null ? null : 1));
  });
  after(() => restoreWaits());
  afterEach(() => opened.splice(0).forEach((webhook) => webhook.close()));

  it("must be sent as JSON, once, and be taken with ok, accepted and no content", async () => {
    for (const answer of [ok, status(202), status(204)]) {
      const { error, bodies } = await posted([answer]);
      assert.deepEqual([error, bodies], [null, ['{"hello":"world"}']]);
    }
  });

  it("must be sent again after 429 and 503 that name a time, after 500 and after a connection that ends", async () => {
    const ends: Answer = (_response, request) => void request.socket.destroy();
    for (const rude of [status(429, SOON), status(503, SOON), status(500), ends]) {
      const { error, bodies } = await posted([rude, ok]);
      assert.deepEqual([error, bodies.length], [null, 2]);
    }
  });

  it("must be sent four times at most", async () => {
    const { error, bodies } = await posted([status(503, SOON, `busy at ${SECRET}`)]);
    assert.equal(bodies.length, 4);
    expectRefused(error, /^127\.0\.0\.1:\d+ answered 503: busy at /);
  });

  it("must be sent again if no answer comes in time", async () => {
    const original = AbortSignal.timeout.bind(AbortSignal);
    const restore = replace(AbortSignal, "timeout", () => original(200));
    try {
      const { error, bodies } = await posted([() => undefined, ok]);
      assert.deepEqual([error, bodies.length], [null, 2]);
      expectRefused((await posted([() => undefined])).error, /took no message: .*no answer within/);
    } finally {
      restore();
    }
  });

  it("must not be sent again after a refusal, and not follow a redirection", async () => {
    for (const [code, pattern] of [
      [400, /answered 400: invalid_payload/],
      [404, /answered 404/],
      [410, /answered 410/],
    ] as const) {
      const { error, bodies } = await posted([status(code, {}, `invalid_payload ${SECRET}`), ok]);
      assert.equal(bodies.length, 1);
      expectRefused(error, pattern);
    }
    const other = new Webhook([ok]);
    opened.push(other);
    const location = await other.listen();
    const { error } = await posted([status(307, { location })]);
    expectRefused(error, /answered 307: a redirection, which is not followed/);
    assert.deepEqual(other.bodies, []);
  });

  it("must not take the page of a sign-in for an answer", async () => {
    const { error } = await posted([status(200, { "content-type": "text/html" }, "<html>sign in</html>")]);
    expectRefused(error, /this is not the address of a webhook/);
  });

  it("must be refused without an address over https, and say nothing of what is there instead", async () => {
    for (const text of [
      `http://hooks.contoso.com/${SECRET}`,
      SECRET,
      `https://user:${SECRET}@hooks.contoso.com/`,
      "",
    ]) {
      const error = await postToWebhook(text, "NOTIFY_URL", {}).catch((reason: unknown) => reason as Error);
      assert.ok(error instanceof WebhookError);
      assert.equal(error.message, "NOTIFY_URL is not the https address of a webhook");
    }
  });

  it("must not be sent to a server whose certificate is not trusted", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-webhook-"));
    try {
      await makeKeys(folder, []);
      const { tls } = readKeys(folder, []);
      const { error, bodies } = await posted([ok], tls);
      assert.deepEqual(bodies, []);
      expectRefused(error, /^localhost:\d+ took no message: .*certificate/);
      const untrust = trust(fs.readFileSync(path.join(folder, "ca.pem"), "utf8"));
      try {
        assert.equal((await posted([ok], tls)).error, null);
      } finally {
        untrust();
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
