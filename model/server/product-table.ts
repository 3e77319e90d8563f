/**
 * What is known of the product's versions and of coming days: one table, each row with its source and the day on which it
 * was last compared with it. Nothing of it is read from the network: a new release of this project brings a new table.
 */
import type { Cloud } from "../tenant/clouds";

/** A page, and how sure its rows are: `first-party`, or `secondary` if another page quotes it. */
interface Source {
  title: string;
  url: string;
  confidence: "first-party" | "secondary";
}

const HISTORY: Source = {
  title: "Version history of Microsoft Entra Connect",
  url: "https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-version-history",
  confidence: "first-party",
};
const HISTORY_QUOTED: Source = { ...HISTORY, title: `${HISTORY.title}, as quoted elsewhere`, confidence: "secondary" };
const TROUBLESHOOTING: Source = {
  title: "Troubleshoot application-based authentication",
  url: "https://learn.microsoft.com/troubleshoot/entra/entra-id/user-prov-sync/troubleshoot-application-based-authentication",
  confidence: "first-party",
};
const HOW_TO: Source = {
  title: "Authenticate to Microsoft Entra ID by using application identity",
  url: "https://learn.microsoft.com/entra/identity/hybrid/connect/authenticate-application-id",
  confidence: "first-party",
};

/** Where a row comes from, and the day of its last review, UTC. */
export interface Reviewed {
  source: Source;
  reviewed: string;
}

/** A known problem of a range of versions. */
export interface KnownIssue extends Reviewed {
  /** First version that has it, inclusive; null if all before `fixedIn` do. */
  since: string | null;
  /** First version without it. */
  fixedIn: string;
  /** The clouds that have it. @default all */
  clouds?: readonly Cloud[];
  summary: string;
}

/** The first version with the documented cmdlets. */
export const DOCUMENTED_VERSION = "2.5.76.0";

/** Below this, synchronisation fails since the service's cutoff of 30 September 2026. */
export const MINIMUM_VERSION = "2.5.79.0";

const AUTUMN = "2026-10-06";

/** The oldest versions that a source accepts. The highest one counts. */
export const MINIMUM_VERSIONS: readonly (Reviewed & { version: string; reason: string })[] = [
  {
    ...{ version: DOCUMENTED_VERSION, source: HOW_TO, reviewed: AUTUMN },
    reason: "the first one with the documented cmdlets",
  },
  {
    ...{ version: MINIMUM_VERSION, source: HISTORY, reviewed: AUTUMN },
    reason: "all synchronisation fails below it since 30 September 2026",
  },
];

/** Known problems by the versions that have them. */
export const KNOWN_ISSUES: readonly KnownIssue[] = [
  {
    ...{ since: null, fixedIn: MINIMUM_VERSION, source: HISTORY, reviewed: AUTUMN },
    summary: "all synchronisation fails since 30 September 2026",
  },
  {
    ...{ since: null, fixedIn: "2.6.84.0", source: HISTORY_QUOTED, reviewed: AUTUMN },
    summary: "a local elevation of privilege is known",
  },
  {
    ...{ since: null, fixedIn: "2.6.1.0", source: TROUBLESHOOTING, reviewed: AUTUMN },
    summary: "OK in Synchronization Service Manager wipes the connectivity parameters of the connector",
  },
  {
    ...{ since: "2.5.76.0", fixedIn: "2.6.84.0", source: HOW_TO, reviewed: AUTUMN },
    summary: "the product onboards servers on a password account by itself, within six hours",
  },
  {
    ...{ since: "2.6.79.0", fixedIn: "2.6.79.1", source: HISTORY_QUOTED, reviewed: AUTUMN },
    summary: "this build was recalled",
  },
  {
    ...{ since: null, fixedIn: "2.6.84.0", clouds: ["china"], source: HISTORY_QUOTED, reviewed: AUTUMN },
    summary: "application-based authentication has a defect in the cloud of China (21Vianet)",
  },
];

/**
 * Days on which the support of a version ends, UTC: twelve months after the next version came out. A version that is not
 * listed is either retired or too new to be known.
 */
export const SUPPORT_ENDS: readonly (Reviewed & { version: string; day: string })[] = [
  ["2.5.79.0", "2026-10-23"],
  ["2.5.190.0", "2027-02-02"],
  ["2.6.1.0", "2027-03-10"],
  ["2.6.3.0", "2027-07-07"],
  ["2.6.84.0", "2027-09-16"],
  ["2.6.91.0", "2027-09-23"],
].map(([version, day]) => ({ version, day, source: HISTORY_QUOTED, reviewed: AUTUMN }));

/** A day from which on the service refuses something. */
export interface Deadline extends Reviewed {
  /** The day, UTC. */
  day: string;
  /** What the service does from then on. */
  what: string;
  /** The servers that it concerns: those on a password account, or those with a version before this one. */
  concerns: "password account" | { before: string };
}

/** Changes of the service that need something done on servers. */
export const DEADLINES: readonly Deadline[] = [
  {
    ...{ day: "2026-09-30", source: HISTORY, reviewed: AUTUMN },
    what: `servers with a version before ${MINIMUM_VERSION} do not synchronise`,
    concerns: { before: MINIMUM_VERSION },
  },
  {
    ...{ day: "2027-04-07", source: HISTORY_QUOTED, reviewed: AUTUMN },
    what: "servers on a password account do not synchronise, as announced",
    concerns: "password account",
  },
];

/** Days after which a table that was not reviewed is reported. */
const REVIEW_LASTS = 180;

/** The day of the oldest review of a row. */
export function oldestReview(): string {
  const rows = [...MINIMUM_VERSIONS, ...KNOWN_ISSUES, ...SUPPORT_ENDS, ...DEADLINES];
  return rows.map(({ reviewed }) => reviewed).sort()[0];
}

/** Whether a row was last reviewed more than 180 days before a moment. */
export function reviewIsOld(now: Date): boolean {
  return now.getTime() - Date.parse(`${oldestReview()}T00:00:00Z`) > REVIEW_LASTS * 86_400_000;
}
