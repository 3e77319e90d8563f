/** Who brought something into the directory, as far as its audit log shows. */

/** An entry of the directory's audit log. */
export interface AuditEntry {
  /** ISO 8601 in UTC. */
  at: string;
  activity: string;
  /** User principal name or display name of whoever did it. */
  by: string;
  /** Object ids of what was changed. */
  targets: string[];
  /** Values of the changed properties, before and after. */
  before: string;
  after: string;
}

const newest = (entries: readonly AuditEntry[]) =>
  entries.reduce<AuditEntry | undefined>((last, entry) => (last && last.at >= entry.at ? last : entry), undefined);

const described = ({ by, at, activity }: AuditEntry) => `${by} on ${at.slice(0, 19)}Z (${activity})`;

/**
 * A clause for a finding.
 *
 * @param audit null if the pipeline may not read the log, undefined if no one asked: then there is no clause
 * @param target object id of what was changed
 * @param mark an id or name that the change brought with it
 * @param activity the kind of change, if no entry contains the mark
 */
export function whoChanged(
  audit: readonly AuditEntry[] | null | undefined,
  target: string,
  mark: string,
  activity: RegExp,
): string {
  if (audit === undefined) return "";
  if (audit === null) return ", who is not known: the pipeline may not read the audit log";
  const entries = audit.filter(({ targets }) => targets.includes(target));
  const brought = entries.filter(({ before, after, targets }) => {
    return targets.includes(mark) || (after.includes(mark) && !before.includes(mark));
  });
  const exact = newest(brought.filter((entry) => activity.test(entry.activity))) ?? newest(brought);
  if (exact) return `, added by ${described(exact)}`;
  const last = newest(entries.filter((entry) => activity.test(entry.activity)));
  return last ? `, last changed by ${described(last)}` : ", who is not known: the audit log does not show it";
}
