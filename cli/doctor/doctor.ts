/** The doctor: checks servers and tenant of a stack and reports problems. Changes nothing. */
import { issuedHash } from "../../model/certificate/certificate-source";
import type { ServerConfiguration, StackConfiguration } from "../../model/configuration/configuration";
import {
  assessFleet,
  listOf,
  withoutServers,
  type FleetAssessment,
  type ServerVerdict,
} from "../../model/fleet/assessment";
import type { FleetFacts } from "../../model/fleet/facts";
import { synchronisers } from "../../model/fleet/synchronisers";
import { byNearness } from "../../model/text/nearest";
import type { Observation } from "../../model/server/observation";
import { diagnose, formatDiagnostic, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { diagnoseHost } from "../../remote/diagnose-host";
import { observeManaged, observeProduct, observeTenant, withBelonging, type TenantSeen } from "../../remote/observe";
import { observeHost } from "../../remote/observe-host";
import { fetchHostKey, type HostKeySeen } from "../../remote/host-key";
import { readHostProgram, type HostProgramFiles } from "../../remote/host-program-files";
import { readPipelineIdentity, type PipelineIdentity } from "../../remote/pipeline-identity";
import { sshTarget } from "../../remote/ssh";
import { tenantAccess, type TenantAccess } from "../../remote/tenant-access";
import { signInProblem } from "../../remote/token-refusal";
import { currentReader, readingCloud } from "../../console/current-reader";
import { UsageError } from "../../console/errors";
import { fleetFacts } from "../stack/fleet-facts";
import { gatherFacts } from "../stack/gather-facts";
import { problemOf, skipped, type Check } from "./doctor-check";
import { connectionChecks, diagnosed, isPinned, type ConnectionFacts } from "./doctor-connection-checks";
import type { Examination } from "./doctor-report";
import { serverChecks, type ServerFacts } from "./doctor-server-checks";
import type { DoctorSettings } from "./doctor-settings";
import { applicationChecks, tenantChecks } from "./doctor-tenant-checks";
import type { SshTarget } from "../../remote/ssh-target";

export interface DoctorRequest {
  stack: string;
  /** The requested server; null for all. */
  server: string | null;
  /** Whether the servers, and whether the tenant, are checked. */
  servers: boolean;
  tenant: boolean;
  /** Path of the SSH agent's socket. */
  agentSocketPath: string | undefined;
  now: Date;
}

type Seen<T> = { facts: T } | { problem: Diagnostic };

function unseen(error: unknown, property: string): Diagnostic {
  if (error instanceof ProblemError) return error.problems[0];
  const refused = signInProblem(error, null);
  if (refused) return refused.problems[0];
  const actual = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  return diagnose("UNEXPECTED", null, { property, actual, expected: "an answer" }, { remedy: "report" });
}

/** Of a server that was not requested, or whose login is not allowed. */
const notLookedAt = (server: string) => diagnose("HOST_NOT_OBSERVED", server, { actual: "not checked" });

const seen = <T>(property: string, work: Promise<T>): Promise<Seen<T>> =>
  work.then(
    (facts) => ({ facts }),
    (error: unknown) => ({ problem: unseen(error, property) }),
  );

/** What a server has to reach: the tenant's sign-in, then Graph. Empty if the endpoints are not known. */
async function endpointsOf(access: TenantAccess | null): Promise<string[]> {
  if (!access) return [];
  try {
    const { endpoints } = await access.connect();
    return [
      `${endpoints.login}${access.tenantId}/v2.0/.well-known/openid-configuration`,
      `${endpoints.graph}v1.0/applications`,
    ];
  } catch {
    // The checks of the tenant show the reason.
    return [];
  }
}

/** The key of the pinned type first: another one is shown only if the server has none of it. */
async function hostKeyOf(place: SshTarget, pin: ConnectionFacts["pin"]): Promise<HostKeySeen> {
  const first = await fetchHostKey(place, "blob" in pin ? [pin.type] : undefined);
  return first.kind === "no-key" && "blob" in pin ? fetchHostKey(place) : first;
}

/** What was seen on the way to a server. */
interface Look {
  connection: ConnectionFacts;
  /** Null if the server was not contacted. */
  observation: ServerFacts["observation"];
}

class Doctor {
  private readonly program: HostProgramFiles = readHostProgram();
  private readonly access: TenantAccess | null;
  private readonly noTenant: string | null = null;
  /** By server, of those that were requested. */
  private readonly looks = new Map<string, Look>();

  constructor(
    private readonly request: DoctorRequest,
    private readonly settings: DoctorSettings,
    private readonly configuration: StackConfiguration,
  ) {
    try {
      this.access = tenantAccess(settings.setting, configuration.cloud);
      readingCloud(this.access.cloud);
    } catch (error) {
      this.access = null;
      this.noTenant =
        error instanceof ProblemError ? formatDiagnostic(error.problems[0], currentReader()) : String(error);
    }
  }

  private isAsked({ name }: ServerConfiguration): boolean {
    const { servers, server } = this.request;
    return servers && (server === null || server === name);
  }

  private async tenantOf(
    { name, mode, renamedFrom, applicationName }: ServerConfiguration,
    looking: Promise<Look | null>,
  ): Promise<TenantSeen> {
    const { access, request } = this;
    if (!access) return { tenant: { application: null, problem: unseen(new Error(this.noTenant!), "tenant") } };
    if (mode !== "byoa") {
      const seen = (await looking)?.observation;
      const appId = seen && "facts" in seen ? seen.facts.connector.appId : null;
      return mode === "managed" ? observeManaged(access, name, appId) : observeProduct(access, { server: name }, appId);
    }
    return observeTenant(access, { stack: request.stack, server: name }, { renamedFrom, applicationName });
  }

  private async look(server: ServerConfiguration): Promise<Look> {
    const { host, port, user, proxy } = server.connection;
    const pin = this.settings.pins[server.name];
    const { sshPrivateKey: privateKey } = this.settings;
    const { agentSocketPath } = this.request;
    const target = sshTarget(server, { privateKey, agentSocketPath });
    const key = await hostKeyOf(target, pin);
    const connection: ConnectionFacts = { host, port, user, pin, seen: key, diagnosis: null };
    if (proxy) connection.through = `${proxy.host}:${proxy.port}`;
    // No login to a server other than the pinned one.
    if (!("blob" in pin)) return { connection, observation: null };
    const identity = { stack: this.request.stack, server: server.name };
    const observe = () =>
      seen("observation", observeHost(target, identity, this.program, issuedHash(server.certificate)));
    if (!isPinned(connection)) return { connection, observation: await observe() };
    const diagnose = async () => diagnoseHost(target, await endpointsOf(this.access), this.program);
    // At the same time: on a server, the start of PowerShell takes longer than either.
    const [diagnosis, observation] = await Promise.all([seen("diagnosis", diagnose()), observe()]);
    connection.diagnosis = diagnosis;
    return { connection, observation: "problem" in diagnosis ? diagnosis : observation };
  }

  private async observe(server: ServerConfiguration): Promise<Observation> {
    const looking = this.isAsked(server) ? this.look(server) : Promise.resolve(null);
    const [tenant, look] = await Promise.all([this.tenantOf(server, looking), looking]);
    if (look) this.looks.set(server.name, look);
    const observed = look?.observation;
    if (observed && "facts" in observed) {
      const observation: Observation = { host: { facts: observed.facts, problem: null }, ...tenant };
      return this.access ? withBelonging(observation, server.name, this.access) : observation;
    }
    return { host: { facts: null, problem: observed?.problem ?? notLookedAt(server.name) }, ...tenant };
  }

  private serverChecks(server: ServerConfiguration, verdict: ServerVerdict, { tenant }: Observation): Check[] {
    const { connection, observation } = this.looks.get(server.name)!;
    const application = tenant.problem ? undefined : tenant.application;
    const { sha256: programSha256 } = this.program;
    const common = { server, cloud: this.access?.cloud, verdict, observation, application, programSha256 };
    return [
      ...connectionChecks(connection),
      ...serverChecks({ ...common, diagnosis: diagnosed(connection) }),
      // If the tenant is asked for, they are among its checks.
      ...(this.request.tenant ? [] : applicationChecks({ verdict, tenant })),
    ];
  }

  private async tenantChecks(
    facts: FleetFacts,
    { servers, tenant }: FleetAssessment,
    missingServices: readonly Diagnostic[],
  ): Promise<Check[]> {
    const identity: Seen<PipelineIdentity> = this.access
      ? await seen("sign-in", readPipelineIdentity(this.access))
      : { problem: unseen(new Error(this.noTenant!), "tenant") };
    const tenantId = this.access?.tenantId ?? "";
    if ("problem" in identity || !tenant) {
      const why = "problem" in identity ? identity.problem : null;
      return tenantChecks({ tenantId, identity: null, problem: why, servers: [], verdict: null, synchronisers: 0 });
    }
    return tenantChecks({
      ...{ tenantId, identity: identity.facts, problem: null, verdict: tenant, missingServices },
      servers: servers.map((verdict, index) => ({ verdict, tenant: facts.servers[index].observation.tenant })),
      synchronisers: synchronisers(facts, tenant).length,
    });
  }

  async examine(): Promise<Pick<Examination, "servers" | "tenant" | "diagnostics">> {
    const { configuration, access, request } = this;
    const gathered = await gatherFacts({
      ...{ stack: request.stack, configuration, access, programSha256: this.program.sha256, now: request.now },
      // Who may synchronise also says what a server has left behind.
      tenant: true,
      state: this.settings.readState(),
      observe: (server) => this.observe(server),
    });
    const missing = gathered.missingServices ?? [];
    const facts = fleetFacts(gathered);
    const assessed = assessFleet(facts);
    const tenantAlone = assessed.tenant && !request.servers ? withoutServers(assessed.tenant) : assessed.tenant;
    const assessment = { ...assessed, tenant: tenantAlone };
    const all = configuration.servers.map((server, index) => ({
      server,
      verdict: assessment.servers[index],
      observation: facts.servers[index].observation,
    }));
    const servers = all
      .filter(({ server }) => this.isAsked(server))
      .map(({ server, verdict, observation }) => ({
        name: server.name,
        checks: this.serverChecks(server, verdict, observation),
      }));
    const tenant = request.tenant ? await this.tenantChecks(facts, assessment, missing) : null;
    const diagnostics = [...listOf(this.asked(assessment)), ...(request.tenant ? missing : [])];
    return { servers, tenant, diagnostics };
  }

  /** The requested part of an assessment; for a server whose host was not read, its part of the tenant. */
  private asked({ servers, tenant }: FleetAssessment): FleetAssessment {
    const { configuration, request } = this;
    const chosen = servers.flatMap((verdict, index) => {
      if (this.isAsked(configuration.servers[index])) return [verdict];
      return request.tenant ? [{ ...verdict, problem: null }] : [];
    });
    return { servers: chosen, tenant: request.tenant ? tenant : null };
  }
}

/** What is wrong with the settings, and what of them could not be read. */
function settingsChecks({ problems, notes }: DoctorSettings): Check[] {
  return [
    ...problems.map((diagnostic) => {
      const { subject, property, expected, actual, code } = diagnostic;
      const check = `${subject === null ? "" : `${subject}: `}${property}`;
      return problemOf(check, diagnostic, `${actual}; expected ${expected} [${code}]`);
    }),
    ...notes.map((note) => skipped("sealed values", note)),
  ];
}

/**
 * Checks what was requested; changes nothing.
 * @throws UsageError if the stack declares no such server, with the nearest name
 */
export async function examine(request: DoctorRequest, settings: DoctorSettings): Promise<Examination> {
  const { server: asked, stack } = request;
  if (asked !== null && !settings.servers.includes(asked)) {
    const known = byNearness(asked, settings.servers).join(", ") || "none";
    throw new UsageError(`stack ${stack} declares no server "${asked}"; there is ${known}`);
  }
  const parts = { stack, takenAt: request.now.toISOString(), settings: settingsChecks(settings) };
  const { configuration } = settings;
  if (!configuration) return { ...parts, servers: [], tenant: null, diagnostics: settings.problems };
  return { ...parts, ...(await new Doctor(request, settings, configuration).examine()) };
}
