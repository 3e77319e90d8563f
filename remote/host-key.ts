/** The host key that a server shows, taken without logging in: the connection ends as soon as the key was seen. */
import { Client } from "ssh2";
import { HOST_KEY_TYPES } from "../model/server/host-key";
import { encodeText } from "../model/text/encoders/text";

/** What was seen on the SSH port. */
export type HostKeySeen =
  | { kind: "key"; type: string; blob: Buffer }
  /** An SSH server without a key of a type that can be pinned. */
  | { kind: "no-key"; reason: string }
  /** Something answers that speaks no SSH, or hangs up. */
  | { kind: "no-ssh"; reason: string }
  | { kind: "unreachable"; reason: string };

const CONNECT_MILLISECONDS = 15_000;

/** Codes of a connection that never stood, or that a firewall or a busy sshd cut before its greeting. */
const UNREACHED = [
  ...["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
  ...["ETIMEDOUT", "EADDRNOTAVAIL"],
];

/**
 * Asks a server for its host key.
 *
 * @param types key types to ask for, the preferred one first. @default all that can be pinned
 */
export function fetchHostKey(
  host: string,
  port: number,
  types: readonly string[] = HOST_KEY_TYPES,
): Promise<HostKeySeen> {
  return new Promise((resolve) => {
    const client = new Client();
    let connected = false;
    const end = (seen: HostKeySeen) => {
      // A reason may be the words of whatever listens there.
      resolve("reason" in seen ? { ...seen, reason: encodeText(seen.reason) } : seen);
      client.destroy();
    };
    client.once("connect", () => (connected = true));
    client.on("error", (error: Error & { code?: string }) => {
      if (/no matching host key/i.test(error.message)) return end({ kind: "no-key", reason: error.message });
      const reason = error.code ?? error.message;
      if (!connected || UNREACHED.includes(reason)) return end({ kind: "unreachable", reason });
      end({ kind: "no-ssh", reason });
    });
    client.once("close", () => end({ kind: "no-ssh", reason: "closed the connection without an SSH greeting" }));
    try {
      client.connect({
        host,
        port,
        // Never sent: the key is refused before any login.
        username: "doctor",
        readyTimeout: CONNECT_MILLISECONDS,
        algorithms: { serverHostKey: [...types] as never },
        hostVerifier: (blob: Buffer) => {
          end({ kind: "key", type: keyType(blob), blob });
          return false;
        },
      });
    } catch (error) {
      end({ kind: "unreachable", reason: (error as Error).message });
    }
  });
}

/** The type that the key's own bytes begin with. */
function keyType(blob: Buffer): string {
  return encodeText(blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1"));
}
