/** Throw-away SSH keys for tests. */
import { generateKeyPairSync } from "node:crypto";
import { utils } from "ssh2";

export interface TestKey {
  privateKey: string;
  /** One line in the format of authorized_keys. */
  line: string;
}

const ATTEMPTS = 20;

function generate(type: "ed25519" | "ecdsa"): TestKey {
  const pair =
    type === "ed25519" ? utils.generateKeyPairSync("ed25519") : utils.generateKeyPairSync("ecdsa", { bits: 256 });
  return { privateKey: pair.private, line: pair.public.trim() };
}

/** Makes a key of a type that can be pinned. The library cannot read some of its own keys: those are made again. */
export function makeHostKey(type: "ed25519" | "ecdsa" = "ed25519"): TestKey {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const key = generate(type);
    const parsed = [utils.parseKey(key.privateKey), utils.parseKey(key.line)];
    if (!parsed.some((one) => one instanceof Error)) return key;
  }
  throw new Error(`${ATTEMPTS} keys in a row could not be read`);
}

/** An ssh-rsa line, for which the command plugin would offer SHA-1 signatures only. */
export function makeRsaLine(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const parsed = utils.parseKey(privateKey.export({ type: "pkcs1", format: "pem" }) as string);
  if (parsed instanceof Error || Array.isArray(parsed)) throw new Error("no key was made");
  return `ssh-rsa ${parsed.getPublicSSH().toString("base64")}`;
}

const cached = new Map<string, string>();

/** The pinned host key of a server: the same for a name within one process. */
export function hostKeyLine(name: string): string {
  const line = cached.get(name) ?? makeHostKey().line;
  cached.set(name, line);
  return line;
}
