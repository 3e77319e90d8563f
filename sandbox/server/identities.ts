/** Windows security identifiers in the model of a server. */
import { createHash } from "node:crypto";

export const SYSTEM_SID = "S-1-5-18";
export const ADMINISTRATORS_SID = "S-1-5-32-544";
export const USERS_SID = "S-1-5-32-545";

/** An account and its security identifier. */
export interface Account {
  account: string;
  sid: string;
}

/** Accounts that every Windows has. */
export const BUILT_IN_ACCOUNTS: readonly Account[] = [
  { account: "NT AUTHORITY\\SYSTEM", sid: SYSTEM_SID },
  { account: "BUILTIN\\Administrators", sid: ADMINISTRATORS_SID },
  { account: "BUILTIN\\Users", sid: USERS_SID },
];

/** Little-endian 32-bit words of a digest, as a SID shows its sub-authorities. */
function subAuthorities(digest: Buffer, count: number): string {
  return Array.from({ length: count }, (_, index) => digest.readUInt32LE(index * 4)).join("-");
}

/** The virtual account of a service: Windows derives its SID from the service's name in upper case. */
export function serviceAccount(service: string): Account {
  const digest = createHash("sha1").update(Buffer.from(service.toUpperCase(), "utf16le")).digest();
  return { account: `NT SERVICE\\${service}`, sid: `S-1-5-80-${subAuthorities(digest, 5)}` };
}

/** The SID of a computer; real ones are random, here it is derived from the name so that a server is reproducible. */
export function machineSid(computerName: string): string {
  return `S-1-5-21-${subAuthorities(createHash("sha1").update(computerName).digest(), 3)}`;
}
