/** Microsoft's own services in a tenant, with the roles that this project needs. */
import type { AppRole, Properties } from "./directory";

const role = (id: string, value: string): AppRole => ({
  id,
  value,
  displayName: value,
  description: value,
  isEnabled: true,
  allowedMemberTypes: ["Application"],
});

export const GRAPH_SERVICE = {
  appId: "00000003-0000-0000-c000-000000000000",
  displayName: "Microsoft Graph",
};

/** Graph's application permissions in the tenant, with their ids (permissions reference of Microsoft Graph). */
export const GRAPH_ROLES: readonly AppRole[] = [
  role("18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy"),
  role("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All"),
  role("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All"),
  role("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All"),
  role("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All"),
  role("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),
  role("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All"),
  role("498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All"),
  role("483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory"),
  role("b0afded3-3588-46d8-8b3d-9842eff778da", "AuditLog.Read.All"),
  role("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory"),
  role("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All"),
];

/**
 * The synchronisation service: the application role and the delegated scope share a name, not an id. There is
 * no second role of that name for users, because Graph requires different values for a service's roles.
 */
export const SYNC_SERVICE = {
  appId: "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016",
  displayName: "Microsoft Entra AD Synchronization Service",
  role: role("ab43b826-2c7a-4aff-9ecd-d0629d0ca6a9", "ADSynchronization.ReadWrite.All"),
  scope: {
    id: "0b41ed4d-5f52-442b-8952-ea7d90719860",
    value: "ADSynchronization.ReadWrite.All",
    type: "Admin",
    isEnabled: true,
    adminConsentDisplayName: "Synchronise identities",
    adminConsentDescription: "Synchronise identities",
  } as Properties,
};

/** The password reset service, which a tenant may lack; its application id differs from cloud to cloud. */
export const PASSWORD_RESET_SERVICE = {
  displayName: "Microsoft password reset service",
  roles: [
    role("69201c67-737b-4a20-8f16-e0c8c64e0b0e", "PasswordWriteback.OffboardClient.All"),
    role("e006e431-a65b-4f3e-8808-77d29d4c5f1a", "PasswordWriteback.RegisterClientVersion.All"),
    role("fc7e8088-95b5-453e-8bef-b17ecfec5ba3", "PasswordWriteback.RefreshClient.All"),
  ],
};
