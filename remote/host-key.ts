/** Reads the host key of a server without logging in: the connection ends as soon as the key was received. */
import { Client } from "ssh2";
import { HOST_KEY_TYPES } from "../model/server/host-key";
import { encodeText } from "../model/text/encoders/text";

/** What the SSH port answered. */
export type HostKeySeen =
  | { kind: "key"; type: string; blob: Buffer }
  /** An SSH server without a host key of a type that can be pinned. */
  | { kind: "no-key"; reason: string }
  /** A service that does not speak SSH, or that closes the connection. */
  | { kind: "no-ssh"; reason: string }
  | { kind: "unreachable"; reason: string };

const CONNECT_MILLISECONDS = 15_000;

/** Error codes of a connection that was refused, or that a firewall or a busy sshd closed before the greeting. */
const UNREACHED = [
  ...["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
  ...["ETIMEDOUT", "EADDRNOTAVAIL"],
];

/**
 * Requests the host key of a server.
 *
 * @param types requested key types, the preferred one first. @default all that can be pinned
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

/** The type that the first bytes of the key state. */
function keyType(blob: Buffer): string {
  return encodeText(blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1"));
}
