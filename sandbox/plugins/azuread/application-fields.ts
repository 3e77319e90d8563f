/** Properties of azuread:index/application:Application. */
import {
  boolean,
  integer,
  isNotEmpty,
  isOneOf,
  isUuid,
  object,
  objects,
  output,
  string,
  strings,
  type Fields,
} from "./field";
import { APP_ROLE_FIELDS, SCOPE_FIELDS } from "./roles";

const OPTIONAL_CLAIM: Fields = {
  name: string({ required: true }),
  additionalProperties: strings({ unordered: false }),
  essential: boolean(),
  source: string(),
};

export const FEATURE_TAGS: Fields = {
  customSingleSignOn: boolean(),
  enterprise: boolean(),
  gallery: boolean(),
  hide: boolean(),
};

/** Upstream's password, templateId and logoImage are not supported: a program that sets one gets an error. */
export const APPLICATION_FIELDS: Fields = {
  displayName: string({ required: true, validate: isNotEmpty }),
  api: object({
    knownClientApplications: strings({ validate: isUuid }),
    mappedClaimsEnabled: boolean(),
    oauth2PermissionScopes: objects(SCOPE_FIELDS, { unordered: true }),
    requestedAccessTokenVersion: integer({ default: 1 }),
  }),
  appRoles: objects(APP_ROLE_FIELDS, { unordered: true }),
  description: string(),
  deviceOnlyAuthEnabled: boolean(),
  fallbackPublicClientEnabled: boolean(),
  featureTags: objects(FEATURE_TAGS, { computed: true }),
  groupMembershipClaims: strings(),
  identifierUris: strings(),
  marketingUrl: string(),
  notes: string({ validate: isNotEmpty }),
  oauth2PostResponseRequired: boolean(),
  optionalClaims: object({
    accessTokens: objects(OPTIONAL_CLAIM),
    idTokens: objects(OPTIONAL_CLAIM),
    saml2Tokens: objects(OPTIONAL_CLAIM),
  }),
  owners: strings({ validate: isUuid }),
  preventDuplicateNames: boolean({ default: false }),
  privacyStatementUrl: string(),
  publicClient: object({ redirectUris: strings() }),
  requiredResourceAccesses: objects(
    {
      resourceAppId: string({ required: true }),
      resourceAccesses: objects(
        {
          id: string({ required: true, validate: isUuid }),
          type: string({ required: true, validate: isOneOf("Scope", "Role") }),
        },
        { required: true },
      ),
    },
    { unordered: true },
  ),
  serviceManagementReference: string(),
  signInAudience: string({
    default: "AzureADMyOrg",
    validate: isOneOf(
      "AzureADMyOrg",
      "AzureADMultipleOrgs",
      "AzureADandPersonalMicrosoftAccount",
      "PersonalMicrosoftAccount",
    ),
  }),
  singlePageApplication: object({ redirectUris: strings() }),
  supportUrl: string(),
  tags: strings({ computed: true }),
  termsOfServiceUrl: string(),
  web: object({
    homepageUrl: string(),
    implicitGrant: object({ accessTokenIssuanceEnabled: boolean(), idTokenIssuanceEnabled: boolean() }),
    logoutUrl: string(),
    redirectUris: strings(),
  }),
  appRoleIds: output("map"),
  clientId: output("string"),
  disabledByMicrosoft: output("string"),
  logoUrl: output("string"),
  oauth2PermissionScopeIds: output("map"),
  objectId: output("string"),
  publisherDomain: output("string"),
  templateId: output("string"),
};
