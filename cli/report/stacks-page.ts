/** The report on several stacks as one HTML page. Pure. */
import { statusBadge, table } from "./page/build-parts";
import { foreign, html, mono } from "./page/html";
import { icon } from "./page/icons";
import { documentPage } from "./page/shell";
import { hashWords } from "./origin/origin-words";
import { exportWords, momentOf, short, THEN_WORDS } from "./report-words";
import type { StacksDocument } from "./stacks-document";

function findingsSection({ findings, notices }: StacksDocument) {
  const entries = findings.map(
    ({ subject, stacks, code, meaning, expected, actual, remedy, then }) =>
      html`<li>
        <p><strong>${foreign(subject)}</strong> <small>${foreign(stacks.join(", "))}</small> ${meaning}</p>
        <p>Expected ${foreign(expected)}, found ${foreign(actual)}. ${THEN_WORDS[then]}.</p>
        <p class="finding-code">${mono(code)} ${foreign(remedy)}</p>
      </li> `,
  );
  const noticed = notices.map(
    ({ server, code, text }) =>
      html`<li>
        <p><strong>${foreign(server)}</strong> ${foreign(text)}</p>
        <p class="finding-code">${mono(code)}</p>
      </li> `,
  );
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    ${
      findings.length === 0
        ? html`<p class="empty">${icon("ok")}None.</p>`
        : html`<ul class="notices">
            ${entries}
          </ul>`
    }
    ${
      notices.length > 0 &&
      html`<h3>Notices</h3>
        <ul class="notices">
          ${noticed}
        </ul>`
    }
  </section>`;
}

function stacksSection({ stacks }: StacksDocument) {
  const rows = stacks.map(({ stack, organization, tenantId, cloud, servers, page }) => [
    foreign(stack),
    html`${organization !== null && foreign(organization)} ${mono(tenantId)}`,
    foreign(cloud),
    servers,
    mono(page),
  ]);
  return html`<section id="stacks" aria-labelledby="stacks-title">
    <h2 id="stacks-title">Stacks</h2>
    ${table("stacks-table", "The stacks", ["Stack", "Tenant", "Cloud", "Servers", "Its own page"], rows)}
  </section>`;
}

function serversSection({ servers }: StacksDocument) {
  const rows = servers.map(({ stack, name, role, status, exports, appId, certificateSha256 }) => [
    foreign(`${stack}/${name}`),
    role,
    statusBadge({ status }),
    exportWords(exports),
    appId === null ? "" : mono(appId),
    certificateSha256 === null ? "" : mono(short(certificateSha256)),
  ]);
  const head = ["Server", "Role", "Status", "Exports", "Application", "Certificate"];
  return html`<section id="servers" aria-labelledby="servers-title">
    <h2 id="servers-title">Servers</h2>
    ${table("servers-table", "The servers of all stacks", head, rows)}
  </section>`;
}

export function stacksPage(report: StacksDocument): string {
  const { stacks, sentence, takenAt, healthy } = report;
  const names = stacks.map(({ stack }) => stack).join(", ");
  const [tone, name, words] = healthy
    ? (["good", "ok", "As declared"] as const)
    : (["bad", "finding", "Needs attention"] as const);
  const content = html`<header class="top">
      <p class="product">${icon("key")} Connect Sync identities</p>
      <h1>${foreign(names)}</h1>
      <p class="meta">observed until <time datetime="${takenAt}">${momentOf(takenAt)}</time></p>
    </header>
    <div class="state ${tone}">
      <h2>${icon(name)}${words}</h2>
      <p>${sentence}</p>
    </div>
    ${findingsSection(report)} ${stacksSection(report)} ${serversSection(report)}`;
  return documentPage({
    title: `Connect Sync identities of ${names}`,
    about: `observed until ${takenAt}`,
    mark: report.sha256 === null ? undefined : `SHA-256 ${report.sha256}`,
    content,
    foot: html`Made by <code>npx connect-sync-identity report</code> on ${momentOf(takenAt)}. The JSON file beside this
      page holds the same for programs. SHA-256 of its data (RFC 8785): <code>${hashWords(report)}</code>`,
  });
}
