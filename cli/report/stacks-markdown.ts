/** The report on several stacks as Markdown. Pure. */
import { hashWords } from "./origin/origin-words";
import { cell, code, table } from "./report-markdown-text";
import { exportWords, momentOf, short, STATUS_WORDS, THEN_WORDS } from "./report-words";
import type { StacksDocument } from "./stacks-document";

export function stacksMarkdown(report: StacksDocument): string {
  const { takenAt, sentence, stacks, servers, findings, notices } = report;
  const stackRows = stacks.map(({ stack, organization, tenantId, cloud, servers: number }) => [
    cell(stack),
    `${cell(organization ?? "")} ${cell(tenantId)}`,
    cell(cloud),
    String(number),
  ]);
  const serverRows = servers.map(({ stack, name, role, status, exports, appId, certificateSha256 }) => [
    ...[cell(stack), cell(name), role, STATUS_WORDS[status], exportWords(exports)],
    ...[cell(appId ?? ""), cell(certificateSha256 === null ? "" : short(certificateSha256))],
  ]);
  const findingLines = findings.map(
    ({ subject, stacks: own, code: name, meaning, expected, actual, remedy, then }) =>
      `- ${code(subject)} (${own.map(code).join(", ")}): ${code(name)}: ${meaning} Expected ${code(expected)}, found ${code(actual)}. ${THEN_WORDS[then]}. ${code(remedy)}`,
  );
  const noticeLines = notices.map(({ server, code: name, text }) => `- ${code(server)}: ${code(name)}: ${code(text)}`);
  return [
    "# Connect Sync identities of several stacks",
    ...["", `**${sentence}**`, "", `Observed until ${momentOf(takenAt)}.`, ""],
    ...[`SHA-256 of the data (RFC 8785): ${code(hashWords(report))}`, ""],
    ...["## Findings", "", ...(findings.length === 0 ? ["None."] : findingLines), ""],
    ...["## Stacks", "", ...table(["Stack", "Tenant", "Cloud", "Servers"], stackRows)],
    ...["## Servers", ""],
    ...table(["Stack", "Server", "Role", "Status", "Exports", "Application", "Certificate"], serverRows),
    ...(notices.length === 0 ? [] : ["## Notices", "", ...noticeLines, ""]),
  ].join("\n");
}
