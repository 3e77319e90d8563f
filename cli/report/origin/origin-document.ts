/** Where a report comes from, as data: the tenant, who read it, with which program, from which declaration. */
import { z } from "zod";

const text = z.string();
const instant = z.iso.datetime();

/** The tenant's own name, default domain and last synchronisation; `unread` says why not. Older reports have none. */
export const Organization = z
  .strictObject({
    ...{ name: text.nullable(), domain: text.nullable(), unread: text.nullable() },
    lastSynchronisation: instant.nullable().default(null),
  })
  .default({ name: null, domain: null, lastSynchronisation: null, unread: "not read" });

/** What made the report: `commit` is null if it is not known, `modified` in a package. Older reports have none. */
export const Tool = z
  .strictObject({ version: text, commit: text.nullable(), modified: z.boolean().nullable() })
  .nullable()
  .default(null);

/** The commit that the project's folder is of, and whether files in it differ; null if it is in no clone. */
export const Declaration = z.strictObject({ commit: text, modified: z.boolean().nullable() }).nullable().default(null);

export const TakenFrom = z.strictObject({
  /** Name of the machine that created the report. */
  machine: text,
  /** Application (client) id that the tenant was read as; null if no token names it. */
  application: text.nullable(),
  /** The holder of that token; `name` is null if it could not be read. Null if no token says, and in older reports. */
  principal: z
    .strictObject({ objectId: text, kind: z.enum(["application", "user"]), name: text.nullable() })
    .nullable()
    .default(null),
  /** The pipeline's run, as the CI service's variables name it; null outside a pipeline, and in older reports. */
  run: z
    .strictObject({ service: text, id: text, address: text.nullable(), startedBy: text.nullable() })
    .nullable()
    .default(null),
});
