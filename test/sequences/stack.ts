/** A stack in a world: its declaration, and the operations of a pipeline and of people. */
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE } from "../../model/tenant/clouds";
import { formatDiagnostic, type Diagnostic } from "../../model/diagnostics/diagnostic";
import type { ServerState } from "../../model/server/server-facts";
import type { ServerInputs } from "../../model/server/server-state";
import { noticesFor } from "../../model/fleet/assessment";
import { assessServer } from "../../model/server/assessment";
import { StackObservations } from "../../components/stack-observations";
import { applicationMarker, generationOf } from "../../model/server/labels";
import { readCertificate } from "../../model/certificate/certificate-policy";
import type { Observation } from "../../model/server/observation";
import { observe } from "../../remote/observe";
import { declarationOf, declare, identityOf, type ServerDeclaration } from "./declaration";
import { Engine, type Declared, type RunOptions, type RunResult } from "./engine";
import { EntraProvider, makeProviders } from "./providers";
import type { Entry, Properties } from "./state";
import { SERVER_NAMES, type ServerName, type World } from "./world";

/** What a preview would change, and what makes it fail. */
export interface Preview extends RunResult {
  problems: string[];
}

export class Stack {
  readonly engine: Engine;
  readonly declared = new Map<ServerName, ServerDeclaration>(SERVER_NAMES.map((name) => [name, declarationOf(name)]));
  private readonly providers;

  constructor(private readonly world: World) {
    this.providers = makeProviders(world);
    this.engine = new Engine(this.providers);
  }

  private async observe(): Promise<Map<string, Observation>> {
    const together = new StackObservations();
    const seen = [...this.declared.values()].map(
      async ({ name, user, applicationName }): Promise<[string, Observation]> => {
        const target = { server: name, host: `${name}.contoso.com`, port: 22, user, hostKey: "" };
        const own = observe(target, identityOf(name), this.world.access, this.world.files, { applicationName });
        return [name, await together.add(identityOf(name), own)];
      },
    );
    return new Map(await Promise.all(seen));
  }

  private async program(preview: boolean): Promise<{ nodes: Declared[]; observations: Map<string, Observation> }> {
    const observations = await this.observe();
    const servers = [...this.declared.values()];
    return { nodes: declare(this.world, servers, observations, this.providers, preview), observations };
  }

  /** What `pulumi preview` shows; it fails if a server cannot be changed. */
  async preview(): Promise<Preview> {
    const { nodes, observations } = await this.program(true);
    const planned = await this.engine.preview(nodes);
    const problems = planned.failures.map(({ message }) => message);
    for (const node of nodes.filter(({ kind }) => kind === "server")) {
      const news = node.inputs(() => ({})) as unknown as ServerInputs;
      const observation = observations.get(node.server)!;
      const obvious = assessServer({ declaration: news, observation, memory: undefined }).problem;
      const remembered = planned.outputs.get(node.name)?.problem;
      if (obvious) problems.push(formatDiagnostic(obvious));
      else if (typeof remembered === "string" && remembered !== "") problems.push(remembered);
    }
    return { ...planned, problems };
  }

  /** What a preview tells of a server without it being a difference. */
  async notices(name: ServerName): Promise<Diagnostic[]> {
    const { nodes, observations } = await this.program(true);
    const { inputs } = nodes.find(({ kind, server }) => kind === "server" && server === name)!;
    const declared = inputs(() => ({})) as unknown as ServerInputs;
    return noticesFor({ declaration: declared, observation: observations.get(name)! }, null);
  }

  /** `pulumi up`: stopped by a failed preview, unless that is skipped. */
  async up(options: RunOptions & { skipPreview?: boolean } = {}): Promise<RunResult> {
    if (!options.skipPreview) {
      const { problems, failures } = await this.preview();
      if (problems.length > 0) {
        const red = problems.map((message) => ({ name: "preview", message }));
        return { steps: [], failures: failures.length > 0 ? failures : red, interrupted: false };
      }
    }
    const { nodes } = await this.program(false);
    return this.engine.up(nodes, options);
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.engine.destroy(options);
  }

  /** The state is lost. */
  forget(): void {
    this.engine.checkpoint.save([]);
  }

  /** `pulumi state delete --target-dependents`. */
  deleteFromState(name: string): void {
    const gone = new Set([name]);
    const left = this.engine.checkpoint.entries.filter((entry) => {
      const goes = gone.has(entry.name) || entry.dependsOn.some((dependency) => gone.has(dependency));
      if (goes) gone.add(entry.name);
      return !goes;
    });
    this.engine.checkpoint.save(left);
  }

  /** `pulumi refresh`, as far as missing objects are removed from state. @returns what could not be read */
  async refresh(): Promise<string[]> {
    const problems: string[] = [];
    const left: Entry[] = [];
    for (const entry of this.engine.checkpoint.entries) {
      const provider = this.providers[entry.kind as keyof typeof this.providers];
      if (!(provider instanceof EntraProvider)) {
        left.push(entry);
        continue;
      }
      try {
        if (await provider.read(entry)) left.push(entry);
      } catch (error) {
        problems.push((error as Error).message);
        left.push(entry);
      }
    }
    if (problems.length === 0) this.engine.checkpoint.save(left);
    return problems;
  }

  /**
   * Imports what Entra has for a server and state does not know, as adoption does: application, service principal, role
   * assignments, and the key credential of the newest certificate.
   */
  async adopt(name: ServerName): Promise<void> {
    const { store } = this.world;
    const application = store.applicationByTag(applicationMarker(identityOf(name)));
    if (!application) return;
    const objectId = application.id;
    await this.import(name, "application", `${name}-application`, `/applications/${objectId}`, []);
    const principal = store.principalByAppId(application.appId);
    if (!principal) return;
    const dependsOn = [`${name}-application`];
    await this.import(name, "principal", `${name}-principal`, `/servicePrincipals/${principal.id}`, dependsOn);
    for (const { id, resourceId, appRoleId, principalId } of store.data.assignments) {
      if (principalId !== principal.id) continue;
      const role = store.principal(resourceId)!.appRoles.find((candidate) => candidate.id === appRoleId)!.value;
      if (![SYNC_ROLE, ...PASSWORD_WRITEBACK_ROLES].includes(role as never)) continue;
      const assignment = `${name}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`;
      const path = `/servicePrincipals/${resourceId}/appRoleAssignedTo/${id}`;
      await this.import(name, "assignment", assignment, path, [`${name}-principal`]);
    }
    this.adoptCredential(name, objectId);
    await this.recordHostHalf(name);
  }

  /** The targeted up that completes an adoption: what the host already has, with the lease on it. */
  private async recordHostHalf(name: ServerName): Promise<void> {
    const { nodes } = await this.program(false);
    const own = nodes.filter((node) => node.server === name && node.name !== `${name}-registration`);
    await this.engine.up(own, { keep: true });
  }

  private adoptCredential(name: ServerName, objectId: string): void {
    const identity = identityOf(name);
    const { certificates } = this.world.hosts[name].machine.state;
    const generation = (label: string) => generationOf(identity, label) ?? 0;
    const [newest] = [...certificates].sort((left, right) => generation(right.label) - generation(left.label));
    if (!newest || generation(newest.label) === 0) return;
    const key = this.world.store.application(objectId)!.keyCredentials.find(({ sha256 }) => sha256 === newest.sha256);
    const certificate = readCertificate(Buffer.from(newest.certificate, "base64"));
    if (!key || !certificate) return;
    const inputs = {
      ...{ applicationId: `/applications/${objectId}`, type: "AsymmetricX509Cert", encoding: "pem" },
      ...{ value: certificate.pem, startDate: certificate.notBefore, endDate: certificate.notAfter },
    };
    const dependsOn = [`${name}-application`, `${name}-certificate`];
    const id = `${objectId}/certificate/${key.keyId}`;
    this.add({ name: `${name}-credential`, kind: "credential", server: name, id, inputs, outputs: { id }, dependsOn });
  }

  private async import(
    server: ServerName,
    kind: "application" | "principal" | "assignment",
    name: string,
    id: string,
    dependsOn: string[],
  ): Promise<void> {
    const entry = { name, kind, server, id, inputs: {} as Properties, outputs: {}, dependsOn, pendingDeletion: false };
    const read = await (this.providers[kind] as EntraProvider).read(entry);
    if (!read) throw new Error(`${id} cannot be imported: it does not exist`);
    const inputs = kind === "assignment" ? pick(read, ["appRoleId", "principalObjectId", "resourceObjectId"]) : {};
    const known = kind === "principal" ? pick(read, ["clientId", "owners"]) : inputs;
    this.add({ ...entry, inputs: known, outputs: { ...read, id } });
  }

  /** Adds an entry, unless state knows the name. */
  private add(entry: Omit<Entry, "pendingDeletion">): void {
    const { entries } = this.engine.checkpoint;
    if (entries.some(({ name, pendingDeletion }) => name === entry.name && !pendingDeletion)) return;
    this.engine.checkpoint.save([...entries, { ...entry, pendingDeletion: false }]);
  }

  /** Whether state has a lease on this certificate; without one, no run asks for its registration. */
  holdsLease(name: ServerName, certificateSha256: string): boolean {
    const leases = this.engine.checkpoint.entries.filter((entry) => entry.name === `${name}-lease`);
    return leases.some(({ inputs }) => JSON.stringify(inputs).includes(certificateSha256));
  }

  /** The stored state of a server; undefined if there is none. */
  memory(name: ServerName): ServerState | undefined {
    const entry = this.engine.checkpoint.entries.find((candidate) => candidate.name === `${name}-server`);
    return entry?.outputs as ServerState | undefined;
  }
}

function pick(values: object, names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, (values as Properties)[name]]));
}
