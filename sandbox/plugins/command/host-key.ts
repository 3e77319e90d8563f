/** A pinned host key: one line of an authorized_keys file. */

export interface HostKey {
  /** For example "ssh-ed25519"; the only algorithm that is offered to the server. */
  type: string;
  /** The key as servers send it. */
  blob: Buffer;
}

/** @throws if the line contains no key, with the real plugin's words. */
export function parseHostKey(line: string): HostKey {
  const fields = line.trim().split(/\s+/);
  for (let index = 0; index + 1 < fields.length; index++) {
    const blob = Buffer.from(fields[index + 1], "base64");
    // The blob repeats the type, as a string with its length before it.
    if (blob.length > 4 && blob.length >= 4 + blob.readUInt32BE(0)) {
      const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
      if (type === fields[index]) return { type, blob };
    }
  }
  throw new Error("failed to parse host key: ssh: no key found");
}
