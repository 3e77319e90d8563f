/** App roles and delegated scopes, of applications and principals. */
import type { PropertyMap, PropertyValue } from "../property-values";
import { boolean, isNotEmpty, isUuid, string, strings, type Fields } from "./field";
import type { GraphObject } from "./graph";
import { flag, list, maps, text } from "./values";

export const APP_ROLE_FIELDS: Fields = {
  id: string({ required: true, validate: isUuid }),
  allowedMemberTypes: strings({ required: true }),
  description: string({ required: true, validate: isNotEmpty }),
  displayName: string({ required: true, validate: isNotEmpty }),
  enabled: boolean({ default: true }),
  value: string(),
};

export const SCOPE_FIELDS: Fields = {
  id: string({ required: true, validate: isUuid }),
  adminConsentDescription: string(),
  adminConsentDisplayName: string(),
  enabled: boolean({ default: true }),
  type: string({ default: "User" }),
  userConsentDescription: string(),
  userConsentDisplayName: string(),
  value: string(),
};

export function expandAppRoles(value: PropertyValue | undefined): GraphObject[] {
  return maps(value).map((role) => ({
    allowedMemberTypes: list(role.allowedMemberTypes),
    description: text(role.description),
    displayName: text(role.displayName),
    id: text(role.id),
    isEnabled: flag(role.enabled),
    value: text(role.value),
  }));
}

export function expandScopes(value: PropertyValue | undefined): GraphObject[] {
  return maps(value).map((scope) => ({
    adminConsentDescription: text(scope.adminConsentDescription),
    adminConsentDisplayName: text(scope.adminConsentDisplayName),
    id: text(scope.id),
    isEnabled: flag(scope.enabled),
    type: text(scope.type),
    userConsentDescription: text(scope.userConsentDescription),
    userConsentDisplayName: text(scope.userConsentDisplayName),
    value: text(scope.value),
  }));
}

export function flattenAppRoles(roles: GraphObject[] | undefined): PropertyMap[] {
  return (roles ?? []).map((role) => ({
    allowedMemberTypes: role.allowedMemberTypes ?? [],
    description: role.description ?? "",
    displayName: role.displayName ?? "",
    enabled: role.isEnabled ?? false,
    id: role.id ?? "",
    value: role.value ?? "",
  }));
}

export function flattenScopes(scopes: GraphObject[] | undefined): PropertyMap[] {
  return (scopes ?? []).map((scope) => ({
    adminConsentDescription: scope.adminConsentDescription ?? "",
    adminConsentDisplayName: scope.adminConsentDisplayName ?? "",
    enabled: scope.isEnabled ?? false,
    id: scope.id ?? "",
    type: scope.type ?? "",
    userConsentDescription: scope.userConsentDescription ?? "",
    userConsentDisplayName: scope.userConsentDisplayName ?? "",
    value: scope.value ?? "",
  }));
}

/** Identifiers by value; entries without a value cannot be referenced by it. */
export function idsByValue(entries: GraphObject[] | undefined): PropertyMap {
  return Object.fromEntries((entries ?? []).filter(({ value, id }) => value && id).map(({ value, id }) => [value, id]));
}
