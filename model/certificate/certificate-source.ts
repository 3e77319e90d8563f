/** Where the certificate of a server comes from. */
import type { CertificatePolicy } from "./certificate-policy";

/** The server makes it: a key with the declared provider, and a certificate that signs itself. */
interface SelfSigned {
  kind: "selfSigned";
}

/** A CA of the organisation issued it already, for a key on the server; it is in LocalMachine\My and stays there. */
interface Issued {
  kind: "issued";
  /** SHA-256 of the certificate, 64 hexadecimal digits. Another one is a rotation. */
  sha256: string;
}

export type CertificateSource = SelfSigned | Issued;

const SELF_SIGNED: CertificateSource = { kind: "selfSigned" };

/** The source that a policy declares. */
export const sourceOf = ({ source }: Pick<CertificatePolicy, "source">): CertificateSource => source ?? SELF_SIGNED;

/** Hash of the certificate that a policy names; undefined if the server makes it. */
export function issuedHash(policy: Pick<CertificatePolicy, "source">): string | undefined {
  const source = sourceOf(policy);
  return source.kind === "issued" ? source.sha256 : undefined;
}

/** A source as state remembers it; empty for a self-signed certificate, as in the state of earlier releases. */
export const sourceText = (source: CertificateSource): string =>
  source.kind === "issued" ? `issued ${source.sha256}` : "";

/** Hash of the certificate that the text of a source names; empty if the server makes it. */
export const namedBy = (text: string): string => /^issued (.*)$/.exec(text)?.[1] ?? "";
