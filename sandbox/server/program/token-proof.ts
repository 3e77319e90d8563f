/**
 * Proof, before the switch, that Entra accepts the key for the application: a token with the required roles, obtained
 * with a client assertion signed by that key. Repeated until Entra has replicated, within limits.
 */
import type { RegisterRequest } from "../../../model/protocol/host-protocol";
import { readTokenAnswer, tokenRequest, type TokenAnswer } from "../token-client";
import type { Context } from "./context";
import { Refusal } from "./refusal";

/** Maximum difference between the host's clock and the token endpoint's, in seconds. */
const MAXIMUM_SKEW = 300;
/** The first wait between two requests, the growth of each further one, and the maximum; in seconds. */
const PAUSE = 1;
const LONGEST_PAUSE = 10;

const REMEDIES = {
  unreachable: "Let this session reach the token endpoint (proxy, firewall), then run again.",
  refused:
    "Check that the application holds this certificate, then run again; replication can take minutes. " +
    'After a run that was killed: "pulumi up --refresh".',
  role:
    "Check the application's role assignments, then run again; replication can take minutes. " +
    'After a run that was killed: "pulumi up --refresh".',
};

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
  if (Math.abs(skew) <= MAXIMUM_SKEW) return;
  throw new Refusal("CLOCK_SKEW", {
    message: "The server's clock is off.",
    expected: `at most ${MAXIMUM_SKEW} s between it and the token endpoint`,
    actual: `${Math.abs(skew)} s ${skew > 0 ? "ahead" : "behind"}`,
    remedy: "Correct the time service on the server (w32tm /resync), then run again.",
  });
}

function judge(
  answer: TokenAnswer,
  asked: { reached: boolean; request: RegisterRequest; resourceAppId: string; roles: readonly string[] },
): Failure | null {
  const { request, resourceAppId, roles } = asked;
  if (answer.kind === "unavailable") {
    const refusal = new Refusal("TOKEN_ENDPOINT_UNREACHABLE", {
      message: "The token endpoint cannot be reached from this session; this says nothing about the key.",
      expected: `an answer from ${request.tokenEndpoint}`,
      actual: answer.reason,
      remedy: REMEDIES.unreachable,
    });
    return { refusal, final: !asked.reached };
  }
  if (answer.kind === "refused") {
    const refusal = new Refusal("TOKEN_REFUSED", {
      message: `Entra does not accept the certificate for application ${request.appId}.`,
      expected: `a token for ${resourceAppId}`,
      actual: answer.reason,
      remedy: REMEDIES.refused,
    });
    return { refusal, final: false };
  }
  const missing = roles.filter((role) => !answer.roles.includes(role));
  if (missing.length === 0) return null;
  const refusal = new Refusal("ROLE_MISSING", {
    message: `The token for ${resourceAppId} lacks ${missing.join(", ")}.`,
    expected: roles.join(", "),
    actual: answer.roles.join(", ") || "no roles",
    remedy: REMEDIES.role,
  });
  return { refusal, final: false };
}
