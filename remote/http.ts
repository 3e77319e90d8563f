/**
 * The one way over HTTP, for Graph, token services and Azure DevOps: through the proxy of the environment, within a time and a
 * size, repeated where that is safe, never redirected. Kept apart from tests by http-transport.
 */
import type { PipelinePolicy, PipelineRequest, PipelineResponse, RetryStrategy } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { encodeText } from "../model/text/encoders/text";
import { isPage, readAnswer, type HttpAnswer } from "./http-answer";
import { ATTEMPTS, reasonToRepeat, waitBeforeNext, type Attempt } from "./http-retry";
import { httpClient, proxyPolicy } from "./http-transport";
import { waits } from "./waiting";

const ATTEMPT_SECONDS = 20;

export interface HttpRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Signs the request; a challenge of continuous access evaluation is answered with a new token. */
  sign?: { credential: TokenCredential; scope: string };
  /** Sending it twice has the effect of sending it once. @default for all methods but POST */
  repeatable?: boolean;
  /** What is sent was made out of what was read before. @default false */
  fromRead?: boolean;
  /** The object is known to exist, so 404 means: not visible yet. @default false */
  existing?: boolean;
}

/** No answer came, although the request was sent as often as is allowed. */
export class NoAnswer extends Error {
  constructor(url: string, cause: Error) {
    super(
      encodeText(`${new URL(url).host} did not answer: ${cause.message || (cause as NodeJS.ErrnoException).code}`),
      {
        cause,
      },
    );
    this.name = "NoAnswer";
  }
}

type Library = typeof import("@azure/core-rest-pipeline");

/** The service's own code of a refusal, in the form of Graph. */
function codeOf({ text }: HttpAnswer): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } } | null)?.error?.code;
  } catch {
    return undefined;
  }
}

class Exchange {
  private readonly began = Date.now();
  private answer: HttpAnswer | null = null;

  constructor(
    private readonly library: Library,
    private readonly asked: HttpRequest,
  ) {}

  /** One attempt: bounded in time, its answer read within the limit. */
  private readonly attempt: PipelinePolicy = {
    name: "boundedAttempt",
    sendRequest: async (request, next) => {
      this.answer = null;
      const limit = AbortSignal.timeout(ATTEMPT_SECONDS * 1000);
      request.abortSignal = limit;
      try {
        const response = await next(request);
        this.answer = await readAnswer(response);
        return response;
      } catch (error) {
        if (limit.aborted) throw this.noAnswer(`no answer within ${ATTEMPT_SECONDS} seconds`, request);
        // A connection that ends within an answer.
        if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
        throw this.noAnswer((error as Error).message, request);
      } finally {
        // The library takes an aborted signal for the caller's wish.
        request.abortSignal = undefined;
      }
    },
  };

  private noAnswer(message: string, request: PipelineRequest): Error {
    return new this.library.RestError(message, { code: this.library.RestError.REQUEST_SEND_ERROR, request });
  }

  private happened(retryCount: number, response: PipelineResponse | undefined): Attempt {
    const { method, repeatable = method !== "POST", existing = false, fromRead } = this.asked;
    const answer = response && this.answer;
    return {
      ...{ repeatable, existing, fromRead, count: retryCount + 1, elapsedSeconds: (Date.now() - this.began) / 1000 },
      ...{ status: answer?.status ?? null, code: answer ? codeOf(answer) : undefined },
      ...{ page: answer ? isPage(answer) : false, retryAfter: answer?.header("retry-after") },
      date: answer?.header("date"),
    };
  }

  private readonly strategy: RetryStrategy = {
    name: "byMethodAndAnswer",
    retry: ({ retryCount, response, responseError }) => {
      const happened = this.happened(retryCount, responseError ? undefined : response);
      const milliseconds = waitBeforeNext(happened);
      if (milliseconds === null) return { skipStrategy: true };
      waits(new URL(this.asked.url).host, reasonToRepeat(happened)!, milliseconds);
      return { retryAfterInMs: milliseconds };
    },
  };

  async send(): Promise<HttpAnswer> {
    const { library } = this;
    const { method, url, headers = {}, body, sign } = this.asked;
    const pipeline = library.createEmptyPipeline();
    pipeline.addPolicy(library.retryPolicy([this.strategy], { maxRetries: ATTEMPTS - 1 }));
    if (sign) {
      const { credential, scope: scopes } = sign;
      pipeline.addPolicy(library.bearerTokenAuthenticationPolicy({ credential, scopes }));
    }
    pipeline.addPolicy(this.attempt);
    pipeline.addPolicy(await proxyPolicy(process.env));
    const request = library.createPipelineRequest({
      ...{ method, url, body, headers: library.createHttpHeaders({ ...headers, "accept-encoding": "identity" }) },
      allowInsecureConnection: true,
      streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
    });
    try {
      await pipeline.sendRequest(await httpClient(), request);
    } catch (error) {
      if (library.isRestError(error)) throw new NoAnswer(url, error);
      throw error;
    }
    return this.answer!;
  }
}

/**
 * Sends a request, and repeats it as the one policy says.
 * @throws NoAnswer, InvalidAnswer, or the error of the credential
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  return new Exchange(await import("@azure/core-rest-pipeline"), request).send();
}
