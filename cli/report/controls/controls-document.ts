/** What a report shows of published controls, as data. */
import { z } from "zod";
import { CONTROL_STATES } from "../../../model/controls/control-state";

const text = z.string();

const ControlEntry = z.strictObject({
  /** As its source has it. */
  id: text,
  title: text,
  /** Id of its source. */
  source: text,
  address: text,
  state: z.enum(CONTROL_STATES),
  /** Ids of findings, and of notices that count as such. */
  evidence: z.array(text),
  /** Ids of notices to be read with it. */
  notices: z.array(text),
  /** What it needs and was not read in full, by the names that `unread` beside the entries explains. */
  unread: z.array(text),
  /** Why else it is not `met`. */
  reasons: z.array(text),
  shows: text,
  notShown: text,
  confidence: z.enum(["high", "medium", "low"]),
});

/** Empty in older reports. */
export const Controls = z
  .strictObject({
    sources: z.array(z.strictObject({ id: text, name: text, title: text, version: text, address: text })),
    /** What a control needs and was not read in full, with the reason. */
    unread: z.array(z.strictObject({ name: text, what: text, why: text })),
    entries: z.array(ControlEntry),
  })
  .default({ sources: [], unread: [], entries: [] });

export type ReportControls = z.infer<typeof Controls>;
export type ReportControl = ReportControls["entries"][number];
