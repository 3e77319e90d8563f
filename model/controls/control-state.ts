/** What a report shows of a control, out of what it found and of what it read. Pure. */
import type { Control, Reading } from "./control";

/**
 * `met`: everything that the report looks at for it was read, and nothing was found. `not-shown`: nothing was found, and not
 * everything was read, or what is read is too little of the control.
 */
export const CONTROL_STATES = ["met", "findings", "not-shown"] as const;
export type ControlState = (typeof CONTROL_STATES)[number];

/** A finding or a notice. */
interface SeenEntry {
  id: string;
  code: string;
}

export interface Seen {
  findings: readonly SeenEntry[];
  notices: readonly SeenEntry[];
  /** What was not read in full, with the reason. */
  unread: ReadonlyMap<Reading, string>;
  /** Certificates in use, with the days that they are valid for. */
  lifetimes: readonly { server: string; days: number }[];
}

export interface AssessedControl {
  state: ControlState;
  /** Ids of findings and of notices that make it `findings`. */
  evidence: string[];
  /** Ids of notices to be read with it. */
  notices: string[];
  /** What it needs and was not read in full. */
  unread: Reading[];
  /** Why else it is not `met`. */
  reasons: string[];
}

export function assessControl(control: Control, { findings, notices, unread, lifetimes }: Seen): AssessedControl {
  const { codes, notices: related = [], reads, longestDays, findingsOnly = false } = control;
  const among = (list: readonly string[], entries: readonly SeenEntry[]) =>
    entries.filter(({ code }) => list.includes(code)).map(({ id }) => id);
  const evidence = among(codes, [...findings, ...notices]);
  const long = longestDays === undefined ? [] : lifetimes.filter(({ days }) => days > longestDays);
  const tooLong = long.map(
    ({ server, days }) => `${server}: a certificate is valid for ${days} days, more than ${longestDays}`,
  );
  const missing = reads.filter((reading) => unread.has(reading));
  const little = findingsOnly ? ["what is read here is too little to say more"] : [];
  const found = evidence.length > 0 || tooLong.length > 0;
  const state = found ? "findings" : missing.length > 0 || findingsOnly ? "not-shown" : "met";
  return { state, evidence, notices: among(related, notices), unread: missing, reasons: [...tooLong, ...little] };
}
