/** A token that Entra does not issue: judged by its code, repeated if that passes, and worded for a person. */
import { setTimeout as sleep } from "node:timers/promises";
import { isFederationMismatch, tokenErrorIn } from "../model/tenant/token-errors";
import { encodeLines } from "../model/text/encoders/text";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { ATTEMPTS } from "./http-retry";
import { claimsOf } from "./token-claims";
import { waits } from "./waiting";

/** What a token for Entra presents, as a clause. */
export function presentedBy(token: string): string {
  const { iss = "none", sub = "none", aud = "none" } = claimsOf(token);
  return `subject ${sub}, issuer ${iss}, audience ${String(aud)}`;
}

/** A sign-in that Entra refused for a reason that is known. */
class SignInRefused extends Error {
  /** @param presented of a federated token that does not match; null for other refusals */
  constructor(
    message: string,
    readonly presented: string | null,
    cause: Error,
  ) {
    super(message, { cause });
    this.name = "SignInRefused";
  }
}

/** Entra's own sentence, without the ids of the request. */
const sentenceOf = (message: string) =>
  (/AADSTS\d+:.*/.exec(message)?.[0] ?? message).split(/ Trace ID:| - Correlation/)[0].trim();

/**
 * Requests a token, again if Entra says that it is busy.
 * @param presented what a federated token presented, when it was; null if there is none
 * @throws Error with Entra's words encoded, as a run that fails prints them
 */
export async function requestToken<T>(request: () => Promise<T>, presented: () => string | null): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const known = tokenErrorIn(error.message);
      if (known?.kind === "passing" && count < ATTEMPTS) {
        waits("Microsoft Entra", `${known.meaning} (${known.code})`, count * 1000);
        await sleep(count * 1000);
        continue;
      }
      error.message = encodeLines(error.message);
      throw known ? new SignInRefused(error.message, isFederationMismatch(known) ? presented() : null, error) : error;
    }
  }
}

/** The problem of a sign-in that Entra refused; null for any other error. */
export function signInProblem(error: unknown, server: string | null): ProblemError | null {
  const known = error instanceof SignInRefused ? tokenErrorIn(error.message) : null;
  if (!known) return null;
  const { message, presented } = error as SignInRefused;
  const actual = `${known.meaning} (${sentenceOf(message)})${presented ? `; presented: ${presented}` : ""}`;
  return new ProblemError([diagnose("SIGN_IN_REFUSED", server, { actual, help: known.remedy })], { cause: error });
}
