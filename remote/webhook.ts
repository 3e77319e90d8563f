/** A message to a webhook, whose address is a secret: no error and no log shows more of it than its host. */
import { encodeText } from "../model/text/encoders/text";
import { succeeded } from "./http-answer";
import { send } from "./http";
import { isLoopback } from "./loopback";

/** The shortest part of an address that is taken for a secret. */
const SHORTEST_SECRET = 6;
const LONGEST_ANSWER = 200;

export class WebhookError extends Error {
  override name = "WebhookError";
}

/** @throws WebhookError without the address, if it is none that a secret may be sent to */
function addressOf(text: string, variable: string): URL {
  const address = URL.canParse(text) ? new URL(text) : null;
  const isSafe = address?.protocol === "https:" || (address?.protocol === "http:" && isLoopback(address.hostname));
  if (address && isSafe && address.username === "" && address.password === "") return address;
  throw new WebhookError(`${variable} is not the https address of a webhook`);
}

/** A text without the parts of an address that are secret. */
function withoutSecrets(text: string, address: URL): string {
  const parts = [address.href, ...address.pathname.split("/"), ...address.searchParams.values()];
  const secrets = parts.filter((part) => part.length >= SHORTEST_SECRET);
  return secrets
    .flatMap((part) => [part, decodeURIComponent(part)])
    .sort((left, right) => right.length - left.length)
    .reduce((rest, part) => rest.replaceAll(part, "[secret]"), text);
}

/**
 * Posts a value as JSON, and again if the service is busy or does not answer: a message that comes twice is better than one
 * that does not come. A redirection is not followed, as it would hand the message to another host.
 *
 * @param variable the environment variable that holds the address
 * @throws WebhookError if it is not taken
 */
export async function postToWebhook(text: string, variable: string, value: unknown): Promise<void> {
  const address = addressOf(text, variable);
  const failed = (what: string) => new WebhookError(encodeText(`${address.host} ${withoutSecrets(what, address)}`));
  const answer = await send({
    ...{ method: "POST", url: address.href, repeatable: true },
    ...{ headers: { "content-type": "application/json" }, body: JSON.stringify(value) },
  }).catch((error: Error) => {
    throw failed(`took no message: ${error.message}`);
  });
  const { status } = answer;
  if (status >= 300 && status < 400) throw failed(`answered ${status}: a redirection, which is not followed`);
  // Slack says "ok" as a page of HTML, without any markup in it.
  if (/^\s*</.test(answer.text)) throw failed(`answered ${status} with a page: this is not the address of a webhook`);
  if (!succeeded(answer)) throw failed(`answered ${status}: ${answer.text.slice(0, LONGEST_ANSWER)}`);
}
