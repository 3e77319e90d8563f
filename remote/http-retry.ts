/**
 * Which request is sent again, and when: by what happened and by whether doing it twice is doing it once. Pure.
 * One policy for everything that the product sends.
 */

/** Attempts of one request. */
export const ATTEMPTS = 4;
/** The longest wait for one attempt, and for all attempts of one request together. */
const LONGEST_WAIT_SECONDS = 20;
const LONGEST_TOTAL_SECONDS = 60;

/** What happened to one attempt. */
export interface Attempt {
  /** Sending it twice has the effect of sending it once. */
  repeatable: boolean;
  /**
   * What is written was made out of what was read before: if another write was at work, it must be read again first.
   * @default false
   */
  fromRead?: boolean;
  /** The object is known to exist: that it is not found means that it is not visible everywhere yet. */
  existing: boolean;
  /** From 1 on. */
  count: number;
  /** Since the first attempt began. */
  elapsedSeconds: number;
  /** Null if there was no answer: a reset, a time-out, no connection. */
  status: number | null;
  /** The service's own code of a refusal. */
  code?: string;
  /** A page for people came instead of JSON. */
  page?: boolean;
  /** Header Retry-After: seconds or a date. */
  retryAfter?: string | null;
  /** Header Date: the service's own clock, by which its dates are read. */
  date?: string | null;
}

/** Whether the directory says that another write was at work, and that nothing was changed. */
export const isConcurrency = (status: number | null, code: string) =>
  status === 409 && /ConcurrencyViolation/i.test(code);

/** Seconds until the time that a service states; null if it states none. */
export function secondsUntil(retryAfter: string | null | undefined, date: string | null | undefined): number | null {
  if (!retryAfter) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Number(retryAfter);
  // Date.parse reads much that is no date of HTTP.
  const until = /^\w+, .*\d{2}:\d{2}/.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  if (Number.isNaN(until)) return null;
  const now = Date.parse(date ?? "");
  return Math.max(0, (until - (Number.isNaN(now) ? Date.now() : now)) / 1000);
}

/** Nothing was done: the service says so. */
const refusedForNow = ({ status, code = "", retryAfter, fromRead = false }: Attempt) =>
  status === 429 || (status === 503 && !!retryAfter) || (isConcurrency(status, code) && !fromRead);

/** It is not known whether something was done. */
const failedOnTheWay = ({ status, page = false }: Attempt) =>
  status === null || (page && status >= 500) || [408, 500, 502, 503, 504, 509].includes(status);

/** Why an attempt is followed by another one, as a clause; null if it is not. */
export function reasonToRepeat(attempt: Attempt): string | null {
  const { status, existing, repeatable } = attempt;
  if (refusedForNow(attempt)) return status === 409 ? "another write is at work" : "the service is busy";
  if (status === 404 && existing) return "the object is not visible yet";
  if (!repeatable || attempt.fromRead || !failedOnTheWay(attempt)) return null;
  if (status === null) return "no answer";
  return attempt.page ? `${status} with a page instead of an answer` : `${status}`;
}

/** @returns milliseconds to wait before the next attempt; null if there is none */
export function waitBeforeNext(attempt: Attempt): number | null {
  if (attempt.count >= ATTEMPTS || reasonToRepeat(attempt) === null) return null;
  const wanted = secondsUntil(attempt.retryAfter, attempt.date) ?? attempt.count;
  const seconds = Math.min(wanted, LONGEST_WAIT_SECONDS);
  return attempt.elapsedSeconds + seconds > LONGEST_TOTAL_SECONDS ? null : Math.ceil(seconds * 1000);
}
