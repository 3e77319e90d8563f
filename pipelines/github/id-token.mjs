/** Writes the job's OIDC token for Entra to stdout, which must be a pipe, because a log must not contain it. */
import { fstatSync, writeSync } from "node:fs";

const AUDIENCE = "api://AzureADTokenExchange";

function fail(message) {
  console.error(`id-token: ${message}`);
  process.exit(1);
}

const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = process.env;
if (!address || !bearer) fail('the job has no token service: give it "permissions: id-token: write"');
if (!fstatSync(1).isFIFO() && !fstatSync(1).isSocket()) fail("stdout is no pipe");

const url = new URL(address);
url.searchParams.set("audience", AUDIENCE);
try {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${bearer}` },
    redirect: "error",
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) fail(`GitHub's token service answered ${response.status}`);
  const { value } = await response.json();
  if (typeof value !== "string" || value === "") fail("GitHub's token service answered without a token");
  writeSync(1, value);
} catch (error) {
  fail(`GitHub's token service did not answer: ${error.cause?.code ?? error.name}`);
}
