/** What an access token says of its holder. Its signature is not ours to check: only Graph decides by it. */
import { z } from "zod";
import { harmless } from "../model/text/encoders/harmless";

const CLAIMS = z
  .object({
    /** Object id of the holder. */
    oid: z.string(),
    /** Application id, in either form of a token. */
    appid: z.string(),
    azp: z.string(),
    /** Names: of a user as it signs in, or as it is shown; of an application, in some tokens. */
    upn: z.string(),
    unique_name: z.string(),
    name: z.string(),
    app_displayname: z.string(),
    /** Application permissions. */
    roles: z.array(z.string()),
    /** Delegated permissions: the token is a user's. */
    scp: z.string(),
    /** Issuer, subject and audience. */
    iss: z.string(),
    sub: z.string(),
    aud: z.union([z.string(), z.array(z.string())]),
  })
  .partial();

export type TokenClaims = z.infer<typeof CLAIMS>;

/** The claims of a token; empty if it is no JWT. */
export function claimsOf(token: string): TokenClaims {
  try {
    return harmless(CLAIMS.parse(JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8"))));
  } catch {
    return {};
  }
}
