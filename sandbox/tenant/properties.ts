/** Fields of applications and principals: the values that a body may set, and Graph's values for fields never set. */
import { z } from "zod";
import type { Properties } from "./directory";
import { graphErrors } from "./graph-error";

const strings = z.array(z.string());
const guid = z.guid();
const credentials = z.array(z.record(z.string(), z.unknown()));

const flag = z.boolean().nullable().optional();
const LOCK = z.strictObject({
  "@odata.type": z.string().optional(),
  isEnabled: z.boolean().optional(),
  allProperties: flag,
  credentialsWithUsageVerify: flag,
  credentialsWithUsageSign: flag,
  tokenEncryptionKeyId: flag,
});

/** The fields that the tenant understands; all others are stored unchanged. */
const APPLICATION = z.looseObject({
  displayName: z.string().min(1).optional(),
  tags: strings.optional(),
  identifierUris: strings.optional(),
  signInAudience: z
    .enum(["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"])
    .optional(),
  requiredResourceAccess: z
    .array(
      z.looseObject({
        resourceAppId: guid,
        resourceAccess: z.array(z.looseObject({ id: guid, type: z.enum(["Role", "Scope"]) })),
      }),
    )
    .optional(),
  keyCredentials: credentials.optional(),
  passwordCredentials: credentials.optional(),
  servicePrincipalLockConfiguration: LOCK.nullable().optional(),
});

const PRINCIPAL = z.looseObject({
  accountEnabled: z.boolean().optional(),
  appRoleAssignmentRequired: z.boolean().optional(),
  tags: strings.optional(),
  keyCredentials: credentials.optional(),
  passwordCredentials: credentials.optional(),
});

const SCHEMAS = { application: APPLICATION, servicePrincipal: PRINCIPAL };
export type Kind = keyof typeof SCHEMAS;

const READ_ONLY = ["id", "appId", "createdDateTime", "publisherDomain"];
const RELATIONS = ["keyCredentials", "passwordCredentials", "owners"];

/**
 * The values that a body sets for an object's own fields.
 * @param current the object as Graph returns it now; null for a new one
 * @throws GraphError if a known field has an invalid value, or a read-only one differs
 */
export function ownProperties(kind: Kind, body: Properties, current: Properties | null): Properties {
  const parsed = SCHEMAS[kind].safeParse(body);
  if (!parsed.success) {
    const property = parsed.error.issues[0].path.join(".");
    throw graphErrors.badRequest(`Invalid value specified for property '${property}' of resource '${kind}'.`);
  }
  // The appId of a new service principal names its application.
  const readOnly = READ_ONLY.filter((name) => current !== null || kind === "application" || name !== "appId");
  const changed = readOnly.find((name) => (body[name] ?? null) !== null && body[name] !== current?.[name]);
  if (changed) throw graphErrors.badRequest(`Property '${changed}' is read-only and cannot be set.`);
  const entries = Object.entries(body).filter(
    ([name]) => !READ_ONLY.includes(name) && !RELATIONS.includes(name) && !name.includes("@odata"),
  );
  return Object.fromEntries(entries);
}

const nothing = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, null]));

export const APPLICATION_DEFAULTS: Properties = {
  ...nothing(
    "applicationTemplateId certification createdDateTime defaultRedirectUri deletedDateTime description " +
      "disabledByMicrosoftStatus groupMembershipClaims isDeviceOnlyAuthSupported isFallbackPublicClient notes " +
      "optionalClaims publisherDomain requestSignatureVerification samlMetadataUrl serviceManagementReference " +
      "servicePrincipalLockConfiguration tokenEncryptionKeyId uniqueName",
  ),
  addIns: [],
  api: {
    acceptMappedClaims: null,
    knownClientApplications: [],
    requestedAccessTokenVersion: null,
    oauth2PermissionScopes: [],
    preAuthorizedApplications: [],
  },
  appRoles: [],
  identifierUris: [],
  info: nothing("logoUrl marketingUrl privacyStatementUrl supportUrl termsOfServiceUrl"),
  parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
  publicClient: { redirectUris: [] },
  requiredResourceAccess: [],
  signInAudience: "AzureADMyOrg",
  spa: { redirectUris: [] },
  tags: [],
  verifiedPublisher: nothing("displayName verifiedPublisherId addedDateTime"),
  web: {
    homePageUrl: null,
    logoutUrl: null,
    redirectUris: [],
    redirectUriSettings: [],
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
  },
};

export const PRINCIPAL_DEFAULTS: Properties = {
  ...nothing(
    "appDescription appOwnerOrganizationId applicationTemplateId createdDateTime deletedDateTime description " +
      "disabledByMicrosoftStatus homepage loginUrl logoutUrl notes preferredSingleSignOnMode " +
      "preferredTokenSigningKeyThumbprint samlSingleSignOnSettings tokenEncryptionKeyId",
  ),
  accountEnabled: true,
  addIns: [],
  alternativeNames: [],
  appRoleAssignmentRequired: false,
  info: nothing("logoUrl marketingUrl privacyStatementUrl supportUrl termsOfServiceUrl"),
  notificationEmailAddresses: [],
  replyUrls: [],
  resourceSpecificApplicationPermissions: [],
  servicePrincipalType: "Application",
  signInAudience: "AzureADMyOrg",
  tags: [],
  verifiedPublisher: nothing("displayName verifiedPublisherId addedDateTime"),
};

/** Fields of the beta version only. */
export const BETA_FIELDS: Record<Kind, Properties> = {
  application: { oauth2RequirePostResponse: false },
  servicePrincipal: { samlMetadataUrl: null },
};
