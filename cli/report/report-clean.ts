/** What a report may contain of servers and tenant: no secret, nothing invisible, nothing without end. Pure. */
import { encodeText } from "../../model/text/encoders/text";

/** A shorter value would be found in places that have nothing to do with it, such as the sandbox's in the name of its command. */
const SHORTEST_SECRET = 8;

const SPACES = /[\t\r\n]+/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const HIDDEN = "[secret]";

/** Text with everything that cannot be seen made visible, in one line of bounded length. */
const visible = (text: string): string => encodeText(text.replace(SPACES, " "));

/** Environment variables that hold secrets of what a report is made with. */
const SECRET_VARIABLES = [
  ...["ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PASSWORD", "ARM_OIDC_TOKEN", "ARM_OIDC_REQUEST_TOKEN"],
  ...["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_PASSWORD"],
  ...["PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "NOTIFY_URL", "NOTIFY_SMTP_PASSWORD"],
];

/** Values of the environment that no report may contain. */
export function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  return SECRET_VARIABLES.flatMap((name) => environment[name] || []);
}

/** Each secret as it may appear in a text: whole, by its lines, and as JSON writes it. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/), JSON.stringify(secret).slice(1, -1)]);
  const long = forms.map((form) => form.trim()).filter((form) => form.length >= SHORTEST_SECRET);
  return [...new Set(long)].sort((left, right) => right.length - left.length);
}

/**
 * A copy of plain data with every text in it cleaned: secrets are taken out, the invisible is shown.
 * No secret is known to reach this point; this is a second line of defence.
 */
export function cleaned<T>(value: T, secrets: readonly string[]): T {
  const forms = formsOf(secrets);
  const cleanText = (text: string) => {
    const open = text.replace(PRIVATE_KEY, HIDDEN);
    return visible(forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), open));
  };
  const clean = (part: unknown): unknown => {
    if (typeof part === "string") return cleanText(part);
    if (Array.isArray(part)) return part.map(clean);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, clean(inner)]));
  };
  return clean(value) as T;
}
