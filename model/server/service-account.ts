/** Whether a declared account is the one that runs the ADSync service, as far as that can be known without asking Windows. Pure. */
import type { HostObservation } from "../protocol/host-protocol";

/** What Windows shows of the service's account. */
type ServiceAccount = Pick<HostObservation["service"], "account" | "accountSid">;

interface AccountName {
  /** Null if the name has none. */
  domain: string | null;
  name: string;
}

/** SYSTEM, LOCAL SERVICE and NETWORK SERVICE: each language of Windows has other names for them. */
const TRANSLATED = /^S-1-5-(18|19|20)$/i;
const SID = /^S-1-[0-9-]+$/i;

/** Null for a user principal name, which need not have the account's own name in it. */
function parse(text: string, computerName: string): AccountName | null {
  const lower = text.toLowerCase();
  if (lower === "localsystem") return { domain: "nt authority", name: "system" };
  const [first, ...rest] = lower.split("\\");
  if (rest.length > 0) return { domain: first === "." ? computerName.toLowerCase() : first, name: rest.join("\\") };
  return lower.includes("@") ? null : { domain: null, name: lower };
}

/**
 * Holds the declaration against the service. Names are compared as Windows resolves them; what only Windows can resolve
 * is `unknown`, and the host program compares it by SID before it changes anything.
 */
export function compareServiceAccount(
  declared: string,
  { account, accountSid }: ServiceAccount,
  computerName: string,
): "same" | "other" | "unknown" {
  if (SID.test(declared)) {
    if (accountSid === null) return "unknown";
    return declared.toLowerCase() === accountSid.toLowerCase() ? "same" : "other";
  }
  if (declared.toLowerCase() === account.toLowerCase()) return "same";
  const [wanted, actual] = [parse(declared, computerName), parse(account, computerName)];
  if (!wanted || !actual || TRANSLATED.test(accountSid ?? "")) return "unknown";
  if (wanted.name !== actual.name) return "other";
  const local = computerName.toLowerCase();
  if (wanted.domain === actual.domain) return "same";
  // A name without a domain is looked for on the machine itself first.
  if (wanted.domain === null || actual.domain === null) {
    return (wanted.domain ?? actual.domain) === local ? "same" : "unknown";
  }
  // A domain has a short name and a DNS name.
  const long = [wanted, actual].some(({ domain }) => domain!.includes("."));
  return !long && (wanted.domain === local || actual.domain === local) ? "other" : "unknown";
}
