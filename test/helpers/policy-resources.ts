/** Resources of a healthy stack as the rules of the policy pack read them, and changes of them. */
import { unknownCheckingProxy, UnknownValueError } from "@pulumi/policy";
import { SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { plain, type Resource } from "../../policy/resource";
import { defaultsOf, isStackRule, type Rule, type Stack, type Violation } from "../../policy/rule";
import { hostKeyLine } from "./host-keys";

/** How the engine marks a text that it does not know yet. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const PIPELINE = "dcb00285-382d-473b-b4ce-4df6a0963247";
export const PERSON = "11111111-2222-3333-4444-555555555555";
const SYNC_ROLE_ID = "ab43b826-2c7a-4aff-9ecd-d0629d0ca6a9";

export const PRODUCTION: Stack = { name: "prod", environment: "production", configured: true };
export const DEVELOPMENT: Stack = { name: "dev", environment: null, configured: true };

type Props = Record<string, unknown>;

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:prod::connect-sync-identity::${RESOURCE_TYPES.identity}$${type}::${name}`;
}

const isUnknown = (error: unknown): error is Error => error instanceof UnknownValueError;

/** As the policy SDK passes it: with a proxy that throws on access to an unknown value. */
export function resource(type: string, name: string, props: Props, more: Partial<Resource> = {}): Resource {
  const read = plain(unknownCheckingProxy(props), isUnknown) as Props;
  return { type, name, urn: urnOf(type, name), props: read, sources: {}, ...more };
}

export function serverProps(server = "sync01", changes: Props = {}): Props {
  return {
    server,
    host: `${server}.contoso.com`,
    port: 22,
    appId: `appid-of-${server}`,
    certificate: {
      keyProvider: "Microsoft Platform Crypto Provider",
      allowSoftwareKey: false,
      lifetime: "365 days",
      rotateBefore: "180 days",
    },
    passwordWriteback: false,
    repairConnectivityParameters: false,
    minimumVersion: "2.5.79.0",
    verify: "sync",
    ...changes,
  };
}

export const connection = (changes: Props = {}): Props => ({
  host: "sync01.contoso.com",
  port: 22,
  user: "Administrator",
  hostKey: hostKeyLine("sync01"),
  ...changes,
});

/** A request to a server's host, as the commands contain it. */
export function command(part: string, request: Props, props: Props = {}, server = "sync01"): Resource {
  const stdin = `${JSON.stringify({ protocol: 1, server, ...request })}\n`;
  return resource(RESOURCE_TYPES.command, `${server}-${part}`, { connection: connection(), stdin, ...props });
}

/** A certificate's PEM; any bytes will do, because only their hash is compared. */
export function pem(server: string): string {
  const body = Buffer.from(`certificate of ${server}`).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

export const requiredAccess = (service = SYNC_SERVICE_APP_ID, id = SYNC_ROLE_ID, type = "Role") => ({
  resourceAppId: service,
  resourceAccesses: [{ id, type }],
});

/** Changes of one server's resources, by what they are. */
export interface ServerChanges {
  server?: Props;
  application?: Props;
  principal?: Props;
  assignment?: Props;
  credential?: Props;
  registration?: Props;
  /** Sources of the server's and the credential's reference to the application. */
  applicationUrn?: string;
}

/** All resources of one server that the rules check. */
export function serverResources(server: string, changes: ServerChanges = {}): Resource[] {
  const identity = resource(
    RESOURCE_TYPES.identity,
    server,
    {},
    { urn: `urn:pulumi:prod::p::${RESOURCE_TYPES.identity}::${server}` },
  );
  const group = { parent: `urn:pulumi:prod::p::group::${server}` };
  const entra = resource(
    "connect-sync-identity:index:EntraApplication",
    server,
    {},
    {
      urn: group.parent,
      parent: identity.urn,
    },
  );
  const own = { parent: identity.urn };
  const applicationUrn = changes.applicationUrn ?? urnOf(RESOURCE_TYPES.application, `${server}-application`);
  const application = {
    displayName: `Entra Connect Sync - ${server}`,
    owners: [PIPELINE],
    requiredResourceAccesses: [requiredAccess()],
    ...changes.application,
  };
  const credential = { applicationId: `/applications/${server}`, value: pem(server), ...changes.credential };
  return [
    identity,
    entra,
    resource(RESOURCE_TYPES.application, `${server}-application`, application, group),
    resource(RESOURCE_TYPES.principal, `${server}-principal`, { owners: [PIPELINE], ...changes.principal }, group),
    resource(
      RESOURCE_TYPES.assignment,
      `${server}-role-adsynchronization`,
      { appRoleId: SYNC_ROLE_ID, ...changes.assignment },
      group,
    ),
    resource(RESOURCE_TYPES.server, `${server}-server`, serverProps(server, changes.server), {
      ...own,
      sources: { appId: [applicationUrn] },
    }),
    resource(RESOURCE_TYPES.credential, `${server}-credential`, credential, {
      ...own,
      sources: { applicationId: [applicationUrn] },
    }),
    command("registration", { appId: `appid-of-${server}`, ...changes.registration }, {}, server),
  ];
}

/** The violations of a rule for one resource or a stack, with settings that differ from the defaults. */
export function judged(
  rule: Rule,
  what: Resource | Resource[],
  settings: Props = {},
  stack: Stack = PRODUCTION,
): Violation[] {
  const all = { ...defaultsOf(rule), ...settings } as never;
  if (isStackRule(rule)) return rule.judgeStack([what].flat(), all, stack);
  return [what].flat().flatMap((one) => (rule.types.includes(one.type) ? rule.judge(one, all, stack) : []));
}
