/** For each finding of a server's guard what brings it about, each from a healthy server. */
import { keyIdOf } from "../../model/certificate/key-id";
import type { CredentialView } from "../../model/guard/guard-view";
import type { GuardFindingCode } from "../../model/diagnostics/registry";
import type { ObservedApplication, ObservedPrincipal } from "../../model/server/observation";
import { foreignKey, foreignSecret, STRANGER } from "./guarded";
import { PIPELINE_OBJECT_ID, SYNC_ROLE_ID } from "./observations";

export const earlier = { owners: [PIPELINE_OBJECT_ID], roles: [SYNC_ROLE_ID] };
const federation = { id: STRANGER, name: "repository", issuer: "https://issuer", subject: "repo:a/b" };
export const stranger = { id: STRANGER, name: "mallory@contoso.com" };

export type GuardChange = (
  application: ObservedApplication,
  principal: ObservedPrincipal,
  view: CredentialView,
) => void;

/** What brings about a finding of an application of the product, which an own certificate is on. */
export const PRODUCT_GUARD_CASES: Partial<Record<GuardFindingCode, Record<string, GuardChange>>> = {
  "key-replaced": {
    "the certificate that the own one replaced": (application, _principal, view) => {
      const former = foreignKey();
      application.keys.unshift(former);
      view.product = { used: application.keys[1].sha256, former: former.sha256 };
    },
  },
};

/** For each finding, what brings it about. */
export const GUARD_CASES: Partial<Record<GuardFindingCode, Record<string, GuardChange>>> = {
  "key-foreign": {
    "another certificate": (application) => application.keys.push(foreignKey()),
    "a certificate that only bears our name": (application) =>
      application.keys.push(foreignKey({ subject: "CN=ConnectSyncIdentity dev/sync01 g1" })),
    "a key that shows no certificate": (application) => application.keys.push(foreignKey({ sha256: null })),
  },
  "key-repeated": {
    "the certificate under a second id": (application) => {
      application.keys[0].keyId = keyIdOf(application.keys[0].sha256!);
      application.keys.push({ ...application.keys[0], keyId: STRANGER });
    },
  },
  "secret-foreign": { "a secret": (application) => application.secrets.push(foreignSecret) },
  "federated-credential-foreign": {
    "a federated credential": (application) => application.federatedCredentials.push(federation),
  },
  "principal-key-foreign": {
    "a key": (_application, principal) => principal.keys.push(foreignKey()),
    "even a certificate of ours": (application, principal) => principal.keys.push(application.keys[0]),
  },
  "principal-secret-foreign": { "a secret": (_application, principal) => principal.secrets.push(foreignSecret) },
  "lock-off": { "no lock": (application) => (application.lock = false) },
  "owner-foreign": {
    "an owner of the application": (application) => application.owners.push(stranger),
    "an owner of the principal": (_application, principal) => principal.owners.push(stranger),
  },
  "owner-missing": { "no owner": (application) => (application.owners = []) },
  "audience-wide": { "many tenants": (application) => (application.signInAudience = "AzureADMultipleOrgs") },
  "principal-disabled": { disabled: (_application, principal) => (principal.accountEnabled = false) },
  "principal-missing": { "no principal": (application) => (application.principal = null) },
  "role-foreign": {
    "a role of Microsoft Graph": (_application, principal) =>
      principal.appRoles.push({ id: "a", appRoleId: STRANGER, resourceId: "g", resourceName: "Microsoft Graph" }),
  },
  "role-missing": { "no role": (_application, principal) => (principal.appRoles = []) },
  "scope-foreign": { "a scope": (_application, principal) => (principal.delegatedScopes = ["graph User.Read"]) },
};
