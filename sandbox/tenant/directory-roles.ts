/** The tenant's directory roles, by their template ids (built-in roles of Entra). */
export const DIRECTORY_ROLES = {
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Hybrid Identity Administrator": "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
  "Directory Synchronization Accounts": "d29b2b05-8046-44ba-8758-1e26182fcf32",
  "On Premises Directory Sync Account": "a92aed5d-d78a-4d16-b381-09adb37eb3b0",
} as const;
export type DirectoryRole = keyof typeof DIRECTORY_ROLES;
