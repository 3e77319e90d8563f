/** How what belongs to a server is named: application marker, certificate label, key container. */
import { createHash } from "node:crypto";
import { LABEL_PREFIX } from "../protocol/host-operations";

/** A server of a stack: what every marker carries. */
export interface ServerIdentity {
  stack: string;
  server: string;
}

/** The tag of an application that this server owns; one that state does not know is found by it. */
export function applicationMarker({ stack, server }: ServerIdentity): string {
  return `${LABEL_PREFIX}:${stack}/${server}`;
}

const REVOKED = `${LABEL_PREFIX}:revoked:`;

/** The tag which says that the credentials of a server were revoked, up to and including a generation. */
export function revocationTag(generation: number, at: Date): string {
  return `${REVOKED}g${generation}:${at.toISOString()}`;
}

/** The newest revocation that an application's tags record, null if none does. */
export function revocationOf(tags: readonly string[]): { generation: number; at: string } | null {
  const recorded = tags.flatMap((tag) => {
    const match = tag.startsWith(REVOKED) ? /^g(\d+):(.+)$/.exec(tag.slice(REVOKED.length)) : null;
    return match ? [{ generation: Number(match[1]), at: match[2] }] : [];
  });
  return recorded.sort((left, right) => right.generation - left.generation)[0] ?? null;
}

/** Whether a tag records a revocation. */
export function isRevocation(tag: string): boolean {
  return revocationOf([tag]) !== null;
}

/** What the labels of all generations of a server start with, up to and including the space before `g`. */
export function labelPrefix({ stack, server }: ServerIdentity): string {
  return `${LABEL_PREFIX} ${stack}/${server} `;
}

/** FriendlyName, and common name, of the certificate of one generation. */
export function certificateLabel(identity: ServerIdentity, generation: number): string {
  return `${labelPrefix(identity)}g${generation}`;
}

/** X.500 subject of the certificate of one generation. */
export function certificateSubject(identity: ServerIdentity, generation: number): string {
  return `CN=${certificateLabel(identity, generation)}`;
}

/** What of stack and server a key container's name shows; the digest beside it is what distinguishes servers. */
const READABLE = 60;

/**
 * Name of the key container of one generation. The names of stack and server alone do not distinguish two servers: stack
 * `a-b` with server `c` reads like stack `a` with server `b-c`.
 *
 * @param unmistakable false for a generation of an earlier release: its key keeps the name that it was made under
 */
export function keyName({ stack, server }: ServerIdentity, generation: number, unmistakable: boolean): string {
  const readable = `${stack}-${server}`.replace(/[^A-Za-z0-9-]/g, "-");
  if (!unmistakable) return `${LABEL_PREFIX}-${readable}-g${generation}`;
  const digest = createHash("sha256").update(`${stack}/${server}`).digest("hex").slice(0, 16);
  return `${LABEL_PREFIX}-${readable.slice(0, READABLE)}-${digest}-g${generation}`;
}

/** The generation that a label, or a subject made from one, names; null if it is not this server's. */
export function generationOf(identity: ServerIdentity, labelOrSubject: string): number | null {
  const label = labelOrSubject.replace(/^CN=/, "");
  const prefix = labelPrefix(identity);
  if (!label.startsWith(prefix)) return null;
  const match = /^g([1-9]\d*)$/.exec(label.slice(prefix.length));
  return match ? Number(match[1]) : null;
}
