/**
 * Findings of the guard: credentials, owners and permissions that are not declared, and who may synchronise. A table: its
 * length is the number of codes.
 */
import type { Registrations } from "../registration";
import { posix, pulumi } from "../remedy";
import { KEPT, UNKNOWN_USE } from "./in-use";
import { SYNCHRONISER_FINDINGS } from "./synchronisers";

const since = "0.1.0";
const severity = "finding";
const guide = "situations/somebody-added-a-key.md";

const GRAPH = "https://graph.microsoft.com/v1.0";
const INVESTIGATE = "Find out who added it, then remove it: ";
const ENFORCE = " ; or set credentialPolicy: enforce and run: ";
const UP = pulumi("up");
const REFRESH = pulumi("up", "--refresh");
/** What `enforce` does about a credential. */
const ENFORCED = ["Find out who added it. To remove it: ", UP] as const;

const assignment = posix(
  ...["az", "rest", "--method", "DELETE", "--url"],
  `${GRAPH}/servicePrincipals/{id}/appRoleAssignments/{assignmentId}`,
);

/** Every finding of the guard. */
export const GUARD_FINDINGS = {
  "key-foreign": {
    ...{ severity, since, guide },
    title: "The application has a key credential that is not this server's.",
    why: "Anyone who holds the key can sign in as the application and write to the directory.",
    cure: "removal",
    property: "key credentials",
    expected: "keys of this server only",
    actual: "{found}",
    remedy: {
      report: [
        INVESTIGATE,
        posix("az", "ad", "app", "credential", "delete", "--cert", "--id", "{appId}", "--key-id", "{keyId}"),
        ENFORCE,
        UP,
      ],
      enforce: ENFORCED,
      used: KEPT,
      unknown: UNKNOWN_USE,
    },
  },
  "key-replaced": {
    ...{ severity, since, guide: "modes.md" },
    title: "The application of Entra Connect still holds the key that this server's own certificate replaced.",
    why: "A key that is not needed any more is one that can be stolen.",
    cure: "repetition",
    property: "key credentials",
    expected: "the server's own certificate only, once the switch to it was verified",
    actual: "{found}",
    remedy: ["The connector uses the own certificate. To remove the other: ", UP],
  },
  "key-repeated": {
    ...{ severity, since, guide },
    title: "The application holds this server's certificate twice.",
    why: "A run ended during the upload; the second entry would stay behind at the next rotation.",
    cure: "repetition",
    property: "key credentials",
    expected: "one key credential for each certificate",
    actual: "{found}",
    remedy: ["The entry that is declared remains. To remove the other: ", UP],
  },
  "secret-foreign": {
    ...{ severity, since, guide },
    title: "The application has a client secret.",
    why: "A client secret can be copied and used from anywhere to sign in as the application.",
    cure: "removal",
    property: "client secrets",
    expected: "no client secret",
    actual: "{found}",
    remedy: {
      report: [
        INVESTIGATE,
        posix("az", "ad", "app", "credential", "delete", "--id", "{appId}", "--key-id", "{keyId}"),
        ENFORCE,
        UP,
      ],
      enforce: ENFORCED,
    },
  },
  "federated-credential-foreign": {
    ...{ severity, since, guide },
    title: "A workload from another issuer can sign in as the application.",
    why: "That workload can write to the directory without a key of the server.",
    cure: "removal",
    property: "federated credentials",
    expected: "no federated credential",
    actual: "{found}",
    remedy: {
      report: [
        INVESTIGATE,
        posix(
          ...(["az", "ad", "app", "federated-credential", "delete", "--id"] as const),
          ...(["{appId}", "--federated-credential-id", "{keyId}"] as const),
        ),
        ENFORCE,
        UP,
      ],
      enforce: ENFORCED,
    },
  },
  "principal-key-foreign": {
    ...{ severity, since, guide },
    title: "The service principal has a key credential of its own.",
    why: "Such a key is not shown on the application, but can still sign in as it.",
    cure: "removal",
    property: "key credentials of the service principal",
    expected: "no credential of the service principal itself",
    actual: "{found}",
    remedy: {
      report: [
        INVESTIGATE,
        posix("az", "ad", "sp", "credential", "delete", "--id", "{principalId}", "--key-id", "{keyId}", "--cert"),
        ENFORCE,
        UP,
      ],
      enforce: ENFORCED,
      used: KEPT,
      unknown: UNKNOWN_USE,
    },
  },
  "principal-secret-foreign": {
    ...{ severity, since, guide },
    title: "The service principal has a client secret of its own.",
    why: "Such a secret is not shown on the application, but can still sign in as it.",
    cure: "removal",
    property: "client secrets of the service principal",
    expected: "no credential of the service principal itself",
    actual: "{found}",
    remedy: {
      report: [
        INVESTIGATE,
        posix("az", "ad", "sp", "credential", "delete", "--id", "{principalId}", "--key-id", "{keyId}"),
        ENFORCE,
        UP,
      ],
      enforce: ENFORCED,
    },
  },
  "lock-off": {
    ...{ severity, since, guide },
    title: "The app instance property lock is off.",
    why: "Without it, credentials can be added to the service principal.",
    cure: "lock",
    property: "app instance property lock",
    expected: "the app instance property lock for all properties",
    actual: "no such lock{who}",
    remedy: ["Find out who switched it off. To switch it on again: ", UP],
  },
  "owner-foreign": {
    ...{ severity, since, guide },
    title: "The application or its service principal has an owner that is not declared.",
    why: "An owner can add a credential and sign in as the application.",
    cure: "nothing",
    property: "owners",
    expected: "{expected}",
    actual: "{found}",
    remedy: {
      application: [
        "Declare it in owners, or remove it: ",
        posix("az", "ad", "app", "owner", "remove", "--id", "{appId}", "--owner-object-id", "{ownerId}"),
      ],
      principal: [
        "Remove it: ",
        posix(
          ...["az", "rest", "--method", "DELETE", "--url"],
          `${GRAPH}/servicePrincipals/{principalId}/owners/{ownerId}/$ref`,
        ),
      ],
    },
  },
  "owner-missing": {
    ...{ severity, since },
    title: "A declared owner no longer owns the application.",
    why: "A pipeline that is not an owner may be unable to change the application.",
    cure: "nothing",
    property: "owners",
    expected: "owner {ownerId}",
    actual: "no such owner{who}",
    remedy: ["To add it again: ", REFRESH],
  },
  "audience-wide": {
    ...{ severity, since },
    title: "Accounts from other tenants can sign in to the application.",
    why: "The application is meant for one server of this tenant only.",
    cure: "nothing",
    property: "sign-in audience",
    expected: "sign-in audience {audience}",
    actual: "{found}",
    remedy: ["Find out who changed it. To set it back: ", REFRESH],
  },
  "principal-disabled": {
    ...{ severity, since },
    title: "The service principal is disabled, so the server cannot sign in.",
    why: "Synchronisation stops when the last token expires.",
    cure: "nothing",
    property: "service principal",
    expected: "an enabled service principal",
    actual: "a disabled one{who}",
    remedy: ["Find out who changed it. To set it back: ", REFRESH],
  },
  "principal-missing": {
    ...{ severity, since },
    title: "The service principal is gone from Entra.",
    why: "The server cannot sign in without it.",
    cure: "nothing",
    property: "service principal",
    expected: "a service principal of {appId}",
    actual: "none{who}",
    remedy: ["To create a new one with its roles: ", REFRESH],
  },
  "role-foreign": {
    ...{ severity, since, guide },
    title: "The service principal has an application role that is not declared.",
    why: "The server's key gives access to more than synchronisation.",
    cure: "nothing",
    property: "application roles",
    expected: "the declared roles only",
    actual: "{found}",
    remedy: ["Remove it: ", assignment],
  },
  "role-missing": {
    ...{ severity, since },
    title: "The service principal lacks an application role that it was given.",
    why: "Entra refuses the operations that need that role.",
    cure: "nothing",
    property: "application roles",
    expected: "role {role}",
    actual: "no such assignment{who}",
    remedy: ["To assign it again: ", REFRESH],
  },
  "scope-foreign": {
    ...{ severity, since, guide },
    title: "The service principal has a delegated permission.",
    why: "When a person signs in through the application, it can act with that person's rights.",
    cure: "nothing",
    property: "delegated permissions",
    expected: "no delegated permission",
    actual: "{found}",
    remedy: [
      "Remove its grant. To list the grants: ",
      posix("az", "ad", "app", "permission", "list-grants", "--id", "{id}"),
    ],
  },
  ...SYNCHRONISER_FINDINGS,
} as const satisfies Registrations;
