/** The way to a server: SSH port, host key, login, shell, rights, PowerShell. Pure. */
import { fingerprint, HOST_KEY_REMEDY } from "../../model/server/host-key";
import type { HostDiagnosis } from "../../model/protocol/host-protocol";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { HostKeySeen } from "../../remote/host-key";
import { ok, problem, reported, skipped, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

/** The checks of the way to a server, in their order: each needs all before it. */
export const CONNECTION_CHECKS = ["ssh", "host-key", "login", "shell", "rights", "powershell", "sftp"] as const;
type ConnectionCheck = (typeof CONNECTION_CHECKS)[number];

export interface ConnectionFacts {
  host: string;
  port: number;
  user: string;
  /** The bastion on the way. @default none */
  through?: string;
  /** The stack's file: a usable key, or what is wrong with it. */
  pin: { type: string; blob: Buffer } | { missing: boolean; problem: string };
  seen: HostKeySeen;
  /** The server's answer, or why there is none; null if it was not contacted. */
  diagnosis: { facts: HostDiagnosis } | { problem: Diagnostic } | null;
}

/** What every check behind the connection needs of it; null if there is no connection. */
export function diagnosed(facts: ConnectionFacts): HostDiagnosis | null {
  return facts.diagnosis && "facts" in facts.diagnosis ? facts.diagnosis.facts : null;
}

/** Whether the server is the one that was pinned: no login to any other. */
export function isPinned({ pin, seen }: Pick<ConnectionFacts, "pin" | "seen">): boolean {
  return "blob" in pin && seen.kind === "key" && seen.blob.equals(pin.blob);
}

const hostKeyLine = (type: string, blob: Buffer) => `${type} ${blob.toString("base64")}`;

function sshCheck({ host, port, through, seen }: ConnectionFacts): Check {
  if (seen.kind === "failed") return reported("ssh", seen.problem);
  return ok("ssh", `${host}:${port} answers${through === undefined ? "" : `, through the bastion ${through}`}`);
}

function hostKeyCheck({ pin, seen }: ConnectionFacts): Check {
  const console = HOST_KEY_REMEDY;
  if (seen.kind !== "key") {
    const text = "the server has no host key of a type that can be pinned (ed25519 or ecdsa)";
    return problem("host-key", text, checkRemedy("makeHostKey"));
  }
  const line = hostKeyLine(seen.type, seen.blob);
  const shown = `${seen.type} ${fingerprint(seen.blob)}`;
  if ("blob" in pin) {
    if (seen.blob.equals(pin.blob)) return { ...ok("host-key", `${shown}, as pinned`), hostKey: line };
    const text = `the server shows ${shown}, pinned is ${pin.type} ${fingerprint(pin.blob)}; no login was attempted`;
    const remedy =
      "This may be an interception. Pin this key only if the server was rebuilt and its console shows the same line. " +
      console;
    return { ...problem("host-key", text, remedy), hostKey: line };
  }
  const text = `${pin.problem}; the server shows ${shown}; no login was attempted`;
  const remedy = `Pin this line as connection.hostKey once the console of the server shows the same. ${console}`;
  return { ...problem("host-key", text, remedy), hostKey: line };
}

/** Which check an error of the diagnosis belongs to; those before it have passed. */
function failedAt(code: string): ConnectionCheck {
  if (code.startsWith("BASTION_")) return "ssh";
  if (code === "SFTP_REFUSED") return "sftp";
  if (code === "SSH_SESSION_REFUSED") return "shell";
  if (code.startsWith("SSH_") || code === "HOST_UNREACHABLE") return "login";
  if (code === "HOST_KEY_MISMATCH") return "host-key";
  if (code === "NOT_ADMINISTRATOR") return "rights";
  if (code === "LANGUAGE_MODE" || code === "EXECUTION_POLICY") return "powershell";
  return "shell";
}

function failure(diagnostic: Diagnostic): Check {
  const { code, actual } = diagnostic;
  const check = failedAt(code);
  if (code === "LANGUAGE_MODE") {
    const help =
      "Application control (WDAC, AppLocker) restricts scripts: sign the host program and allow its signer, then run again.";
    return problem(check, `PowerShell is in Constrained Language Mode (${actual})`, help);
  }
  return reported(check, diagnostic);
}

function passed(check: ConnectionCheck, facts: ConnectionFacts): Check {
  if (check === "ssh") return sshCheck(facts);
  if (check === "host-key") return hostKeyCheck(facts);
  if (facts.diagnosis === null) return skipped(check, "no login was attempted");
  const host = diagnosed(facts);
  switch (check) {
    case "login":
      return ok(check, `the key is accepted for user ${facts.user}`);
    case "shell":
      return ok(check, `${host ? (host.defaultShell ?? "cmd.exe, the default of sshd") : "it starts PowerShell"}`);
    case "rights":
      return ok(check, host ? `${host.caller.account} is an administrator` : "an administrator");
    case "sftp":
      return ok(check, "the server provides SFTP");
    default:
      return ok(check, host ? `${host.powershell.version}, ${host.powershell.languageMode}` : "it runs");
  }
}

/** Each check up to the first that fails; the rest are skipped because of it. */
export function connectionChecks(facts: ConnectionFacts): Check[] {
  const { diagnosis } = facts;
  const failed = diagnosis && "problem" in diagnosis ? failure(diagnosis.problem) : null;
  const checks: Check[] = [];
  let stopped: string | null = null;
  for (const name of CONNECTION_CHECKS) {
    if (stopped !== null) {
      checks.push(skipped(name, `needs ${stopped}`));
      continue;
    }
    const check = failed?.check === name ? failed : passed(name, facts);
    checks.push(check);
    if (check.status === "problem") stopped = name;
  }
  return checks;
}
