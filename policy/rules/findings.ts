/** That what a preview finds is seen by whoever reads the policies, too: the same codes of the same servers. */
import { codedLine, problemCode, splitFinding } from "../../model/diagnostics/finding-line";
import type { GuardFindingCode } from "../../model/diagnostics/registry";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, serverOf, type Resource } from "../resource";
import type { ResourceRule, Violation } from "../rule";

/** Each finding in the inputs of a resource: what the preview of this run found. */
function findingsIn(resource: Resource, expected: string, remedy: string): Violation[] {
  const lines = known(resource, "findings");
  return (Array.isArray(lines) ? lines : []).flatMap((line): Violation[] => {
    const found = typeof line === "string" ? codedLine(line) : null;
    // What a run has done about a finding follows as a line without a code.
    if (!found) return [];
    const { actual } = splitFinding(found.code, found.text);
    return [{ subject: found.subject, property: found.code, actual, expected, remedy }];
  });
}

/** Findings of the tenant's guard which say that an undeclared principal synchronises. */
const UNDECLARED: readonly string[] = [
  "role-holder-foreign",
  "role-holder-expired",
  "directory-role-foreign",
  "legacy-account-left",
  "connector-account-administrator",
] satisfies GuardFindingCode[];

export const synchronisersDeclared: ResourceRule = {
  name: "synchronisers-declared",
  description: "All who may synchronise into the tenant are declared or allowed: an abandoned server is not.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.roleGuard],
  judge: (resource) => {
    const remedy =
      "Declare it, remove its role as the finding says, or allow it in allowedRoleHolders with a reason and a day.";
    return findingsIn(resource, "declared servers only", remedy).filter(({ property }) =>
      UNDECLARED.includes(property),
    );
  },
};

/** Why a resource cannot be changed, as the preview of this run says. */
function problemOf(resource: Resource): Violation[] {
  const line = known(resource, "problem");
  const code = typeof line === "string" ? problemCode(line) : null;
  if (code === null) return [];
  const subject = resource.type === RESOURCE_TYPES.roleGuard ? "tenant" : serverOf(resource);
  const remedy = "The preview fails because of it, and shows the remedy.";
  return [{ subject, property: code, actual: "what stops the run", expected: "nothing that stops it", remedy }];
}

export const serversAsDeclared: ResourceRule = {
  name: "servers-as-declared",
  description: "Servers and their applications are as declared: each finding of the preview is shown here as well.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.guard, RESOURCE_TYPES.roleGuard],
  judge: (resource) => {
    const problem = problemOf(resource);
    if (resource.type === RESOURCE_TYPES.roleGuard) return problem;
    const remedy = "Read the finding in the preview: it says what pulumi up does about it, or what a person has to do.";
    return [...problem, ...findingsIn(resource, "as declared", remedy)];
  },
};
