/** Authorities that the process of a test trusts in addition, as NODE_EXTRA_CA_CERTS does from its start. */
import * as tls from "node:tls";

/** @returns what takes the trust back */
export function trust(authority: string): () => void {
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, authority]);
  return () => tls.setDefaultCACertificates(before);
}
