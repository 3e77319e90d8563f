/** TenantDirectory: what all servers of a stack share of a tenant, read once. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { requiredServices, tokenEndpoint, type Cloud, type RequiredService } from "../model/tenant/clouds";
import type { TenantRolesObservation } from "../model/server/observation";
import { checkCloud } from "../model/configuration/declaration";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { observeRoles, refusedSignIn } from "../remote/observe";
import { findService, readCaller, type ResourceRoles } from "../remote/services";
import { tenantAccess, type Setting, type TenantAccess } from "../remote/tenant-access";
import { sayWaits } from "../remote/waiting";
import { DeclarationError } from "./declaration-error";
import { logInfo } from "./log";
import { LookUps } from "./look-ups";
import { StackDeclarations } from "./stack-declarations";
import { StackObservations } from "./stack-observations";
import { StackState } from "./stack-state";

/** A Microsoft service of the tenant, with the ids of the application roles that servers need from it. */
export interface ResourceService {
  /** Application (client) id, the same in all tenants of a cloud. */
  appId: string;
  /** Application roles by value, such as `"ADSynchronization.ReadWrite.All"`. */
  roles: readonly string[];
  /** Object id of its service principal in this tenant. */
  objectId: pulumi.Output<string>;
  /** Ids of `roles`, by value. */
  roleIds: pulumi.Output<Record<string, string>>;
}

/** The tenant, and how it is reached. */
export interface TenantDirectoryArgs {
  /**
   * The cloud of the tenant: `"global"`, `"usgovernment"` (GCC High), `"usgovernmentl5"` (DoD) or `"china"`
   * (21Vianet). Determines the endpoints and the password reset service. Must not contradict the azuread provider's own
   * `environment` (`CLOUD_CONTRADICTED`).
   * @default the provider's environment, else "global"
   */
  cloud?: Cloud;
  /**
   * Reads a setting of the azuread provider by its name and environment variable, e.g. `"tenantId"` and `"ARM_TENANT_ID"`;
   * undefined if it is not set. Credentials are read through it as well.
   * @default the stack's `azuread:` configuration, else the environment
   */
  setting?: Setting;
  /**
   * Object id of the service principal that runs `pulumi up`, for previews as another identity: owners are checked for
   * this one, whichever identity runs the preview.
   * @default the caller's own
   */
  pipelineObjectId?: string | null;
}

/**
 * The tenant as the azuread provider is configured for it: `azuread:` settings of the stack, else the ARM_* environment.
 * Changes nothing there; reads each Microsoft service that servers need once. One object for all servers of a stack,
 * which compares them with each other.
 *
 * @example
 * import { TenantDirectory } from "connect-sync-identity";
 *
 * const tenant = new TenantDirectory({ cloud: "usgovernment" });
 */
export class TenantDirectory {
  /**
   * Tenant id and credential, as configured.
   * @internal
   */
  readonly access: TenantAccess;
  /** Token endpoint that the servers of this tenant use. */
  readonly tokenEndpoint: pulumi.Output<string>;
  /** Object id of the pipeline's service principal, as declared, else the caller's own. */
  readonly pipelineObjectId: pulumi.Output<string>;
  /**
   * The observations of the servers that synchronise into this tenant.
   * @internal
   */
  readonly observations = new StackObservations();
  /**
   * The servers that the program declares for it.
   * @internal
   */
  readonly declarations = new StackDeclarations();
  /**
   * What the stack's state holds.
   * @internal
   */
  readonly state = new StackState();
  private readonly lookUps = new LookUps();
  private services = new Map<string, ResourceService>();
  private observedRoles: Promise<TenantRolesObservation> | undefined;

  /**
   * @param opts of the data sources, e.g. an azuread provider
   * @throws DeclarationError if the cloud is unknown, or no tenant is configured (`TENANT_NOT_CONFIGURED`): the
   * tenant to change must never be a guess
   */
  constructor(
    args: TenantDirectoryArgs = {},
    private readonly opts: pulumi.InvokeOptions = {},
  ) {
    sayWaits(logInfo);
    this.access = accessTo(args);
    const endpoint = this.access.connect().then(({ endpoints }) => tokenEndpoint(endpoints, this.access.tenantId));
    this.tokenEndpoint = pulumi.output(this.lookUps.follow("endpoints of the tenant", endpoint));
    const declared = args.pipelineObjectId;
    const found = pulumi.output(declared ?? this.lookUps.follow("the pipeline's identity", this.findCaller()));
    this.pipelineObjectId = found.apply((id) => id.toLowerCase());
  }

  /**
   * The services that a server needs. Each is read once, and only if a server needs it: some tenants have no password
   * reset service.
   * @internal
   */
  servicesFor({ passwordWriteback }: { passwordWriteback: boolean }): ResourceService[] {
    return requiredServices(this.access.cloud, passwordWriteback).map((service) => this.service(service));
  }

  /**
   * The identities that may synchronise; read once, on the first call.
   * @internal
   */
  get roles(): Promise<TenantRolesObservation> {
    return (this.observedRoles ??= observeRoles(this.access));
  }

  private service(required: RequiredService): ResourceService {
    const { appId, roles } = required;
    const known = this.services.get(appId);
    if (known) return known;
    const found = this.lookUps.follow(`service principal ${appId}`, this.findService(required));
    const objectId = pulumi.output(found.then(({ objectId }) => objectId));
    const service = { appId, roles, objectId, roleIds: pulumi.output(found.then(({ roles }) => roles)) };
    this.services.set(appId, service);
    return service;
  }

  /**
   * By Graph itself, whose refusals have a code and a remedy. The observation of the servers asks at the same moment, so it is no
   * request of its own.
   */
  private async findService(required: RequiredService): Promise<Omit<ResourceRoles, "appId">> {
    const { appId, roles } = required;
    const { objectId, roles: ids } = await findService(this.access, null, required);
    const missing = roles.filter((role) => !(role in ids));
    if (missing.length === 0) return { objectId, roles: ids };
    throw new ProblemError(missing.map((role) => diagnose("ROLE_UNKNOWN", null, { appId, role })));
  }

  /**
   * Without a token the azuread plugin ends the run in words of its own, before a resource can show what helps: so this look-up
   * does not reach it before.
   */
  private async findCaller(): Promise<string> {
    const refused = await refusedSignIn(this.access);
    if (refused) throw refused;
    try {
      return (await azuread.getClientConfig(this.opts)).objectId;
    } catch (error) {
      const { objectId } = await readCaller(this.access);
      if (objectId !== null) return objectId;
      throw error;
    }
  }
}

/** Tenant and credential; all problems of the arguments at once. */
function accessTo({ setting, ...args }: TenantDirectoryArgs): TenantAccess {
  const { cloud, problems } = checkCloud(args.cloud);
  try {
    const access = tenantAccess(setting ?? stackSetting, cloud, true);
    if (problems.length === 0) return access;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
  }
  throw new DeclarationError("TenantDirectory", problems);
}

/** The azuread provider's settings as this stack has them. */
export const stackSetting: Setting = (name, variable) => {
  const configured = pulumi.runtime.allConfig()[`azuread:${name}`];
  const value = configured ?? process.env[variable];
  return value === "" ? undefined : value;
};
