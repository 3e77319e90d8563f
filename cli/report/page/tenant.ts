/** Who may synchronise into the tenant, what could not be read, and how the report was made. */
import { declarationWords, hashWords, principalWords, runWords } from "../origin/origin-words";
import type { ReportDocument, ReportHolder } from "../report-document";
import {
  dayOf,
  HOLDER_WORDS,
  momentOf,
  noHolders,
  organizationWords,
  serverWords,
  stateWords,
  SYNC_ACCOUNTS,
  synchronisedWords,
  toolWords,
  type Named,
} from "../report-words";
import { dotted, foreign, html, mono, type Html } from "./html";
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

const inWords = ([before, name, after]: Named): Html => html`${before}${name !== null && foreign(name)}${after}`;

function holders(report: ReportDocument): Html {
  const { tenant } = report;
  if (tenant.unobserved !== null) return html`<p class="reason">${foreign(tenant.unobserved)}</p>`;
  const none = noHolders(report);
  if (none !== null) return html`<p class="empty">${none}</p>`;
  const rows = tenant.holders.map(({ name, id, role, kind, server, namedFor, reason, expires }) => [
    html`${name === "" ? "(no name)" : foreign(name)}<br />${mono(id)}`,
    dotted(role),
    badge(...KIND[kind], HOLDER_WORDS[kind]),
    inWords(serverWords(report, { server, namedFor })),
    reason === null ? "" : html`${foreign(reason)}${expires !== null && html` until ${dayOf(expires)}`}`,
  ]);
  return table(
    "holders-table",
    tenant.directoryRolesRead
      ? "Identities that may synchronise"
      : "Applications that may synchronise; who may by a directory role could not be read",
    ["Who", "Role", "Known as", "Server", "Allowed because"],
    rows,
  );
}

function accounts(report: ReportDocument): Html | null {
  const { tenant } = report;
  if (!tenant.syncAccounts || tenant.syncAccounts.length === 0) return null;
  const names = tenant.syncAccounts.map(
    ({ id, name, ...of }) => html`<li>${foreign(name)} ${mono(id)}: ${inWords(serverWords(report, of))}</li>`,
  );
  return html`<h3>${SYNC_ACCOUNTS} <small>(the name is no proof)</small></h3>
    <ul class="plain">
      ${names}
    </ul>`;
}

function unread({ tenant }: ReportDocument): Html | null {
  if (tenant.unread.length === 0) return null;
  const rows = tenant.unread.map(({ permission, purpose }) => [dotted(permission), purpose]);
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
  const principal = principalWords(report);
  const address = takenFrom.run?.address ?? null;
  return html`<section id="observed" aria-labelledby="observed-title">
    <h2 id="observed-title">How this was observed</h2>
    <p class="lead">
      Read over SSH and Microsoft Graph and held against the stack's configuration and state. Nothing was changed.
    </p>
    ${facts([
      ["Observed", html`<time datetime="${takenAt}">${takenAt}</time>`],
      ["From", foreign(takenFrom.machine)],
      [
        "Read the tenant as",
        takenFrom.application === null
          ? "no token was issued, or it names no application"
          : mono(takenFrom.application),
      ],
      [
        "Signed in as",
        principal === null ? "no token says" : html`${foreign(principal.who)}<br />${mono(principal.objectId)}`,
      ],
      ["Pipeline's run", html`${foreign(runWords(report))}${address !== null && html`<br />${mono(address)}`}`],
      ["Clock of the servers", momentOf(today)],
      ["Project and stack", html`${foreign(project)} / ${foreign(stack)}`],
      ["Declaration", foreign(declarationWords(report))],
      ["State last written", stateWords(report)],
      ["Last synchronisation into the tenant", synchronisedWords(report)],
      ["Tenant", html`${foreign(organizationWords(report))}, ${mono(tenantId)} (cloud: ${cloud})`],
      ["Made with connect-sync-identity", foreign(toolWords(report))],
      ["Format of the JSON file", `version ${version}`],
      ["SHA-256 of the data (RFC 8785)", mono(hashWords(report))],
    ])}
  </section>`;
}
