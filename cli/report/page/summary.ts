/** Top of the page: the state in one sentence, and the five numbers that a reader asks for first. */
import type { ReportDocument } from "../report-document";
import { dayOf, daysUntil, momentOf, nextRotation, organizationWords, stateWords, toolWords } from "../report-words";
import { foreign, html, mono, type Html, type Part } from "./html";
import { icon, type Icon } from "./icons";

const plural = (number: number, one: string, many = `${one}s`) => (number === 1 ? one : many);

function card(id: string, title: string, value: Part, detail: Part): Html {
  return html`<li class="card">
    <a href="#${id}"
      ><span class="card-title">${title}</span><span class="card-value">${value}</span
      ><span class="card-detail">${detail}</span></a
    >
  </li>`;
}

/** `in 184 days`, `today`, `3 days ago`. */
function distance(from: string, to: string): string {
  const days = daysUntil(from, to);
  if (days === 0) return "today";
  return days > 0 ? `in ${days} ${plural(days, "day")}` : `${-days} ${plural(-days, "day")} ago`;
}

function rotationCard(report: ReportDocument): Html {
  const rotation = nextRotation(report);
  if (!rotation) return card("timeline", "Next rotation", "No date", "no certificate to rotate was found");
  const { server, from, state } = rotation;
  const when = state === "expired" ? "expired" : state === "due" ? "due now" : distance(report.today, from);
  return card("timeline", "Next rotation", dayOf(from), html`${foreign(server)}, ${when}`);
}

function holdersCard({ tenant }: ReportDocument): Html {
  if (tenant.unobserved !== null) return card("tenant", "May synchronise", "?", "could not be read");
  const others = tenant.holders.filter(({ kind }) => kind !== "declared").length;
  const wrong = tenant.holders.filter(({ kind }) => kind === "undeclared" || kind === "expired").length;
  const detail =
    wrong > 0 ? `${wrong} not declared` : others > 0 ? `${others} besides the servers, known` : "declared servers only";
  const unread = tenant.directoryRolesRead ? "" : "; directory roles not read";
  return card("tenant", "May synchronise", tenant.holders.length, `${detail}${unread}`);
}

function cards(report: ReportDocument): Html {
  const { servers, findings, notices, changes } = report;
  const well = servers.filter(({ status }) => status === "as-declared").length;
  const stops = findings.filter(({ then }) => then === "stops" || then === "person").length;
  const needs = stops === 0 ? "pulumi up heals all of them" : `${stops} ${plural(stops, "needs", "need")} a person`;
  const entries = notices.length === 0 ? "no notices" : `${notices.length} ${plural(notices.length, "notice")}`;
  const changed = changes ? changes.entries.length : "First";
  return html`<ul class="cards">
    ${card("servers", "Servers as declared", html`${well}<small> of ${servers.length}</small>`, servers.length === well ? "all of them" : `${servers.length - well} ${plural(servers.length - well, "wants", "want")} attention`)}
    ${card("findings", "Findings", findings.length, findings.length === 0 ? entries : needs)} ${rotationCard(report)}
    ${holdersCard(report)}
    ${card("changes", "Changes", changed, changes ? `since ${dayOf(changes.since)}` : "no earlier report")}
  </ul>`;
}

function state({ healthy, servers, findings }: ReportDocument): [tone: string, name: Icon, words: string] {
  if (healthy) return ["good", "ok", "As declared"];
  const seen = servers.every(({ status }) => status !== "unobserved");
  if (findings.length === 0) return ["mute", "none", "Not set up yet"];
  const onlyUnseen = servers.every(({ status }) => status === "unobserved" || status === "as-declared");
  return !seen && onlyUnseen ? ["mute", "unknown", "Not fully observed"] : ["bad", "finding", "Needs attention"];
}

/** Header and summary. */
export function summary(report: ReportDocument): Html {
  const { stack, tenantId, takenAt, takenFrom, sentence, leaving } = report;
  const [tone, name, words] = state(report);
  return html`<header class="top">
      <p class="product">${icon("key")} Connect Sync identities</p>
      <h1>${foreign(stack)}</h1>
      <p class="meta">
        Tenant ${foreign(organizationWords(report))} (${mono(tenantId)})
        <span class="dot" aria-hidden="true">·</span> observed
        <time datetime="${takenAt}">${momentOf(takenAt)}</time> from ${foreign(takenFrom.machine)}
        <span class="dot" aria-hidden="true">·</span> version ${foreign(toolWords(report))}
        <span class="dot" aria-hidden="true">·</span> state last written: ${stateWords(report)}
      </p>
    </header>
    <section class="state ${tone}" aria-labelledby="state-title">
      <h2 id="state-title">${icon(name)}${words}</h2>
      <p>${sentence}</p>
      ${leaving.length > 0 && html`<p>No longer declared, but still in state: ${leaving.map((server, index) => html`${index > 0 && ", "}${foreign(server)}`)}.</p>`}
    </section>
    ${cards(report)}`;
}
