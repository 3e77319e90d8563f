/** Where the certificate of a server comes from. */
import type { CertificatePolicy } from "./certificate-policy";

/**
 * `selfSigned`: the server makes a key with the declared provider, and a certificate that signs itself. `issued`: a CA of the
 * organisation issued it already, for a key on the server; it is in LocalMachine\My, has this SHA-256 (64 hexadecimal
 * digits) and stays there. Another hash is a rotation. `template`: the server asks a CA of its forest by the name of a
 * certificate template (not the display name; 1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses),
 * as its computer account; each rotation asks again.
 */
export type CertificateSource =
  { kind: "selfSigned" } | { kind: "issued"; sha256: string } | { kind: "template"; template: string };

const SELF_SIGNED: CertificateSource = { kind: "selfSigned" };

/** The source that a policy declares. */
export const sourceOf = ({ source }: Pick<CertificatePolicy, "source">): CertificateSource => source ?? SELF_SIGNED;

/** Hash of the certificate that a policy names; undefined if the server makes it. */
export function issuedHash(policy: Pick<CertificatePolicy, "source">): string | undefined {
  const source = sourceOf(policy);
  return source.kind === "issued" ? source.sha256 : undefined;
}

/** A source as state remembers it; empty for a self-signed certificate, as in the state of earlier releases. */
export function sourceText(source: CertificateSource): string {
  if (source.kind === "selfSigned") return "";
  return source.kind === "issued" ? `issued ${source.sha256}` : `template ${source.template}`;
}

/** The template that the text of a source names; null if no CA is asked by one. */
export const templateIn = (text: string): string | null => /^template (.*)$/.exec(text)?.[1] ?? null;

/** Hash of the certificate that the text of a source names; empty if the server makes it. */
export const namedBy = (text: string): string => /^issued (.*)$/.exec(text)?.[1] ?? "";
