/** Declared values as upstream reads them: absent means zero. */
import { isMap, type PropertyMap, type PropertyValue } from "../property-values";

export function text(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}

export function flag(value: PropertyValue | undefined): boolean {
  return value === true;
}

export function list(value: PropertyValue | undefined): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

export function maps(value: PropertyValue | undefined): PropertyMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

export function map(value: PropertyValue | undefined): PropertyMap {
  return isMap(value) ? value : {};
}

/** Upstream sends null for an empty text. */
export function textOrNull(value: PropertyValue | undefined): string | null {
  return text(value) || null;
}

const FEATURES = {
  customSingleSignOn: "WindowsAzureActiveDirectoryCustomSingleSignOnApplication",
  enterprise: "WindowsAzureActiveDirectoryIntegratedApp",
  gallery: "WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1",
  hide: "HideApp",
};

/** Tags that represent features; the older `features` block has other names for them. */
export function tagsOfFeatures(features: PropertyMap): string[] {
  const asked = {
    customSingleSignOn: flag(features.customSingleSignOn) || flag(features.customSingleSignOnApp),
    enterprise: flag(features.enterprise) || flag(features.enterpriseApplication),
    gallery: flag(features.gallery) || flag(features.galleryApplication),
    hide: flag(features.hide) || features.visibleToUsers === false,
  };
  return Object.entries(FEATURES).flatMap(([name, tag]) => (asked[name as keyof typeof asked] ? [tag] : []));
}

export function featuresOfTags(tags: string[] | undefined): PropertyMap {
  const held = new Set((tags ?? []).map((tag) => tag.toLowerCase()));
  return Object.fromEntries(Object.entries(FEATURES).map(([name, tag]) => [name, held.has(tag.toLowerCase())]));
}

export function deprecatedFeatures(features: PropertyMap): PropertyMap {
  return {
    customSingleSignOnApp: features.customSingleSignOn,
    enterpriseApplication: features.enterprise,
    galleryApplication: features.gallery,
    visibleToUsers: features.hide !== true,
  };
}
