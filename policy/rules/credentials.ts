/** Rules about owners, roles and undeclared credentials of applications. */
import { CLOUDS, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, look, need, serverOf, show, Unknown, type Resource } from "../resource";
import { partsOf } from "../stack-parts";
import type { ResourceRule, StackRule, Violation } from "../rule";

const OWNED_NAMES: Record<string, string> = {
  [RESOURCE_TYPES.application]: "application",
  [RESOURCE_TYPES.principal]: "principal",
};

/** Object ids of the owners; null if they are not known. */
function ownersOf(resource: Resource): string[] | null {
  const owners = known(resource, "owners") ?? [];
  if (!Array.isArray(owners) || owners.some((owner) => owner instanceof Unknown)) return null;
  return owners.map((owner) => String(owner).toLowerCase());
}

export const ownersLimited: ResourceRule<{ maximumOwners: number }> = {
  name: "owners-limited",
  description:
    "The number of owners of an application and of its service principal is limited: each owner can add a key.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.application, RESOURCE_TYPES.principal],
  settings: {
    maximumOwners: {
      type: "integer",
      minimum: 0,
      maximum: 100,
      default: 2,
      description: "maximum number of owners of each",
    },
  },
  judge: (resource, { maximumOwners }) => {
    const owners = need(resource, "owners") ?? [];
    if (Array.isArray(owners) && owners.length <= maximumOwners) return [];
    const actual = Array.isArray(owners) ? String(owners.length) : show(owners);
    const expected = `at most ${maximumOwners}`;
    const property = `owners of the ${OWNED_NAMES[resource.type]}`;
    const remedy = "Remove owners from the stack's configuration: each owner can add a key and then synchronise.";
    return [{ subject: serverOf(resource), property, actual, expected, remedy }];
  },
};

export const ownersKnown: StackRule<{ allowedOwners: readonly string[] }> = {
  name: "owners-known",
  description: "Only the pipeline and the allowed owners own an application.",
  level: "advisory",
  scope: "every stack",
  settings: {
    allowedOwners: {
      type: "array",
      items: { type: "string", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" },
      default: [],
      description: "object ids of owners in addition to the pipeline",
    },
  },
  judgeStack: (resources, { allowedOwners }) => {
    const allowed = new Set(allowedOwners.map((id) => id.toLowerCase()));
    return partsOf(resources).flatMap(({ applications, principals }) => {
      // With its permissions, the pipeline can set only itself as the service principal's owner.
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
              "Remove it from owners in the stack's configuration, or allow it in this policy's setting allowedOwners.",
            urn: application.urn,
          })),
      );
    });
  },
};

export const credentialPolicyEnforced: ResourceRule = {
  name: "credential-policy-enforced",
  description: "Undeclared credentials are removed, not only reported.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.guard],
  judge: (resource) => {
    if (need(resource, "policy") === "enforce") return [];
    const remedy =
      "Set credentialPolicy: enforce in the stack's configuration, once a preview reports no undeclared credential.";
    const actual = show(need(resource, "policy"));
    return [{ subject: serverOf(resource), property: "credentialPolicy", actual, expected: '"enforce"', remedy }];
  },
};

/** The password reset service, under each of its application ids. */
const RESET_SERVICES = new Set<string>(Object.values(CLOUDS).map(({ passwordResetAppId }) => passwordResetAppId));

interface RequiredAccess {
  service: string;
  /** Ids of roles and scopes, and their kind. */
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
  description: "An application may only synchronise, and write passwords back if its server declares that.",
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
        const reset = "the synchronisation service only, because passwordWriteback is not declared";
        return [
          ...services.map(({ service }) =>
            found(
              "services that the application may use",
              service,
              RESET_SERVICES.has(service) ? reset : "the synchronisation service, and the password reset service",
              "Declare passwordWriteback if the server writes passwords back; remove any other service.",
            ),
          ),
          ...scopes.map(({ type }) =>
            found(
              "kind of permission",
              type,
              '"Role"',
              "Remove it: with a delegated scope, a user can act as the server.",
            ),
          ),
          ...foreign.map((role) =>
            found("assigned role", role, "a role that the application requires", "Remove the assignment."),
          ),
        ];
      });
    }),
};
