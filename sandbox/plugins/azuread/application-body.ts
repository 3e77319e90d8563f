/** Converts between an application's properties and Graph's representation of it. */
import type { PropertyMap, PropertyValue } from "../property-values";
import type { GraphObject } from "./graph";
import { expandAppRoles, expandScopes, flattenAppRoles, flattenScopes, idsByValue } from "./roles";
import { featuresOfTags, flag, list, map, maps, tagsOfFeatures, text, textOrNull } from "./values";

export const APPLICATION_TYPE = { "@odata.type": "#microsoft.graph.application" };

/** @param asked whether features determine the tags. @param held the tags that remain if none are declared. */
export function expandTags(inputs: PropertyMap, asked: boolean, held: PropertyValue | undefined): string[] {
  const features = maps(inputs.featureTags);
  if (asked && features.length > 0) return tagsOfFeatures(features[0]);
  return list(inputs.tags ?? held);
}

export function expandApi(value: PropertyValue | undefined): GraphObject {
  const api = map(value);
  return {
    acceptMappedClaims: flag(api.mappedClaimsEnabled),
    knownClientApplications: list(api.knownClientApplications),
    oauth2PermissionScopes: expandScopes(api.oauth2PermissionScopes),
    requestedAccessTokenVersion:
      typeof api.requestedAccessTokenVersion === "number" ? api.requestedAccessTokenVersion : 1,
  };
}

function expandWeb(value: PropertyValue | undefined): GraphObject {
  const web = map(value);
  const grant = map(web.implicitGrant);
  return {
    homePageUrl: textOrNull(web.homepageUrl),
    implicitGrantSettings: {
      enableAccessTokenIssuance: flag(grant.accessTokenIssuanceEnabled),
      enableIdTokenIssuance: flag(grant.idTokenIssuanceEnabled),
    },
    logoutUrl: textOrNull(web.logoutUrl),
    redirectUris: list(web.redirectUris),
  };
}

/** What is sent both at creation and with every update. */
export function expandCommon(inputs: PropertyMap, tags: string[]): GraphObject {
  return {
    ...APPLICATION_TYPE,
    description: textOrNull(inputs.description),
    displayName: text(inputs.displayName),
    groupMembershipClaims:
      list(inputs.groupMembershipClaims)
        .map((claim) => claim.trim())
        .join(",") || null,
    info: {
      marketingUrl: textOrNull(inputs.marketingUrl),
      privacyStatementUrl: textOrNull(inputs.privacyStatementUrl),
      supportUrl: textOrNull(inputs.supportUrl),
      termsOfServiceUrl: textOrNull(inputs.termsOfServiceUrl),
    },
    isDeviceOnlyAuthSupported: flag(inputs.deviceOnlyAuthEnabled),
    isFallbackPublicClient: flag(inputs.fallbackPublicClientEnabled),
    notes: textOrNull(inputs.notes),
    publicClient: { redirectUris: list(map(inputs.publicClient).redirectUris) },
    serviceManagementReference: textOrNull(inputs.serviceManagementReference),
    signInAudience: text(inputs.signInAudience),
    spa: { redirectUris: list(map(inputs.singlePageApplication).redirectUris) },
    tags,
    web: expandWeb(inputs.web),
  };
}

function expandClaims(value: PropertyValue | undefined): GraphObject[] {
  return maps(value).map((claim) => ({
    additionalProperties: list(claim.additionalProperties),
    essential: flag(claim.essential),
    name: text(claim.name),
    ...(text(claim.source) && { source: text(claim.source) }),
  }));
}

/** What is sent at creation, and later only if it has changed. */
export const EXPAND_CHANGED: Record<string, (inputs: PropertyMap) => GraphObject> = {
  appRoles: (inputs) => ({ appRoles: expandAppRoles(inputs.appRoles) }),
  identifierUris: (inputs) => ({ identifierUris: list(inputs.identifierUris) }),
  optionalClaims: (inputs) => {
    const claims = map(inputs.optionalClaims);
    if (inputs.optionalClaims === undefined) return { optionalClaims: {} };
    return {
      optionalClaims: {
        accessToken: expandClaims(claims.accessTokens),
        idToken: expandClaims(claims.idTokens),
        saml2Token: expandClaims(claims.saml2Tokens),
      },
    };
  },
  requiredResourceAccesses: (inputs) => ({
    requiredResourceAccess: maps(inputs.requiredResourceAccesses).map((resource) => ({
      resourceAccess: maps(resource.resourceAccesses).map(({ id, type }) => ({ id: text(id), type: text(type) })),
      resourceAppId: text(resource.resourceAppId),
    })),
  }),
};

function flattenClaims(claims: GraphObject[] | undefined): PropertyMap[] {
  return (claims ?? []).map((claim) => ({
    additionalProperties: claim.additionalProperties ?? [],
    essential: claim.essential ?? false,
    name: claim.name ?? "",
    source: claim.source ?? "",
  }));
}

function flattenWeb(web: GraphObject): PropertyMap {
  const grant = web.implicitGrantSettings;
  return {
    homepageUrl: web.homePageUrl ?? "",
    implicitGrant: grant && {
      accessTokenIssuanceEnabled: grant.enableAccessTokenIssuance ?? false,
      idTokenIssuanceEnabled: grant.enableIdTokenIssuance ?? false,
    },
    logoutUrl: web.logoutUrl ?? "",
    redirectUris: web.redirectUris ?? [],
  };
}

function flattenBlocks(app: GraphObject): PropertyMap {
  const { api, optionalClaims, publicClient, spa, web } = app;
  return {
    api: api
      ? {
          knownClientApplications: api.knownClientApplications ?? [],
          mappedClaimsEnabled: api.acceptMappedClaims ?? false,
          oauth2PermissionScopes: flattenScopes(api.oauth2PermissionScopes),
          requestedAccessTokenVersion: api.requestedAccessTokenVersion ?? 1,
        }
      : null,
    optionalClaims: optionalClaims
      ? {
          accessTokens: flattenClaims(optionalClaims.accessToken),
          idTokens: flattenClaims(optionalClaims.idToken),
          saml2Tokens: flattenClaims(optionalClaims.saml2Token),
        }
      : null,
    publicClient: publicClient ? { redirectUris: publicClient.redirectUris ?? [] } : null,
    requiredResourceAccesses: ((app.requiredResourceAccess ?? []) as GraphObject[]).map((resource) => ({
      resourceAccesses: ((resource.resourceAccess ?? []) as GraphObject[]).map(({ id, type }) => ({
        id,
        type: type ?? "",
      })),
      resourceAppId: resource.resourceAppId ?? "",
    })),
    singlePageApplication: spa ? { redirectUris: spa.redirectUris ?? [] } : null,
    web: web ? flattenWeb(web) : null,
  };
}

/** An application's properties, as Graph's v1.0 knows them. */
export function flattenApplication(app: GraphObject): PropertyMap {
  const claims = app.groupMembershipClaims as string | null | undefined;
  return {
    ...flattenBlocks(app),
    appRoleIds: idsByValue(app.appRoles),
    appRoles: flattenAppRoles(app.appRoles),
    clientId: app.appId ?? "",
    description: app.description ?? "",
    deviceOnlyAuthEnabled: app.isDeviceOnlyAuthSupported ?? false,
    disabledByMicrosoft: app.disabledByMicrosoftStatus ?? "",
    displayName: app.displayName ?? "",
    fallbackPublicClientEnabled: app.isFallbackPublicClient ?? false,
    featureTags: [featuresOfTags(app.tags)],
    groupMembershipClaims: claims ? claims.split(",").map((claim) => claim.trim()) : [],
    identifierUris: app.identifierUris ?? [],
    logoUrl: app.info?.logoUrl ?? "",
    marketingUrl: app.info?.marketingUrl ?? "",
    notes: app.notes ?? "",
    oauth2PermissionScopeIds: idsByValue(app.api?.oauth2PermissionScopes),
    objectId: app.id,
    privacyStatementUrl: app.info?.privacyStatementUrl ?? "",
    publisherDomain: app.publisherDomain ?? "",
    serviceManagementReference: app.serviceManagementReference ?? "",
    signInAudience: app.signInAudience ?? "",
    supportUrl: app.info?.supportUrl ?? "",
    tags: app.tags ?? [],
    templateId: app.applicationTemplateId ?? "",
    termsOfServiceUrl: app.info?.termsOfServiceUrl ?? "",
  };
}
