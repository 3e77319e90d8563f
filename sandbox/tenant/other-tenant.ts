/** A tenant beside the sandbox's own: the authority knows whose its domain is, and nothing else of it exists. */
export const OTHER_TENANT = {
  domain: "fabrikam.onmicrosoft.com",
  tenantId: "7a1c4a9e-3d5b-4f64-9c2e-0b8f5e6d7c21",
} as const;
