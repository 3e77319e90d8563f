/** What prevents a connection to a server, before the host program has answered. */
import type { Registrations } from "../registration";
import { posix, given, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const guide = "situations/server-unreachable.md";

const COMPARE =
  "Compare it with the key on the server's console. Pin the new one only if the server was rebuilt; otherwise another " +
  "machine may be answering in its place.";

const LOGON_RIGHT =
  "Hardened servers deny it to local administrators (S-1-5-114): there, a domain account works that is a member of the " +
  "server's Administrators only. Open-Ssh.ps1 checks it; the log OpenSSH/Operational on the server says why.";

export const CONNECTION = {
  HOST_UNREACHABLE: {
    ...{ severity, since, cure, guide },
    title: "The server does not answer over SSH.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "connection.host",
    expected: "an SSH server that answers",
    actual: "{host}:{port}: {reason}",
    remedy: [
      "Check that the server is running, that sshd listens on this port, and that no firewall blocks the connection. How " +
        "to open SSH: docs/open-ssh.md.",
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
    actual: '{host}:{port} refuses the key for user "{user}"{besides}',
    remedy: [
      "Check user and key: an administrator's key belongs into %ProgramData%/ssh/administrators_authorized_keys. " +
        "A correct key is refused as well if the server denies the account to log on from the network. " +
        LOGON_RIGHT,
    ],
  },
  SSH_NO_KEY: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The SSH agent holds no key to offer.",
    why: "The server can be reached only with a key, and none was offered.",
    property: "SSH key",
    expected: "a key in the agent, or the declared one of several",
    actual: "no key was offered to {host}:{port}{besides}",
    remedy: ["Add the key to the agent, or correct sshPublicKey. To add it: ", posix("ssh-add", "<key file>")],
  },
  SSH_TOO_MANY_KEYS: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The server ended the login before the right key was offered.",
    why: "The agent holds more keys than the server lets a client try (MaxAuthTries).",
    property: "SSH key",
    expected: "the right key among the first that are offered",
    actual: "{host}:{port} ended the login after {offered} of {keys} keys: too many authentication failures",
    remedy: {
      own: [
        "Set sshPublicKey to the public key that the server accepts, and give the run an agent with that key only. To list " +
          "what the agent holds: ",
        posix("ssh-add", "-l"),
      ],
      plugin: [
        "sshPublicKey is offered alone by the observation, but Pulumi's command plugin offers every key of the agent: give " +
          "the run an agent with that key only. To list what the agent holds: ",
        posix("ssh-add", "-l"),
      ],
    },
  },
  SSH_LOGIN_INCOMPLETE: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The server accepts the SSH key, but not the login.",
    why: "A key alone must be sufficient for a session without a person.",
    property: "SSH login",
    expected: "a login with the key alone",
    actual: '{host}:{port} accepts the key for user "{user}", but not the login{more}',
    remedy: ["Check AuthenticationMethods in sshd_config, and the account's rights to log on from the network."],
  },
  SSH_LOGIN_CLOSED: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The server ended the connection after the SSH key was offered.",
    why: "Without a session the server is neither judged nor changed.",
    property: "SSH login",
    expected: "a session for the user",
    actual: '{host}:{port} closed the connection {said} after a key was offered for user "{user}"',
    remedy: [
      "Check the account: whether it is locked or disabled, and whether it may log on from the network. " + LOGON_RIGHT,
    ],
  },
  SSH_NO_ALGORITHM: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "Client and server have no algorithm in common.",
    why:
      "No connection can be encrypted that both sides cannot agree on. A run has two clients, this project's own and Pulumi's " +
      "command plugin, and the server must suit both.",
    property: "SSH algorithms",
    expected: "a {kind} that {client} has: {local}",
    actual: "{host}:{port} offers {remote}",
    remedy: ["Add to sshd_config what both clients of a run have, for example: {line}. Then restart sshd."],
  },
  SSH_SESSION_REFUSED: {
    ...{ severity, since, cure, guide },
    title: "The server accepts the login, but no command.",
    why: "Without a session the server is neither judged nor changed.",
    property: "SSH session",
    expected: "a session that runs a command",
    actual: "{host}:{port} refuses the session: {reason}",
    remedy: ["Check MaxSessions and the account's rights in sshd_config; the log OpenSSH/Operational says why."],
  },
  SFTP_REFUSED: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The server does not provide SFTP.",
    why: "The host program is copied with SFTP; an up would stop in the middle.",
    property: "SFTP",
    expected: "an SFTP session",
    actual: "{host}:{port}: {reason}",
    remedy: [
      "Check in sshd_config that the subsystem sftp is set and no ForceCommand applies, and that no PowerShell profile " +
        "of the user prints anything.",
    ],
  },
  BASTION_UNREACHABLE: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The bastion does not answer over SSH.",
    why: "The servers behind it cannot be reached, so they are neither judged nor changed.",
    property: "connection.proxy.host",
    expected: "a bastion that answers",
    actual: "{actual}",
    remedy: [
      "Check the bastion, not the server: that it is running, that sshd listens on this port, and its firewall.",
    ],
  },
  BASTION_KEY_MISMATCH: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The bastion presents a host key other than the pinned one.",
    why: "Another machine may be answering in the bastion's place, so no one signs in to it.",
    property: "connection.proxy.hostKey",
    expected: "{pinned}",
    actual: "{actual} at {bastion}",
    remedy: [
      "Compare it with the key on the bastion itself. Pin the new one only if the bastion was rebuilt; otherwise another " +
        "machine may be answering in its place.",
    ],
  },
  BASTION_KEY_REFUSED: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The bastion refuses the SSH key.",
    why: "The servers behind it cannot be reached, so they are neither judged nor changed.",
    property: "SSH key of the bastion",
    expected: "a key that the bastion accepts",
    actual: "{actual}",
    remedy: ["Check connection.proxy.user, and that the key is in the authorized_keys of that user on the bastion."],
  },
  BASTION_FORBIDS: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The bastion does not permit the connection to be forwarded.",
    why: "The servers behind it cannot be reached, so they are neither judged nor changed.",
    property: "connection.proxy",
    expected: "a bastion that forwards to {target}",
    actual: '{bastion} prohibits it for user "{user}"',
    remedy: [
      "Permit it in sshd_config of the bastion (AllowTcpForwarding local, PermitOpen {target}), and check that the key has " +
        "no option restrict or no-port-forwarding there.",
    ],
  },
  BASTION_CANNOT_REACH: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The bastion does not reach the server.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "connection.host",
    expected: "a server that the bastion reaches",
    actual: "{bastion} does not reach {target}: {reason}",
    remedy: [
      "Check that the server is running, that the bastion resolves its name, and that the firewall between the two permits " +
        "the port.",
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
  STEP_OVERDUE: {
    ...{ severity, since, cure, guide: "situations/run-killed.md" },
    title: "A step of a run on the server takes longer than all of its own limits together.",
    why: "Pulumi's command plugin waits without a limit, so the run would never end by itself.",
    property: "step {step}",
    expected: "an answer within {minutes} min",
    actual: "none since {since} UTC; {now}",
    remedy: [
      "The program on the server limits each of its steps, so the SSH session hangs rather than the work. End the run by " +
        "force (cancel the job), which takes nothing from the server: ",
      posix("pkill", "-KILL", "pulumi"),
      " ; then remove its lock: ",
      pulumi("cancel"),
      " ; then let the next run finish it: ",
      pulumi("up"),
    ],
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
  PROGRAM_NOT_STARTED: {
    ...{ severity, since, cure, guide },
    title: "The server does not start the host program's file.",
    why: "Every step of an update starts the installed program as a file, so each would fail in the same way.",
    property: "host program",
    expected: "powershell.exe -File starts the installed program",
    actual: "{actual}",
    remedy: [
      "Read what the host said. If it does not find C:\\PROGRA~1, Program Files has lost its short name; give it back on " +
        "the server, started from its installation media: ",
      given("powershell", 'fsutil file setshortname "C:\\Program Files" PROGRA~1'),
    ],
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
