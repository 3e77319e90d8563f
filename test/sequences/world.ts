/**
 * The world of one sequence: an emulated tenant and two emulated servers in memory, seeded as the sandbox seeds them,
 * with the replacements through which the project's own code sees them.
 */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as certificatePolicy from "../../model/certificate/certificate-policy";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import * as hostBootstrap from "../../model/protocol/host-bootstrap";
import { readHostProgram, type HostProgramFiles } from "../../remote/host-program-files";
import * as httpRetry from "../../remote/http-retry";
import * as transport from "../../remote/http-transport";
import { SshConnection } from "../../remote/ssh";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import type { TenantAccess } from "../../remote/tenant-access";
import { makeManagedCertificate } from "../../sandbox/world/managed-certificate";
import { certificatesByHash, keyOf } from "../../sandbox/server/machine-certificates";
import { mayUse, signWith } from "../../sandbox/server/machine-keys";
import { newMachineState } from "../../sandbox/server/machine-state";
import * as tokenClient from "../../sandbox/server/token-client";
import * as accessToken from "../../sandbox/tenant/access-token";
import type { Directory } from "../../sandbox/tenant/directory";
import { seedTenant } from "../../sandbox/tenant/seed";
import { makeUser, StoreAdministration } from "../../sandbox/tenant/administration";
import { TenantStore } from "../../sandbox/tenant/store";
import { replace } from "../helpers/replaced";
import { HostLine, LineError } from "./host-line";
import { keepInMemory, memoryFaults, NO_FAULTS, StillClock, type MemoryDocument } from "./memory";
import { ORIGIN, pipelineClient, postToTenant } from "./tenant-line";
import { installVirtualTime } from "./virtual-time";

/** The module's own object: what importers look up at each call. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import is a copy that cannot be replaced
const cryptography = require("node:crypto") as typeof crypto;

const TENANT_ID = "7d1f2a3b-0000-4000-8000-00000000c0de";
const DOMAIN = "contoso.onmicrosoft.com";
export const ADMINISTRATOR = `admin@${DOMAIN}`;
const PIPELINE_APP_ID = "7d1f2a3b-0000-4000-8000-0000000c11ef";
export const TOKEN_ENDPOINT = `${ORIGIN}/${TENANT_ID}/oauth2/v2.0/token`;
export const SERVER_NAMES = ["sync01", "sync02"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** The password account that sync02 starts with, named by the product's rule. */
const MACHINE_IDENTIFIER = "0123456789abcdef0123456789abcdef";
const PASSWORD_ACCOUNT = `Sync_SYNC02_${MACHINE_IDENTIFIER.slice(0, 12)}`;

/** What an administrator types for a rollback; must never be seen again. */
export const ADMINISTRATOR_PASSWORD = "canary-administrator-7b1d";
/** What a pipeline's secret would look like; must never be seen again. */
export const PIPELINE_SECRET = "canary-pipeline-secret-5f0e";

interface Template {
  directory: Directory;
  caller: accessToken.Caller;
  managed: { appId: string; certificate: Buffer };
  spareAppId: string;
}

let template: Promise<Template> | undefined;

const sha256 = (der: Buffer) => crypto.createHash("sha256").update(der).digest("hex");

/** A tenant as the sandbox makes it; made once, as its keys take long. */
async function makeTemplate(): Promise<Template> {
  const store = new TenantStore(path.join(os.tmpdir(), "connect-sync-sequence-never-written.json"));
  keepInMemory<Directory>(store);
  seedTenant(store, {
    tenantId: TENANT_ID,
    domain: DOMAIN,
    pipeline: { appId: PIPELINE_APP_ID, secret: PIPELINE_SECRET, displayName: "Connect Sync pipeline" },
    users: [makeUser(ADMINISTRATOR, ["Hybrid Identity Administrator"], ADMINISTRATOR_PASSWORD)],
  });
  new StoreAdministration(store).addSyncAccount(PASSWORD_ACCOUNT);
  const add = async (displayName: string) => {
    const certificate = await makeManagedCertificate(displayName, new StillClock().now());
    return { ...store.addManagedApplication({ displayName, certificates: [certificate] }), certificate };
  };
  const managed = await add("ConnectSyncProvisioning_SYNC01_0123456789ab");
  const spare = await add("ConnectSyncProvisioning_SYNC00_0123456789ab");
  const principal = store.principalByAppId(PIPELINE_APP_ID)!;
  const roles = store.data.principals.flatMap((resource) => store.rolesOf(principal.id, resource));
  return {
    directory: store.data,
    caller: { objectId: principal.id, appId: PIPELINE_APP_ID, roles: roles.map(({ value }) => value) },
    managed,
    spareAppId: spare.appId,
  };
}

export class World {
  readonly clock = new StillClock();
  readonly faults = memoryFaults();
  readonly store: TenantStore;
  readonly directory: StoreAdministration;
  readonly hosts: Readonly<Record<ServerName, HostLine>>;
  readonly files: HostProgramFiles = readHostProgram();
  /** The scheduler setting that an administrator wants for each server; no one else may change it. */
  readonly wanted: Record<ServerName, { syncCycleEnabled: boolean }>;
  /** State was lost, or a run was killed before it recorded what it did: its objects may belong to no state. */
  forgot = false;
  /** Everything that was printed, asked and answered in this step, for the search for secrets. */
  transcript: string[] = [];
  private readonly tenantDocument: MemoryDocument<Directory>;
  private tenantSeen = { text: "", shown: "" };
  private readonly underWay = new Set<Promise<unknown>>();
  /** The last proof of each server; valid as long as nothing has changed. */
  private readonly proofs: Partial<Record<ServerName, { seen: string; proof: boolean }>> = {};

  private constructor(
    private readonly folder: string,
    readonly caller: accessToken.Caller,
    readonly spareAppId: string,
    { directory, managed }: Template,
  ) {
    this.store = new TenantStore(path.join(folder, "tenant.json"));
    this.directory = new StoreAdministration(this.store);
    this.tenantDocument = keepInMemory<Directory>(this.store);
    this.store.change((data) => Object.assign(data, structuredClone(directory)));
    const host = (name: ServerName) => this.makeHost(name);
    this.hosts = { sync01: host("sync01"), sync02: host("sync02") };
    this.wanted = { sync01: { syncCycleEnabled: true }, sync02: { syncCycleEnabled: true } };
    const tenant = { tokenEndpoint: TOKEN_ENDPOINT, domain: DOMAIN };
    const now = this.clock.now();
    this.hosts.sync01.machine.seed(
      newMachineState({
        ...{ name: "sync01", role: "active", tenant, now, initialCertificateSha256: sha256(managed.certificate) },
        initial: { kind: "managed", appId: managed.appId, certificateDer: managed.certificate },
      }),
    );
    const userName = `${PASSWORD_ACCOUNT}@${DOMAIN}`;
    this.hosts.sync02.machine.seed(
      newMachineState({
        ...{ name: "sync02", role: "staging", tenant, now, initialCertificateSha256: null },
        machineIdentifier: MACHINE_IDENTIFIER,
        initial: { kind: "password", userName },
      }),
    );
  }

  static async make(folder: string): Promise<World> {
    const made = await (template ??= makeTemplate());
    fs.rmSync(folder, { recursive: true, force: true });
    return new World(folder, made.caller, made.spareAppId, made);
  }

  private makeHost(name: ServerName): HostLine {
    const { clock, faults } = this;
    const parts = { name, folder: path.join(this.folder, name), clock, faults };
    return new HostLine({ ...parts, directory: this.directory, post: this.post, settled: () => this.settled() });
  }

  /** Requests to the token endpoint. */
  private readonly post = async (url: string, form: Record<string, string>) => {
    const answer = postToTenant(this, url, form, !this.faults.holds("tenant", "unreachable"));
    this.underWay.add(answer);
    return answer.finally(() => this.underWay.delete(answer));
  };

  /** Background cycles; they wait only for their requests to the tenant. */
  private async settled(): Promise<void> {
    do {
      await Promise.allSettled([...this.underWay]);
      await new Promise((done) => setImmediate(done));
    } while (this.underWay.size > 0);
  }

  /** The pipeline's access to this tenant: its token is not requested, its requests stay in the process. */
  get access(): TenantAccess {
    const claims = Buffer.from(JSON.stringify({ roles: this.caller.roles })).toString("base64url");
    const credential = {
      getToken: () => Promise.resolve({ token: `e30.${claims}.e30`, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    };
    const endpoints = { login: `${ORIGIN}/`, graph: `${ORIGIN}/` };
    return { tenantId: TENANT_ID, cloud: "global", connect: () => Promise.resolve({ endpoints, credential }) };
  }

  /** The whole content of the tenant as text, except its own key; the list of used assertions is not state. */
  tenantSnapshot(): string {
    const { text } = this.tenantDocument;
    if (this.tenantSeen.text !== text) {
      this.tenantSeen = { text, shown: JSON.stringify({ ...this.store.data, signingKey: "", usedAssertions: {} }) };
    }
    return this.tenantSeen.shown;
  }

  snapshot(): string {
    return [this.tenantSnapshot(), ...SERVER_NAMES.map((name) => this.hosts[name].snapshot())].join("\n");
  }

  /**
   * Whether a server can synchronise with its connector's credential: tested at the token endpoint if the key is there,
   * derived from the directory for applications whose key the product has, and for password accounts.
   */
  async canSignIn(name: ServerName): Promise<boolean> {
    const seen = this.whatSignsIn(name);
    if (this.proofs[name]?.seen !== seen) this.proofs[name] = { seen, proof: await this.proveSignIn(name) };
    return this.proofs[name]!.proof;
  }

  /** Everything that a server's sign-in depends on, as text. */
  private whatSignsIn(name: ServerName): string {
    const { connector, certificates, keys, service } = this.hosts[name].machine.state;
    const { applications, principals, assignments } = this.store.data;
    const principal = principals.find(({ appId }) => appId === connector.appId);
    const application = applications.find(({ appId }) => appId === connector.appId);
    return JSON.stringify([
      ...[connector, service, principal],
      certificates.map((entry) => [entry.sha256, entry.keyName, entry.keyProvider, ...this.validity(entry)]),
      keys.map(({ name, provider, dead, access }) => [name, provider, dead, access]),
      application,
      application?.keyCredentials.map(({ startDateTime, endDateTime }) =>
        this.validity({ notBefore: startDateTime, notAfter: endDateTime }),
      ),
      assignments.filter(({ principalId }) => principalId === principal?.id),
    ]);
  }

  private validity({ notBefore, notAfter }: { notBefore: string; notAfter: string }): boolean[] {
    const now = this.clock.now();
    return [now >= new Date(notBefore), now <= new Date(notAfter)];
  }

  private async proveSignIn(name: ServerName): Promise<boolean> {
    const { machine } = this.hosts[name];
    const { connector, service } = machine.state;
    if (connector.identityType === "ServiceAccount") return true;
    const { appId, certificateSha256 } = connector;
    if (appId === null || certificateSha256 === null) return false;
    const now = this.clock.now();
    const [certificate] = certificatesByHash(machine, certificateSha256);
    if (!certificate) return this.isKnownToProduct(appId, certificateSha256, now);
    if (now < new Date(certificate.notBefore) || now > new Date(certificate.notAfter)) return false;
    const key = keyOf(machine, certificate);
    if (!key || key.dead !== null || !mayUse(key, service.accountSid)) return false;
    const sign = (data: Buffer) => signWith(key, data);
    const parts = { appId, certificateSha256, tokenEndpoint: TOKEN_ENDPOINT, now, sign };
    const form = tokenClient.tokenRequest(parts, SYNC_SERVICE_APP_ID);
    const used = { ...this.store.data.usedAssertions };
    const answer = await postToTenant({ ...this, faults: NO_FAULTS }, TOKEN_ENDPOINT, form);
    this.store.data.usedAssertions = used;
    const read = tokenClient.readTokenAnswer(answer);
    return read.kind === "token" && read.roles.includes(SYNC_ROLE);
  }

  private isKnownToProduct(appId: string, sha256: string, now: Date): boolean {
    const application = this.store.applicationById(appId);
    const principal = this.store.principalByAppId(appId);
    const service = this.store.principalByAppId(SYNC_SERVICE_APP_ID);
    const key = application?.keyCredentials.find((entry) => entry.sha256 === sha256);
    if (!key || !principal || !service || now > new Date(key.endDateTime)) return false;
    // Certificates of this project are in the machine store; one that is no longer there is lost.
    if (((application!.properties.tags as string[] | undefined) ?? []).length > 0) return false;
    return (
      principal.properties.accountEnabled !== false &&
      this.store.rolesOf(principal.id, service).some(({ value }) => value === SYNC_ROLE)
    );
  }

  /** Lets the project's own code see only this world; the returned function undoes that. */
  enter(): () => void {
    const restoreTime = installVirtualTime();
    const client = pipelineClient(this, this.caller, () => !this.faults.holds("tenant", "unreachable"));
    const undo = [
      restoreTime,
      ...cheaperCryptography(),
      // The replacement reads only the request from what is piped to it.
      replace(hostBootstrap, "pipedStdin", (_windows, _program, request) => pipedStdin("#", "#", request)),
      replace(tokenClient, "postForm", this.post),
      replace(transport, "httpClient", async () => client),
      // The library that repeats requests has timers of its own, which virtual time does not reach.
      replace(httpRetry, "waitBeforeNext", (attempt) => (waitBeforeNext(attempt) === null ? null : 1)),
      replace(SshConnection, "open", async ({ server }) => {
        const host = this.hosts[server as ServerName];
        try {
          host.connect();
        } catch (error) {
          throw new ProblemError([unreachable(server, (error as Error).message)]);
        }
        const run = async (command: string, stdin: string) => {
          const result = await host.run(command, stdin).catch((error: Error) => {
            if (!(error instanceof LineError)) throw error;
            throw new ProblemError([unreachable(server, error.message)]);
          });
          this.transcript.push(result.stdout, result.stderr);
          return result;
        };
        const trySftp = () => Promise.resolve();
        const putFiles = () => Promise.resolve(false);
        // With all that callers may see, so that one member more does not compile.
        const connection: Pick<SshConnection, keyof SshConnection> = {
          ...{ run, trySftp, putFiles, otherKeys: 0, hops: [], close: () => undefined },
        };
        return connection as SshConnection;
      }),
    ];
    return () => undo.reverse().forEach((restore) => restore());
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

const { pipedStdin } = hostBootstrap;
const { waitBeforeNext } = httpRetry;

const certificates = new Map<string, certificatePolicy.PublicCertificate | null>();
const { readCertificate } = certificatePolicy;

function readOnce(der: Buffer): certificatePolicy.PublicCertificate | null {
  const text = der.toString("base64");
  const known = certificates.get(text);
  if (known !== undefined) return known;
  if (certificates.size > 200) certificates.clear();
  const read = readCertificate(der);
  certificates.set(text, read);
  return read;
}

const parsedCertificates = new Map<string, crypto.X509Certificate>();
const { X509Certificate } = crypto;

/** A constructor that returns the object that it created from the same bytes before. */
function ParsedOnce(bytes: Buffer): crypto.X509Certificate {
  const text = bytes.toString("base64");
  const parsed = parsedCertificates.get(text) ?? new X509Certificate(bytes);
  if (parsedCertificates.size > 200) parsedCertificates.clear();
  parsedCertificates.set(text, parsed);
  return parsed;
}

/** Private keys and certificates are parsed once, and access tokens are not signed: nothing here checks that. */
function cheaperCryptography(): (() => void)[] {
  const { createPrivateKey } = crypto;
  const parsed = new Map<unknown, crypto.KeyObject>();
  const parse = (key: Parameters<typeof createPrivateKey>[0]) => {
    if (typeof key !== "string") return createPrivateKey(key);
    const known = parsed.get(key) ?? createPrivateKey(key);
    parsed.set(key, known);
    return known;
  };
  return [
    replace(cryptography, "X509Certificate", ParsedOnce as unknown as typeof crypto.X509Certificate),
    replace(certificatePolicy, "readCertificate", readOnce),
    replace(cryptography, "createPrivateKey", parse),
    replace(accessToken, "issueToken", async (_store, _origin, audience, { appId, roles }) => {
      const claims = Buffer.from(JSON.stringify({ aud: audience, appid: appId, roles })).toString("base64url");
      return `e30.${claims}.e30`;
    }),
  ];
}

const unreachable = (server: string, reason: string) =>
  diagnose("HOST_UNREACHABLE", server, { host: server, port: 22, reason });
