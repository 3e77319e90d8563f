/**
 * Facts of an observation that cost only themselves: if one is not what was agreed, it counts as not known, and the
 * observation says which and why. All others decide what a run changes: without one of them nothing is concluded.
 */
import { z } from "zod";
import { encodeText } from "../text/encoders/text";
import { HostCertificateFacts, HostObservation } from "./host-facts";
import { LONGEST_ANSWER_TEXT } from "./host-operations";

/** What each is if it is not known. */
const NOT_KNOWN = {
  tpm: null,
  passwordWriteback: null,
  machineIdentifier: null,
  azureInstance: null,
  serviceProxy: null,
  adSyncTools: null,
  events: [],
  changes: [],
  interrupted: null,
  signIn: null,
  unverified: null,
  legacyAccountName: null,
} as const satisfies Partial<HostObservation>;

/** A fact that is not known, and why. */
type Unreadable = NonNullable<HostObservation["unreadable"]>[number];

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Why a value does not fit; null if it does. */
function unfit(schema: z.ZodType, value: unknown): string | null {
  if ((JSON.stringify(value) ?? "").length > 2 * LONGEST_ANSWER_TEXT) return "it is longer than any such fact";
  const parsed = schema.safeParse(value);
  if (parsed.success) return null;
  return encodeText(z.prettifyError(parsed.error).replaceAll("\n", " ")).slice(0, 200);
}

/** The answer to an observation with every such fact that does not fit replaced, and listed. */
export function withoutUnreadable(answer: unknown): unknown {
  if (!isObject(answer) || !isObject(answer.result)) return answer;
  const result: Fields = { ...answer.result };
  const lost: Unreadable[] = [];
  const check = (facts: Fields, key: string, schema: z.ZodType, otherwise: unknown, field = key) => {
    const reason = unfit(schema, facts[key]);
    if (reason === null) return;
    lost.push({ field, reason });
    facts[key] = otherwise;
  };
  if (Array.isArray(result.events)) result.events = readableEvents(result.events, lost);
  for (const [key, otherwise] of Object.entries(NOT_KNOWN)) {
    check(result, key, HostObservation.shape[key as keyof typeof NOT_KNOWN], otherwise);
  }
  if (Array.isArray(result.certificates)) {
    result.certificates = result.certificates.map((entry: unknown, index) => {
      if (!isObject(entry)) return entry;
      const facts = { ...entry };
      check(facts, "acl", HostCertificateFacts.shape.acl, null, `certificates[${index}].acl`);
      return facts;
    });
  }
  if (lost.length === 0) return answer;
  const said = Array.isArray(result.unreadable) ? (result.unreadable as unknown[]) : [];
  return { ...answer, result: { ...result, unreadable: [...said, ...lost] } };
}

/** Each event is a fact of its own. */
function readableEvents(events: unknown[], lost: Unreadable[]): unknown[] {
  const reasons = events.map((event) => unfit(HostObservation.shape.events.element, event));
  const bad = reasons.filter((reason) => reason !== null);
  if (bad.length > 0) lost.push({ field: "events", reason: `${bad.length} of ${events.length} events: ${bad[0]}` });
  return events.filter((_, index) => reasons[index] === null);
}
