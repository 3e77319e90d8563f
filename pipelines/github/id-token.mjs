/**
 * Writes the job's OIDC token for Entra to stdout, which must be a pipe, because a log must not contain it.
 *
 *   PRESENTED_FILE   takes what the token presents (subject, issuer, audience), without the token
 */
import { fstatSync, writeFileSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const AUDIENCE = "api://AzureADTokenExchange";
const ATTEMPTS = 3;

function fail(message) {
  console.error(`id-token: ${message}`);
  process.exit(1);
}

const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, PRESENTED_FILE } = process.env;
if (!address || !bearer) fail('the job has no token service: give it "permissions: id-token: write"');
if (!fstatSync(1).isFIFO() && !fstatSync(1).isSocket()) fail("stdout is no pipe");

const url = new URL(address);
url.searchParams.set("audience", AUDIENCE);

/** The answer, once it is none that passes: a busy service, or the end of a connection. */
async function request() {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt === ATTEMPTS;
    try {
      const response = await fetch(url, {
        headers: { authorization: `Bearer ${bearer}` },
        redirect: "error",
        signal: AbortSignal.timeout(30_000),
      });
      if (last || (response.status < 500 && response.status !== 429)) return response;
    } catch (error) {
      if (last) fail(`GitHub's token service did not answer: ${error.cause?.code ?? error.name}`);
    }
    await sleep(attempt * 1000);
  }
}

/** What the token presents; null if it is no JWT. */
function presented(token) {
  try {
    const { sub, iss, aud } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8"));
    return { sub, iss, aud };
  } catch {
    return null;
  }
}

const response = await request();
if (!response.ok) fail(`GitHub's token service answered ${response.status}`);
const { value } = await response.json().catch(() => ({}));
if (typeof value !== "string" || value === "") fail("GitHub's token service answered without a token");
if (PRESENTED_FILE) writeFileSync(PRESENTED_FILE, JSON.stringify(presented(value)));
writeSync(1, value);
