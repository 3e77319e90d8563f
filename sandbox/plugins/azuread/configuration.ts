/** The plugin's configuration, from Pulumi's config or the environment variables that upstream reads. */
import * as fs from "node:fs";
import { revealSecrets, type PropertyMap } from "../property-values";

export interface Configuration {
  /** host:port of the metadata service; https is implied. */
  metadataHost: string;
  tenantId: string;
  clientId: string;
  clientSecret?: string;
  /** A client assertion that another service signed, or where to get one. */
  oidc?: { token?: string; requestUrl?: string; requestToken?: string };
  /** PEM of the certificate authorities to trust instead of the system's. */
  authorities?: string;
  /** Whether to wait between requests as upstream does. */
  wait: boolean;
}

/** Never shown, even if they were not configured as secrets. */
export const SECRET_CONFIGURATION = ["clientId", "clientSecret", "clientCertificatePassword"];

function readFile(path: string | undefined): string | undefined {
  return path ? fs.readFileSync(path, "utf8").trim() : undefined;
}

/** @throws if a value that is needed to reach the sandbox's tenant is missing. */
export function readConfiguration(inputs: PropertyMap, environment: NodeJS.ProcessEnv): Configuration {
  const values = revealSecrets(inputs) as Record<string, string | boolean | undefined>;
  const read = (name: string, ...variables: string[]): string | undefined => {
    const configured = values[name];
    if (configured !== undefined && configured !== "") return String(configured);
    return variables.map((variable) => environment[variable]).find((value) => value);
  };
  const required = (name: string, variable: string): string => {
    const value = read(name, variable);
    if (!value) throw new Error(`the azuread stand-in needs azuread:${name} or ${variable} of the sandbox's tenant`);
    return value;
  };
  const useOidc = ["true", "1"].includes((read("useOidc", "ARM_USE_OIDC") ?? "false").toLowerCase());
  const clientSecret =
    read("clientSecret", "ARM_CLIENT_SECRET") ?? readFile(read("clientSecretFilePath", "ARM_CLIENT_SECRET_FILE_PATH"));
  const oidc = {
    token: read("oidcToken", "ARM_OIDC_TOKEN") ?? readFile(read("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH")),
    requestUrl: read("oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    requestToken: read("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
  };
  if (!clientSecret && !useOidc) {
    throw new Error("the azuread stand-in signs in with azuread:clientSecret (ARM_CLIENT_SECRET) or with useOidc only");
  }
  return {
    metadataHost: required("metadataHost", "ARM_METADATA_HOSTNAME"),
    tenantId: required("tenantId", "ARM_TENANT_ID"),
    clientId: required("clientId", "ARM_CLIENT_ID"),
    clientSecret,
    ...(useOidc && { oidc }),
    authorities: readFile(environment.SSL_CERT_FILE),
    wait: environment.SANDBOX_WAIT === "1",
  };
}
