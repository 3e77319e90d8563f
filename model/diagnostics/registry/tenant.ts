/** What stops the work in the tenant, and what two servers of a stack must not share. */
import type { Registrations } from "../registration";
import { own, pulumi } from "../remedy";

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
    expected: "a token and an answer of Microsoft Graph",
    actual: "{actual}",
    remedy: ["Check tenant id, credential and network of this pipeline."],
  },
  GRAPH_FORBIDDEN: {
    ...{ severity, since, cure, guide },
    title: "Microsoft Graph does not let the pipeline read what it has to compare.",
    why: "What cannot be observed is neither judged nor changed.",
    property: "{property}",
    expected: "an answer of Microsoft Graph",
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
    expected: "an answer of Microsoft Graph",
    actual: "{actual}",
    remedy: ["Wait and run again."],
  },
  OWNERS_LOCK_OUT: {
    ...{ severity, since, cure, guide },
    title: "The pipeline would lock itself out of the applications that it makes.",
    why: "It may change only what it owns, and is not among the declared owners.",
    property: "owners",
    expected: '"pipeline" among the owners, or a pipeline with Application.ReadWrite.All',
    actual: "others or none, and a pipeline with Application.ReadWrite.OwnedBy only",
    remedy: ['Add "pipeline" to owners, or grant Application.ReadWrite.All: otherwise the run stops half-way.'],
  },
  APPLICATION_AMBIGUOUS: {
    ...{ severity, since, cure },
    title: "Several applications carry this server's marker.",
    why: "Which of them is the server's must never be a guess.",
    property: "application in Entra",
    expected: "one application",
    actual: "several with the tag {marker}: {appIds}",
    remedy: ["Remove the tag from those that are not this server's."],
  },
  APPLICATION_MISSING: {
    ...{ severity, since, cure },
    title: "The server's application is gone from Entra.",
    why: "The server cannot sign in, and a plain update cannot make the application again.",
    property: "application",
    expected: "{expected}",
    actual: "{actual}",
    remedy: {
      // A refresh alone fails: the azuread provider cannot read a certificate whose application is gone.
      again: [
        "Look up the URN of {server}-credential: ",
        pulumi("stack", "--show-urns"),
        " ; remove it from state: ",
        pulumi("state", "delete", "--target-dependents", "<URN of {server}-credential>"),
        " ; make a new application: ",
        pulumi("up", "--refresh"),
      ],
      revoke: [
        "There is nothing to revoke. A server that was set up by hand has an application of its own: revoke it in Entra.",
      ],
    },
  },
  APPLICATION_UNKNOWN: {
    ...{ severity, since, cure, guide: "situations/state-lost.md" },
    title: "Entra holds an application of this server that state does not know.",
    why: "An application must not be made a second time: the server would lose the one that it uses.",
    property: "application",
    expected: "none, as it is to be made now",
    actual: 'application {appId} ("{name}") with this server\'s marker, which state does not know',
    remedy: [
      "If it is not this server's, remove the marker from its tags. If it is, take it over: ",
      own("adopt", "{server}"),
    ],
  },
  MACHINE_SHARED: {
    ...{ severity, since, cure },
    title: "Two declared servers have the same machine identifier.",
    why: "They are one machine under two names, or one is a clone of the other; nothing is done on either.",
    property: "machine identifier",
    expected: "one that no other server has",
    actual: "{value}, as {others}",
    remedy: [
      "If both are one machine, declare it once; if one is a clone, reset the clone's SyncMachineIdentifier as documented.",
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
    title: "A certificate is not what its server or the policy says.",
    why: "Only a certificate that was checked is uploaded.",
    property: "certificate {property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["The host's answer cannot be trusted; look at the certificate on the server before you go on."],
  },
  CREDENTIAL_REVOKED: {
    ...{ severity, since, cure, guide: "situations/revoke.md" },
    title: "The certificate belongs to a generation that was revoked.",
    why: "A revoked credential must not come back by itself.",
    property: "credential",
    expected: "a certificate that was not revoked",
    actual: "generation {generation}, revoked on {at}",
    remedy: ["To bring the server back, set rotate to a new text and run: ", pulumi("up")],
  },
  REGISTRATION_UNVERIFIED: {
    ...{ severity, since, cure, guide: "situations/sync-stopped.md" },
    title: "The server does not say that it uses its new identity.",
    why: "The old credential is removed only after the new one is proven.",
    property: "connector",
    expected: "application {appId} with certificate {certificate}",
    actual: "{actual}",
    remedy: ["Run again; the server is asked what it uses."],
  },
  KEY_CREDENTIAL_LOST: {
    ...{ severity, since, cure },
    title: "A key credential that was to stay is gone from the application.",
    why: "Two writers changed the list at the same moment, and the server may have lost its key.",
    property: "key credentials",
    expected: "every other key as it was before the write",
    actual: "no key {keys} any more ({whose}), as the list was written by another one at the same moment",
    remedy: [
      "See what is missing: ",
      pulumi("preview"),
      " ; if it is this server's, this makes a new credential: ",
      pulumi("up"),
    ],
  },
  GUARD_FORBIDDEN: {
    ...{ severity, since, cure, guide },
    title: "The pipeline may not change the credentials of the application.",
    why: "What is not declared stays on the application.",
    property: "credentials in Entra",
    expected: "Microsoft Graph to take the change",
    actual: "{actual}",
    remedy: [
      "Make the pipeline an owner of the application, or grant it Application.ReadWrite.All with admin consent.",
    ],
  },
  GUARD_FAILED: {
    ...{ severity, since, cure },
    title: "The credentials of the application could not be changed.",
    why: "What is not declared stays on the application until a run succeeds.",
    property: "credentials in Entra",
    expected: "Microsoft Graph to take the change",
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
    title: "The revocation does not show when the application is read again.",
    why: "The credential may still work.",
    property: "key credentials",
    expected: "none, and the tag that says so",
    actual: "{actual}",
    remedy: ["Run again: the application may have been written by another one at the same moment."],
  },
} as const satisfies Registrations;
