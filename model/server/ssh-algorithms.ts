/**
 * The algorithms that the two clients of a run offer to a server: this project's own connection (ssh2 1.17.0), and Pulumi's
 * command plugin 1.2.1 (golang.org/x/crypto 0.48.0, in its defaults). A server must have one of each kind with both.
 */

interface AlgorithmKind {
  /** For people. */
  name: string;
  /** The line of sshd_config that lists what a server offers. */
  option: string;
  own: readonly string[];
  plugin: readonly string[];
}

const ECDH = ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"];
const CURVE25519 = ["curve25519-sha256", "curve25519-sha256@libssh.org"];
const CIPHERS = [
  ...["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"],
  ...["aes128-ctr", "aes192-ctr", "aes256-ctr"],
];
const ETM = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"];
const HMAC = ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"];
/** Of the types that can be pinned, the one of the pinned key is offered alone. */
const HOST_KEYS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

export const ALGORITHMS = {
  kex: {
    name: "key exchange algorithm",
    option: "KexAlgorithms",
    own: [
      ...CURVE25519,
      ...ECDH,
      "diffie-hellman-group-exchange-sha256",
      ...["diffie-hellman-group14-sha256", "diffie-hellman-group15-sha512", "diffie-hellman-group16-sha512"],
      ...["diffie-hellman-group17-sha512", "diffie-hellman-group18-sha512"],
    ],
    plugin: [
      "mlkem768x25519-sha256",
      ...CURVE25519,
      ...ECDH,
      ...["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"],
    ],
  },
  hostKey: { name: "host key algorithm", option: "HostKeyAlgorithms", own: HOST_KEYS, plugin: HOST_KEYS },
  cipher: { name: "cipher", option: "Ciphers", own: CIPHERS, plugin: CIPHERS },
  mac: {
    name: "MAC",
    option: "MACs",
    own: [...ETM, "hmac-sha1-etm@openssh.com", ...HMAC],
    plugin: [...ETM, ...HMAC, "hmac-sha1-96"],
  },
} as const satisfies Record<string, AlgorithmKind>;

export type AlgorithmKindName = keyof typeof ALGORITHMS;

/** Ciphers that need no MAC. */
const AUTHENTICATING = /gcm@|^chacha20-poly1305@/;

/** What both clients offer. */
export function offeredByBoth(kind: AlgorithmKindName): string[] {
  const plugin: readonly string[] = ALGORITHMS[kind].plugin;
  return ALGORITHMS[kind].own.filter((name) => plugin.includes(name));
}

/** The line of sshd_config that lets both clients in. */
export const sshdLine = (kind: AlgorithmKindName) => `${ALGORITHMS[kind].option} +${offeredByBoth(kind)[0]}`;

/** What a server offers, by kind and direction. */
export interface ServerOffers {
  kex: readonly string[];
  cipher: readonly (readonly string[])[];
  mac: readonly (readonly string[])[];
}

/** A kind of algorithm of which a server offers none that the plugin has. */
export interface MissingAlgorithm {
  kind: AlgorithmKindName;
  offered: readonly string[];
}

/** What keeps Pulumi's command plugin from a server, in the order of its negotiation; null if nothing does. */
export function missingForPlugin({ kex, cipher, mac }: ServerOffers): MissingAlgorithm | null {
  const common = (kind: AlgorithmKindName, offered: readonly string[]) =>
    ALGORITHMS[kind].plugin.find((name) => offered.includes(name));
  if (common("kex", kex) === undefined) return { kind: "kex", offered: kex };
  for (const offered of cipher) if (common("cipher", offered) === undefined) return { kind: "cipher", offered };
  for (const [direction, offered] of mac.entries()) {
    const needed = !AUTHENTICATING.test(common("cipher", cipher[direction]) ?? "");
    if (needed && common("mac", offered) === undefined) return { kind: "mac", offered };
  }
  return null;
}
