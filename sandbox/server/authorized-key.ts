/** The one key that an emulated SSH server accepts. */
import type { ParsedKey, PublicKeyAuthContext } from "ssh2";

/** Whether a client offers this key. */
export const isKey = (authorized: ParsedKey, { key }: PublicKeyAuthContext): boolean =>
  key.algo === authorized.type && key.data.equals(authorized.getPublicSSH());

/** Whether a client has proven that it holds this key. */
export const isSignedBy = (authorized: ParsedKey, { blob, signature, hashAlgo }: PublicKeyAuthContext): boolean =>
  authorized.verify(blob!, signature!, hashAlgo) === true;
