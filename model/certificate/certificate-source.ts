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

/** The server asks a CA of the organisation for it, by a template, for a key that it makes. */
interface FromTemplate {
  kind: "template";
  /** Name of the certificate template, not its display name. */
  template: string;
  /** The CA, as certreq names it: `host\name`. */
  authority: string;
}

export type CertificateSource = SelfSigned | Issued | FromTemplate;

export const SELF_SIGNED: CertificateSource = { kind: "selfSigned" };

/** Safe on a command line and in the file that certreq reads. A CA's name is as certreq writes it, in ASCII. */
export const TEMPLATE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const AUTHORITY_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,120}\\[A-Za-z0-9][A-Za-z0-9 ._()!-]{0,120}$/;

/** The source that a policy declares. */
export const sourceOf = ({ source }: Pick<CertificatePolicy, "source">): CertificateSource => source ?? SELF_SIGNED;

/** Hash of the certificate that a policy names; undefined if the server makes or requests it. */
export function issuedHash(policy: Pick<CertificatePolicy, "source">): string | undefined {
  const source = sourceOf(policy);
  return source.kind === "issued" ? source.sha256 : undefined;
}

/** A source as state remembers it; empty for a self-signed certificate, as in the state of earlier releases. */
export function sourceText(source: CertificateSource): string {
  if (source.kind === "issued") return `issued ${source.sha256}`;
  return source.kind === "template" ? `template ${source.template} of ${source.authority}` : "";
}

/** The source that a text of {@link sourceText} is of. */
export function readSource(text: string): CertificateSource {
  const [, sha256] = /^issued (.*)$/.exec(text) ?? [];
  if (sha256 !== undefined) return { kind: "issued", sha256 };
  const [, template, authority] = /^template (\S+) of (.*)$/.exec(text) ?? [];
  return template === undefined ? SELF_SIGNED : { kind: "template", template, authority };
}
