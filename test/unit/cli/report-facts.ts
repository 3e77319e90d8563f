/** What a report is made from, built for tests: a healthy stack of as many servers as wanted, with what a test changes. */
import { checkConfiguration } from "../../../model/configuration/configuration";
import { SYNC_ROLE } from "../../../model/tenant/clouds";
import { LABEL_PREFIX, type HostObservation } from "../../../model/protocol/host-protocol";
import { applicationMarker } from "../../../model/server/labels";
import type { Observation, ObservedApplication } from "../../../model/server/observation";
import type { Diagnostic } from "../../../model/diagnostics/diagnostic";
import { nextState } from "../../../model/server/server-state";
import type { ReportDocument } from "../../../cli/report/report-document";
import { buildReport } from "../../../cli/report/report-build";
import type { ReportFacts } from "../../../cli/report/report-facts";
import type { StateResource } from "../../../cli/stack/stack-context";
import { NOW } from "../../helpers/certificates";
import { rawServer } from "../../helpers/configurations";
import { healthy, PIPELINE_OBJECT_ID, PROGRAM_SHA256, serverInputs, SYNC_ROLE_ID } from "../../helpers/observations";
import { READER } from "../../helpers/remedies";

const STACK = "dev";
const TENANT_ID = "77777777-2222-4333-8444-555555555555";

/** An id that is the server's own. */
const idOf = (kind: string, index: number) => `${kind.repeat(8)}-0000-4000-8000-${String(index).padStart(12, "0")}`;

export const nameOf = (index: number) => `sync${String(index).padStart(2, "0")}`;

/** A healthy server with ids of its own. */
async function seenServer(index: number): Promise<{ facts: HostObservation; application: ObservedApplication }> {
  const identity = { stack: STACK, server: nameOf(index) };
  const { facts, application } = await healthy(1, identity);
  const appId = idOf("a", index);
  Object.assign(facts, { computerName: `${nameOf(index).toUpperCase()}`, machineIdentifier: `machine-${index}` });
  Object.assign(facts.connector, { appId, userName: `{${appId}}@contoso.onmicrosoft.com` });
  facts.scheduler.StagingModeEnabled = index > 1;
  facts.legacyAccountName = `Sync_${facts.computerName}_${index}`;
  Object.assign(application, {
    ...{ appId, objectId: idOf("b", index), displayName: `Entra Connect Sync - ${identity.server}` },
    tags: [LABEL_PREFIX, applicationMarker(identity)],
  });
  application.principal!.objectId = idOf("c", index);
  application.keys[0].keyId = idOf("d", index);
  return { facts, application };
}

/** The resources that a finished run leaves of a server. */
function resourcesOf(index: number, observation: Observation, facts: ReportFacts): StateResource[] {
  const name = nameOf(index);
  const server = facts.configuration.servers.find((one) => one.name === name)!;
  const root = `urn:pulumi:${STACK}::connect-sync-identity::connect-sync-identity:index:ConnectSyncIdentity`;
  const parent = `${root}::${name}`;
  const appId = idOf("a", index);
  const { role, connection, certificate } = server;
  const declared = { role, certificate, host: connection.host, port: connection.port, user: connection.user };
  const inputs = nextState(undefined, serverInputs(observation, { server: name, appId, ...declared }));
  const guard = {
    ...{ stack: STACK, server: name, application: idOf("b", index), policy: "report", keys: [idOf("d", index)] },
    ...{ owners: [PIPELINE_OBJECT_ID], roles: [SYNC_ROLE_ID], findings: [], removals: [], run: "" },
  };
  const child = (type: string, suffix: string, rest: Partial<StateResource>): StateResource => {
    return { urn: `${root}$${type}::${name}-${suffix}`, type, custom: true, parent, ...rest };
  };
  return [
    { urn: parent, type: "connect-sync-identity:index:ConnectSyncIdentity", custom: false },
    child("pulumi-nodejs:dynamic/connect-sync-identity:SyncServer", "server", { inputs: { ...inputs } }),
    child("pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard", "guard", { inputs: guard }),
    child("azuread:index/servicePrincipal:ServicePrincipal", "principal", { outputs: { objectId: idOf("c", index) } }),
  ];
}

/** A healthy stack: the first server active, all others staging, all known to state. */
export async function reportFacts(servers = 2, changes: Record<string, unknown> = {}): Promise<ReportFacts> {
  const indexes = Array.from({ length: servers }, (_, index) => index + 1);
  const raw = Object.fromEntries(
    indexes.map((index) => [nameOf(index), rawServer(nameOf(index), { role: index === 1 ? "active" : "staging" })]),
  );
  const { configuration, problems } = checkConfiguration({ servers: raw, ...changes }, {});
  if (!configuration) throw new Error(JSON.stringify(problems));
  const seen = await Promise.all(indexes.map(seenServer));
  const facts: ReportFacts = {
    reader: { ...READER, stack: STACK },
    ...{ stack: STACK, project: "connect-sync-identity", tenantId: TENANT_ID, cloud: "global" as const, configuration },
    organization: {
      name: "Contoso Ltd",
      domain: "contoso.onmicrosoft.com",
      unread: null,
      forbidden: false,
      lastSynchronisation: "2026-10-01T11:42:07Z",
    },
    tool: { version: "0.1.0", commit: "0123456789abcdef0123456789abcdef01234567", modified: false },
    ...{ declaration: { commit: "89abcdef0123456789abcdef0123456789abcdef", modified: false }, run: null },
    signedIn: { objectId: idOf("f", 1), kind: "application", name: "Entra Connect pipeline" },
    stateUpdatedAt: "2026-09-30T08:15:30.123Z",
    ...{ takenAt: NOW.toISOString(), machine: "build-agent-7", pipelineAppId: idOf("e", 1) },
    ...{ pipelineObjectId: PIPELINE_OBJECT_ID, roleIds: { [SYNC_ROLE]: SYNC_ROLE_ID }, programSha256: PROGRAM_SHA256 },
    state: [],
    servers: Object.fromEntries(
      seen.map(({ facts, application }, index) => [
        nameOf(index + 1),
        {
          observation: { host: { facts, problem: null }, tenant: { application, problem: null } },
          audit: [],
        },
      ]),
    ),
    roles: {
      roles: {
        holders: seen.map(({ application: { principal, displayName } }, index) => {
          return { id: principal!.objectId, name: displayName, assignmentId: `assignment-${index}` };
        }),
        ...{ managedApplications: [], directoryRoles: [], syncAccounts: [], unread: [] },
      },
      problem: null,
    },
    rolesAudit: [],
  };
  const state = indexes.flatMap((index) => resourcesOf(index, facts.servers[nameOf(index)].observation, facts));
  return { ...facts, state };
}

/** Host facts of a server, to be changed in place. */
export function hostOf(facts: ReportFacts, index = 1): HostObservation {
  return facts.servers[nameOf(index)].observation.host.facts!;
}

/** Application of a server, to be changed in place. */
export function applicationOf(facts: ReportFacts, index = 1): ObservedApplication {
  return facts.servers[nameOf(index)].observation.tenant.application!;
}

/** Lets a server be one that could not be observed. */
export function unobserve(facts: ReportFacts, index: number, problem: Diagnostic): void {
  facts.servers[nameOf(index)].observation.host = { facts: null, problem };
}

/** Takes a server's resources out of state. */
export function forget(facts: ReportFacts, index: number): ReportFacts {
  const name = nameOf(index);
  return { ...facts, state: facts.state.filter(({ urn }) => !new RegExp(`::${name}(-|$)`).test(urn)) };
}

export const report = (facts: ReportFacts, before: ReportDocument | null = null, secrets: readonly string[] = []) =>
  buildReport(facts, before, secrets);
