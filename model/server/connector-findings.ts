/** Rules about what the connector signs in with, each by its name: model/server/assessment.ts has them in order. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { shortHash } from "../text/short-hash";
import type { ObservedApplication } from "./observation";
import { compareVersions } from "./versions";

/** A connector, and what it should sign in with. */
/** The first ADSyncTools that has the repair of blank parameters. */
const REPAIR_MODULE = "2.3.0";

export interface ConnectorJudged {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
  application: ObservedApplication;
  /** The certificate that it should use, undefined if the host does not hold it. */
  certificate: HostCertificateFacts | undefined;
  /** Whether blank connectivity parameters are to be repaired. */
  repair: boolean;
}

/** The connector signs in with something else than this application and certificate. */
function elsewhere({ server, host: { connector }, application, certificate }: ConnectorJudged): Diagnostic | null {
  const { appId } = application;
  if (connector.identityType === "ServiceAccount") {
    return diagnose("connector-password-account", server, { appId, account: connector.userName });
  }
  if (connector.appId !== appId) {
    return diagnose("connector-other-application", server, { appId, other: connector.appId ?? connector.userName });
  }
  if (!certificate || connector.certificateSha256 === certificate.sha256) return null;
  const actual = connector.certificateSha256 ? shortHash(connector.certificateSha256) : "none";
  return diagnose("connector-other-certificate", server, { certificate: shortHash(certificate.sha256), actual });
}

/** The same cause in better words: a registration asked for a sign-in, and no one has signed in yet. */
function signInAwaited({ server, host, application, certificate }: ConnectorJudged): Diagnostic | null {
  const { connector, signIn } = host;
  if (!signIn || signIn.appId !== application.appId || signIn.certificateSha256 !== certificate?.sha256) return null;
  const { since, command, certificateSha256 } = signIn;
  const seen = `${connector.identityType} ${connector.userName}`;
  const values = { certificate: shortHash(certificateSha256), connector: seen, since, command };
  return diagnose("sign-in-awaited", server, { appId: application.appId, ...values });
}

export function connectorElsewhere(judged: ConnectorJudged): Diagnostic[] {
  const found = elsewhere(judged);
  return found ? [signInAwaited(judged) ?? found] : [];
}

/** Where the connector is elsewhere, that is what counts. */
export function switchUnverified(judged: ConnectorJudged): Diagnostic[] {
  const { server, host, application, certificate } = judged;
  const { unverified } = host;
  if (elsewhere(judged) || unverified?.appId !== application.appId) return [];
  if (unverified.certificateSha256 !== certificate?.sha256) return [];
  const { since, certificateSha256 } = unverified;
  return [diagnose("switch-unverified", server, { certificate: shortHash(certificateSha256), since })];
}

export function connectorParametersBlank({
  server,
  host: { connector, adSyncTools: tools },
  application,
  repair,
}: ConnectorJudged): Diagnostic[] {
  if (connector.identityType === "ServiceAccount" || connector.appId !== application.appId) return [];
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  if (blank.length === 0) return [];
  // An older host program does not say which module there is.
  const lacks = tools ? tools.version === null || compareVersions(tools.version, REPAIR_MODULE) < 0 : false;
  const remedy = lacks ? "missing" : repair ? "repair" : "declare";
  const values = { parameters: blank.join(", "), module: tools?.version ?? "none" };
  return [
    diagnose("connector-parameters-blank", server, values, repair ? { remedy, cure: "registration" } : { remedy }),
  ];
}
