/** EntraApplication: application, service principal and role assignments of one server. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import { SINGLE_TENANT } from "../model/tenant/clouds";
import type { ResourceService } from "./tenant-directory";

export interface EntraApplicationArgs {
  /** Display name of the application; may change. */
  displayName: string;
  /** Tags, including the server's marker. */
  tags: pulumi.Input<string[]>;
  /** Object ids of the owners; with none, the caller needs Application.ReadWrite.All. */
  owners: pulumi.Input<string>[];
  /**
   * Object ids of the service principal's owners: the caller itself or none, because Application.ReadWrite.OwnedBy
   * allows no other owner.
   */
  principalOwners: pulumi.Input<string>[];
  /**
   * Called before an application is created, never in a preview; throws if one exists already. State may be lost,
   * or a run may have ended before it stored what it created, and a server must not get a second application.
   */
  beforeCreation: () => Promise<void>;
  /** Called before an application is changed; throws if it would get the name of another one. */
  beforeUpdate: () => Promise<void>;
  /** Services whose application roles are required and assigned. */
  services: ResourceService[];
}

/** A single-tenant application that may only synchronise. */
export class EntraApplication extends pulumi.ComponentResource {
  readonly application: azuread.Application;
  readonly principal: azuread.ServicePrincipal;
  readonly assignments: azuread.AppRoleAssignment[];
  /** Object ids, as they were declared. */
  readonly owners: pulumi.Input<string>[];
  readonly principalOwners: pulumi.Input<string>[];
  /** Ids of the application roles that are assigned. */
  readonly roleIds: pulumi.Output<string>[];

  constructor(name: string, args: EntraApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(RESOURCE_TYPES.entra, name, {}, opts);
    this.application = this.createApplication(name, args);
    this.principal = this.createPrincipal(name, args);
    this.assignments = args.services.flatMap((service) => this.assignRoles(name, service));
    this.owners = args.owners;
    this.principalOwners = args.principalOwners;
    this.roleIds = args.services.flatMap(({ roles, roleIds }) =>
      roles.map((role) => roleIds.apply((ids) => ids[role])),
    );
    this.registerOutputs();
  }

  private createApplication(name: string, args: EntraApplicationArgs): azuread.Application {
    return new azuread.Application(
      `${name}-application`,
      {
        displayName: args.displayName,
        signInAudience: SINGLE_TENANT,
        tags: args.tags,
        owners: args.owners,
        requiredResourceAccesses: args.services.map((service) => ({
          resourceAppId: service.appId,
          resourceAccesses: service.roles.map((role) => ({
            id: service.roleIds.apply((ids) => ids[role]),
            type: "Role",
          })),
        })),
      },
      {
        parent: this,
        hooks: { beforeCreate: [args.beforeCreation], beforeUpdate: [args.beforeUpdate] },
        // Of an application that an earlier version made it stays as it was. The hooks above say what it is, and how to go on.
        ignoreChanges: ["preventDuplicateNames"],
      },
    );
  }

  private createPrincipal(name: string, args: EntraApplicationArgs): azuread.ServicePrincipal {
    const { clientId } = this.application;
    return new azuread.ServicePrincipal(
      `${name}-principal`,
      { clientId, owners: args.principalOwners },
      { parent: this },
    );
  }

  private assignRoles(name: string, service: ResourceService): azuread.AppRoleAssignment[] {
    return service.roles.map(
      (role) =>
        new azuread.AppRoleAssignment(
          `${name}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`,
          {
            appRoleId: service.roleIds.apply((ids) => ids[role]),
            principalObjectId: this.principal.objectId,
            resourceObjectId: service.objectId,
          },
          { parent: this },
        ),
    );
  }
}
