/** The emulated directory and its content, stored in one file. */
import { createHash, generateKeyPairSync, randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { JsonFile } from "../../console/processes/json-file";
import { describeTenant, type TenantDescription } from "./describe";
import {
  EMPTY_DIRECTORY,
  type Application,
  type Assignment,
  type AppRole,
  type Directory,
  type PasswordCredential,
  type Principal,
  type Properties,
  type User,
} from "./directory";
import { makeKeyCredential } from "./key-credentials";
import { CLOUD_NAMES, type SandboxCloud } from "./cloud-names";
import { SYNC_SERVICE } from "./services";

export class TenantStore {
  private readonly file: JsonFile<Directory>;
  private directory: Directory;

  constructor(file: string) {
    this.file = new JsonFile(file);
    this.directory = { ...structuredClone(EMPTY_DIRECTORY), ...this.file.read() };
  }

  get data(): Directory {
    return this.directory;
  }

  /** A change of the directory, stored before the request is answered. */
  change<T>(act: (directory: Directory) => T): T {
    const result = act(this.directory);
    this.file.write(this.directory);
    return result;
  }

  /** Names the tenant and creates its signing key. */
  name(tenantId: string, domain: string, cloud: SandboxCloud): void {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const signingKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    this.change((directory) => Object.assign(directory, { tenantId, domain, cloud, signingKey }));
  }

  /** What a token for Microsoft Graph may name as its resource, beside this tenant's own address. */
  get graphUri(): string {
    return `https://${CLOUD_NAMES[this.directory.cloud].graphHost}`;
  }

  application(id: string): Application | undefined {
    return this.directory.applications.find((application) => application.id === id.toLowerCase());
  }

  /** @param appId its application (client) id, not its object id */
  applicationById(appId: string): Application | undefined {
    return this.directory.applications.find((application) => application.appId === appId.toLowerCase());
  }

  applicationByTag(tag: string): Application | undefined {
    return this.directory.applications.find(({ properties }) =>
      (properties.tags as string[] | undefined)?.includes(tag),
    );
  }

  principal(id: string): Principal | undefined {
    return this.directory.principals.find((principal) => principal.id === id.toLowerCase());
  }

  principalByAppId(appId: string): Principal | undefined {
    return this.directory.principals.find((principal) => principal.appId === appId.toLowerCase());
  }

  user(id: string): User | undefined {
    return this.directory.users.find((user) => user.id === id.toLowerCase());
  }

  addApplication(properties: Properties, owners: string[], appId: string = randomUUID()): Application {
    const application: Application = {
      id: randomUUID(),
      appId: appId.toLowerCase(),
      owners,
      properties,
      keyCredentials: [],
      passwordCredentials: [],
      federatedIdentityCredentials: [],
    };
    return this.change((directory) => (directory.applications.push(application), application));
  }

  addPrincipal(appId: string, properties: Properties, owners: string[], appRoles: AppRole[] = []): Principal {
    const principal: Principal = {
      id: randomUUID(),
      appId,
      owners,
      properties: { accountEnabled: true, ...properties },
      appRoles,
      oauth2PermissionScopes: [],
      keyCredentials: [],
      passwordCredentials: [],
      writtenAt: Date.now(),
    };
    return this.change((directory) => (directory.principals.push(principal), principal));
  }

  assign(principalId: string, resourceId: string, appRoleId: string, now: Date): Assignment {
    const id = randomBytes(32).toString("base64url");
    const createdDateTime = now.toISOString();
    const assignment = { id, principalId, resourceId, appRoleId, createdDateTime, writtenAt: Date.now() };
    return this.change((directory) => (directory.assignments.push(assignment), assignment));
  }

  /** Deletes an application with its service principal and that principal's assignments, as Entra does. */
  removeApplication(application: Application): void {
    const principal = this.principalByAppId(application.appId);
    if (principal) this.removePrincipal(principal);
    this.change((directory) => {
      directory.applications = directory.applications.filter((other) => other !== application);
    });
  }

  removePrincipal(principal: Principal): void {
    this.change((directory) => {
      directory.principals = directory.principals.filter((other) => other !== principal);
      directory.assignments = directory.assignments.filter(
        ({ principalId, resourceId }) => principalId !== principal.id && resourceId !== principal.id,
      );
      directory.grants = directory.grants.filter(
        ({ clientId, resourceId }) => clientId !== principal.id && resourceId !== principal.id,
      );
    });
  }

  /** Adds a secret to an application or a principal; only its salted hash is stored. */
  addSecret(
    to: Application | Principal,
    secret: string,
    {
      displayName,
      startDateTime,
      endDateTime,
    }: Pick<PasswordCredential, "displayName" | "startDateTime" | "endDateTime">,
  ): PasswordCredential {
    const salt = randomBytes(16).toString("hex");
    const credential: PasswordCredential = {
      keyId: randomUUID(),
      displayName,
      startDateTime,
      endDateTime,
      hash: scryptSync(secret, salt, 32).toString("hex"),
      salt,
    };
    return this.change(() => (to.passwordCredentials.push(credential), credential));
  }

  secretMatches(credential: PasswordCredential, secret: string): boolean {
    return timingSafeEqual(scryptSync(secret, credential.salt, 32), Buffer.from(credential.hash, "hex"));
  }

  /** Whether this assertion is used for the first time; records it. */
  useAssertion(jti: string, expires: number, now: number): boolean {
    if (this.directory.usedAssertions[jti] !== undefined) return false;
    this.change((directory) => {
      const fresh = Object.entries(directory.usedAssertions).filter(([, end]) => end >= now);
      directory.usedAssertions = { ...Object.fromEntries(fresh), [jti]: expires };
    });
    return true;
  }

  /** Values of a principal's application roles on a resource, with the time of each assignment. */
  rolesOf(principalId: string, resource: Principal): { value: string; writtenAt: number }[] {
    const held = this.directory.assignments.filter(
      (assignment) => assignment.principalId === principalId && assignment.resourceId === resource.id,
    );
    return held.flatMap(({ appRoleId, writtenAt }) => {
      const role = resource.appRoles.find(({ id }) => id === appRoleId);
      return role ? [{ value: role.value, writtenAt }] : [];
    });
  }

  /** The holders of each directory role, by its template id. */
  directoryRoleAssignments(): { id: string; principalId: string; roleDefinitionId: string }[] {
    return this.directory.users.flatMap((user) =>
      (user.directoryRoles ?? []).map((roleDefinitionId) => {
        const id = createHash("sha256").update(`${user.id} ${roleDefinitionId}`).digest("base64url");
        return { id, principalId: user.id, roleDefinitionId };
      }),
    );
  }

  /**
   * An application as the product creates it in managed mode, with its certificates (DER).
   * @param args.synchronises it receives the role to synchronise. @default true
   */
  addManagedApplication(args: { displayName: string; certificates: (Uint8Array | string)[]; synchronises?: boolean }): {
    appId: string;
    objectId: string;
    servicePrincipalId: string;
  } {
    const { displayName, certificates, synchronises = true } = args;
    const keys = certificates.map((der) =>
      makeKeyCredential({ key: typeof der === "string" ? der : Buffer.from(der).toString("base64") }),
    );
    const application = this.addApplication({ displayName, signInAudience: "AzureADMyOrg", tags: [] }, []);
    this.change(() => application.keyCredentials.push(...keys));
    const principal = this.addPrincipal(application.appId, { displayName }, []);
    const service = this.principalByAppId(SYNC_SERVICE.appId);
    if (service && synchronises) this.assign(principal.id, service.id, SYNC_SERVICE.role.id, new Date());
    return { appId: application.appId, objectId: application.id, servicePrincipalId: principal.id };
  }

  /** Removes all key credentials of an application. */
  removeKeyCredentials(appId: string): void {
    const application = this.applicationById(appId);
    if (!application) throw new Error(`no application ${appId} in the tenant`);
    this.change(() => (application.keyCredentials = []));
  }

  /** The tenant in `sandbox -- status`. */
  describe(): TenantDescription {
    return describeTenant(this);
  }
}
