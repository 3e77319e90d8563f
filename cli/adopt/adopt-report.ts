/** Output of an adoption: what it adopts, what differs, and what to run next. */
import { drawTable } from "../../console/table";
import type { Difference } from "./adopt-differences";
import type { AdoptionPlan } from "./adopt-plan";

/** Columns wide enough for an id, narrow enough for a terminal. */
const table = (head: string[], rows: string[][]) => drawTable(head, rows);

/** What goes on under the stack's declaration. */
export function takenOver(plan: AdoptionPlan): string {
  const { application, assignments, certificate, key, kind } = plan;
  const found = kind === "marked" ? "found by this server's marker" : "the connector uses it";
  const rows = [["application", `${application.displayName}\n${application.appId}\n${found}`]];
  if (application.principal) rows.push(["service principal", application.principal.objectId]);
  for (const { role, id } of assignments) rows.push(["role assignment", `${role}\n${id}`]);
  if (key) rows.push(["key credential", `${key.keyId}\nto ${key.endDateTime.slice(0, 10)}`]);
  if (certificate) {
    const { sha256, label, keyProvider, notAfter } = certificate.facts;
    const name = label === "" ? certificate.facts.subject : label;
    rows.push(["certificate", `${name}\n${sha256.slice(0, 32)}\n${sha256.slice(32)}\nto ${notAfter.slice(0, 10)}`]);
    rows.push(["private key", keyProvider ?? "none"]);
  }
  return table(["taken over", "value"], rows);
}

export function differenceTable(differences: readonly Difference[]): string {
  if (differences.length === 0) return "Nothing differs from the declaration.";
  const rows = differences.map(({ property, found, declared, then }) => [property, found, declared, then]);
  return table(["differs", "found", "declared", "then"], rows);
}

/** The command that writes the configuration of an adopted certificate. */
export function configArguments(project: string, server: string, sha256: string): string[] {
  return ["config", "set", "--path", `${project}:servers["${server}"].adopt.certificateSha256`, sha256];
}

/** The configuration as in the stack's file. */
export function configLines(project: string, server: string, sha256: string): string {
  return [
    "config:",
    `  ${project}:servers:`,
    `    ${server}:`,
    "      adopt:",
    `        certificateSha256: ${sha256}`,
  ].join("\n");
}
