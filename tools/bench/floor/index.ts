/**
 * The baseline for the speed of ConnectSyncIdentity: the time that Pulumi itself needs for such a stack.
 *
 * For each server it has the same resources of the same plugins, with the same parents and the same dependencies,
 * because that order makes the stack safe and is not the program's choice. It omits what this project
 * adds: inputs are fixed, so nothing is observed over SSH or Graph, looked up, validated or compared, and the dynamic
 * resource's provider loads nothing. Commands have no `create`, so the plugin opens no SSH session in any
 * run; one more such command replaces the files that CopyToRemote would copy over SSH on creation, because an
 * idle preview only compares their hash. The benchmark chooses the length of stdin so that both states are of one size. TypeScript
 * is compiled in the same way, one file instead of about thirty.
 */
import * as azuread from "@pulumi/azuread";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { readInputs, type ProgramInputs } from "../inputs";

const provider: pulumi.dynamic.ResourceProvider = {
  diff: async () => ({ changes: false }),
  create: async (inputs: unknown) => ({ id: "floor", outs: inputs }),
};

class Remembered extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
    super(provider, name, inputs, opts);
  }
}

class Group extends pulumi.ComponentResource {
  constructor(kind: string, name: string, opts?: pulumi.ComponentResourceOptions) {
    super(`connect-sync-identity:floor:${kind}`, name, {}, opts);
    this.registerOutputs();
  }
}

function createApplication(name: string, inputs: ProgramInputs, parent: pulumi.Resource) {
  const { pipelineObjectId, service } = inputs;
  const opts = { parent: new Group("Application", name, { parent }) };
  const application = new azuread.Application(
    `${name}-application`,
    {
      displayName: `Floor - ${name}`,
      signInAudience: "AzureADMyOrg",
      tags: ["ConnectSyncIdentity", `ConnectSyncIdentity:floor/${name}`],
      owners: [pipelineObjectId],
      preventDuplicateNames: true,
      requiredResourceAccesses: [
        { resourceAppId: service.appId, resourceAccesses: [{ id: service.roleId, type: "Role" }] },
      ],
    },
    opts,
  );
  const { clientId } = application;
  const principal = new azuread.ServicePrincipal(`${name}-principal`, { clientId, owners: [pipelineObjectId] }, opts);
  const assignment = new azuread.AppRoleAssignment(
    `${name}-role`,
    { appRoleId: service.roleId, principalObjectId: principal.objectId, resourceObjectId: service.objectId },
    opts,
  );
  return { application, principal, assignment };
}

function createServer(name: string, inputs: ProgramInputs, previous: pulumi.Resource[]): pulumi.Resource {
  const { connection, certificate } = inputs;
  const parent = new Group("Server", name);
  const command = (suffix: string, dependsOn: pulumi.Resource[]) =>
    new remote.Command(
      `${name}-${suffix}`,
      {
        connection: { ...connection, dialErrorLimit: 2 },
        stdin: "x".repeat(inputs.stdinLength),
        addPreviousOutputInEnv: false,
        logging: remote.Logging.None,
      },
      { parent, dependsOn },
    );
  const { application, principal, assignment } = createApplication(name, inputs, parent);
  const server = new Remembered(`${name}-server`, { appId: application.clientId, ...connection }, { parent });
  const program = command("program", [server]);
  const removal = command("program-removal", [program]);
  const host = command("certificate", [removal]);
  const { pem, notBefore, notAfter } = certificate;
  const credential = new azuread.ApplicationCertificate(
    `${name}-credential`,
    {
      applicationId: application.id,
      type: "AsymmetricX509Cert",
      encoding: "pem",
      value: pem,
      startDate: notBefore,
      endDate: notAfter,
    },
    { parent, dependsOn: [host] },
  );
  const lease = command("lease", [host, credential, removal, principal, assignment]);
  const registration = command("registration", [lease, ...previous]);
  new Remembered(`${name}-guard`, { appId: application.clientId }, { parent, dependsOn: [registration] });
  return registration;
}

const inputs = readInputs();
new Remembered("role-guard", {}, {});
let previous: pulumi.Resource[] = [];
for (const name of inputs.servers) previous = [createServer(name, inputs, previous)];
