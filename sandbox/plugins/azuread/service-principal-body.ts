/** Converts between a service principal's properties and Graph's representation of it. */
import type { PropertyMap } from "../property-values";
import type { GraphObject } from "./graph";
import { flattenAppRoles, flattenScopes, idsByValue } from "./roles";
import { deprecatedFeatures, featuresOfTags, flag, list, map, text, textOrNull } from "./values";

export const SERVICE_PRINCIPAL_TYPE = { "@odata.type": "#microsoft.graph.servicePrincipal" };

export function expandServicePrincipal(inputs: PropertyMap, tags: string[]): GraphObject {
  const saml = inputs.samlSingleSignOn;
  return {
    ...SERVICE_PRINCIPAL_TYPE,
    accountEnabled: flag(inputs.accountEnabled),
    alternativeNames: list(inputs.alternativeNames),
    appRoleAssignmentRequired: flag(inputs.appRoleAssignmentRequired),
    description: textOrNull(inputs.description),
    loginUrl: textOrNull(inputs.loginUrl),
    notes: textOrNull(inputs.notes),
    notificationEmailAddresses: list(inputs.notificationEmailAddresses),
    preferredSingleSignOnMode: textOrNull(inputs.preferredSingleSignOnMode),
    samlSingleSignOnSettings: saml === undefined ? {} : { relayState: text(map(saml).relayState) },
    tags,
  };
}

/** The common part of resource and data source. @param beta the same principal as Graph's beta returns it. */
export function flattenServicePrincipal(principal: GraphObject, beta: GraphObject): PropertyMap {
  const appId = (principal.appId ?? "") as string;
  const names = (principal.servicePrincipalNames ?? []) as string[];
  const features = featuresOfTags(principal.tags);
  return {
    accountEnabled: principal.accountEnabled ?? false,
    alternativeNames: principal.alternativeNames ?? [],
    appRoleAssignmentRequired: principal.appRoleAssignmentRequired ?? false,
    appRoleIds: idsByValue(principal.appRoles),
    appRoles: flattenAppRoles(principal.appRoles),
    applicationTenantId: principal.appOwnerOrganizationId ?? "",
    clientId: appId,
    description: principal.description ?? "",
    displayName: principal.displayName ?? "",
    featureTags: [features],
    features: [deprecatedFeatures(features)],
    homepageUrl: principal.homepage ?? "",
    loginUrl: principal.loginUrl ?? "",
    logoutUrl: principal.logoutUrl ?? "",
    notes: principal.notes ?? "",
    notificationEmailAddresses: principal.notificationEmailAddresses ?? [],
    oauth2PermissionScopeIds: idsByValue(principal.oauth2PermissionScopes),
    oauth2PermissionScopes: flattenScopes(principal.oauth2PermissionScopes),
    objectId: principal.id,
    preferredSingleSignOnMode: principal.preferredSingleSignOnMode ?? "",
    redirectUris: principal.replyUrls ?? [],
    samlMetadataUrl: beta.samlMetadataUrl ?? "",
    servicePrincipalNames: names.filter((name) => name.toLowerCase() !== appId.toLowerCase()),
    signInAudience: principal.signInAudience ?? "",
    tags: principal.tags ?? [],
    type: principal.servicePrincipalType ?? "",
  };
}

/** Null if Graph returns no value. */
export function flattenSaml(principal: GraphObject): PropertyMap | null {
  const settings = principal.samlSingleSignOnSettings as GraphObject | null | undefined;
  return settings ? { relayState: settings.relayState ?? "" } : null;
}
