/** Rules about the lifetime of certificates and their rotation. */
import { daysBetween, isDuration, toDays } from "../../model/configuration/duration";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, need, requestOf, serverOf, show, type Resource } from "../resource";
import type { Breach, ResourceRule, Violation } from "../rule";

/** Allowance for the server's clock and for the minutes by which a validity starts in the past. */
const TOLERANCE_DAYS = 1;

function days(value: unknown): number | null {
  return typeof value === "string" && isDuration(value) ? toDays(value) : null;
}

/** Hours of a Go duration such as "8760h" or "240h30m", the form of the azuread provider. */
function hours(value: unknown): number | null {
  const match = typeof value === "string" ? /^(\d+)h(\d+m)?(\d+s)?$/.exec(value) : null;
  return match ? Number(match[1]) : null;
}

/** Days for which a credential in Entra is valid; null if that is not declared or not known. */
function validity(resource: Resource): number | null {
  const [begin, end] = [known(resource, "startDate"), known(resource, "endDate")];
  if (typeof begin === "string" && typeof end === "string") return daysBetween(new Date(begin), new Date(end));
  if (typeof end === "string") return daysBetween(new Date(), new Date(end));
  const relative = hours(known(resource, "endDateRelative"));
  return relative === null ? null : relative / 24;
}

/** All lifetimes that a resource states. */
function lifetimes(resource: Resource): { property: string; actual: string; days: number | null }[] {
  if (resource.type === RESOURCE_TYPES.server) {
    const value = need(resource, "certificate.lifetime");
    return [{ property: "certificate.lifetime", actual: show(value), days: days(value) }];
  }
  if (resource.type === RESOURCE_TYPES.credential) {
    const found = validity(resource);
    if (found === null) return [];
    const rounded = Math.round(found * 10) / 10;
    return [{ property: "validity in Entra", actual: `${rounded} days`, days: found - TOLERANCE_DAYS }];
  }
  const request = requestOf(resource);
  if (!request || !("lifetimeDays" in request)) return [];
  const { lifetimeDays: value } = request;
  const asked = typeof value === "number" ? value : null;
  const actual = show(asked === null ? value : `${asked} days`);
  return [{ property: "lifetimeDays in the request to the host", actual, days: asked }];
}

export const certificateLifetime: ResourceRule<{ maximumDays: number }> = {
  name: "certificate-lifetime",
  description: "No certificate of a sync server is valid for longer than the maximum.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.credential, RESOURCE_TYPES.command],
  settings: {
    maximumDays: { type: "integer", minimum: 30, maximum: 730, default: 398, description: "days of validity at most" },
  },
  judge: (resource, { maximumDays }) =>
    lifetimes(resource)
      .filter((claim) => claim.days === null || !(claim.days <= maximumDays))
      .map(({ property, actual }) => ({
        subject: serverOf(resource),
        property,
        actual,
        expected: `at most ${maximumDays} days`,
        remedy:
          "Shorten lifetime in the certificate policy; it takes effect at the next rotation; set rotate to start one now.",
      })),
};

interface RotationSettings {
  moreThanDaysBeforeEnd: number;
  latestShareOfLifetime: number;
  daysInUse: number;
}

/** What is wrong with the rotation date of a certificate with this lifetime. */
function rotationBreaches(lifetime: number, rotateBefore: number, settings: RotationSettings): Breach[] {
  const { moreThanDaysBeforeEnd, latestShareOfLifetime, daysInUse } = settings;
  const age = lifetime - rotateBefore;
  const property = "certificate.rotateBefore";
  const actual = `${rotateBefore} days before the end of ${lifetime}`;
  const breaches: Breach[] = [];
  if (rotateBefore <= moreThanDaysBeforeEnd) {
    breaches.push({ property, actual, expected: `more than ${moreThanDaysBeforeEnd} days before the end` });
  } else if (age >= latestShareOfLifetime * lifetime) {
    const share = `${Math.round(latestShareOfLifetime * 100)} %`;
    breaches.push({ property, actual, expected: `a rotation before ${share} of the lifetime has passed` });
  }
  if (age < daysInUse) {
    breaches.push({
      property,
      actual: `${actual}, so it is in use for ${Math.max(0, age)} days`,
      expected: `a certificate in use for at least ${daysInUse} days`,
      remedy: "Lengthen lifetime or shorten rotateBefore: each rotation pauses the synchronisation.",
    });
  }
  return breaches;
}

export const certificateRotation: ResourceRule<RotationSettings> = {
  name: "certificate-rotation",
  description: "Certificates are replaced long before they expire, but not too often.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server],
  settings: {
    moreThanDaysBeforeEnd: {
      type: "integer",
      minimum: 0,
      maximum: 700,
      default: 150,
      description: "rotateBefore must be more than this number of days",
    },
    latestShareOfLifetime: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.7,
      description: "share of the lifetime within which a certificate is replaced",
    },
    daysInUse: {
      type: "integer",
      minimum: 1,
      maximum: 700,
      default: 30,
      description: "minimum number of days that a certificate is in use",
    },
  },
  judge: (resource, settings): Violation[] => {
    const [lifetime, rotateBefore] = ["lifetime", "rotateBefore"].map((name) => need(resource, `certificate.${name}`));
    const [total, before] = [days(lifetime), days(rotateBefore)];
    const remedy = "Change rotateBefore in the certificate policy, for example to 180 days of 365.";
    const unreadable: Breach = {
      property: "certificate",
      actual: `lifetime ${show(lifetime)}, rotateBefore ${show(rotateBefore)}`,
      expected: 'days such as "365 days" and "180 days"',
    };
    const breaches = total === null || before === null ? [unreadable] : rotationBreaches(total, before, settings);
    return breaches.map((breach) => ({ subject: serverOf(resource), remedy, ...breach }));
  },
};
