/** Versions of Entra Connect Sync: compared, and looked up in the table of what is known. */
import type { Cloud } from "../tenant/clouds";
import { DEADLINES, KNOWN_ISSUES, SUPPORT_ENDS, type Deadline, type KnownIssue } from "./product-table";

/** The day on which the support of a version ends, null if it is not known. */
export function supportEnd(version: string): string | null {
  return SUPPORT_ENDS.find((row) => row.version === version)?.day ?? null;
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

/** The form of a version: four numbers, as Windows shows it. */
export const VERSION = /^\d+(\.\d+){3}$/;

/** Whether the text is a version. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** The known issues of a version in a cloud. */
export function knownIssues(version: string, cloud: Cloud = "global"): readonly KnownIssue[] {
  return KNOWN_ISSUES.filter(
    ({ since, fixedIn, clouds }) =>
      (clouds === undefined || clouds.includes(cloud)) &&
      compareVersions(version, fixedIn) < 0 &&
      (since === null || compareVersions(version, since) >= 0),
  );
}

/** The changes of the service that concern a server of this version, which is on a password account or not. */
export function deadlinesFor(version: string, onPasswordAccount: boolean): readonly Deadline[] {
  return DEADLINES.filter(({ concerns }) => {
    return concerns === "password account" ? onPasswordAccount : compareVersions(version, concerns.before) < 0;
  });
}
