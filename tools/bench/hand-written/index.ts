/**
 * A program that does by hand what ConnectSyncIdentity does, as short as it gets: for each server the four resources of
 * azuread and two commands, one that makes the certificate and one that links it. It observes nothing, so that a preview shows no
 * drift; it pauses and verifies nothing; it releases nothing before it deletes.
 *
 * The emulated servers run no scripts but this project's, so the commands have no `create`, and the certificate is fixed.
 */
import * as azuread from "@pulumi/azuread";
import { remote } from "@pulumi/command";
import { readInputs, type ProgramInputs } from "../inputs";

function createServer(name: string, { pipelineObjectId, service, connection, certificate }: ProgramInputs): void {
  const application = new azuread.Application(`${name}-application`, {
    displayName: `Hand-written - ${name}`,
    owners: [pipelineObjectId],
    requiredResourceAccesses: [
      { resourceAppId: service.appId, resourceAccesses: [{ id: service.roleId, type: "Role" }] },
    ],
  });
  const principal = new azuread.ServicePrincipal(`${name}-principal`, { clientId: application.clientId });
  const assignment = new azuread.AppRoleAssignment(`${name}-role`, {
    appRoleId: service.roleId,
    principalObjectId: principal.objectId,
    resourceObjectId: service.objectId,
  });
  const made = new remote.Command(`${name}-certificate`, { connection });
  const credential = new azuread.ApplicationCertificate(
    `${name}-credential`,
    {
      applicationId: application.id,
      type: "AsymmetricX509Cert",
      encoding: "pem",
      value: certificate.pem,
      startDate: certificate.notBefore,
      endDate: certificate.notAfter,
    },
    { dependsOn: [made] },
  );
  new remote.Command(`${name}-link`, { connection }, { dependsOn: [credential, assignment] });
}

const inputs = readInputs();
for (const name of inputs.servers) createServer(name, inputs);
