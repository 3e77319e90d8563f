/** Rules about what the connector signs in with, each by its name: model/server/assessment.ts has them in order. */
import { finding, short, type Finding } from "../diagnostics/findings";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import type { ObservedApplication } from "./observation";

/** A connector, and what it should sign in with. */
export interface ConnectorJudged {
  host: HostObservation;
  application: ObservedApplication;
  /** The certificate that it should use, undefined where the host does not hold it. */
  certificate: HostCertificateFacts | undefined;
  /** Whether blank connectivity parameters are to be repaired. */
  repair: boolean;
}

/** The connector signs in with something else than this application and certificate. */
function elsewhere({ host: { connector }, application, certificate }: ConnectorJudged): Finding | null {
  const wanted = `application ${application.appId}`;
  if (connector.identityType === "ServiceAccount") {
    return finding("connector-password-account", wanted, `the password account ${connector.userName}`);
  }
  if (connector.appId !== application.appId) {
    return finding("connector-other-application", wanted, `application ${connector.appId ?? connector.userName}`);
  }
  if (!certificate || connector.certificateSha256 === certificate.sha256) return null;
  const actual = connector.certificateSha256 ? short(connector.certificateSha256) : "none";
  return finding("connector-other-certificate", `certificate ${short(certificate.sha256)}`, actual);
}

/** The same cause in better words: a registration asked for a sign-in, and no one has signed in yet. */
function signInAwaited({ host, application, certificate }: ConnectorJudged): Finding | null {
  const { connector, signIn } = host;
  if (!signIn || signIn.appId !== application.appId || signIn.certificateSha256 !== certificate?.sha256) return null;
  const wanted = `application ${application.appId} with certificate ${short(signIn.certificateSha256)}`;
  const actual = `${connector.identityType} ${connector.userName}, waiting for an administrator since ${signIn.since}`;
  const where = "At the server's desktop, as Hybrid Identity Administrator, run";
  return finding("sign-in-awaited", wanted, actual, `${where}: ${signIn.command} ; then run "pulumi up".`);
}

export function connectorElsewhere(judged: ConnectorJudged): Finding[] {
  const found = elsewhere(judged);
  return found ? [signInAwaited(judged) ?? found] : [];
}

/** Where the connector is elsewhere, that is what counts. */
export function switchUnverified(judged: ConnectorJudged): Finding[] {
  const { host, application, certificate } = judged;
  const { unverified } = host;
  if (elsewhere(judged) || unverified?.appId !== application.appId) return [];
  if (unverified.certificateSha256 !== certificate?.sha256) return [];
  const wanted = `a verified switch to certificate ${short(unverified.certificateSha256)}`;
  return [finding("switch-unverified", wanted, `a switch of ${unverified.since} whose verification did not succeed`)];
}

export function connectorParametersBlank({ host: { connector }, application, repair }: ConnectorJudged): Finding[] {
  if (connector.identityType === "ServiceAccount" || connector.appId !== application.appId) return [];
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  if (blank.length === 0) return [];
  const remedy = repair ? "" : "Set repairConnectivityParameters: true to run the documented repair.";
  const cure = repair ? "registration" : "nothing";
  return [finding("connector-parameters-blank", blank.join(", "), "blank parameters", remedy, cure)];
}
