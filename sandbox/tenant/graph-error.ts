/** Failures of the emulated Graph, with Microsoft Graph's codes; no other module creates them. */

/** HTTP status, code and message. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  /** @param now the sandbox's time */
  body(requestId: string, clientRequestId: string, now: Date): object {
    const date = now.toISOString().slice(0, 19);
    const innerError = { date, "request-id": requestId, "client-request-id": clientRequestId };
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
  unreadable: () => new GraphError(400, "BadRequest", "Unable to read JSON request payload."),
  conflict: (message: string) => new GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message),
  forbidden: () =>
    new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  unauthenticated: (message: string) =>
    new GraphError(401, "InvalidAuthenticationToken", message, { "www-authenticate": 'Bearer error="invalid_token"' }),
  callerGone: () =>
    new GraphError(
      401,
      "Authorization_IdentityNotFound",
      "The identity of the calling application could not be established.",
    ),
  /** An application without the permission for reports and logs; directory objects answer {@link forbidden}. */
  permissionMissing: (permission: string) =>
    new GraphError(
      403,
      "Authentication_MSGraphPermissionMissing",
      `The principal does not have required Microsoft Graph permission(s): ${permission} to call this API.`,
    ),
  /** A property of a service principal that its application locks. */
  locked: (property: string) =>
    new GraphError(400, "CannotUpdateLockedServicePrincipalProperty", `Property ${property} is invalid.`),
  filterTooLong: (clauses: number, limit: number) =>
    new GraphError(
      400,
      "Request_UnsupportedQuery",
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${clauses}. Max allowed: ${limit}.`,
    ),
  batchTooLong: (limit: number) =>
    new GraphError(400, "MaximumValueExceeded", `Number of batch request steps exceeds the maximum value of ${limit}.`),
  batchUnreadable: (message: string) => new GraphError(400, "BadRequest", message),
  throttled: () => new GraphError(429, "TooManyRequests", "Too many requests.", { "retry-after": "1" }),
  throttledUntil: (date: Date) =>
    new GraphError(429, "TooManyRequests", "Too many requests.", { "retry-after": date.toUTCString() }),
  concurrency: () =>
    new GraphError(
      409,
      "Directory_ConcurrencyViolation",
      "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
    ),
  serverError: () => new GraphError(500, "UnknownError", ""),
  /** @param claims that the next token has to be asked for with, as JSON */
  sessionRevoked: (claims: string) =>
    new GraphError(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.", {
      "www-authenticate":
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
        `error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`,
    }),
  unavailable: () => new GraphError(503, "ServiceUnavailable", "The service is temporarily unavailable."),
  keyStart: (message: string) => new GraphError(400, "KeyCredentialsInvalidStartDate", message),
  keyEnd: (message: string) => new GraphError(400, "KeyCredentialsInvalidEndDate", message),
  keyLifetime: (policy: string) =>
    new GraphError(
      400,
      "CredentialInvalidLifetimeAsPerAppPolicy",
      `Credential lifetime exceeds the max value allowed as per assigned policy '${policy}'.`,
    ),
  keyType: (policy: string) =>
    new GraphError(
      400,
      "CredentialTypeNotAllowedAsPerAppPolicy",
      `Credential type not allowed as per assigned policy '${policy}'.`,
    ),
  keyValue: (message: string) => new GraphError(400, "KeyCredentialsInvalidValue", message),
  unknown: (request: string) =>
    new GraphError(501, "NotImplemented", `The emulated tenant does not know this request: ${request}`),
  unexpected: (message: string) => new GraphError(500, "Service_InternalServerError", message),
};
