/** RSA keys for a whole process: generating one takes as long as several sequences. */
import { generateKeyPairSync } from "node:crypto";
import { KEY_LENGTH } from "../../model/certificate/certificate-policy";

const COUNT = 4;
let pool: string[] = [];

function makePool(): string[] {
  return Array.from({ length: COUNT }, () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: KEY_LENGTH });
    return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  });
}

/** The nth key of a world, PKCS #8 in PEM. Worlds share keys, and one world uses a key again after {@link COUNT} others. */
export function throwAwayKey(index: number): string {
  if (pool.length === 0) pool = makePool();
  return pool[index % COUNT];
}

/** Parts of each private key that appear nowhere else: the modulus is public, the parts after it are not. */
export function keyCanaries(): string[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const lines = throwAwayKey(index).split("\n");
    return lines[Math.floor(lines.length * 0.75)];
  });
}
