/** Findings about what the connector signs in with. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { shortHash } from "../text/short-hash";
import type { ObservedApplication } from "./observation";

/**
 * What is wrong with the connector's identity.
 *
 * @param certificate the certificate that it should use, undefined where the host does not hold it
 * @param repair whether blank connectivity parameters are to be repaired
 */
export function connectorFindings(
  server: string,
  facts: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
  repair: boolean,
): Diagnostic[] {
  const { connector } = facts;
  const elsewhere = identityFinding(server, facts, application, certificate);
  const awaited = elsewhere && signInFinding(server, facts, application, certificate);
  const found = elsewhere ? [awaited ?? elsewhere] : unverifiedFindings(server, facts, application, certificate);
  if (connector.identityType === "ServiceAccount" || connector.appId !== application.appId) return found;
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  if (blank.length > 0) {
    const how = repair ? ({ remedy: "repair", cure: "registration" } as const) : ({ remedy: "declare" } as const);
    found.push(diagnose("connector-parameters-blank", server, { parameters: blank.join(", ") }, how));
  }
  return found;
}

/** The connector signs in with something else than this application and certificate. */
function identityFinding(
  server: string,
  { connector }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Diagnostic | null {
  const { appId } = application;
  if (connector.identityType === "ServiceAccount") {
    return diagnose("connector-password-account", server, { appId, account: connector.userName });
  }
  if (connector.appId !== appId) {
    const other = connector.appId ?? connector.userName;
    return diagnose("connector-other-application", server, { appId, other });
  }
  if (!certificate || connector.certificateSha256 === certificate.sha256) return null;
  const actual = connector.certificateSha256 ? shortHash(connector.certificateSha256) : "none";
  return diagnose("connector-other-certificate", server, { certificate: shortHash(certificate.sha256), actual });
}

/** The same cause in better words: a registration asked for a sign-in, and no one has signed in yet. */
function signInFinding(
  server: string,
  { connector, signIn }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Diagnostic | null {
  if (!signIn || signIn.appId !== application.appId || signIn.certificateSha256 !== certificate?.sha256) return null;
  const { appId } = application;
  const { since, command, certificateSha256 } = signIn;
  const seen = `${connector.identityType} ${connector.userName}`;
  const values = { appId, certificate: shortHash(certificateSha256), connector: seen, since, command };
  return diagnose("sign-in-awaited", server, values);
}

function unverifiedFindings(
  server: string,
  { unverified }: HostObservation,
  application: ObservedApplication,
  certificate: HostCertificateFacts | undefined,
): Diagnostic[] {
  if (unverified?.appId !== application.appId || unverified.certificateSha256 !== certificate?.sha256) return [];
  const { since, certificateSha256 } = unverified;
  return [diagnose("switch-unverified", server, { certificate: shortHash(certificateSha256), since })];
}
