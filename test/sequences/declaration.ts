/**
 * The resources of each declared server except its guard: names, dependencies, commands and triggers as components/
 * declares them (a test compares the two), requests and rules by the components' own functions.
 */
import {
  CERTIFICATE_DEFAULTS,
  type CertificatePolicy,
  type PublicCertificate,
} from "../../model/certificate/certificate-policy";
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { certificateReference, type CertificateMemory } from "../../model/certificate/certificate-state";
import { certificateOf, type CertificateReference } from "../../model/certificate/generations";
import { installedCommand, removeProgramCommand } from "../../model/protocol/host-bootstrap";
import { parseAnswer } from "../../model/protocol/host-answer";
import { LABEL_PREFIX, type HostCertificateFacts, type RegisterRequest } from "../../model/protocol/host-protocol";
import { requestText } from "../../model/protocol/request-text";
import { applicationMarker, certificateLabel, isRevocation, type ServerIdentity } from "../../model/server/labels";
import type { Observation } from "../../model/server/observation";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import { secondApplication } from "../../model/server/assessment";
import { UNKNOWN } from "../../model/server/server-facts";
import { MINIMUM_VERSION } from "../../model/server/product-table";
import { keyIdOf } from "../../model/certificate/key-id";
import { releaseKeyId } from "../../remote/unfinished-upload";
import { releaseRequest } from "../../components/credential-lease";
import { certificateRequest, trustedCertificate } from "../../components/host-certificate";
import { registerRequest } from "../../components/host-registration";
import { applicationRoleIds } from "../../remote/services";
import { CLOUD_NAMES } from "../../sandbox/tenant/cloud-names";
import type { Declared, Look, Provider } from "./engine";
import type { Properties } from "./state";
import { TOKEN_ENDPOINT, type ServerName, type World } from "./world";

const STACK = "dev";

/** What a sequence may declare of a server. */
export interface ServerDeclaration {
  name: ServerName;
  role: "active" | "staging";
  applicationName: string;
  passwordWriteback: boolean;
  repairConnectivityParameters: boolean;
  verify: RegisterRequest["verify"];
  /** A different text requests a rotation. */
  rotate: string;
  certificate: CertificatePolicy;
  user: string;
}

export const declarationOf = (name: ServerName): ServerDeclaration => ({
  name,
  role: name === "sync01" ? "active" : "staging",
  applicationName: `Entra Connect Sync - ${name}`,
  passwordWriteback: false,
  repairConnectivityParameters: false,
  verify: "sync",
  rotate: "",
  certificate: { ...CERTIFICATE_DEFAULTS },
  user: "Administrator",
});

export const identityOf = (server: string): ServerIdentity => ({ stack: STACK, server });

interface Service {
  appId: string;
  roles: readonly string[];
  objectId: string;
  roleIds: Record<string, string>;
}

function serviceOf(world: World, appId: string, roles: readonly string[]): Service {
  const principal = world.store.principalByAppId(appId)!;
  return { appId, roles, objectId: principal.id, roleIds: applicationRoleIds(principal.appRoles, roles) };
}

interface Context {
  world: World;
  server: ServerDeclaration;
  observation: Observation;
  providers: Record<string, Provider>;
  preview: boolean;
  services: Service[];
}

const isUnknown = (value: unknown) => value === UNKNOWN || value === undefined;
const short = (name: string, suffix: string) => `${name}-${suffix}`;
const roleName = (name: string, role: string) => `${name}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`;

function entraNodes({ world, server, providers, services, observation }: Context): Declared[] {
  const { name } = server;
  const application = short(name, "application");
  const principal = short(name, "principal");
  const owners = [world.caller.objectId];
  const revocations = observation.tenant.application?.tags.filter(isRevocation) ?? [];
  const roles = services.flatMap((service) => service.roles.map((role) => ({ service, role })));
  return [
    {
      ...{ name: application, kind: "application", server: name, dependsOn: [], provider: providers.application },
      beforeCreation: () => {
        const { tenant } = observation;
        if (tenant.problem) throw new Error(formatDiagnostic(tenant.problem));
        if (tenant.application) throw new Error(formatDiagnostic(secondApplication(name, tenant.application)));
      },
      inputs: () => ({
        displayName: server.applicationName,
        signInAudience: "AzureADMyOrg",
        tags: [LABEL_PREFIX, applicationMarker(identityOf(name)), ...revocations],
        owners,
        preventDuplicateNames: true,
        requiredResourceAccesses: services.map((service) => ({
          resourceAppId: service.appId,
          resourceAccesses: service.roles.map((role) => ({ id: service.roleIds[role], type: "Role" })),
        })),
      }),
    },
    {
      ...{ name: principal, kind: "principal", server: name, dependsOn: [application], provider: providers.principal },
      inputs: (look) => ({ clientId: look(application).clientId, owners }),
    },
    ...roles.map(({ service, role }): Declared => {
      const dependsOn = [principal];
      const node = { name: roleName(name, role), kind: "assignment", server: name, dependsOn };
      const inputs = (look: Look) => ({
        appRoleId: service.roleIds[role],
        principalObjectId: look(principal).objectId,
        resourceObjectId: service.objectId,
      });
      return { ...node, provider: providers.assignment, inputs };
    }),
  ];
}

function serverNode({ world, server, observation, providers }: Context): Declared {
  const { name, role, passwordWriteback, certificate, repairConnectivityParameters, user, verify } = server;
  return {
    ...{ name: short(name, "server"), kind: "server", server: name, provider: providers.server },
    dependsOn: [short(name, "application")],
    inputs: (look) => ({
      ...identityOf(name),
      ...{ role, host: `${name}.contoso.com`, port: 22, user, hostKeyFingerprint: `SHA256:${name}` },
      ...{ rotate: server.rotate, adopt: "" },
      ...{ passwordWriteback, certificate, repairConnectivityParameters, minimumVersion: MINIMUM_VERSION, verify },
      appId: look(short(name, "application")).clientId ?? UNKNOWN,
      programSha256: world.files.sha256,
      observation,
    }),
  };
}

/** The certificate that state refers to. */
const referenceIn = (look: Look, name: string) =>
  certificateReference(STACK, look(short(name, "server")) as unknown as CertificateMemory);

/** The certificate as HostCertificate passes it on; undefined if a preview cannot know it. */
function certificateFrom(context: Context, look: Look): PublicCertificate | undefined {
  const { server, observation, preview } = context;
  const reference = referenceIn(look, server.name);
  const seen = observation.host.facts && certificateOf(observation.host.facts, reference);
  if (preview && seen?.keyUsable) return trusted(server, reference, seen, false);
  const { stdout } = look(short(server.name, "certificate"));
  if (isUnknown(stdout)) return undefined;
  const answer = parseAnswer("ensure-certificate", String(stdout));
  if (!answer.ok) throw new Error(`${server.name}: the host program failed but returned exit code 0`);
  const { before, after } = answer.result;
  return trusted(server, reference, after, before?.sha256 !== after.sha256);
}

const trustedBefore = new Map<string, PublicCertificate>();

/** The component's own check, once for each certificate, because parsing takes a millisecond. */
function trusted(
  { name, certificate }: ServerDeclaration,
  reference: CertificateReference,
  facts: HostCertificateFacts,
  made: boolean,
): PublicCertificate {
  const key = JSON.stringify([name, certificate, reference, facts, made]);
  const known = trustedBefore.get(key) ?? trustedCertificate(name, certificate, reference, facts, made);
  if (trustedBefore.size > 50) trustedBefore.clear();
  trustedBefore.set(key, known);
  return known;
}

/** A host command's inputs as HostCommand creates them; unknown as a whole if a part of the request is unknown. */
function commandInputs(
  server: ServerDeclaration,
  commands: { create?: string; delete?: string },
  request: object | null | undefined,
  triggers: unknown[] = [],
): Properties {
  const stdin = request === null ? "" : request ? requestText(request) : UNKNOWN;
  return { connection: { host: server.name, user: server.user }, ...commands, stdin, triggers };
}

function hostNodes(context: Context): Declared[] {
  const { world, server, providers } = context;
  const { name } = server;
  const [memory, program, removal, certificate] = ["server", "program", "program-removal", "certificate"].map(
    (suffix) => short(name, suffix),
  );
  const command = (suffix: string, dependsOn: string[], inputs: Declared["inputs"]): Declared => {
    return { name: short(name, suffix), kind: "command", server: name, dependsOn, provider: providers.command, inputs };
  };
  const policy = { server: name, policy: server.certificate, serviceAccount: null };
  return [
    {
      ...{ name: program, kind: "program", server: name, dependsOn: [memory], provider: providers.program },
      inputs: (look) => ({
        connection: { host: name, user: server.user },
        source: world.files.sha256,
        triggers: [look(memory).programRevision],
      }),
    },
    command("program-removal", [program], () => commandInputs(server, { delete: removeProgramCommand() }, null)),
    command("certificate", [memory, removal], (look) => {
      const commands = {
        create: installedCommand("ensure-certificate"),
        delete: installedCommand("remove-certificate"),
      };
      const request = certificateRequest({ ...policy, minimumVersion: MINIMUM_VERSION }, referenceIn(look, name));
      return commandInputs(server, commands, request, [look(memory).certificateReplacement]);
    }),
    credentialNode(context, certificate),
    ...switchNodes(context, command),
  ];
}

function credentialNode(context: Context, certificate: string): Declared {
  const { world, server, providers } = context;
  const application = short(server.name, "application");
  return {
    ...{ name: short(server.name, "credential"), kind: "credential", server: server.name },
    ...{ dependsOn: [application, certificate, short(server.name, "server")], provider: providers.credential },
    beforeCreation: async ({ applicationId, keyId }) => {
      if (keyId) await releaseKeyId(world.access, String(applicationId).replace("/applications/", ""), String(keyId));
    },
    inputs: (look) => {
      const found = certificateFrom(context, look);
      const derived = look(short(server.name, "server")).keyIdDerived === true;
      return {
        applicationId: look(application).id,
        ...(derived && { keyId: found ? keyIdOf(found.sha256) : UNKNOWN }),
        type: "AsymmetricX509Cert",
        encoding: "pem",
        value: found?.pem ?? UNKNOWN,
        startDate: found?.notBefore ?? UNKNOWN,
        endDate: found?.notAfter ?? UNKNOWN,
      };
    },
  };
}

function switchNodes(
  context: Context,
  command: (suffix: string, dependsOn: string[], inputs: Declared["inputs"]) => Declared,
): Declared[] {
  const { server, services } = context;
  const { name } = server;
  const [application, principal, memory, certificate, credential, removal, lease] = [
    ...["application", "principal", "server", "certificate", "credential", "program-removal", "lease"],
  ].map((suffix) => short(name, suffix));
  const assignments = services.flatMap(({ roles }) => roles.map((role) => roleName(name, role)));
  const known = (look: Look) => {
    const found = certificateFrom(context, look);
    const appId = look(application).clientId;
    if (!found || isUnknown(appId)) return undefined;
    const { identity, generation } = referenceIn(look, name);
    const label = certificateLabel(identity, generation);
    return { server: name, label, appId: String(appId), certificateSha256: found.sha256 };
  };
  return [
    command("lease", [application, memory, certificate, credential, removal, principal, ...assignments], (look) => {
      const identity = known(look);
      const request = identity && releaseRequest(identity);
      const triggers = [look(application).clientId ?? UNKNOWN, look(memory).certificateReplacement];
      return commandInputs(server, { delete: installedCommand("release") }, request, triggers);
    }),
    command("registration", [application, certificate, memory, lease], (look) => {
      const identity = known(look);
      const revision = look(memory).registrationRevision as number;
      const request =
        identity &&
        registerRequest({
          ...identity,
          ...{ revision, tokenEndpoint: TOKEN_ENDPOINT, allowSoftwareKey: server.certificate.allowSoftwareKey },
          requiredRoles: services.map(({ appId, roles }) => ({ resourceAppId: appId, roles: [...roles] })),
          ...{ serviceAccount: null, minimumVersion: MINIMUM_VERSION, verify: server.verify },
          repairConnectivityParameters: server.repairConnectivityParameters,
        });
      return commandInputs(server, { create: installedCommand("register") }, request);
    }),
  ];
}

/** All resources of a stack's servers; each switch waits for the one before it, staging servers first. */
export function declare(
  world: World,
  servers: readonly ServerDeclaration[],
  observations: ReadonlyMap<string, Observation>,
  providers: Record<string, Provider>,
  preview: boolean,
): Declared[] {
  const rank = ({ role, name }: ServerDeclaration) => `${role === "staging" ? 0 : 1} ${name}`;
  const inOrder = [...servers].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
  return inOrder.flatMap((server, index) => {
    const services = [serviceOf(world, SYNC_SERVICE_APP_ID, [SYNC_ROLE])];
    if (server.passwordWriteback) {
      services.push(serviceOf(world, CLOUD_NAMES.global.passwordResetAppId, PASSWORD_WRITEBACK_ROLES));
    }
    const observation = observations.get(server.name)!;
    const context = { world, server, observation, providers, preview, services };
    const nodes = [...entraNodes(context), serverNode(context), ...hostNodes(context)];
    const before = inOrder[index - 1];
    if (before) nodes.at(-1)!.dependsOn.push(short(before.name, "registration"));
    return nodes;
  });
}
