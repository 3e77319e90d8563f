/** Failures as Microsoft Graph and the token endpoint word them; the one place where they are made. */

/** A failure of Graph: HTTP status, code and message. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  body(requestId: string, now: Date): object {
    const date = now.toISOString().slice(0, 19);
    const innerError = { date, "request-id": requestId, "client-request-id": requestId };
    return { error: { code: this.code, message: this.message, innerError } };
  }
}

export const graphErrors = {
  notFound: (id: string) =>
    new GraphError(
      404,
      "Request_ResourceNotFound",
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  badRequest: (message: string) => new GraphError(400, "Request_BadRequest", message),
  conflict: (message: string) => new GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message),
  forbidden: () =>
    new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  unauthenticated: (message: string) => new GraphError(401, "InvalidAuthenticationToken", message),
  throttled: () => new GraphError(429, "TooManyRequests", "Too many requests.", { "retry-after": "1" }),
  unavailable: () => new GraphError(503, "ServiceUnavailable", "The service is temporarily unavailable."),
  keyDates: (message: string) => new GraphError(400, "KeyCredentialsInvalidEndDate", message),
  keyStart: (message: string) => new GraphError(400, "KeyCredentialsInvalidStartDate", message),
  keyInvalid: (message: string) => new GraphError(400, "KeyCredentialsInvalidValue", message),
  unknown: (request: string) =>
    new GraphError(501, "NotImplemented", `The emulated tenant does not know this request: ${request}`),
};

/** A failure of the token endpoint with its AADSTS number. */
export class TokenError extends Error {
  constructor(
    readonly error: "invalid_client" | "invalid_request" | "unauthorized_client" | "invalid_resource" | "invalid_grant",
    readonly number: number,
    message: string,
    readonly status = 401,
  ) {
    super(message);
  }

  body(traceId: string, now: Date): object {
    const timestamp = `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
    const ids = `Trace ID: ${traceId} Correlation ID: ${traceId} Timestamp: ${timestamp}`;
    return {
      error: this.error,
      error_description: `AADSTS${this.number}: ${this.message} ${ids}`,
      error_codes: [this.number],
      timestamp,
      trace_id: traceId,
      correlation_id: traceId,
    };
  }
}
