/** RSA keys for a whole process: generating one takes as long as several sequences. */
import { generateKeyPairSync } from "node:crypto";
import { KEY_LENGTH } from "../../model/certificate/certificate-policy";
import type { Machine } from "../../sandbox/server/machine";
import { holdersOf } from "../../sandbox/server/machine-certificates";

/** PKCS #8 in PEM. */
const pool: string[] = [];

function makeKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: KEY_LENGTH });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  pool.push(key);
  return key;
}

/** Whether a container or a certificate of the server has the key. */
const isInUse = (machine: Machine, privateKey: string) =>
  machine.state.keys.some((key) => key.privateKey === privateKey) || holdersOf(machine, { privateKey }).length > 0;

/** A key that nothing on the server has. Servers share keys; one that none has any more is used again. */
export function throwAwayKey(machine: Machine): string {
  return pool.find((key) => !isInUse(machine, key)) ?? makeKey();
}

/** Parts of each private key that appear nowhere else: the modulus is public, the parts after it are not. */
export function keyCanaries(): string[] {
  return pool.map((key) => {
    const lines = key.split("\n");
    return lines[Math.floor(lines.length * 0.75)];
  });
}
