/** docs/versions.md, made from the table of the product's versions and days. */
import {
  DEADLINES,
  KNOWN_ISSUES,
  MINIMUM_VERSIONS,
  oldestReview,
  SUPPORT_ENDS,
  type Reviewed,
} from "../model/server/product-table";

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly [Reviewed, ...string[]])[]): string[] {
  const all = [...head, "source", "confidence", "reviewed"];
  const lines = rows.map(([{ source, reviewed }, ...cells]) =>
    row([...cells, `[${source.title}](${source.url})`, source.confidence, reviewed]),
  );
  return [row(all), row(all.map(() => "---")), ...lines, ""];
}

/** The page before it is formatted. */
export function versionsMarkdown(): string {
  return [
    ...["# Versions and days", ""],
    ...["<!-- Made by `npm run diagnostics-docs` from model/server/product-table.ts. -->", ""],
    `What this release knows of versions of Entra Connect Sync and of changes of the service. Its oldest row was compared with its`,
    `source on ${oldestReview()}; after 180 days a notice [\`review-overdue\`](diagnostics.md#review-overdue) says so.`,
    ...["", "## Oldest version", ""],
    ...table(
      ["version", "reason"],
      MINIMUM_VERSIONS.map((one) => [one, one.version, one.reason]),
    ),
    "The highest one counts. A server below it is [`VERSION_TOO_OLD`](diagnostics.md#version_too_old). `minimumVersion` may be lowered to",
    "the lowest one with a `minimumVersionReason`, which is then a notice [`minimum-version-lowered`](diagnostics.md#minimum-version-lowered).",
    ...["", "## Known problems", "", "Shown by the doctor and the report.", ""],
    ...table(
      ["from", "fixed in", "cloud", "problem"],
      KNOWN_ISSUES.map((one) => [
        one,
        one.since ?? "all before",
        one.fixedIn,
        one.clouds?.join(", ") ?? "every",
        one.summary,
      ]),
    ),
    ...["## End of support", ""],
    "A notice [`version-support-ends`](diagnostics.md#version-support-ends) 180, 90 and 30 days before.",
    "",
    ...table(
      ["version", "ends"],
      SUPPORT_ENDS.map((one) => [one, one.version, one.day]),
    ),
    ...["## Changes of the service", ""],
    "A notice [`deadline-ahead`](diagnostics.md#deadline-ahead) on each server that one concerns, 180, 90 and 30 days before.",
    "",
    ...table(
      ["from", "what", "concerns"],
      DEADLINES.map((one) => {
        const { concerns } = one;
        const whom = concerns === "password account" ? "a password account" : `versions before ${concerns.before}`;
        return [one, one.day, one.what, whom];
      }),
    ),
  ].join("\n");
}
