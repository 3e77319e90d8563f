/** Product versions of Entra Connect Sync and what is known of them. */

/** Below this, synchronisation fails since the service's cutoff of 30 September 2026 (version history of the product). */
export const MINIMUM_VERSION = "2.5.79.0";

/** A known problem of a range of versions. */
export interface KnownIssue {
  /** First version that has it, inclusive; null if all before `fixedIn` do. */
  since: string | null;
  /** First version without it. */
  fixedIn: string;
  summary: string;
}

/** Known-issue windows, from the product's version history and its troubleshooting page. */
export const KNOWN_ISSUES: readonly KnownIssue[] = [
  { since: null, fixedIn: MINIMUM_VERSION, summary: "all synchronisation fails since 30 September 2026" },
  { since: null, fixedIn: "2.6.84.0", summary: "a local elevation of privilege is known" },
  {
    since: null,
    fixedIn: "2.6.1.0",
    summary: "OK in Synchronization Service Manager wipes the connectivity parameters of the connector",
  },
  {
    since: "2.5.76.0",
    fixedIn: "2.6.84.0",
    summary: "the product onboards servers on a password account by itself, within six hours",
  },
  { since: "2.6.79.0", fixedIn: "2.6.79.1", summary: "this build was recalled" },
];

/**
 * Days on which the support of a version ends, UTC. Microsoft retires a version twelve months after the next one came
 * out; the days are those of the product's version history as of 6 October 2026, taken from a secondary source that
 * quotes it (confidence: medium). A version that is not listed is either retired or too new to be known.
 */
export const SUPPORT_ENDS: Readonly<Record<string, string>> = {
  "2.5.79.0": "2026-10-23",
  "2.5.190.0": "2027-02-02",
  "2.6.1.0": "2027-03-10",
  "2.6.3.0": "2027-07-07",
  "2.6.84.0": "2027-09-16",
  "2.6.91.0": "2027-09-23",
};

/** The day on which the support of a version ends, null if it is not known. */
export function supportEnd(version: string): string | null {
  return SUPPORT_ENDS[version] ?? null;
}

/** Negative, zero or positive as `left` is before, equal to or after `right`; missing parts count as 0. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the text is a version of four numbers, as Windows shows it. */
export function isVersion(text: string): boolean {
  return /^\d+(\.\d+){3}$/.test(text);
}

/** The known issues of a version. */
export function knownIssues(version: string): readonly KnownIssue[] {
  return KNOWN_ISSUES.filter(
    ({ since, fixedIn }) =>
      compareVersions(version, fixedIn) < 0 && (since === null || compareVersions(version, since) >= 0),
  );
}
