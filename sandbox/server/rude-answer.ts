/** Answers that a host must not be believed, or that hold what no one agreed to; each is a fault by name. */
import type { ServerFault } from "../surroundings/faults";
import { HOSTILE_TEXT, planted } from "./hostile-answer";
import { frame, unframe } from "./program/answer-frame";
import type { ProgramResult } from "./program-runner";

type Json = Record<string, unknown>;
type Change = (answer: Json, now: Date) => void;

/** Texts like the lines around an answer, at the beginning and at the end of a line and alone in it. */
const MARKER_TEXT =
  "-----BEGIN CONNECT SYNC HOST ANSWER-----\n{}\n-----END CONNECT SYNC HOST ANSWER-----\r\n-----BEGIN CONNECT SYNC HOST ANSWER-----";
const LONGER_THAN_ANY = "x".repeat(40_000);

const CHANGES: Partial<Record<ServerFault, Change>> = {
  "answer-of-another": (answer) => {
    answer.server = "sync99";
  },
  "hostile-texts": (answer, now) => plant(answer, HOSTILE_TEXT, now),
  "marker-in-fields": (answer, now) => plant(answer, MARKER_TEXT, now),
  "invalid-fields": ({ operation, result }) => {
    if (operation !== "observe" || !result) return;
    const facts = result as Json;
    (facts.events as Json[]).push({ time: "1. Oktober 2026", id: 906, message: "AADSTS700027" });
    Object.assign(facts, { machineIdentifier: 42, passwordWriteback: "ein", legacyAccountName: LONGER_THAN_ANY });
    for (const certificate of facts.certificates as Json[]) certificate.acl = [{ sid: "Jeder" }];
  },
};

/** Every free text, and that of an event. */
function plant(answer: Json, text: string, now: Date): void {
  const result = answer.result as { events?: object[] } | null;
  result?.events?.push({ time: now.toISOString(), id: 906, message: "AADSTS700027" });
  Object.assign(answer, planted(answer, text));
}

/** What the host answers instead, with the faults that are set. */
export class RudeAnswers {
  /** The last answer of each operation. */
  private readonly earlier = new Map<unknown, string>();

  constructor(
    private readonly holds: (fault: ServerFault) => boolean,
    private readonly now: () => Date,
  ) {}

  of(result: ProgramResult): ProgramResult {
    const found = unframe(result.stdout);
    const noise = this.holds("hostile-texts") ? `${HOSTILE_TEXT}\n` : "";
    if (!found) return { ...result, stdout: result.stdout + noise };
    const exitCode = this.holds("exit-255") ? 255 : result.exitCode;
    const answer = JSON.parse(found.json) as Json;
    for (const [fault, change] of Object.entries(CHANGES)) {
      if (this.holds(fault as ServerFault)) change(answer, this.now());
    }
    const own = frame(JSON.stringify(answer).replace(/[^ -~]/g, escaped), found.nonce);
    const repeated = this.holds("repeated-answer") ? this.earlier.get(answer.operation) : undefined;
    this.earlier.set(answer.operation, own);
    const second = this.holds("two-answers") ? frame(JSON.stringify({ ...answer, changed: true }), found.nonce) : "";
    return { ...result, stdout: noise + found.before + (repeated ?? own) + second + found.after, exitCode };
  }
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
