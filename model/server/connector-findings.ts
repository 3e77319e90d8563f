/** Findings about what the connector signs in with. */
import { finding, short, type Finding } from "../diagnostics/findings";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import type { ObservedApplication } from "./observation";

/**
 * What is wrong with the connector's identity.
 *
 * @param certificate the certificate that it should use, undefined where the host does not hold it
 * @param repair whether blank connectivity parameters are to be repaired
 */
export function connectorFindings(
  facts: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
  repair: boolean,
): Finding[] {
  const { connector } = facts;
  const elsewhere = identityFinding(facts, application, certificate);
  const awaited = elsewhere && signInFinding(facts, application, certificate);
  const found = elsewhere ? [awaited ?? elsewhere] : unverifiedFindings(facts, application, certificate);
  if (connector.identityType === "ServiceAccount" || connector.appId !== application.appId) return found;
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  if (blank.length > 0) {
    const remedy = repair ? "" : "Set repairConnectivityParameters: true to run the documented repair.";
    const cure = repair ? "registration" : "nothing";
    found.push(finding("connector-parameters-blank", blank.join(", "), "blank parameters", remedy, cure));
  }
  return found;
}

/** The connector signs in with something else than this application and certificate. */
function identityFinding(
  { connector }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Finding | null {
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

/** The same cause in better words: a registration asked for a sign-in, and nobody has signed in yet. */
function signInFinding(
  { connector, signIn }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Finding | null {
  if (!signIn || signIn.appId !== application.appId || signIn.certificateSha256 !== certificate?.sha256) return null;
  const wanted = `application ${application.appId} with certificate ${short(signIn.certificateSha256)}`;
  const actual = `${connector.identityType} ${connector.userName}, waiting for an administrator since ${signIn.since}`;
  const where = "At the server's desktop, as Hybrid Identity Administrator, run";
  return finding("sign-in-awaited", wanted, actual, `${where}: ${signIn.command} ; then run "pulumi up".`);
}

function unverifiedFindings(
  { unverified }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Finding[] {
  if (unverified?.appId !== application.appId || unverified.certificateSha256 !== certificate?.sha256) return [];
  const wanted = `a verified switch to certificate ${short(unverified.certificateSha256)}`;
  return [finding("switch-unverified", wanted, `a switch of ${unverified.since} whose verification did not succeed`)];
}
