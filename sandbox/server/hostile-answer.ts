/** What a host answers if someone chose its texts to do harm to whoever reads them: names, messages, events. */
import { ANSWER_BEGIN, ANSWER_END } from "../../model/protocol/host-protocol";

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

function planted(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    return FORMAT.test(value) || WORDS.includes(key) || FACTS.includes(key) ? value : `${value} ${HOSTILE_TEXT}`;
  }
  if (Array.isArray(value)) return value.map((entry) => planted(entry, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, planted(inner, name)]));
}

/** The same output with such texts in the answer, in an event, and beside the answer. */
export function hostileOutput(stdout: string, now: Date): string {
  const begin = stdout.lastIndexOf(ANSWER_BEGIN);
  const end = stdout.indexOf(ANSWER_END, begin);
  if (begin < 0 || end < 0) return stdout + HOSTILE_TEXT;
  const answer = JSON.parse(stdout.slice(begin + ANSWER_BEGIN.length, end)) as { result: { events?: object[] } | null };
  answer.result?.events?.push({ time: now.toISOString(), id: 906, message: "AADSTS700027" });
  const text = JSON.stringify(planted(answer));
  return `${HOSTILE_TEXT}\n${stdout.slice(0, begin)}${ANSWER_BEGIN}\n${text}\n${stdout.slice(end)}`;
}
