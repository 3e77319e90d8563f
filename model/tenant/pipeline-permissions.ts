/** The permissions of Microsoft Graph that the pipeline's identity needs, and what each is for. */

export interface PipelinePermission {
  /** Its value in a token's `roles`. */
  name: string;
  /** Id of the application role, the same in every tenant. */
  id: string;
  /** Others that hold all that it does. */
  orElse: readonly string[];
  /** Without it `pulumi up` or even a preview fails; else it only shows more. */
  needed: boolean;
  purpose: string;
}

export const PIPELINE_PERMISSIONS: readonly PipelinePermission[] = [
  {
    name: "Application.ReadWrite.OwnedBy",
    id: "18a4783c-866b-4cc7-a460-3d5e5662c884",
    orElse: ["Application.ReadWrite.All"],
    needed: true,
    purpose: "creates and changes the applications that it owns",
  },
  {
    name: "Application.Read.All",
    id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    orElse: ["Application.ReadWrite.All"],
    needed: true,
    purpose: "looks up Microsoft's services and observes",
  },
  {
    name: "AppRoleAssignment.ReadWrite.All",
    id: "06b708a9-e830-4db3-a914-8e69da51d44f",
    orElse: [],
    needed: true,
    purpose: "gives the applications their role",
  },
  {
    name: "RoleManagement.Read.Directory",
    id: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    orElse: [],
    needed: false,
    purpose: "who synchronises by a directory role",
  },
  {
    name: "AuditLog.Read.All",
    id: "b0afded3-3588-46d8-8b3d-9842eff778da",
    orElse: [],
    needed: false,
    purpose: "who added what the guard finds, and when",
  },
  {
    name: "User.Read.All",
    id: "df021288-bdef-4463-88db-98f22de89214",
    orElse: [],
    needed: false,
    purpose: "password accounts of servers that still exist",
  },
  {
    name: "Policy.Read.All",
    id: "246dd0d5-5bd0-4def-940b-0421030a5b68",
    orElse: ["Policy.ReadWrite.ApplicationConfiguration"],
    needed: false,
    purpose: "policies that restrict the servers' certificates",
  },
  {
    name: "Organization.Read.All",
    id: "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    orElse: [],
    needed: false,
    purpose: "the tenant's name, domain and last synchronisation",
  },
];

/** Application id of Microsoft Graph, the same in every tenant and cloud. */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";
