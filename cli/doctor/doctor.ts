/** The doctor: looks at servers and tenant of a stack, changes nothing, and says what stands in the way. */
import type { ServerConfiguration } from "../../model/configuration/configuration";
import { applicationMarker } from "../../model/server/labels";
import { byNearness } from "../../model/text/nearest";
import type { ObservedApplication } from "../../model/server/observation";
import { diagnose, formatDiagnostic, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { diagnoseHost } from "../../remote/diagnose-host";
import { observeApplication } from "../../remote/graph";
import { observeHost } from "../../remote/observe-host";
import { fetchHostKey, type HostKeySeen } from "../../remote/host-key";
import { readHostProgram, type HostProgramFiles } from "../../remote/host-program-files";
import { observeRoles } from "../../remote/observe";
import { readPipelineIdentity, type PipelineIdentity } from "../../remote/pipeline-identity";
import type { SshTarget } from "../../remote/ssh";
import { tenantAccess, type TenantAccess } from "../../remote/tenant-access";
import { currentReader } from "../../console/current-reader";
import { UsageError } from "../../console/errors";
import { problemOf, skipped, type Check } from "./doctor-check";
import { connectionChecks, diagnosed, isPinned, type ConnectionFacts } from "./doctor-connection-checks";
import type { Examination } from "./doctor-report";
import { serverChecks, type ServerFacts } from "./doctor-server-checks";
import type { DoctorSettings } from "./doctor-settings";
import { tenantChecks, type TenantFacts } from "./doctor-tenant-checks";

export interface DoctorRequest {
  stack: string;
  /** The one server that is asked for; null for all. */
  server: string | null;
  /** Whether the servers, and whether the tenant, are looked at. */
  servers: boolean;
  tenant: boolean;
  /** Path of the SSH agent's socket. */
  agentSocketPath: string | undefined;
  now: Date;
}

type Seen<T> = { facts: T } | { problem: Diagnostic };

function unseen(error: unknown, property: string): Diagnostic {
  if (error instanceof ProblemError) return error.problems[0];
  const actual = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  return diagnose("UNEXPECTED", null, { property, actual, expected: "an answer" }, { remedy: "report" });
}

const seen = <T>(property: string, work: Promise<T>): Promise<Seen<T>> =>
  work.then(
    (facts) => ({ facts }),
    (error: unknown) => ({ problem: unseen(error, property) }),
  );

/** What a server has to reach: the tenant's sign-in, then Graph. Empty where the endpoints are not known. */
async function endpointsOf(access: TenantAccess | null): Promise<string[]> {
  if (!access) return [];
  try {
    const { endpoints } = await access.connect();
    return [
      `${endpoints.login}${access.tenantId}/v2.0/.well-known/openid-configuration`,
      `${endpoints.graph}v1.0/applications`,
    ];
  } catch {
    // The checks of the tenant tell why.
    return [];
  }
}

/** The key of the pinned type first: another one is shown only where the server has none of it. */
async function hostKeyOf(server: ServerConfiguration, pin: ConnectionFacts["pin"]): Promise<HostKeySeen> {
  const { host, port } = server.connection;
  const first = await fetchHostKey(host, port, "blob" in pin ? [pin.type] : undefined);
  return first.kind === "no-key" && "blob" in pin ? fetchHostKey(host, port) : first;
}

class Doctor {
  private readonly program: HostProgramFiles = readHostProgram();
  private readonly access: TenantAccess | null;
  private readonly noTenant: string | null = null;
  private readonly applications = new Map<string, Promise<Seen<ObservedApplication | null>>>();
  /** By server, as far as they could be asked. */
  private readonly computerNames = new Map<string, string>();

  constructor(
    private readonly request: DoctorRequest,
    private readonly settings: DoctorSettings,
  ) {
    try {
      this.access = tenantAccess(settings.setting, settings.configuration!.cloud);
    } catch (error) {
      this.access = null;
      this.noTenant =
        error instanceof ProblemError ? formatDiagnostic(error.problems[0], currentReader()) : String(error);
    }
  }

  private application({ name, renamedFrom }: ServerConfiguration): Promise<Seen<ObservedApplication | null>> {
    const known = this.applications.get(name);
    if (known) return known;
    const { access } = this;
    if (!access) return Promise.resolve({ problem: unseen(new Error(this.noTenant!), "tenant") });
    const find = (server: string) => {
      return observeApplication(access, name, applicationMarker({ stack: this.request.stack, server }));
    };
    const found = find(name).then((own) => own ?? (renamedFrom === null ? null : find(renamedFrom)));
    const work = seen("application in Entra", found);
    this.applications.set(name, work);
    return work;
  }

  async server(server: ServerConfiguration): Promise<Check[]> {
    const { host, port, user } = server.connection;
    const pin = this.settings.pins[server.name];
    const key = await hostKeyOf(server, pin);
    const connection: ConnectionFacts = { host, port, user, pin, seen: key, diagnosis: null };
    let observation: ServerFacts["observation"] = null;
    // Nobody logs in to a server that is not the pinned one.
    if (isPinned(connection)) {
      const { sshPrivateKey: privateKey } = this.settings;
      const { hostKey } = server.connection;
      const { agentSocketPath } = this.request;
      const target: SshTarget = { server: server.name, host, port, user, hostKey, privateKey, agentSocketPath };
      const endpoints = await endpointsOf(this.access);
      connection.diagnosis = await seen("diagnosis", diagnoseHost(target, endpoints, this.program));
      const facts = diagnosed(connection);
      if (facts) this.computerNames.set(server.name, facts.computerName);
      if (facts?.service?.status === "Running" && facts.product) {
        const identity = { stack: this.request.stack, server: server.name };
        observation = await seen("observation", observeHost(target, identity, this.program));
      }
    }
    const application = await this.application(server);
    return [
      ...connectionChecks(connection),
      ...serverChecks({
        server,
        stack: this.request.stack,
        diagnosis: diagnosed(connection),
        observation,
        application: "facts" in application ? application.facts : undefined,
        programSha256: this.program.sha256,
      }),
    ];
  }

  async tenant(): Promise<Check[]> {
    const { servers, allowedRoleHolders: allowed } = this.settings.configuration!;
    const hosts = servers.map(({ name }) => ({ computerName: this.computerNames.get(name) ?? null }));
    const today = this.request.now.toISOString().slice(0, 10);
    const common = { tenantId: this.access?.tenantId ?? "", allowed, hosts, today };
    const { access } = this;
    const identity: Seen<PipelineIdentity> = access
      ? await seen("sign-in", readPipelineIdentity(access))
      : { problem: unseen(new Error(this.noTenant!), "tenant") };
    if (!access || "problem" in identity) {
      const why = "problem" in identity ? identity.problem.actual : null;
      return tenantChecks({ ...common, identity: null, problem: why, applications: {}, roles: null });
    }
    const roles = observeRoles(access);
    const applications: TenantFacts["applications"] = {};
    for (const server of servers) {
      const found = await this.application(server);
      applications[server.name] = "facts" in found ? { application: found.facts } : found;
    }
    return tenantChecks({ ...common, identity: identity.facts, problem: null, applications, roles: await roles });
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
 * Looks at what was asked for; changes nothing anywhere.
 * @throws UsageError where the stack declares no such server, with the nearest name
 */
export async function examine(request: DoctorRequest, settings: DoctorSettings): Promise<Examination> {
  const { server: asked, stack } = request;
  if (asked !== null && !settings.servers.includes(asked)) {
    const known = byNearness(asked, settings.servers).join(", ") || "none";
    throw new UsageError(`stack ${stack} declares no server "${asked}"; there is ${known}`);
  }
  const parts = { stack, takenAt: request.now.toISOString(), settings: settingsChecks(settings) };
  const { configuration } = settings;
  if (!configuration) return { ...parts, servers: [], tenant: null };
  const doctor = new Doctor(request, settings);
  const chosen = request.servers ? configuration.servers.filter(({ name }) => asked === null || name === asked) : [];
  const servers = await Promise.all(
    chosen.map(async (server) => ({ name: server.name, checks: await doctor.server(server) })),
  );
  return { ...parts, servers, tenant: request.tenant ? await doctor.tenant() : null };
}
