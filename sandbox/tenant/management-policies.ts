/**
 * Application management policies: what they say of certificates, and the refusals that follow. The tenant has its default
 * policy only; no application has one of its own.
 */
import type { X509Certificate } from "node:crypto";
import type { KeyPolicy, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { collection, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { requireReadPolicies } from "./permissions";

/** Microsoft's id of the default policy, the same in every tenant. */
const DEFAULT_POLICY = "00000000-0000-0000-0000-000000000000";
const DAY = 86_400_000;

function restrictionsOf(policy: KeyPolicy | undefined): Properties[] {
  const { maxLifetimeDays, trustedIssuers = false } = policy ?? {};
  const common = { state: "enabled", restrictForAppsCreatedAfterDateTime: null, excludeActors: null };
  const trusted = { certificateBasedApplicationConfigurationIds: ["11111111-1111-4111-8111-111111111111"] };
  return [
    ...(maxLifetimeDays === undefined
      ? []
      : [{ restrictionType: "asymmetricKeyLifetime", maxLifetime: `P${maxLifetimeDays}D`, ...common }]),
    ...(trustedIssuers
      ? [{ restrictionType: "trustedCertificateAuthority", maxLifetime: null, ...common, ...trusted }]
      : []),
  ];
}

/** The tenant's default policy. */
export function defaultPolicy(request: GraphRequest): GraphAnswer {
  requireReadPolicies(request.caller);
  const { keyPolicy } = request.store.data;
  const restrictions = { passwordCredentials: [], keyCredentials: restrictionsOf(keyPolicy) };
  return object(request, "policies/defaultAppManagementPolicy", {
    id: DEFAULT_POLICY,
    displayName: "Default app management tenant policy",
    description:
      "Default tenant policy that enforces app management restrictions on applications and service principals.",
    isEnabled: keyPolicy !== undefined,
    applicationRestrictions: restrictions,
    servicePrincipalRestrictions: restrictions,
  });
}

/** The policies of single applications. */
export function policies(request: GraphRequest): GraphAnswer {
  requireReadPolicies(request.caller);
  return collection(request, "policies/appManagementPolicies", []);
}

/** @throws GraphError if the default policy forbids a new certificate of an application */
export function refuseByPolicy(
  { store }: Pick<GraphRequest, "store">,
  certificate: X509Certificate,
  { start, end }: { start: Date; end: Date },
): void {
  const { maxLifetimeDays, trustedIssuers } = store.data.keyPolicy ?? {};
  if (maxLifetimeDays !== undefined && end.getTime() - start.getTime() > maxLifetimeDays * DAY)
    throw graphErrors.keyLifetime(DEFAULT_POLICY);
  if (trustedIssuers && certificate.subject === certificate.issuer) throw graphErrors.keyType(DEFAULT_POLICY);
}
