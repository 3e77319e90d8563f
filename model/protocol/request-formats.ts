/**
 * Formats of values in a request. Each has the words of its refusal, as the program and its stand-in print them after the
 * value's path; `npm run host-program` takes both into the program. Patterns have ASCII classes only, as .NET reads others
 * differently.
 */
import { z } from "zod";

interface Issue {
  code?: string;
  input?: unknown;
}

/** A refusal's words: what the value is not, or that it is missing. */
const refusal = (words: string) => (issue: Issue) => {
  if (issue.code === "unrecognized_keys") return "not a property of this request";
  return issue.input === undefined ? "missing" : `not ${words}`;
};

/** A text, and which. */
export function text(words = "a string", pattern?: RegExp) {
  const error = refusal(words);
  const string = z.string({ error });
  return (pattern ? string.regex(pattern, { error }) : string).describe(words);
}

/** A whole number within bounds. */
export function whole(words: string, minimum: number, maximum = 2_147_483_647) {
  const error = refusal(words);
  return z.int({ error }).min(minimum, { error }).max(maximum, { error }).describe(words);
}

export function oneOf<const T extends [string, ...string[]]>(...values: T) {
  const words = values.join(" or ");
  return z.enum(values, { error: refusal(words) }).describe(words);
}

export function only<T extends string | number>(value: T, words = String(value)) {
  return z.literal(value, { error: refusal(words) }).describe(words);
}

/** A list of at least so many elements. */
export function list<T extends z.ZodType>(words: string, element: T, least = 0) {
  const error = refusal(words);
  return z.array(element, { error }).min(least, { error }).describe(words);
}

/** An object with these properties and no others. */
export function object<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, { error: refusal("an object") }).describe("an object");
}

export const truth = z.boolean({ error: refusal("true or false") }).describe("true or false");
export const count = whole("a whole number of 0 or more", 0);
export const positive = whole("a whole number of 1 or more", 1);
export const textOrNull = text("a string or null").nullable();
const NOT_EMPTY = "a string that is not empty";
export const notEmpty = z
  .string({ error: refusal(NOT_EMPTY) })
  .min(1, { error: refusal(NOT_EMPTY) })
  .describe(NOT_EMPTY);

const DIGITS = "64 lower-case hexadecimal digits";
/** Requests are written in lower case; the program compares what Windows answers with it. */
export const hash = text(DIGITS, /^[0-9a-f]{64}$/);
export const hashOrNull = text(`${DIGITS} or null`, /^[0-9a-f]{64}$/).nullable();
export const lowerGuid = text("a lower-case GUID", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** Repeated in the markers of the answer; absent from requests that the command plugin sends, as those are in state. */
export const nonce = text("32 lower-case hexadecimal digits", /^[0-9a-f]{32}$/).optional();
export const version = text("a version such as 2.5.79.0", /^[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}$/);
export const url = text(
  "an http or https URL",
  /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/,
);
