/**
 * The stand-in for the host program: an emulation of host/ConnectSyncHost.ps1 for machines without PowerShell 7. It
 * uses the same protocol and the same interface to Windows; one contract suite tests both.
 */
import { randomUUID } from "node:crypto";
import {
  EXIT_CODES,
  HOST_ERRORS,
  LONGEST_ANSWER_TEXT,
  PROTOCOL_VERSION,
  type HostError,
  type HostOperation,
} from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { removeLegacyAccount, rollback } from "./accounts";
import { toHostError } from "./any-failure";
import { frame, nonceOf } from "./answer-frame";
import { writeOutcome } from "./changes";
import type { Context } from "./context";
import { diagnose } from "./diagnose";
import { ensureCertificate } from "./ensure-certificate";
import { hideCredential } from "./hide-credential";
import { observe } from "./observe";
import { Progress } from "./progress";
import { requireAdministrator, requireFullLanguage } from "./preflight";
import { errorLine, Refusal } from "./refusal";
import { register } from "./register";
import { readRequest } from "./request";
import { resetMachineIdentifier } from "./reset-machine-identifier";
import { release } from "./release";
import { removeCertificate } from "./remove-certificate";

/** The result of a run for its caller. */
export interface ProgramResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

interface Operation<Request> {
  /** Whether it takes the host's lock. */
  locks: boolean;
  run: (context: Context<Request>) => Promise<unknown>;
}

const operation = <Request>(definition: Operation<Request>) => definition as Operation<unknown>;

const OPERATIONS: Record<HostOperation, Operation<unknown>> = {
  observe: operation({ locks: false, run: observe }),
  diagnose: operation({ locks: false, run: diagnose }),
  "ensure-certificate": operation({ locks: true, run: ensureCertificate }),
  "remove-certificate": operation({ locks: true, run: removeCertificate }),
  release: operation({ locks: true, run: release }),
  register: operation({ locks: true, run: register }),
  rollback: operation({ locks: true, run: rollback }),
  "remove-legacy-account": operation({ locks: true, run: removeLegacyAccount }),
  "reset-machine-identifier": operation({ locks: true, run: resetMachineIdentifier }),
};

/**
 * Runs one operation; never rejects: every failure is in the answer.
 *
 * @param print receives lines of progress as they appear
 */
export async function runHostProgram(
  name: HostOperation,
  requestText: string,
  windows: Windows,
  print: (text: string) => void,
): Promise<ProgramResult> {
  let server = serverOf(requestText);
  let changed = false;
  try {
    const request = readRequest(name, requestText);
    server = (request as { server: string }).server;
    const progress = new Progress(server, print);
    const run = nonceOf(requestText) ?? randomUUID().replaceAll("-", "");
    const context: Context<unknown> = { windows, request, changed: false, progress, operation: name, run };
    const written = context as Context<{ server: string }>;
    try {
      const result = await runLocked(name, context);
      writeOutcome(written, result, null);
      return answer(name, server, { ok: true, changed: context.changed, result, error: null });
    } catch (error) {
      changed = context.changed;
      writeOutcome(written, null, hideCredential(toHostError(error, windows), requestText));
      throw error;
    }
  } catch (error) {
    return failure(name, server, changed, hideCredential(toHostError(error, windows), requestText));
  }
}

/** An answer that is not `ok`, with its exit code and its line on stderr. */
export function failure(name: HostOperation, server: string, changed: boolean, error: HostError): ProgramResult {
  const result = answer(name, server, { ok: false, changed, result: null, error });
  return { ...result, stderr: `${errorLine(server, error)}\n`, exitCode: HOST_ERRORS[error.code] };
}

/** The server's name in a request that may be invalid. */
export function serverOf(requestText: string): string {
  return /"server":\s*"([\w .-]*)"/.exec(requestText)?.[1] ?? "";
}

async function runLocked(name: HostOperation, context: Context<unknown>): Promise<unknown> {
  const { windows } = context;
  const { locks, run } = OPERATIONS[name];
  requireFullLanguage(windows);
  requireAdministrator(windows);
  if (!locks) return run(context);
  const lock = windows.enterLock(name);
  if (lock.foreign) {
    throw new Refusal("BUSY.foreign", {
      expected: "a lock of administrators or SYSTEM",
      actual: lock.holder ?? "an owner that Windows does not show",
    });
  }
  if (!lock.acquired) {
    throw new Refusal("BUSY", {
      expected: "no other operation",
      actual: lock.holder ?? "a holder that does not show",
    });
  }
  try {
    return await run(context);
  } finally {
    windows.exitLock();
  }
}

function answer(
  name: HostOperation,
  server: string,
  body: { ok: boolean; changed: boolean; result: unknown; error: HostError | null },
): ProgramResult {
  const { ok, changed, result, error } = body;
  const json = escapeToAscii(
    JSON.stringify({ protocol: PROTOCOL_VERSION, operation: name, server, ok, changed, result, error }, bounded),
  );
  return { stdout: frame(json, null), stderr: "", exitCode: EXIT_CODES.ok };
}

/** A text of an answer, cut if it is longer than any that is needed. */
function bounded(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= LONGEST_ANSWER_TEXT) return value;
  return `${value.slice(0, LONGEST_ANSWER_TEXT - 3)}...`;
}

/** Windows PowerShell writes redirected output in the OEM code page, so the output is ASCII only. */
function escapeToAscii(text: string): string {
  return text.replace(/[^\t\n -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
