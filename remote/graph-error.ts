/** What went wrong with a request to Graph, in one form for single requests and for parts of a batch. */
import { z } from "zod";
import { encodeText } from "../model/text/encoders/text";
import { InvalidAnswer, jsonOf, type HttpAnswer } from "./http-answer";
import { NoAnswer } from "./http";
import { isConcurrency } from "./http-retry";

/** Graph refused, or something else answered in its place, or nothing did. */
type Kind = "refused" | "invalid" | "silent";

/** A request that had no usable answer; a refusal has Graph's own message. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    reason: string,
    readonly kind: Kind = "refused",
    options?: ErrorOptions,
  ) {
    super(encodeText(kind === "silent" ? reason : `${status} ${code}: ${reason}`.replace(" : ", ": ")), options);
    this.name = "GraphError";
  }

  /** The pipeline lacks the permission, as opposed to: the request failed. */
  get forbidden(): boolean {
    return this.kind === "refused" && this.status === 403;
  }

  /** Another write was at work, and nothing was changed: to be read and written again. */
  get concurrent(): boolean {
    return isConcurrency(this.status, this.code);
  }

  /** The token itself is not taken, also not a new one. */
  get unauthenticated(): boolean {
    return this.kind === "refused" && this.status === 401;
  }
}

const ERROR_BODY = z.object({ error: z.object({ code: z.string(), message: z.string() }).partial() });

/** The refusal that a body states. */
export function refusalOf(status: number, body: unknown): GraphError {
  const { data } = ERROR_BODY.safeParse(body);
  return new GraphError(status, data?.error.code ?? "", data?.error.message || "no reason given");
}

/** The refusal of an answer; what a proxy answers is none of Graph's, unless its gateway is out of order. */
export function refusalIn(answer: HttpAnswer): GraphError {
  try {
    return refusalOf(answer.status, jsonOf(answer));
  } catch (error) {
    if (!(error instanceof InvalidAnswer)) throw error;
    return new GraphError(error.status, "", error.what, error.status >= 500 ? "refused" : "invalid");
  }
}

/** An error of a request as one of Graph; those of a credential stay what they are. */
export function graphErrorOf(error: unknown): unknown {
  if (error instanceof InvalidAnswer) return new GraphError(error.status, "", error.what, "invalid");
  if (error instanceof NoAnswer) return new GraphError(0, "", error.message, "silent", { cause: error });
  return error;
}

/**
 * An answer as what it has to be.
 * @throws GraphError that names the first property that is missing or of another kind
 */
export function parsed<T>(answer: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  const where = path.length > 0 ? `${path.join(".")}: ` : "";
  throw new GraphError(200, "", `not the answer that was asked for: ${where}${message}`, "invalid");
}
