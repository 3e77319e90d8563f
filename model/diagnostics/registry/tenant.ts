/** What stops a run in the tenant, and what two servers of a stack must not share. */
import type { Registrations } from "../registration";
import { TOKEN_ERRORS_PAGE } from "../../tenant/token-errors";
import { own, posix, pulumi } from "../remedy";
import { NEW_APPLICATION } from "./missing-application";
import { NAME_ACTUAL, NAME_EXPECTED, NAME_REMEDY } from "./name-taken";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const guide = "situations/tenant-permissions.md";

const RIGHTS = "Application.ReadWrite.OwnedBy, or with Application.ReadWrite.All.";
const BY_HAND =
  "Or delete the keys by hand: Entra admin center, App registrations, application {appId}, Certificates & secrets.";

export const TENANT = {
  TENANT_NOT_OBSERVED: {
    ...{ severity, since, cure, guide },
    title: "The tenant could not be observed.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "{property}",
    expected: "a token and an answer from Microsoft Graph",
    actual: "{actual}",
    remedy: ["Check tenant id, credential and network of this pipeline."],
  },
  GRAPH_FORBIDDEN: {
    ...{ severity, since, cure, guide },
    title: "Microsoft Graph does not allow the pipeline to read what it has to compare.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "{property}",
    expected: "an answer from Microsoft Graph",
    actual: "{actual}",
    remedy: [
      "Grant the pipeline's identity Application.Read.All (Microsoft Graph, application permission) with admin consent.",
    ],
  },
  GRAPH_UNAVAILABLE: {
    ...{ severity, since, cure },
    title: "Microsoft Graph did not answer.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "{property}",
    expected: "an answer from Microsoft Graph",
    actual: "{actual}",
    remedy: ["Wait and run again."],
  },
  GRAPH_ANSWER_INVALID: {
    ...{ severity, since, cure },
    title: "What was answered is not Microsoft Graph's answer.",
    why: "What cannot be observed is neither judged nor changed, and an answer of someone else is no fact.",
    property: "{property}",
    expected: "an answer of Microsoft Graph",
    actual: "{actual}",
    remedy: [
      "Check what is between this pipeline and Microsoft Graph (HTTPS_PROXY, NO_PROXY, a sign-in page), then run again.",
    ],
  },
  GRAPH_TOKEN_REFUSED: {
    ...{ severity, since, cure, guide: TOKEN_ERRORS_PAGE },
    title: "Microsoft Graph does not accept the pipeline's token, also not a new one.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "{property}",
    expected: "a token that Microsoft Graph accepts",
    actual: "{actual}",
    remedy: [
      "Run again. If it stays so, look at the sign-in log of the pipeline's service principal: it was disabled, or Conditional Access revoked its session.",
    ],
  },
  SIGN_IN_REFUSED: {
    ...{ severity, since, cure, guide: TOKEN_ERRORS_PAGE },
    title: "Entra does not issue a token to the pipeline.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "sign-in",
    expected: "a token for the pipeline",
    actual: "{actual}",
    remedy: ["{help}"],
  },
  SERVICE_MISSING: {
    ...{ severity, since, cure, guide },
    title: "The tenant has no service principal of a Microsoft service that a server needs.",
    why: "The roles of a service can be assigned only in a tenant that has its service principal; some tenants never had it.",
    property: "service principal {appId}",
    expected: "the service principal of {name}, for {purpose}",
    actual: "none in this tenant",
    remedy: [
      "A Cloud Application Administrator, an Application Administrator, or an identity with Application.ReadWrite.All creates it: ",
      posix("az", "ad", "sp", "create", "--id", "{appId}"),
    ],
  },
  OWNERS_LOCK_OUT: {
    ...{ severity, since, cure, guide },
    title: "The pipeline would lock itself out of the applications that it creates.",
    why: "It may change only what it owns, and is not among the declared owners.",
    property: "owners",
    expected: '"pipeline" among the owners, or a pipeline with Application.ReadWrite.All',
    actual: "others or none, and a pipeline with Application.ReadWrite.OwnedBy only",
    remedy: ['Add "pipeline" to owners, or grant Application.ReadWrite.All: otherwise the run stops half-way.'],
  },
  APPLICATION_AMBIGUOUS: {
    ...{ severity, since, cure },
    title: "Several applications have this server's marker.",
    why: "Which one is the server's must never be a guess.",
    property: "application in Entra",
    expected: "one application",
    actual: "several with the tag {marker}: {appIds}",
    remedy: ["Remove the tag from those that are not this server's."],
  },
  APPLICATION_MISSING: {
    ...{ severity, since, cure },
    title: "The server's application is gone from Entra.",
    why: "The server cannot sign in, and a plain update cannot create the application again.",
    property: "application",
    expected: "{expected}",
    actual: "{actual}",
    remedy: {
      again: NEW_APPLICATION,
      revoke: [
        "There is nothing to revoke. A server that was set up by hand has an application of its own: revoke it in Entra.",
      ],
    },
  },
  APPLICATION_UNKNOWN: {
    ...{ severity, since, cure, guide: "situations/state-lost.md" },
    title: "Entra holds an application of this server that is not in state.",
    why: "A second application must not be created: the server would lose the one that it uses.",
    property: "application",
    expected: "none, because this run creates it",
    actual: 'application {appId} ("{name}") with this server\'s marker, which is not in state',
    remedy: [
      "If it is not this server's, remove the marker from its tags. If it is, take it over: ",
      own("adopt", "{server}"),
    ],
  },
  APPLICATION_NAME_TAKEN: {
    ...{ severity, since, cure },
    title: "Another application has the name that is declared for this server's.",
    why: "A second application of that name is not created: an administrator could not see which one the server uses.",
    property: "application name",
    expected: NAME_EXPECTED,
    actual: NAME_ACTUAL,
    remedy: NAME_REMEDY,
  },
  MACHINE_SHARED: {
    ...{ severity, since, cure, guide: "situations/cloned-server.md" },
    title: "Two declared servers have the same machine identifier.",
    why: "They are one machine under two names, or one is a clone of the other; nothing is done on either.",
    property: "machine identifier",
    expected: "one that no other server has",
    actual: "{value}, as {others}",
    remedy: [
      "If both are one machine, declare it once. If {server} is the clone: ",
      own("reset-machine-identifier", "{server}"),
    ],
  },
  APPLICATION_SHARED: {
    ...{ severity, since, cure },
    title: "A server uses the application of another declared server.",
    why: "Two servers with one application lock each other out; nothing is done on either.",
    property: "application in use",
    expected: "one that no other server has",
    actual: "{value}, as {others}",
    remedy: ["Put the server whose application it is not back on a service account, then run: ", pulumi("up")],
  },
  CERTIFICATE_SHARED: {
    ...{ severity, since, cure },
    title: "A server has the certificate of another declared server.",
    why: "A private key never leaves its machine, so this one was copied; nothing is done on either.",
    property: "certificate",
    expected: "one that no other server has",
    actual: "{value}, as {others}",
    remedy: ["Find out how the key was copied, and rotate the certificates of both."],
  },
  CERTIFICATE_POLICY: {
    ...{ severity, since, cure },
    title: "A certificate does not match its server's answer or the policy.",
    why: "Only a certificate that was checked is uploaded.",
    property: "certificate {property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["The host's answer cannot be trusted; look at the certificate on the server before you continue."],
  },
  CERTIFICATE_LIFETIME_REFUSED: {
    ...{ severity, since, cure, guide: "situations/policy-refuses-certificate.md" },
    title: "A policy of the tenant refuses a certificate that is valid for as long as declared.",
    why: "Entra would refuse the upload after key and certificate were made, so nothing is made.",
    property: "certificate.lifetime",
    expected: "at most {days} days, as the application management policy {policy} limits it ({property})",
    actual: "{actual} days",
    remedy: [
      'Set certificate.lifetime to "{days} days" or less, with a shorter rotateBefore; or have the policy exempt the application.',
    ],
  },
  CERTIFICATE_REFUSED_BY_POLICY: {
    ...{ severity, since, cure, guide: "situations/policy-refuses-certificate.md" },
    title: "A policy of the tenant refused the certificate when it was uploaded.",
    why: "The pipeline may not read the policies, so nothing could say so before the certificate was made.",
    property: "credential",
    expected: "a certificate that the application management policy {policy} allows",
    actual: "one that it refuses ({property})",
    remedy: [
      "If the policy limits the lifetime, shorten certificate.lifetime: the next run makes the certificate again. If it requires a trusted authority, have it exempt the application. To see it before: grant the pipeline Policy.Read.All.",
    ],
  },
  CERTIFICATE_ISSUER_REFUSED: {
    ...{ severity, since, cure, guide: "situations/policy-refuses-certificate.md" },
    title: "A policy of the tenant refuses self-signed certificates altogether.",
    why: "The certificates of this project are self-signed, because their keys never leave the server.",
    property: "certificate",
    expected:
      "one of a trusted certificate authority, as the application management policy {policy} requires ({property})",
    actual: "a self-signed one",
    remedy: [
      "No setting of the stack changes this: have the policy exempt the servers' applications, with a policy of their own.",
    ],
  },
  CREDENTIAL_REVOKED: {
    ...{ severity, since, cure, guide: "situations/revoke.md" },
    title: "The certificate belongs to a generation that was revoked.",
    why: "A revoked credential must not come back by itself.",
    property: "credential",
    expected: "a certificate that was not revoked",
    actual: "generation {generation}, revoked on {at}",
    remedy: ["To bring the server back, set rotate to a new value and run: ", pulumi("up")],
  },
  REGISTRATION_UNVERIFIED: {
    ...{ severity, since, cure, guide: "situations/sync-stopped.md" },
    title: "The server does not report that it uses its new identity.",
    why: "The old credential is removed only after the new one is proven.",
    property: "connector",
    expected: "application {appId} with certificate {certificate}",
    actual: "{actual}",
    remedy: ["Run again: the run asks the server what it uses."],
  },
  KEY_CREDENTIAL_LOST: {
    ...{ severity, since, cure },
    title: "A key credential that should have remained is gone from the application.",
    why: "Two writers changed the list at the same time, and the server may have lost its key.",
    property: "key credentials",
    expected: "every other key as it was before the write",
    actual: "no key {keys} any more ({whose}), because another writer changed the list at the same time",
    remedy: [
      "To show what is missing: ",
      pulumi("preview"),
      " ; if it is this server's, create a new credential: ",
      pulumi("up"),
    ],
  },
  GUARD_FORBIDDEN: {
    ...{ severity, since, cure, guide },
    title: "The pipeline may not change the credentials of the application.",
    why: "What is not declared remains on the application.",
    property: "credentials in Entra",
    expected: "Microsoft Graph to accept the change",
    actual: "{actual}",
    remedy: [
      "Make the pipeline an owner of the application, or grant it Application.ReadWrite.All with admin consent.",
    ],
  },
  GUARD_FAILED: {
    ...{ severity, since, cure },
    title: "The credentials of the application could not be changed.",
    why: "What is not declared remains on the application until a run succeeds.",
    property: "credentials in Entra",
    expected: "Microsoft Graph to accept the change",
    actual: "{actual}",
    remedy: ["Run again: ", pulumi("up")],
  },
  REVOKE_FORBIDDEN: {
    ...{ severity, since, cure, guide: "situations/revoke.md" },
    title: "The caller may not remove the key credentials.",
    why: "The credential still works.",
    property: "key credentials",
    expected: "Microsoft Graph to remove them",
    actual: "{actual}",
    remedy: [`Run it as an owner of the application with ${RIGHTS} ${BY_HAND}`],
  },
  REVOKE_FAILED: {
    ...{ severity, since, cure, guide: "situations/revoke.md" },
    title: "The key credentials could not be removed.",
    why: "The credential may still work.",
    property: "key credentials",
    expected: "Microsoft Graph to remove them",
    actual: "{actual}",
    remedy: [`Run again. ${BY_HAND}`],
  },
  REVOCATION_INCOMPLETE: {
    ...{ severity, since, cure, guide: "situations/revoke.md" },
    title: "The revocation is not found when the application is read back.",
    why: "The credential may still work.",
    property: "key credentials",
    expected: "none, and the tag that says so",
    actual: "{actual}",
    remedy: ["Run again: another writer may have changed the application at the same time."],
  },
} as const satisfies Registrations;
