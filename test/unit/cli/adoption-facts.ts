/** Builders of what an adoption goes by. */
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../../model/tenant/clouds";
import type { ObservedApplication } from "../../../model/server/observation";
import type { AdoptionFacts } from "../../../cli/adopt/adopt-facts";
import { factsOf, makeCertificate } from "../../helpers/certificates";
import { rawServer, rawStack } from "../../helpers/configurations";
import * as seen from "../../helpers/observations";

function declaredServer(name: string): AdoptionFacts["server"] {
  const { configuration, problems } = checkConfiguration(rawStack(rawServer(name)), {});
  if (!configuration) throw new Error(JSON.stringify(problems));
  return { ...configuration.servers[0], certificate: { ...CERTIFICATE_DEFAULTS } };
}

function facts(healthy: seen.Healthy, changes: Partial<AdoptionFacts>): AdoptionFacts {
  return {
    stack: seen.IDENTITY.stack,
    project: "connect-sync-identity",
    server: declaredServer(seen.IDENTITY.server),
    owners: ["pipeline"],
    credentialPolicy: "report",
    host: healthy.facts,
    marked: healthy.application,
    used: healthy.application,
    state: [],
    neighbours: { sync02: seen.OTHER_APP_ID },
    services: [
      { appId: SYNC_SERVICE_APP_ID, objectId: seen.SYNC_SERVICE_OBJECT_ID, roles: { [SYNC_ROLE]: seen.SYNC_ROLE_ID } },
    ],
    pipeline: seen.PIPELINE_OBJECT_ID,
    ownsOnly: false,
    programSha256: seen.PROGRAM_SHA256,
    ...changes,
  };
}

/** A healthy server whose state is lost. */
export async function lostState(changes: Partial<AdoptionFacts> = {}, generation = 1): Promise<AdoptionFacts> {
  return facts(await seen.healthy(generation), changes);
}

/** A server that was set up by hand: no marker, another name, nothing of ours on the server. */
export async function setUpByHand(changes: Partial<AdoptionFacts> = {}): Promise<AdoptionFacts> {
  const certificate = factsOf(await makeCertificate({ subject: "CN=Entra Connect Sync" }), { label: "Contoso sync" });
  const host = seen.hostFacts(certificate, { program: { sha256: null, problem: "no manifest.json" } });
  const made = seen.application(certificate);
  const used: ObservedApplication = {
    ...made,
    displayName: "Contoso Entra Connect Sync",
    tags: [],
    owners: [],
    lock: false,
  };
  return facts({ facts: host, application: used, certificate }, { marked: null, used, ...changes });
}
