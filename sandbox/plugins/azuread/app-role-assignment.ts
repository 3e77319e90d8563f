/** azuread:index/appRoleAssignment:AppRoleAssignment */
import type { PropertyMap } from "../property-values";
import { Diagnostic, during, quoted } from "./diagnostic";
import { isUuid, output, string } from "./field";
import type { Graph } from "./graph";
import { isNotFound, type GraphError } from "./graph-error";
import type { EntraResource } from "./resource";
import { text } from "./values";

/** "/servicePrincipals/<resource>/appRoleAssignedTo/<assignment>" */
function titleOf(id: string): string {
  const match = /^\/servicePrincipals\/([^/]+)\/appRoleAssignedTo\/([^/]+)$/.exec(id);
  if (!match) throw new Diagnostic("Parsing App Role Assignment ID", `parsing ${quoted(id)}`);
  const [, resource, assignment] = match.map(quoted);
  return `App Role Assigned To (Service Principal: ${resource}, App Role Assignment: ${assignment})`;
}

/** The principal is not replicated yet. */
function notReplicatedYet({ status, reason }: GraphError): boolean {
  return status === 404 || (status === 400 && reason.includes("Not a valid reference update"));
}

export class AppRoleAssignment implements EntraResource {
  readonly type = "azuread:index/appRoleAssignment:AppRoleAssignment";
  readonly limits = { create: 300, delete: 300, read: 300 };
  readonly schemaVersion = 1;
  readonly fields = {
    appRoleId: string({ required: true, forceNew: true, validate: isUuid }),
    principalObjectId: string({ required: true, forceNew: true, validate: isUuid }),
    resourceObjectId: string({ required: true, forceNew: true, validate: isUuid }),
    principalDisplayName: output("string"),
    principalType: output("string"),
    resourceDisplayName: output("string"),
  };

  async create(graph: Graph, inputs: PropertyMap, made: (id: string) => void): Promise<void> {
    const resourceId = text(inputs.resourceObjectId);
    const resource = `/servicePrincipals/${resourceId}`;
    await graph.get(resource).catch((error: Error) => {
      const summary = isNotFound(error)
        ? "Service principal not found for resource"
        : "Could not retrieve service principal for resource";
      throw new Diagnostic(`${summary} (Object ID: ${quoted(resourceId)})`, error.message);
    });
    const body = {
      "@odata.type": "#microsoft.graph.appRoleAssignment",
      appRoleId: text(inputs.appRoleId),
      principalId: text(inputs.principalObjectId),
      resourceId,
    };
    const creation = graph.post(`${resource}/appRoleAssignedTo`, body, notReplicatedYet);
    const assignment = await during("Could not create app role assignment", creation);
    made(`/servicePrincipals/${assignment.resourceId}/appRoleAssignedTo/${assignment.id}`);
  }

  async read(graph: Graph, id: string): Promise<PropertyMap | null> {
    const title = titleOf(id);
    const assignment = await graph.get(id).catch((error: Error) => {
      if (isNotFound(error)) return null;
      throw new Diagnostic(`retrieving ${title}`, error.message);
    });
    if (!assignment) return null;
    return {
      appRoleId: assignment.appRoleId ?? "",
      principalDisplayName: assignment.principalDisplayName ?? "",
      principalObjectId: assignment.principalId ?? "",
      principalType: assignment.principalType ?? "",
      resourceDisplayName: assignment.resourceDisplayName ?? "",
      resourceObjectId: assignment.resourceId ?? "",
    };
  }

  async delete(graph: Graph, id: string): Promise<void> {
    const title = titleOf(id);
    await graph.delete(id).catch((error: Error) => {
      throw new Diagnostic(`Deleting ${title}: ${error.message}`, error.message);
    });
  }
}
