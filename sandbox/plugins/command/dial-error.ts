/** Why a dial failed, in the words of the real plugin's SSH library. */
import { OFFERED } from "./algorithms";

const SYSTEM_ERRORS: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "i/o timeout",
};

interface SshError extends Error {
  code?: string;
  level?: string;
}

export interface Attempt {
  endpoint: string;
  /** The pinned host key's type. */
  hostKeyType?: string;
  /** Authentication methods in the order of use. */
  attempted: string[];
  /** What the server offered, by the library's kinds. */
  offered?: Record<string, string[]>;
}

/** What the real plugin's library calls the kinds, and what it offers of them. */
const KINDS: Record<string, { list: string; name: string; offers: readonly string[] }> = {
  "key exchange algorithm": {
    list: "KEX method",
    name: "key exchange",
    offers: [...OFFERED.kex, "ext-info-c", "kex-strict-c-v00@openssh.com"],
  },
  "C->S cipher": { list: "C->S cipher", name: "client to server cipher", offers: OFFERED.cipher },
  "S->C cipher": { list: "S->C cipher", name: "server to client cipher", offers: OFFERED.cipher },
  "C->S MAC": { list: "C->S MAC", name: "client to server MAC", offers: OFFERED.mac },
  "S->C MAC": { list: "S->C MAC", name: "server to client MAC", offers: OFFERED.mac },
};

export function dialError(error: SshError, attempt: Attempt): Error {
  const { endpoint } = attempt;
  const system = SYSTEM_ERRORS[error.code ?? ""];
  if (system) return new Error(`dial tcp ${endpoint}: ${system}`);
  if (error.level === "client-timeout") return new Error(`dial tcp ${endpoint}: i/o timeout`);
  return new Error(`ssh: handshake failed: ${handshakeError(error, attempt)}`);
}

function handshakeError(error: SshError, { hostKeyType, attempted, offered = {} }: Attempt): string {
  const kind = KINDS[/no matching ([\w> -]+)$/i.exec(error.message)?.[1] ?? ""];
  if (kind) {
    const theirs = (offered[kind.list] ?? []).join(" ");
    return `ssh: no common algorithm for ${kind.name}; we offered: [${kind.offers.join(" ")}], peer offered: [${theirs}]`;
  }
  if (error.code === "ECONNRESET") return "connection reset by peer";
  if (error.level === "client-authentication") {
    return `ssh: unable to authenticate, attempted methods [${attempted.join(" ")}], no supported methods remain`;
  }
  if (/host denied/i.test(error.message)) return "ssh: host key mismatch";
  if (/no matching.*host key/i.test(error.message)) {
    return `ssh: no common algorithm for host key; we offered: [${hostKeyType}]`;
  }
  return error.message;
}

/** RFC 4254, section 5.1, as the real plugin's library words it. */
const OPEN_FAILURES: Record<number, string> = {
  1: "administratively prohibited",
  2: "connect failed",
  3: "unknown channel type",
  4: "resource shortage",
};

/** Why a proxy did not forward a connection. */
export function openError(error: Error & { reason?: number }): Error {
  const reason = OPEN_FAILURES[error.reason ?? 0] ?? `unknown reason ${error.reason}`;
  return new Error(`ssh: rejected: ${reason} (${error.message.replace(/^\(SSH\) Channel open failure: /, "")})`);
}
