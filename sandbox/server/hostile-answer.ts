/** What a host answers if someone chose its texts to do harm to whoever reads them: names, messages, events. */

/** A command for each CI system, in the middle of a line and at the beginning of one; what a terminal obeys; markup. */
export const HOSTILE_TEXT =
  "##vso[task.setvariable variable=hostile]1 \u001b[31m \u202e `x` <script> | @mention https://evil.example $(id) '; Remove-Item\n" +
  "::error::hostile\r\n##[group]hostile";

/** What has a format, or is a word of the protocol: an answer with another one would only be refused. */
const FORMAT = /^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT.*|\d+(\.\d+)+)$/;
const WORDS = [
  "operation",
  "server",
  "code",
  "identityType",
  "action",
  "certificate",
  "label",
  "subject",
  "keyProvider",
];
/** What the program looks at before it works. */
const FACTS = ["status", "languageMode", "accountSid", "sid", "rights", "thumbprint"];

/** The same value with a text after every free text in it. */
export function planted(value: unknown, text: string, key = ""): unknown {
  if (typeof value === "string") {
    return FORMAT.test(value) || WORDS.includes(key) || FACTS.includes(key) ? value : `${value} ${text}`;
  }
  if (Array.isArray(value)) return value.map((entry) => planted(entry, text, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, planted(inner, text, name)]));
}
