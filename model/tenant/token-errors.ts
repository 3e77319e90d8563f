/**
 * What Entra's token endpoint means by its AADSTS codes, for applications: whether it passes, and what helps. The one table
 * for every place that judges a token error. From Microsoft's reference of authentication error codes.
 */

/**
 * - `passing`: the service is busy; the same request succeeds soon;
 * - `replication`: passes within minutes after the application, its key or its credential was created, else is permanent;
 * - `permanent`: waiting does not help.
 */
type TokenErrorKind = "passing" | "replication" | "permanent";

interface TokenError {
  kind: TokenErrorKind;
  /** What is so, as a clause. */
  meaning: string;
  /** What helps; one or two sentences. */
  remedy: string;
}

const passing = (meaning: string): TokenError => ({ kind: "passing", meaning, remedy: "Wait a minute and run again." });
const replication = (meaning: string, remedy: string): TokenError => ({ kind: "replication", meaning, remedy });
const permanent = (meaning: string, remedy: string): TokenError => ({ kind: "permanent", meaning, remedy });

const TENANT_ID = "Correct the tenant id (azuread:tenantId or ARM_TENANT_ID) and the cloud.";
const CLIENT_ID = "Correct the client id (azuread:clientId or ARM_CLIENT_ID), or the tenant id.";
const FEDERATED =
  "Compare issuer, subject and audience with the federated credentials of the application: az ad app federated-credential list --id <client id>";

export const TOKEN_ERRORS = {
  AADSTS50013: permanent(
    "the client assertion is not valid",
    "Check the certificate or the federated credential that the application signs in with.",
  ),
  AADSTS50105: permanent(
    "the application is not assigned to a resource that requires an assignment",
    "Assign the application, or change assignment required at the resource.",
  ),
  AADSTS53003: permanent(
    "Conditional Access blocks the application",
    "Exclude the application from the policy for workload identities, or allow the address that it signs in from.",
  ),
  AADSTS65001: permanent("consent is missing", "Grant admin consent for the application's permissions."),
  AADSTS70021: replication("no federated credential of the application matches the token", FEDERATED),
  AADSTS90002: permanent("there is no such tenant", TENANT_ID),
  AADSTS90006: passing("a service that Entra depends on did not answer"),
  AADSTS90024: passing("Entra is busy"),
  AADSTS90025: passing("Entra is busy"),
  AADSTS90033: passing("Entra is unavailable for a moment"),
  AADSTS90055: passing("the tenant receives too many requests"),
  AADSTS500011: replication(
    "the tenant does not have the resource",
    "Check the cloud; a service that the tenant lacks is added with az ad sp create --id <application id>",
  ),
  AADSTS700016: replication("the tenant has no such application", CLIENT_ID),
  AADSTS700024: permanent(
    "the client assertion is outside its validity: a clock is wrong",
    "Correct the clock of the machine that signs in.",
  ),
  AADSTS700027: replication(
    "the application does not hold the certificate, or the key signs incorrectly",
    "Check that the application holds this certificate and that it has not expired.",
  ),
  AADSTS700211: replication("no federated credential of the application has the issuer of the token", FEDERATED),
  AADSTS700212: replication("no federated credential of the application has the audience of the token", FEDERATED),
  AADSTS700213: replication("no federated credential of the application has the subject of the token", FEDERATED),
  AADSTS900023: permanent("the tenant id is malformed", TENANT_ID),
  AADSTS900382: permanent("the tenant belongs to another cloud", "Declare the cloud of the tenant."),
  AADSTS7000112: permanent(
    "the application is disabled",
    "Enable it: Entra admin center, Enterprise applications, Properties, Enabled for users to sign in.",
  ),
  AADSTS7000215: replication("the client secret is wrong", "Set the secret's value, not its id, or use federation."),
  AADSTS7000222: permanent("the client secret has expired", "Use a federated credential, or create a new secret."),
  AADSTS7000229: replication(
    "the application has no service principal in the tenant",
    "Create it: az ad sp create --id <client id>",
  ),
} as const satisfies Record<string, TokenError>;

type TokenErrorCode = keyof typeof TOKEN_ERRORS;

/** The page of docs/ with these codes. */
export const TOKEN_ERRORS_PAGE = "situations/sign-in-refused.md";

export interface KnownTokenError extends TokenError {
  code: TokenErrorCode;
}

/** The first code in a text that the table knows, with what it means; null if there is none. */
export function tokenErrorIn(text: string): KnownTokenError | null {
  for (const [code] of text.matchAll(/AADSTS\d+/g)) {
    if (code in TOKEN_ERRORS) return { code: code as TokenErrorCode, ...TOKEN_ERRORS[code as TokenErrorCode] };
  }
  return null;
}

const FEDERATION_CODES: readonly string[] = ["AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"];

/** Whether a federated credential does not match what was presented. */
export const isFederationMismatch = ({ code }: KnownTokenError) => FEDERATION_CODES.includes(code);
