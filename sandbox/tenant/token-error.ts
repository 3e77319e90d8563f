/** Failures of the token endpoint, with Entra's numbers and messages; no other module creates them. */

/** OAuth error and HTTP status of each number (reference of AADSTS error codes). */
const NUMBERS = {
  50013: ["invalid_client", 401],
  50027: ["invalid_client", 401],
  53003: ["access_denied", 400],
  70003: ["unsupported_grant_type", 400],
  90002: ["invalid_request", 400],
  90033: ["temporarily_unavailable", 503],
  500011: ["invalid_resource", 400],
  700016: ["unauthorized_client", 400],
  700021: ["invalid_client", 401],
  700023: ["invalid_client", 401],
  700024: ["invalid_client", 401],
  700213: ["invalid_client", 401],
  700027: ["invalid_client", 401],
  900014: ["invalid_request", 400],
  900023: ["invalid_request", 400],
  900144: ["invalid_request", 400],
  1002012: ["invalid_scope", 400],
  5002723: ["invalid_client", 401],
  7000112: ["unauthorized_client", 400],
  7000215: ["invalid_client", 401],
  7000218: ["invalid_client", 401],
  7000222: ["invalid_client", 401],
  7000229: ["unauthorized_client", 400],
} as const;

export type TokenErrorNumber = keyof typeof NUMBERS;

/** A failure of the token endpoint with its AADSTS number. */
export class TokenError extends Error {
  constructor(
    readonly number: TokenErrorNumber,
    message: string,
  ) {
    super(message);
  }

  /** HTTP status. */
  get status(): number {
    return NUMBERS[this.number][1];
  }

  /**
   * @param origin `https://localhost:<port>`
   * @param now the sandbox's time
   */
  body(origin: string, traceId: string, correlationId: string, now: Date): object {
    const timestamp = `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
    const ids = `Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`;
    return {
      error: NUMBERS[this.number][0],
      error_description: `AADSTS${this.number}: ${this.message} ${ids}`,
      error_codes: [this.number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `${origin}/error?code=${this.number}`,
    };
  }
}

const unregistered = (reason: string) =>
  new TokenError(
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}]`,
  );

export const tokenErrors = {
  tenantMalformed: (name: string) =>
    new TokenError(
      900023,
      `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
    ),
  tenantUnknown: (name: string) => new TokenError(90002, `Tenant '${name}' not found.`),
  parameterMissing: (name: string) =>
    new TokenError(900144, `The request body must contain the following parameter: '${name}'.`),
  grantUnsupported: (grant: string) => new TokenError(70003, `The app requested an unsupported grant type '${grant}'.`),
  assertionTypeWrong: () =>
    new TokenError(900014, "The required field 'client_assertion_type' is missing or is not the JWT bearer type."),
  credentialMissing: () =>
    new TokenError(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  scopeWrong: (scope: string) =>
    new TokenError(
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    ),
  applicationUnknown: (appId: string, directory: string) =>
    new TokenError(700016, `Application with identifier '${appId}' was not found in the directory '${directory}'.`),
  principalMissing: (appId: string) =>
    new TokenError(7000229, `The client application ${appId} is missing service principal in the tenant.`),
  applicationDisabled: (appId: string) => new TokenError(7000112, `Application '${appId}' is disabled.`),
  blocked: () =>
    new TokenError(
      53003,
      "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
  busy: () => new TokenError(90033, "A transient error has occurred. Please try again."),
  secretInvalid: (appId: string) => new TokenError(7000215, `Invalid client secret provided for app '${appId}'.`),
  secretExpired: (appId: string) =>
    new TokenError(7000222, `The provided client secret keys for app '${appId}' are expired.`),
  resourceUnknown: (resource: string, directory: string) =>
    new TokenError(500011, `The resource principal named ${resource} was not found in the tenant named ${directory}.`),
  assertionMalformed: (reason: string) => new TokenError(50027, `Invalid JWT token: ${reason}.`),
  thumbprintMissing: () =>
    new TokenError(
      5002723,
      "Invalid JWT token. No certificate SHA-256 thumbprint 'x5t#S256' specified in token header.",
    ),
  algorithmRefused: (algorithm: string) =>
    unregistered(`The algorithm '${algorithm}' of the client assertion is not PS256.`),
  keyUnknown: (appId: string, thumbprint: string) =>
    unregistered(`The key was not found., Thumbprint of key used by client: '${thumbprint}', app Id '${appId}'`),
  keyOutOfDate: (appId: string) => unregistered(`The key used is expired., app Id '${appId}'`),
  signatureInvalid: (appId: string) =>
    unregistered(`The key was found, but use of the key to verify the signature failed., app Id '${appId}'`),
  subjectWrong: () =>
    new TokenError(700021, "Client assertion application identifier doesn't match 'client_id' parameter."),
  federationUnknown: (issuer: string, subject: string, audience: string) =>
    new TokenError(
      700213,
      `No matching federated identity record found for presented assertion subject '${subject}'. Assertion issuer '${issuer}', audience '${audience}'.`,
    ),
  audienceWrong: () => new TokenError(700023, "Client assertion audience claim does not match Realm issuer."),
  outOfTime: (reason: string) =>
    new TokenError(700024, `Client assertion is not within its valid time range. ${reason}`),
  /** Entra documents no number for this; see the page of differences. */
  assertionReplayed: () =>
    new TokenError(50013, "Assertion is invalid: it was used before, its jti must be new in every request."),
};
