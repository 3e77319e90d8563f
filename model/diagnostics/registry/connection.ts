/** What prevents a connection to a server, before the host program has answered. */
import type { Registrations } from "../registration";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const guide = "situations/server-unreachable.md";

const COMPARE =
  "Compare it with the key on the server's console. Pin the new one only if the server was rebuilt; otherwise another " +
  "machine may be answering in its place.";

export const CONNECTION = {
  HOST_UNREACHABLE: {
    ...{ severity, since, cure, guide },
    title: "The server does not answer over SSH.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "connection.host",
    expected: "an SSH server that answers",
    actual: "{host}:{port}: {reason}",
    remedy: [
      "Check that the server is running, that sshd listens on this port, and that no firewall blocks the connection.",
    ],
  },
  HOST_KEY_MISMATCH: {
    ...{ severity, since, cure, guide: "situations/server-rebuilt.md" },
    title: "The server presents a host key other than the pinned one.",
    why: "Another machine may be answering in the server's place, so no one signs in to it.",
    property: "connection.hostKey",
    expected: "{pinned}",
    actual: "{actual}",
    remedy: [COMPARE],
  },
  SSH_KEY_REFUSED: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The server refuses the SSH key.",
    why: "Without a session the server is neither judged nor changed.",
    property: "SSH key",
    expected: "a key that the server accepts",
    actual: '{host}:{port} refuses the key for user "{user}"',
    remedy: [
      "Check user and key: an administrator's key belongs into %ProgramData%/ssh/administrators_authorized_keys.",
    ],
  },
  HOST_SESSION_LOST: {
    ...{ severity, since, cure, guide },
    title: "The SSH session ended before the answer.",
    why: "How far the server got is not known; the next run finds out.",
    property: "SSH session",
    expected: "a session that lasts until the answer",
    actual: "{actual}",
    remedy: ["Run again; if it happens every time, look at the sshd log (OpenSSH/Operational) on the server."],
  },
  HOST_TIMEOUT: {
    ...{ severity, since, cure, guide },
    title: "The server did not answer in time.",
    why: "How far the server got is not known; the next run finds out.",
    property: "SSH session",
    expected: "a session that lasts until the answer",
    actual: "no answer within {seconds} s",
    remedy: ["Run again; if it happens every time, look at the sshd log (OpenSSH/Operational) on the server."],
  },
  HOST_ANSWER_INVALID: {
    ...{ severity, since, cure, guide },
    title: "The server's answer is not an answer from the host program.",
    why: "Nothing is concluded from an answer that cannot be read.",
    property: "host program",
    expected: "an answer from the host program",
    actual: "{actual}",
    remedy: ["Check that Windows PowerShell 5.1 starts for this user over SSH."],
  },
  HOST_NOT_OBSERVED: {
    ...{ severity, since, cure, guide },
    title: "The server could not be observed.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "observation of the host",
    expected: "an answer",
    actual: "{actual}",
    remedy: ["Run again; if it happens again, please report it."],
  },
} as const satisfies Registrations;
