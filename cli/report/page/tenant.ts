/** Who may synchronise into the tenant, what could not be read, and how the report was made. */
import type { ReportDocument, ReportHolder } from "../report-document";
import { dayOf, HOLDER_WORDS, momentOf } from "../report-words";
import { foreign, html, mono, type Html } from "./html";
import type { Icon } from "./icons";
import { badge, facts, table } from "./build-parts";

const KIND: Record<ReportHolder["kind"], [tone: "good" | "bad" | "warn" | "mute", name: Icon]> = {
  declared: ["good", "ok"],
  allowed: ["mute", "ok"],
  managed: ["mute", "application"],
  "sync-account": ["mute", "roles"],
  undeclared: ["bad", "finding"],
  expired: ["bad", "waiting"],
};

function holders({ tenant }: ReportDocument): Html {
  if (tenant.unobserved !== null) return html`<p class="reason">${foreign(tenant.unobserved)}</p>`;
  if (tenant.holders.length === 0) return html`<p class="empty">No identity may synchronise into this tenant yet.</p>`;
  const rows = tenant.holders.map(({ name, id, role, kind, server, reason, expires }) => [
    html`${foreign(name)}<br />${mono(id)}`,
    foreign(role),
    badge(...KIND[kind], HOLDER_WORDS[kind]),
    html`${server !== null && foreign(server)}${reason !== null && foreign(reason)}`,
    expires === null ? "" : dayOf(expires),
  ]);
  return table(
    "holders-table",
    "All identities that may synchronise",
    ["Who", "By", "How", "Server or reason", "Allowed until"],
    rows,
  );
}

function accounts({ tenant }: ReportDocument): Html | null {
  if (!tenant.syncAccounts || tenant.syncAccounts.length === 0) return null;
  const names = tenant.syncAccounts.map(({ id, name }) => html`<li>${foreign(name)} ${mono(id)}</li>`);
  return html`<h3>
      Password accounts named Sync_ <small>of servers that sign in, or signed in, with a password</small>
    </h3>
    <ul class="plain">
      ${names}
    </ul>`;
}

function unread({ tenant }: ReportDocument): Html | null {
  if (tenant.unread.length === 0) return null;
  const rows = tenant.unread.map(({ permission, purpose }) => [mono(permission), purpose]);
  return html`<h3>Not read</h3>
    ${table("unread-table", "Missing permissions of Microsoft Graph, and what is not shown without them", ["Permission", "Not shown"], rows)}`;
}

export function tenantSection(report: ReportDocument): Html {
  return html`<section id="tenant" aria-labelledby="tenant-title">
    <h2 id="tenant-title">Who may synchronise</h2>
    <p class="lead">Whoever holds one of these rights can change synchronised users and their password hashes.</p>
    ${holders(report)} ${accounts(report)} ${unread(report)}
  </section>`;
}

export function observedSection(report: ReportDocument): Html {
  const { project, stack, tenantId, cloud, takenAt, today, takenFrom, version } = report;
  return html`<section id="observed" aria-labelledby="observed-title">
    <h2 id="observed-title">How this was observed</h2>
    <p class="lead">
      Read over SSH and Microsoft Graph and held against the stack's configuration and state. Nothing was changed.
    </p>
    ${facts([
      ["Observed", momentOf(takenAt)],
      ["From", foreign(takenFrom.machine)],
      [
        "Read the tenant as",
        takenFrom.application === null
          ? "no token was issued, or it names no application"
          : mono(takenFrom.application),
      ],
      ["Clock of the servers", momentOf(today)],
      ["Project and stack", html`${foreign(project)} / ${foreign(stack)}`],
      ["Tenant", html`${mono(tenantId)} (${cloud})`],
      ["Form of the report", `version ${version}`],
    ])}
  </section>`;
}
