/** Reads the host key of a server without logging in: the connection ends as soon as the key was received. */
import type { Readable } from "node:stream";
import { Client } from "ssh2";
import { ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { HOST_KEY_TYPES } from "../model/server/host-key";
import { throughBastion } from "./bastion";
import { encodeText } from "../model/text/encoders/text";
import { CONNECT_SECONDS, connectError, newAttempt, recordProposals, repeated } from "./ssh-attempt";
import type { SshPlace } from "./ssh-trouble";
import type { BastionTarget } from "./ssh-target";

/** What the SSH port answered. */
export type HostKeySeen =
  | { kind: "key"; type: string; blob: Buffer }
  /** An SSH server without a host key of a type that can be pinned. */
  | { kind: "no-key" }
  /** Nothing answers, or not as an SSH server that this client can speak with. */
  | { kind: "failed"; problem: Diagnostic };

type Place = Pick<SshPlace, "server" | "host" | "port"> & { proxy?: BastionTarget | null };

/**
 * Requests the host key of a server.
 *
 * @param types requested key types, the preferred one first. @default all that can be pinned
 */
export function fetchHostKey(place: Place, types: readonly string[] = HOST_KEY_TYPES): Promise<HostKeySeen> {
  const { proxy } = place;
  const request = (sock?: Readable) => requestHostKey(place, types, sock);
  const attempt = () => (proxy ? throughBastion({ ...place, user: "" }, proxy, request) : request());
  return repeated(attempt).catch((error: unknown): HostKeySeen => {
    if (!(error instanceof ProblemError)) throw error;
    return { kind: "failed", problem: error.problems[0] };
  });
}

function requestHostKey(place: Place, types: readonly string[], sock?: Readable): Promise<HostKeySeen> {
  const seen = newAttempt({ type: types[0], blob: Buffer.alloc(0) });
  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (error: Error | null) => {
      client.destroy();
      reject(connectError({ ...place, user: "" }, seen, error));
    };
    client.on("error", (error: Error) => {
      if (!/no matching host key/i.test(error.message)) return fail(error);
      client.destroy();
      resolve({ kind: "no-key" });
    });
    client.once("close", () => fail(null));
    try {
      client.connect({
        ...{ host: place.host, port: place.port, sock },
        // Never sent: the key is refused before any login.
        username: "doctor",
        readyTimeout: CONNECT_SECONDS * 1000,
        algorithms: { serverHostKey: [...types] as never },
        debug: recordProposals(seen),
        hostVerifier: (blob: Buffer) => {
          resolve({ kind: "key", type: keyType(blob), blob });
          client.destroy();
          return false;
        },
      });
    } catch (error) {
      fail(error as Error);
    }
  });
}

/** The type that the first bytes of the key state. */
function keyType(blob: Buffer): string {
  return encodeText(blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1"));
}
