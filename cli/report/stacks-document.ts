/** The report on several stacks as data. docs/report.md describes it. */
import { z } from "zod";
import { Finding, Notice, SERVER_STATUS } from "./report-document";

/** Raised if a property goes or changes its meaning. */
export const STACKS_REPORT_VERSION = 1;

const text = z.string();

export const StacksDocument = z.strictObject({
  version: z.literal(STACKS_REPORT_VERSION),
  /** When the last of the stacks was read. */
  takenAt: z.iso.datetime(),
  healthy: z.boolean(),
  sentence: text,
  stacks: z.array(
    z.strictObject({
      stack: text,
      tenantId: text,
      cloud: text,
      /** The tenant's own name; null if it could not be read. */
      organization: text.nullable(),
      servers: z.int(),
      /** Path of the stack's own page. */
      page: text,
    }),
  ),
  servers: z.array(
    z.strictObject({
      stack: text,
      name: text,
      tenantId: text,
      role: z.enum(["active", "staging"]),
      status: z.enum(SERVER_STATUS),
      /** Null if it was not observed, as in the next three. */
      exports: z.boolean().nullable(),
      machineIdentifier: text.nullable(),
      appId: text.nullable(),
      certificateSha256: text.nullable(),
    }),
  ),
  /** Each once: what concerns a tenant has all stacks that found it. */
  findings: z.array(Finding.extend({ tenantId: text, stacks: z.array(text) })),
  notices: z.array(Notice.extend({ tenantId: text, stacks: z.array(text) })),
  /** Of everything else in it, as in the report of one stack; null in older reports. */
  sha256: text.nullable().default(null),
});

export type StacksDocument = z.infer<typeof StacksDocument>;
export type StacksFinding = StacksDocument["findings"][number];
