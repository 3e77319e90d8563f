/** One card for each server: its chain, what is known of the machine, and the ids behind it all. */
import { CERTIFICATE_COLUMNS, CERTIFICATE_ROWS } from "../../../model/certificate/certificate-table";
import { TPM_PROVIDER } from "../../../model/protocol/host-protocol";
import type { ReportDocument, ReportLink, ReportServer } from "../report-document";
import { dayOf, LINK_WORDS, momentOf, STEP_WORDS } from "../report-words";
import { findingIds } from "./findings";
import { foreign, html, mono, type Html, type Part } from "./html";
import { icon } from "./icons";
import { byAttention, facts, linkIcon, statusBadge } from "./build-parts";

function link({ step, state, text, detail }: ReportLink): Html {
  return html`<li class="link ${state}">
    <p class="link-step">${icon(step)}${STEP_WORDS[step]}</p>
    <p class="link-text">${foreign(text)}</p>
    <p class="link-detail">${foreign(detail)}</p>
    <p class="link-state">${icon(linkIcon[state])}${LINK_WORDS[state]}</p>
  </li> `;
}

const yes = (value: boolean, words: [string, string]) => (value ? words[0] : words[1]);

function machineFacts({ host, connection, rotateBefore, lifetime }: ReportServer): Html {
  const reached: [string, Part][] = [
    ["SSH", html`${foreign(`${connection.user}@${connection.host}:${connection.port}`)}`],
    ["Pinned host key", mono(connection.hostKey)],
    ["Certificate policy", `${lifetime}, rotated ${rotateBefore} before the end`],
  ];
  if (!host) return facts(reached);
  const { scheduler, tpm, supportEnds, refusedSignIns, passwordWriteback } = host;
  const cycle = scheduler.suspended ? "suspended" : yes(scheduler.enabled, ["on", "off"]);
  const refused = refusedSignIns.last ? `, last ${momentOf(refusedSignIns.last)}` : "";
  const entries: [string, Part][] = [
    [
      "Entra Connect Sync",
      html`version ${foreign(host.version)}${supportEnds !== null && `, supported until ${dayOf(supportEnds)}`}`,
    ],
    ["Scheduler", `${cycle}, ${yes(scheduler.staging, ["staging mode", "exports"])}, every ${scheduler.interval}`],
    [
      "TPM",
      tpm === null
        ? "could not be read"
        : yes(tpm.present, [
            `${tpm.version ?? "version not read"}, ${yes(tpm.ready, ["ready", "not ready"])}`,
            "none that Windows shows",
          ]),
    ],
    ["Service account", foreign(host.serviceAccount)],
    ["Password writeback", passwordWriteback === null ? "could not be read" : yes(passwordWriteback, ["on", "off"])],
    [
      "Refused sign-ins in the last 24 hours",
      `${refusedSignIns.count}${refused}${refusedSignIns.code ? ` (${refusedSignIns.code})` : ""}`,
    ],
  ];
  if (host.knownIssues.length > 0) entries.push(["Known issues of this version", foreign(host.knownIssues.join("; "))]);
  return facts([...entries, ...reached, ["Server's clock", momentOf(host.takenAt)]]);
}

const list = (items: readonly Part[]) =>
  items.length === 0
    ? "none found"
    : html`<ul class="plain">
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`;

/** The wizard's table of the certificate; an older report has none. */
function wizardFacts({ connectorCertificate: table }: ReportServer): Html | null {
  if (!table) return null;
  return html`<h4>Certificate that the connector names, as the wizard shows it</h4>
    ${facts(CERTIFICATE_COLUMNS.map((name) => [CERTIFICATE_ROWS[name], foreign(table[name])]))}`;
}

function identityFacts(server: ReportServer, first: Part): Part {
  const { application, certificates } = server;
  const current = certificates.find((certificate) => certificate.current);
  const wizard = wizardFacts(server);
  const entries: [string, Part][] = [];
  if (current?.key) {
    const { provider, inHardware, readers } = current.key;
    const place = provider === TPM_PROVIDER ? "" : yes(inHardware, [", in hardware", ", not in hardware"]);
    entries.push(["Key storage provider", html`${foreign(provider ?? "no private key")}${place}`]);
    entries.push(["May use the key", readers === null ? "could not be read" : list(readers.map(foreign))]);
  }
  if (application) {
    const { appId, objectId, principalId, enabled, locked, credentials, owners, roles } = application;
    entries.push(["Application (client) id", mono(appId)], ["Object id", mono(objectId)]);
    entries.push([
      "Service principal",
      principalId === null ? "none found" : html`${mono(principalId)}, ${yes(enabled, ["enabled", "disabled"])}`,
    ]);
    entries.push(["App instance property lock", yes(locked, ["on", "off"])]);
    entries.push([
      "Credentials",
      list(credentials.map(({ kind, keyId, name }) => html`${kind} ${mono(keyId)} ${foreign(name)}`)),
    ]);
    entries.push(["Owners", list(owners.map(({ id, name }) => html`${foreign(name)} ${mono(id)}`))]);
    entries.push(["Roles", list(roles.map(({ name, resource }) => html`${mono(name)} of ${foreign(resource)}`))]);
  }
  if (entries.length === 0 && first === null && wizard === null) return null;
  return html`<details>
    <summary>
      ${first === null ? "Certificate, ids, credentials, owners and roles" : "Machine, certificate, ids, credentials, owners and roles"}
    </summary>
    ${first} ${wizard} ${entries.length > 0 && facts(entries)}
  </details>`;
}

/** From this number of servers on, the machine of a server without findings is collapsed. */
const MANY = 8;

function card(report: ReportDocument, server: ReportServer, index: number): Html {
  const ids = findingIds(report);
  const folded = report.servers.length > MANY && server.status === "as-declared";
  const own = report.findings.filter(({ subject }) => subject === server.name);
  const links = own.map(
    ({ id, code }, position) => html`${position > 0 && ", "}<a href="#${ids.get(id)!}">${foreign(code)}</a>`,
  );
  return html`<article class="server" aria-labelledby="server-${index + 1}">
    <div class="server-head">
      <h3 id="server-${index + 1}">${foreign(server.name)} <small>${server.role}</small></h3>
      ${statusBadge(server)}
    </div>
    ${server.unobserved !== null && html`<p class="reason">${foreign(server.unobserved)}</p>`}
    <ol class="chain" aria-label="What the right to synchronise hangs on">
      ${server.chain.map(link)}
    </ol>
    ${own.length > 0 && html`<p class="own-findings">${own.length === 1 ? "Finding" : "Findings"}: ${links}</p>`}
    ${!folded && machineFacts(server)} ${identityFacts(server, folded ? machineFacts(server) : null)}
  </article> `;
}

export function serversSection(report: ReportDocument): Html {
  return html`<section id="servers" aria-labelledby="servers-title">
    <h2 id="servers-title">Servers</h2>
    ${byAttention(report.servers).map((server, index) => card(report, server, index))}
  </section>`;
}
