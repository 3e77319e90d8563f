/** Owners, roles and foreign credentials of applications. */
import { CLOUDS, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, look, need, serverOf, show, Unknown, type Resource } from "../resource";
import { partsOf } from "../stack-parts";
import type { ResourceRule, StackRule, Violation } from "../rule";

const OWNED_NAMES: Record<string, string> = {
  [RESOURCE_TYPES.application]: "application",
  [RESOURCE_TYPES.principal]: "principal",
};

/** Object ids of the owners; null where they are not known. */
function ownersOf(resource: Resource): string[] | null {
  const owners = known(resource, "owners") ?? [];
  if (!Array.isArray(owners) || owners.some((owner) => owner instanceof Unknown)) return null;
  return owners.map((owner) => String(owner).toLowerCase());
}

export const ownersLimited: ResourceRule<{ maximumOwners: number }> = {
  name: "owners-limited",
  description: "Few may add a key to an application: its owners, and those of its service principal, are limited.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.application, RESOURCE_TYPES.principal],
  settings: {
    maximumOwners: { type: "integer", minimum: 0, maximum: 100, default: 2, description: "owners of one at most" },
  },
  judge: (resource, { maximumOwners }) => {
    const owners = need(resource, "owners") ?? [];
    if (Array.isArray(owners) && owners.length <= maximumOwners) return [];
    const actual = Array.isArray(owners) ? String(owners.length) : show(owners);
    const expected = `${maximumOwners} at most`;
    const property = `owners of the ${OWNED_NAMES[resource.type]}`;
    const remedy = "Take owners out of the stack's configuration: each of them can add a key and then synchronise.";
    return [{ subject: serverOf(resource), property, actual, expected, remedy }];
  },
};

export const ownersKnown: StackRule<{ allowedOwners: readonly string[] }> = {
  name: "owners-known",
  description: "Beside the pipeline itself only those own an application who were allowed to.",
  level: "advisory",
  scope: "every stack",
  settings: {
    allowedOwners: {
      type: "array",
      items: { type: "string", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" },
      default: [],
      description: "object ids of owners beside the pipeline",
    },
  },
  judgeStack: (resources, { allowedOwners }) => {
    const allowed = new Set(allowedOwners.map((id) => id.toLowerCase()));
    return partsOf(resources).flatMap(({ applications, principals }) => {
      // Nobody but the pipeline itself can be set as the principal's owner with the permissions that it has.
      const pipeline = new Set(principals.flatMap((principal) => ownersOf(principal) ?? []));
      return applications.flatMap((application): Violation[] =>
        (ownersOf(application) ?? [])
          .filter((owner) => !allowed.has(owner) && !pipeline.has(owner))
          .map((owner) => ({
            subject: serverOf(application),
            property: "owners of the application",
            actual: owner,
            expected: allowed.size > 0 ? "the pipeline or an allowed owner" : "the pipeline only",
            remedy:
              "Take it out of owners in the stack's configuration, or allow it in this policy's setting allowedOwners.",
            urn: application.urn,
          })),
      );
    });
  },
};

export const credentialPolicyEnforced: ResourceRule = {
  name: "credential-policy-enforced",
  description: "Credentials that nobody declared are removed, not only told.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.guard],
  judge: (resource) => {
    if (need(resource, "policy") === "enforce") return [];
    const remedy =
      "Set credentialPolicy: enforce in the stack's configuration, once a preview tells of no foreign credential.";
    const actual = show(need(resource, "policy"));
    return [{ subject: serverOf(resource), property: "credentialPolicy", actual, expected: '"enforce"', remedy }];
  },
};

/** The password reset service, under each of its ids. */
const RESET_SERVICES = new Set<string>(Object.values(CLOUDS).map(({ passwordResetAppId }) => passwordResetAppId));

interface RequiredAccess {
  service: string;
  /** Ids of roles and scopes, with their kind. */
  access: { id: unknown; type: unknown }[];
}

function requiredAccess(application: Resource): RequiredAccess[] {
  const required = known(application, "requiredResourceAccesses");
  return (Array.isArray(required) ? required : []).flatMap((entry: unknown) => {
    const [service, access] = [look(entry, "resourceAppId"), look(entry, "resourceAccesses")];
    if (typeof service !== "string") return [];
    const items: unknown[] = Array.isArray(access) ? access : [];
    return [{ service, access: items.map((item) => ({ id: look(item, "id"), type: look(item, "type") })) }];
  });
}

export const rolesAsDeclared: StackRule = {
  name: "roles-as-declared",
  description: "An application may synchronise, and write passwords back where its server declares it; nothing else.",
  level: "mandatory",
  scope: "every stack",
  judgeStack: (resources) =>
    partsOf(resources).flatMap(({ server, applications, assignments }) => {
      const writeback = known(server, "passwordWriteback") === true;
      const subject = serverOf(server);
      return applications.flatMap((application): Violation[] => {
        const required = requiredAccess(application);
        const services = required.filter(
          ({ service }) => service !== SYNC_SERVICE_APP_ID && !(writeback && RESET_SERVICES.has(service)),
        );
        const ids = required.flatMap(({ access }) => access.map(({ id }) => id));
        const scopes = required.flatMap(({ access }) => access.filter(({ type }) => type !== "Role"));
        const roles = assignments.map((assignment) => known(assignment, "appRoleId"));
        const foreign = roles.filter((role) => role !== undefined && !ids.includes(role));
        const found = (property: string, actual: unknown, expected: string, remedy: string) => ({
          ...{ subject, property, actual: show(actual), expected, remedy },
          urn: application.urn,
        });
        const reset = "the synchronisation service only, as passwordWriteback is not declared";
        return [
          ...services.map(({ service }) =>
            found(
              "services that the application may use",
              service,
              RESET_SERVICES.has(service) ? reset : "the synchronisation service, and the password reset service",
              "Declare passwordWriteback where the server writes passwords back; take any other service away.",
            ),
          ),
          ...scopes.map(({ type }) =>
            found(
              "kind of permission",
              type,
              '"Role"',
              "A delegated scope lets a user act as the server: take it away.",
            ),
          ),
          ...foreign.map((role) =>
            found("assigned role", role, "a role that the application requires", "Take the assignment away."),
          ),
        ];
      });
    }),
};
