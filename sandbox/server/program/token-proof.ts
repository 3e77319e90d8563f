/**
 * Proof, before the switch, that Entra accepts the key for the application: a token with the required roles, obtained
 * with a client assertion signed by that key. Repeated until Entra has replicated, within limits.
 */
import { MAXIMUM_SKEW_SECONDS } from "../../../model/protocol/host-constants";
import type { RegisterRequest } from "../../../model/protocol/host-protocol";
import { readTokenAnswer, tokenRequest, type TokenAnswer } from "../token-client";
import type { Context } from "./context";
import { Refusal } from "./refusal";

/** The first wait between two requests, the growth of each further one, and the maximum; in seconds. */
const PAUSE = 1;
const LONGEST_PAUSE = 10;

/** A result that may change with time. */
interface Failure {
  refusal: Refusal;
  final: boolean;
}

export async function proveToken(context: Context<RegisterRequest>): Promise<void> {
  const { windows, request } = context;
  // Elapsed time, not the host's clock, which may be set during the wait.
  const started = performance.now();
  const bound = request.bounds.replicationSeconds;
  let pause = PAUSE;
  context.progress.report("provingToken");
  for (const { resourceAppId, roles } of request.requiredRoles) {
    for (;;) {
      const failure = await tryToken(context, resourceAppId, roles);
      if (!failure) break;
      const elapsed = (performance.now() - started) / 1000;
      if (failure.final || elapsed + pause > bound) throw failure.refusal;
      context.progress.report("awaitingEntra", { elapsed, bound });
      await windows.wait(pause);
      pause = Math.min(pause + PAUSE, LONGEST_PAUSE);
    }
  }
}

/** One token request; what prevents it, or null if a token with the roles was issued. */
async function tryToken(
  { windows, request }: Context<RegisterRequest>,
  resourceAppId: string,
  roles: readonly string[],
): Promise<Failure | null> {
  const { appId, certificateSha256, tokenEndpoint } = request;
  const sign = (data: Buffer) => Buffer.from(windows.sign(certificateSha256, data.toString("base64")), "base64");
  const now = new Date(windows.getTime());
  const form = tokenRequest({ appId, certificateSha256, tokenEndpoint, now, sign }, resourceAppId);
  const answer = await windows.postForm(tokenEndpoint, form);
  if (answer.date) requireClock(new Date(windows.getTime()), new Date(answer.date));
  return judge(readTokenAnswer(answer), { reached: answer.reached, request, resourceAppId, roles });
}

function requireClock(host: Date, endpoint: Date): void {
  const skew = Math.round((host.getTime() - endpoint.getTime()) / 1000);
  if (Math.abs(skew) <= MAXIMUM_SKEW_SECONDS) return;
  throw new Refusal("CLOCK_SKEW", {
    expected: `at most ${MAXIMUM_SKEW_SECONDS} s between it and the token endpoint`,
    actual: `${Math.abs(skew)} s ${skew > 0 ? "ahead" : "behind"}`,
  });
}

function judge(
  answer: TokenAnswer,
  asked: { reached: boolean; request: RegisterRequest; resourceAppId: string; roles: readonly string[] },
): Failure | null {
  const { request, resourceAppId, roles } = asked;
  if (answer.kind === "unavailable") {
    const refusal = new Refusal("TOKEN_ENDPOINT_UNREACHABLE", {
      expected: `an answer from ${request.tokenEndpoint}`,
      actual: answer.reason,
    });
    return { refusal, final: !asked.reached };
  }
  if (answer.kind === "refused") {
    const refusal = new Refusal("TOKEN_REFUSED", {
      expected: `a token for ${resourceAppId}`,
      actual: answer.reason,
      detail: [request.appId],
    });
    return { refusal, final: false };
  }
  const missing = roles.filter((role) => !answer.roles.includes(role));
  if (missing.length === 0) return null;
  const refusal = new Refusal("ROLE_MISSING", {
    expected: roles.join(", "),
    actual: answer.roles.join(", ") || "no roles",
    detail: [resourceAppId, missing.join(", ")],
  });
  return { refusal, final: false };
}
