/**
 * The Azure CLI: signs in with a federated token at the sandbox's own tenant, which checks issuer, subject, audience,
 * and returns the sandbox's SSH key only after a sign-in.
 */
import fs from "node:fs";
import path from "node:path";
import { required, standIn, stdin } from "./stand-in.mjs";

const session = () => path.join(required("AZURE_CONFIG_DIR"), "stand-in.json");

async function signIn(clientId, tenant) {
  const url = `https://${required("ARM_METADATA_HOSTNAME")}/${tenant}/oauth2/v2.0/token`;
  const form = new URLSearchParams({
    client_id: clientId,
    grant_type: "client_credentials",
    scope: `https://${required("ARM_METADATA_HOSTNAME")}/.default`,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: stdin().trim(),
  });
  const response = await fetch(url, { method: "POST", body: form });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error_description);
  fs.writeFileSync(session(), JSON.stringify({ clientId }), { mode: 0o600 });
}

function signedIn() {
  if (!fs.existsSync(session())) throw new Error("Please run 'az login' to setup account.");
}

await standIn("az", [
  [
    ["login", "--service-principal", "--username", /^(.+)$/, "--tenant", /^(.+)$/].concat([
      "--federated-token",
      "@-",
      "--allow-no-subscriptions",
      "--output",
      "none",
    ]),
    signIn,
  ],
  [
    [
      "account",
      "get-access-token",
      "--resource",
      /^https:\/\/(?:vault\.azure\.net|storage\.azure\.com\/)$/,
      "--output",
      "none",
    ],
    signedIn,
  ],
  [
    [
      "keyvault",
      "secret",
      "show",
      "--vault-name",
      "sandbox-vault",
      "--name",
      "sync-servers-ssh-key",
      "--query",
      "value",
    ].concat(["--output", "tsv"]),
    () => {
      signedIn();
      return fs.readFileSync(required("STAND_IN_SSH_KEY"), "utf8");
    },
  ],
]);
