/**
 * The state of a certificate, from what was observed of it, and its words: page, Markdown and JSON take them from here, and
 * none of them says more than was observed. Pure.
 */
import type { ReportCertificate } from "./report-document";

/** What was observed of a certificate; null is what could not be observed. */
export interface CertificateFacts {
  onServer: boolean | null;
  onApplication: boolean | null;
  /** Whether the connector names it. */
  inUse: boolean | null;
  /** Whether its key signed and the signature was valid; null if the server does not hold it, or was not observed. */
  keyUsable: boolean | null;
  notBefore: Date;
  notAfter: Date;
  /** Null for one that is not the server's current one. */
  rotationFrom: Date | null;
}

/** In their order: each leaves the rest of the facts to those after it, so that the first that holds is the state. */
const STATES = [
  ["missing", ({ onServer }) => onServer === false],
  ["expired", ({ notAfter }, now) => now >= notAfter],
  ["future", ({ notBefore }, now) => now < notBefore],
  ["unregistered", ({ onApplication }) => onApplication === false],
  ["dead", ({ keyUsable }) => keyUsable === false],
  ["unobserved", ({ onServer, onApplication }) => onServer === null || onApplication === null],
  ["due", ({ rotationFrom }, now) => rotationFrom !== null && now >= rotationFrom],
] as const satisfies readonly [ReportCertificate["state"], (facts: CertificateFacts, now: Date) => boolean][];

/** The state of a certificate; only one that was seen on both sides, in date and with a key that signs, is `valid`. */
export function certificateState(facts: CertificateFacts, now: Date): ReportCertificate["state"] {
  return STATES.find(([, holds]) => holds(facts, now))?.[0] ?? "valid";
}

type Shown = Pick<ReportCertificate, "state" | "current" | "generation" | "inUse" | "onServer" | "onApplication">;

/** What is not known of one that could not be observed on both sides. */
function unobservedWords({ onServer, onApplication }: Shown): string {
  if (onServer === null && onApplication === null) return "Not observed";
  return onServer === null ? "Server not observed" : "Application not observed";
}

/** The state in words. */
export function certificateWords(certificate: Shown): string {
  const { state, generation, inUse } = certificate;
  // The host program lists certificates of this project, and the one that the connector names: no others.
  const listed = generation !== null || inUse === true;
  const words: Record<ReportCertificate["state"], string> = {
    valid: "Valid",
    due: "Rotation due",
    expired: "Expired",
    future: "Not valid yet",
    missing: listed ? "Not in the machine store" : "Not seen in the machine store",
    unregistered: "Not on the application",
    dead: "Key does not sign",
    unobserved: unobservedWords(certificate),
  };
  return words[state];
}

/** Whether the connector uses it: one that cannot sign in is only named by the connector. */
export function useWords({ inUse, state }: Pick<ReportCertificate, "inUse" | "state">): string {
  if (inUse === null) return "use not observed";
  if (!inUse) return "not in use";
  return state === "valid" || state === "due" ? "in use" : "named by the connector";
}

const onSide = (on: boolean | null, name: string) =>
  on ? `on the ${name}` : on === null ? `${name} not observed` : "";

/** Everything that holds of it beside its state, one after the other. */
export function placeWords(certificate: Shown): string {
  const { current, onServer, onApplication } = certificate;
  return [
    current ? "current" : "",
    useWords(certificate),
    onSide(onServer, "server"),
    onSide(onApplication, "application"),
  ]
    .filter((words) => words !== "")
    .join(", ");
}

/** Whether it is good, to be looked at, or neither, as far as its colour goes. */
export function certificateTone({ state, current, inUse }: Shown): "good" | "warn" | "bad" | "mute" {
  if (state === "valid") return "good";
  if (state === "due") return "warn";
  if (state === "unobserved") return "mute";
  return current || inUse ? "bad" : "mute";
}
