/** Why a connection failed: from what the client saw of it, stage by stage, to one diagnostic. Pure. */
import { diagnose, type Diagnostic } from "../model/diagnostics/diagnostic";
import { fingerprint } from "../model/server/host-key";
import { ALGORITHMS, missingForPlugin, sshdLine, type AlgorithmKindName } from "../model/server/ssh-algorithms";
import { encodeText } from "../model/text/encoders/text";

/** Where a connection leads, for messages. */
export interface SshPlace {
  server: string;
  host: string;
  port: number;
  user: string;
}

/** What both sides propose for the key exchange, by kind. */
export type Proposals = Map<string, { local: string; remote: string }>;

/** What the client saw of one attempt. */
export interface SshAttempt {
  pinned: { type: string; blob: Buffer };
  /** The host key that the server presented; undefined before that. */
  shown?: Buffer;
  /** Keys that were offered so far. */
  offered: number;
  /** Keys that there were to offer. */
  keys: number;
  /** Usable keys of the agent that were not offered, and entries that cannot be. */
  others: number;
  unusable: number;
  /** Whether the login stands for one of Pulumi's command plugin. */
  asPlugin?: boolean;
  /** Whether the server asked for a signature: it knows the key. */
  signed: boolean;
  /** What the server accepts beside the key that it took, once it said so. */
  wanted: readonly string[];
  proposals: Proposals;
}

type SshError = Error & { level?: string; code?: string | number };

/** A failure before the server showed its key may be a busy sshd (MaxStartups) or a firewall on its way: worth another try. */
export function isWorthRepeating({ shown }: SshAttempt, error: SshError | null): boolean {
  if (shown) return false;
  if (error === null) return true;
  return error.code === "ECONNRESET" || /lost before handshake/i.test(error.message);
}

/** Where the library's words for a kind differ from those of its lists, and whose line of sshd_config it is. */
function kindOf(missing: string): { list: string; kind: AlgorithmKindName | null } {
  if (missing === "key exchange algorithm") return { list: "KEX method", kind: "kex" };
  if (/cipher$/.test(missing)) return { list: missing, kind: "cipher" };
  return { list: missing, kind: /MAC$/.test(missing) ? "mac" : null };
}

function noAlgorithm(place: SshPlace, { proposals }: SshAttempt, missing: string): Diagnostic {
  const { list, kind } = kindOf(missing);
  const { local = "unknown", remote = "unknown" } = proposals.get(list) ?? {};
  const { server, host, port } = place;
  const line = kind === null ? "Compression no" : sshdLine(kind);
  const values = { host, port, client: "this project", kind: missing, local, remote: encodeText(remote), line };
  return diagnose("SSH_NO_ALGORITHM", server, values);
}

/** What keeps Pulumi's command plugin from a server that our own client has logged in to; null if nothing does. */
export function pluginAlgorithmProblem({ server, host, port }: SshPlace, proposals: Proposals): Diagnostic | null {
  const offered = (list: string) => (proposals.get(list)?.remote ?? "").split(",");
  const missing = missingForPlugin({
    kex: offered("KEX method"),
    cipher: [offered("C->S cipher"), offered("S->C cipher")],
    mac: [offered("C->S MAC"), offered("S->C MAC")],
  });
  if (!missing) return null;
  const { name: kind, plugin } = ALGORITHMS[missing.kind];
  const both = { local: plugin.join(","), remote: encodeText(missing.offered.join(",")), line: sshdLine(missing.kind) };
  const client = "Pulumi's command plugin";
  return diagnose("SSH_NO_ALGORITHM", server, { host, port, client, kind, ...both });
}

const unreachable = ({ server, host, port }: SshPlace, reason: string) =>
  diagnose("HOST_UNREACHABLE", server, { host, port, reason: encodeText(reason) });

/** What the agent holds beside what was offered, as one clause. */
function besides({ others, unusable }: SshAttempt): string {
  const parts = [
    ...(others > 0 ? [`${others} other keys`] : []),
    ...(unusable > 0 ? [`${unusable} entries that cannot be offered, such as user certificates`] : []),
  ];
  return parts.length === 0 ? "" : `; the agent holds ${parts.join(" and ")}`;
}

/** A server that ends the login on its own: with a reason, or without one. */
function hungUp(place: SshPlace, attempt: SshAttempt, reason: string | null): Diagnostic {
  const { server, host, port, user } = place;
  const { offered, keys, shown } = attempt;
  if (reason !== null && /too many authentication failures/i.test(reason)) {
    const remedy = attempt.asPlugin ? "plugin" : "own";
    return diagnose("SSH_TOO_MANY_KEYS", server, { host, port, offered, keys }, { remedy });
  }
  if (offered > 0) {
    const said = reason === null ? "without a reason" : `with "${encodeText(reason)}"`;
    return diagnose("SSH_LOGIN_CLOSED", server, { host, port, user, said });
  }
  const stage = shown ? "closed the connection at login" : "closed the connection without an SSH greeting";
  return unreachable(place, reason ?? stage);
}

function refused(place: SshPlace, attempt: SshAttempt): Diagnostic {
  const { server, host, port, user } = place;
  const { signed, wanted } = attempt;
  if (attempt.keys === 0) return diagnose("SSH_NO_KEY", server, { host, port, besides: besides(attempt) });
  if (signed || wanted.length > 0) {
    const more = wanted.length > 0 ? ` and asks for ${wanted.map((one) => encodeText(one)).join(", ")}` : "";
    return diagnose("SSH_LOGIN_INCOMPLETE", server, { host, port, user, more });
  }
  return diagnose("SSH_KEY_REFUSED", server, { host, port, user, besides: besides(attempt) });
}

/** @param error what the client reports; null if the connection was closed without one */
export function connectProblem(place: SshPlace, attempt: SshAttempt, error: SshError | null): Diagnostic {
  const { server, host, port } = place;
  const { pinned, shown } = attempt;
  const mismatch = (actual: string) =>
    diagnose("HOST_KEY_MISMATCH", server, { actual, pinned: fingerprint(pinned.blob) });
  if (shown && !shown.equals(pinned.blob)) return mismatch(fingerprint(shown));
  if (error === null) return hungUp(place, attempt, null);
  if (/no matching host key/i.test(error.message)) {
    return mismatch(`a server at ${host}:${port} without a host key of type ${pinned.type}`);
  }
  const [, kind] = /no matching ([\w> -]+)$/i.exec(error.message) ?? [];
  if (kind) return noAlgorithm(place, attempt, kind);
  if (error.level === "client-authentication") return refused(place, attempt);
  // A number is the reason of SSH_MSG_DISCONNECT (RFC 4253, section 11.1), and the message the server's own text.
  if (typeof error.code === "number") return hungUp(place, attempt, error.message);
  if (shown && error.code === "ECONNRESET") return hungUp(place, attempt, null);
  return unreachable(place, error.code ?? error.message);
}
