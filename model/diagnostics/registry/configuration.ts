/** What is wrong with a stack's configuration, a program's arguments, or the environment that they take values from. */
import type { Registrations } from "../registration";
import { own, posix, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "error";
const cure = "nothing";
const guide = "configuration.md";

export const CONFIGURATION = {
  CONFIGURATION_INVALID: {
    ...{ severity, since, cure, guide },
    title: "A setting has a value that cannot be used.",
    why: "Nothing is registered until every setting is valid.",
    property: "{property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: {
      setting: ["{help}"],
      servers: ["Declare a server, or remove the stack: ", pulumi("destroy")],
      secret: [
        "Remove it: without it, the agent at SSH_AUTH_SOCK is used. Or set the key itself: ",
        pulumi("config", "set", "--secret", "sshPrivateKey"),
      ],
    },
  },
  CONFIGURATION_UNKNOWN_KEY: {
    ...{ severity, since, cure, guide },
    title: "The configuration has an unknown key.",
    why: "A mistyped setting would have no effect without anyone noticing.",
    property: "{property}",
    expected: "{expected}",
    actual: "an unknown key",
    remedy: ["{help}"],
  },
  MODE_NEEDS_A_PERSON: {
    ...{ severity, since, cure, guide: "modes.md" },
    title: "The declared mode is one of Entra Connect's, but the connector still uses what this project made.",
    why: "Only the wizard, at the desktop, makes an application or a certificate of Entra Connect. Until then nothing of this server is changed or removed.",
    property: "mode",
    expected: "a connector that has left {what}",
    actual: "one that uses it",
    remedy: {
      application: [
        "First put the connector back on an account: ",
        own("leave", "{server}", "--rollback"),
        " ; then, at the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Configure application-based authentication to Microsoft Entra ID. Then run: ",
        pulumi("up"),
      ],
      certificate: [
        "At the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Rotate application certificate. Then run: ",
        pulumi("up"),
      ],
    },
  },
  PRODUCT_APPLICATION_UNUSED: {
    ...{ severity, since, cure, guide: "modes.md" },
    title: "The server is declared with its own certificate on the application of Entra Connect, but does not use one.",
    why: "Only the wizard, at the desktop, makes that application. Nothing of this server is changed before.",
    property: "mode",
    expected: "a connector that signs in as an application of Entra Connect (ConnectSyncProvisioning_...)",
    actual: "{actual}",
    remedy: [
      "At the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Configure application-based authentication to Microsoft Entra ID. Then run: ",
      pulumi("up"),
    ],
  },
  UPLOAD_NOT_PERMITTED: {
    ...{ severity, since, cure, guide: "modes.md" },
    title: "The pipeline may not add a certificate to the application of Entra Connect.",
    why: "Without the upload the connector cannot use the server's own certificate, so nothing is made on the server.",
    property: "permissions",
    expected:
      "Application.ReadWrite.All, or Application.ReadWrite.OwnedBy and the pipeline among the owners of {appId}",
    actual: "{actual}",
    remedy: [
      "Grant the pipeline's identity Application.ReadWrite.All (Microsoft Graph, application permission) with admin consent; or make it an owner of this one application: ",
      posix("az", "ad", "app", "owner", "add", "--id", "{appId}", "--owner-object-id", "{pipeline}"),
    ],
  },
  CERTIFICATE_POLICY_INVALID: {
    ...{ severity, since, cure, guide },
    title: "The certificate settings contradict each other, or allow a weaker key than intended.",
    why: "A certificate that is due on its first day, or a key outside hardware, must never be created by accident.",
    property: "certificate.{property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["{help}"],
  },
  SERVERS_SHARE: {
    ...{ severity, since, cure, guide },
    title: "Two servers of the stack share something that only one may have.",
    why: "Two servers with one application lock each other out; two active ones overwrite each other.",
    property: "{property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["{help}"],
  },
  HOST_KEY_INVALID: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The pinned host key is not a public key that can be used.",
    why: "Without a pinned key, the server that answers cannot be identified.",
    property: "{property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["{help}"],
  },
  HOST_KEY_TYPE: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The pinned host key is of an unsupported type.",
    why: "Only ed25519 and ECDSA keys work with every part of this project.",
    property: "{property}",
    expected: "{expected}",
    actual: "{actual}",
    remedy: ["{help}"],
  },
  ENVIRONMENT_MISSING: {
    ...{ severity, since, cure, guide },
    title: "A setting takes its value from an environment variable that is not set.",
    why: "The value is not guessed.",
    property: "{property}",
    expected: "the environment variable {name}",
    actual: "{reference}, which is not set",
    remedy: ["Set {name}, or write the value into the stack's configuration."],
  },
  ENVIRONMENT_NOT_LISTED: {
    ...{ severity, since, cure, guide },
    title: "A setting names an environment variable that the stack does not list.",
    why: "The environment of a pipeline holds secrets, and a setting's value can be seen in Entra, in state and in logs.",
    property: "{property}",
    expected: "a variable whose name begins with CONNECT_SYNC_, or one that the stack lists",
    actual: "{reference}",
    remedy: ["Add {name} to environmentVariables in the stack's configuration, or name the variable CONNECT_SYNC_..."],
  },
  ENVIRONMENT_SECRET: {
    ...{ severity, since, cure, guide },
    title: "A setting takes its value from an environment variable that holds a secret.",
    why: "No setting that may name a variable is kept secret: its value can be seen in Entra, in state and in logs.",
    property: "{property}",
    expected: "a variable that holds no secret",
    actual: "{reference}, the name of a secret",
    remedy: ["Write the value into the stack's configuration, or use a variable of another name."],
  },
  CLOUD_CONTRADICTED: {
    ...{ severity, since, cure, guide },
    title: "The stack's cloud differs from that of the azuread provider, the Azure CLI, the metadata host or a server.",
    why: "One half of a run would work in another cloud than the other half.",
    property: "{property}",
    expected: "{cloud}, as the stack's cloud says",
    actual: "{found}",
    remedy: {
      setting: [
        "Set it for the stack: ",
        pulumi("config", "set", "azuread:environment", "{cloud}"),
        " , and remove ARM_ENVIRONMENT if it is another one; or leave cloud out, which then follows.",
      ],
      cli: [
        "If the stack is right: ",
        posix("az", "cloud", "set", "--name", "{azureName}"),
        " , then sign in again; else correct azuread:environment or ARM_ENVIRONMENT.",
      ],
      server: [
        "The wizard of Entra Connect signed this server in to a tenant of that cloud, or its registry sets that cloud. Declare it in a stack of that cloud, or correct azuread:environment or ARM_ENVIRONMENT.",
      ],
      metadata: ["Correct azuread:environment or ARM_ENVIRONMENT, or remove the metadata host."],
    },
  },
  TENANT_CONTRADICTED: {
    ...{ severity, since, cure, guide: "clouds.md" },
    title: "A server belongs to another tenant than its stack.",
    why: "A run would link the connector of one tenant to an application of another: nothing is done on this server.",
    property: "connector",
    expected: "tenant {tenantId}, the stack's",
    actual: "{name}, which is tenant {found}",
    remedy: [
      "Declare the server in a stack of that tenant, or correct azuread:tenantId or ARM_TENANT_ID of this one. If it is to move here, a person signs it in to this tenant in the wizard of Entra Connect first.",
    ],
  },
  CLOUD_NOT_SUPPORTED: {
    ...{ severity, since, cure, guide },
    title: "The cloud is known, but no run can work in it.",
    why: "Its endpoints and the ids of its applications are not published, and nothing may be guessed in a tenant.",
    property: "{property}",
    expected: "one of {clouds}",
    actual: "{cloud}, a sovereign cloud whose endpoints are not published",
    remedy: ["Follow Microsoft's documentation for that cloud, by hand."],
  },
  TENANT_NOT_CONFIGURED: {
    ...{ severity, since, cure, guide: "pipelines/identities.md" },
    title: "No tenant is configured.",
    why: "The tenant to change must never be a guess.",
    property: "azuread:tenantId",
    expected: "the tenant's id",
    actual: "nothing",
    remedy: [
      "Set ARM_TENANT_ID, or set it in the stack's configuration: ",
      pulumi("config", "set", "azuread:tenantId", "<tenant id>"),
    ],
  },
  ROLE_UNKNOWN: {
    ...{ severity, since, cure, guide },
    title: "The tenant does not have an application role that the server needs.",
    why: "Without the role the server cannot synchronise.",
    property: "service principal {appId}",
    expected: "the application role {role}",
    actual: "none of that name for applications",
    remedy: ["Check that the tenant is in the declared cloud and holds this Microsoft service."],
  },
  SSH_AGENT_MISSING: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "There is no SSH key to sign in with.",
    why: "The server can be reached only with a key.",
    property: "SSH key",
    expected: "an SSH agent that holds the key",
    actual: "{actual}",
    remedy: {
      missing: [
        "Start an agent and add the key, or set the secret sshPrivateKey. To add it: ",
        posix("ssh-add", "<key file>"),
      ],
      stale: [
        "Unset SSH_AUTH_SOCK, or start the agent again: Pulumi's command plugin connects to it even if a private key is given.",
      ],
      failing: ["Check SSH_AUTH_SOCK, and what the agent holds: ", posix("ssh-add", "-l")],
    },
  },
  SSH_KEY_INVALID: {
    ...{ severity, since, cure, guide: "open-ssh.md" },
    title: "The SSH private key cannot be read.",
    why: "The server can be reached only with a key.",
    property: "SSH key",
    expected: "a private key in OpenSSH or PEM format, without a passphrase",
    actual: "{reason}",
    remedy: [
      "Correct the secret sshPrivateKey; or remove the secret and load the key into an agent: ",
      posix("ssh-add", "<key file>"),
    ],
  },
} as const satisfies Registrations;
