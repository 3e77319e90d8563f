/**
 * What `pulumi import --file` reads: resources with their parents by name, components without an id (importSpec of the
 * CLI, pkg/cmd/pulumi/operations/import.go).
 */
import type { AdoptionPlan } from "./adopt-plan";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { type ResourceUrns } from "./adopt-resources";

interface ImportResource {
  type: string;
  /** What `parent` refers to; unique in the file. */
  name: string;
  /** The resource's own name if that is another one. */
  logicalName?: string;
  id?: string;
  parent?: string;
  component?: true;
  /** Version of the plugin that the program asks for. */
  version?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

export interface ImportFile {
  nameTable: Record<string, string>;
  resources: ImportResource[];
}

/** The version of @pulumi/azuread, whose default provider the program's resources use: another one is another provider. */
export function azureadVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require("@pulumi/azuread/package.json") as { version: string }).version;
}

/** Marks a value as secret, as the engine's state does; a certificate is none, but the provider's schema says so. */
const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: string) => ({
  [SECRET]: "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

/**
 * The key credential. The provider never reads a certificate back, and what state lacks it would replace: inputs and
 * outputs as they are after an upload make the engine take it without reading.
 */
function credential(plan: AdoptionPlan, parent: string, version: string): ImportResource[] {
  const { application, certificate, key, server } = plan;
  if (!certificate || !key) return [];
  const { pem, notBefore, notAfter } = certificate.public;
  const inputs = {
    applicationId: `/applications/${application.objectId}`,
    type: "AsymmetricX509Cert",
    encoding: "pem",
    value: secret(pem),
    startDate: notBefore,
    endDate: notAfter,
  };
  const id = `${application.objectId}/certificate/${key.keyId}`;
  const outputs = { ...inputs, id, keyId: key.keyId };
  return [{ type: RESOURCE_TYPES.credential, name: `${server}-credential`, id, parent, version, inputs, outputs }];
}

/** What the file calls the component of all servers. */
const ALL_SERVERS = "all-servers";

/**
 * @param known URNs that state holds already and that only serve as parents
 */
export function makeImportFile(
  plan: AdoptionPlan,
  urns: ResourceUrns,
  known: (urn: string) => boolean,
  version: string = azureadVersion(),
): ImportFile {
  const { application, assignments, server } = plan;
  const [identity, entra] = [`${server}-identity`, `${server}-entra`];
  const below = urns.within === null ? {} : { parent: ALL_SERVERS };
  const components: ImportResource[] = [
    { type: RESOURCE_TYPES.identity, name: identity, logicalName: server, component: true, ...below },
    { type: RESOURCE_TYPES.entra, name: entra, logicalName: server, component: true, parent: identity },
  ];
  const urnOf: Record<string, string> = { [identity]: urns.identity, [entra]: urns.entra };
  const present = components.filter(({ name }) => known(urnOf[name]));
  const principal = application.principal
    ? [
        {
          type: RESOURCE_TYPES.principal,
          name: `${server}-principal`,
          id: `/servicePrincipals/${application.principal.objectId}`,
        },
      ]
    : [];
  const roles = assignments.map(({ name, resourceId, id }) => ({
    type: RESOURCE_TYPES.assignment,
    name,
    id: `/servicePrincipals/${resourceId}/appRoleAssignedTo/${id}`,
  }));
  const own = {
    type: RESOURCE_TYPES.application,
    name: `${server}-application`,
    id: `/applications/${application.objectId}`,
  };
  return {
    nameTable: {
      ...(urns.within === null ? {} : { [ALL_SERVERS]: urns.within }),
      ...Object.fromEntries(present.map(({ name }) => [name, urnOf[name]])),
    },
    resources: [
      ...components.filter((component) => !present.includes(component)),
      ...[own, ...principal, ...roles].map((resource) => ({ ...resource, parent: entra, version })),
      ...credential(plan, identity, version),
    ],
  };
}
