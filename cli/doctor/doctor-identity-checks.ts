/** What a server signs in as, and what runs have left on it. Pure. */
import type { HostObservation } from "../../model/protocol/host-protocol";
import { LABEL_PREFIX } from "../../model/protocol/host-protocol";
import type { ObservedApplication } from "../../model/server/observation";
import { ok, problem, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

/** Written by the product into the parameters of what it manages itself. */
const BY_PRODUCT = /^EntraConnect$/i;

/** What the connector signs in with, in the words of Microsoft's documentation. */
function describeConnector({ connector }: HostObservation): string {
  const { identityType, userName, appId, parameters } = connector;
  if (identityType === "ServiceAccount") return `the password account ${userName}`;
  const application = `application ${appId ?? userName}`;
  if (!BY_PRODUCT.test(parameters.ApplicationManagedBy ?? "")) return `${application}, which is not the product's`;
  const managed = BY_PRODUCT.test(parameters.CertificateManagedBy ?? "");
  return managed
    ? `${application}, managed by Entra Connect`
    : `${application} of Entra Connect with an own certificate (BYOC)`;
}

/** @param application undefined where the tenant was not read */
export function connectorCheck(host: HostObservation, application: ObservedApplication | null | undefined): Check {
  const uses = describeConnector(host);
  const { connector } = host;
  if (!application || application.keys.length === 0) {
    const then = application === undefined ? "the tenant was not read" : "no credential of this stack yet";
    return ok("connector", `${uses}; ${then}`);
  }
  if (connector.appId !== application.appId) {
    const text = `${uses}, not the declared application ${application.appId}`;
    return problem("connector", text, checkRemedy("switchBack"));
  }
  const held = application.keys.some(({ sha256 }) => sha256 === connector.certificateSha256);
  if (!held) {
    const text = `the declared application, with certificate ${connector.certificateSha256 ?? "unknown"} that Entra does not hold`;
    return problem("connector", text, checkRemedy("heal"));
  }
  return ok("connector", `the declared application ${application.appId}`);
}

/**
 * The connector's own certificate: in the store, readable by the service account, in date. One that the product manages lies
 * in the service account's own store, out of reach.
 */
export function certificateCheck({ certificates, connector, service, takenAt }: HostObservation): Check {
  const heal = checkRemedy("heal");
  const used = certificates.find(({ sha256 }) => sha256 === connector.certificateSha256);
  if (!used) {
    const { certificateSha256, parameters } = connector;
    if (certificateSha256 !== null && !BY_PRODUCT.test(parameters.CertificateManagedBy ?? "")) {
      return problem(
        "certificate",
        `the connector's certificate ${certificateSha256} is not in LocalMachine\\My`,
        heal,
      );
    }
    const ours = certificates.filter(({ label }) => label.startsWith(LABEL_PREFIX)).length;
    return ok("certificate", `the connector uses none of LocalMachine\\My; ${ours} of this project there`);
  }
  if (used.notAfter <= takenAt) return problem("certificate", `"${used.label}" ended on ${used.notAfter}`, heal);
  const readable = used.acl?.some(({ sid, allow }) => sid === service.accountSid && allow);
  if (used.acl && !readable) {
    return problem("certificate", `${service.account} may not read the key of "${used.label}"`, heal);
  }
  return ok("certificate", `"${used.label}" until ${used.notAfter.slice(0, 10)}`);
}

/** Refused sign-ins of the last day. */
export function signInsCheck({ events }: HostObservation): Check {
  const last = events.at(-1);
  if (!last) return ok("sign-ins", "none refused in the last 24 hours");
  const text = `event ${last.id} at ${last.time}: ${last.message.split(/\r?\n/)[0].slice(0, 160)}`;
  return problem(
    "sign-ins",
    `${events.length} in the last 24 hours, the last one ${text}`,
    checkRemedy("signInEvents"),
  );
}

/** What an interrupted run, a sign-in that nobody did, or a failed verification left. */
export function leftoverCheck({ interrupted, signIn, unverified }: HostObservation): Check {
  if (interrupted) {
    const task = interrupted.restoreTask ? "its restore task is there" : "its restore task is gone";
    const text = `${interrupted.operation} paused the scheduler at ${interrupted.startedAt} and did not come back; ${task}`;
    return problem("leftovers", text, checkRemedy("restoreScheduler"));
  }
  if (signIn) {
    const text = `a switch waits since ${signIn.since} for an administrator to sign in`;
    return problem("leftovers", text, checkRemedy("signIn", { command: signIn.command }));
  }
  if (unverified) {
    return problem("leftovers", `a switch of ${unverified.since} was not verified`, checkRemedy("verifyAgain"));
  }
  return ok("leftovers", "nothing of an interrupted run");
}
