/** Properties of azuread:index/servicePrincipal:ServicePrincipal. */
import { FEATURE_TAGS } from "./application-fields";
import { boolean, isUuid, object, objects, output, string, strings, type Fields } from "./field";

export const SERVICE_PRINCIPAL_FIELDS: Fields = {
  clientId: string({ required: true, forceNew: true, validate: isUuid }),
  accountEnabled: boolean({ default: true }),
  alternativeNames: strings(),
  appRoleAssignmentRequired: boolean(),
  description: string(),
  featureTags: objects(FEATURE_TAGS, { computed: true }),
  features: objects(
    {
      customSingleSignOnApp: boolean(),
      enterpriseApplication: boolean(),
      galleryApplication: boolean(),
      visibleToUsers: boolean({ default: true }),
    },
    { computed: true },
  ),
  loginUrl: string(),
  notes: string(),
  notificationEmailAddresses: strings(),
  owners: strings({ validate: isUuid }),
  preferredSingleSignOnMode: string(),
  samlSingleSignOn: object({ relayState: string() }),
  tags: strings({ computed: true }),
  useExisting: boolean(),
  appRoleIds: output("map"),
  appRoles: output("objects"),
  applicationTenantId: output("string"),
  displayName: output("string"),
  homepageUrl: output("string"),
  logoutUrl: output("string"),
  oauth2PermissionScopeIds: output("map"),
  oauth2PermissionScopes: output("objects"),
  objectId: output("string"),
  redirectUris: output("strings"),
  samlMetadataUrl: output("string"),
  servicePrincipalNames: output("strings"),
  signInAudience: output("string"),
  type: output("string"),
};
