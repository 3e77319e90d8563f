/** Where private keys lie. */
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../model/protocol/host-protocol";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, need, requestOf, serverOf, show, type Resource } from "../resource";
import type { Breach, ResourceRule, Violation } from "../rule";

/** A value as it is declared of a server, and as its host is asked for it: a request is known only when it is due. */
interface Told {
  property: string;
  value: unknown;
}

/** What a resource tells of a property of the certificate policy. */
function toldOf(resource: Resource, name: "keyProvider" | "allowSoftwareKey"): Told[] {
  if (resource.type === RESOURCE_TYPES.server) {
    const property = `certificate.${name}`;
    return [{ property, value: need(resource, property) }];
  }
  const request = requestOf(resource);
  return request && name in request ? [{ property: `${name} in the request to the host`, value: request[name] }] : [];
}

const same = (left: unknown, right: string) => typeof left === "string" && left.toLowerCase() === right.toLowerCase();

/** The breaches of a resource as violations of its server. */
function of(resource: Resource, remedy: string, breaches: readonly Breach[]): Violation[] {
  return breaches.map((breach) => ({ subject: serverOf(resource), remedy, ...breach }));
}

export const keyInTpm: ResourceRule<{ providers: readonly string[] }> = {
  name: "key-in-tpm",
  description: "The private key of every sync server is made in its TPM, or in a module that was allowed by name.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.command],
  settings: {
    providers: {
      type: "array",
      items: { type: "string", minLength: 1 },
      minItems: 1,
      default: [TPM_PROVIDER],
      description: "full names of the key storage providers that may hold a key",
    },
  },
  judge: (resource, { providers }) => {
    const wrong = toldOf(resource, "keyProvider").filter(
      ({ value }) => !providers.some((allowed) => same(value, allowed)),
    );
    const expected = providers.map(show).join(" or ");
    const remedy =
      "Take keyProvider out of the certificate policy, so that the TPM is used; a hardware module is allowed in this policy's setting providers.";
    return of(
      resource,
      remedy,
      wrong.map(({ property, value }) => ({ property, actual: show(value), expected })),
    );
  },
};

export const noSoftwareKey: ResourceRule = {
  name: "no-software-key",
  description: "No private key of a sync server is a file that Windows protects alone.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.command],
  judge: (resource) => {
    const allowed = toldOf(resource, "allowSoftwareKey").filter(({ value }) => value !== false);
    const used = toldOf(resource, "keyProvider").filter(({ value }) => same(value, SOFTWARE_PROVIDER));
    const remedy = "Take allowSoftwareKey and the software provider out of the certificate policy of the server.";
    return of(resource, remedy, [
      ...allowed.map(({ property, value }) => ({ property, actual: show(value), expected: "false" })),
      ...used.map(({ property, value }) => ({
        property,
        actual: show(value),
        expected: "a provider that keeps keys in hardware",
      })),
    ]);
  },
};

/** What of a connection reaches state although an agent could hold it, by its name in the connection. */
const SECRETS = ["privateKey", "privateKeyPassword", "password"] as const;

export const sshKeyInAgent: ResourceRule = {
  name: "ssh-key-in-agent",
  description: "The SSH key of the sync servers comes from an agent, so that no state holds it.",
  level: "advisory",
  scope: "every stack",
  types: [RESOURCE_TYPES.command, RESOURCE_TYPES.copy],
  judge: (resource) => {
    const found = ["connection", "connection.proxy"].flatMap((place) =>
      SECRETS.map((name) => `${place}.${name}`).filter((property) => known(resource, property)),
    );
    const remedy =
      "Remove sshPrivateKey from the stack's configuration, and run Pulumi with an agent at SSH_AUTH_SOCK.";
    return of(
      resource,
      remedy,
      found.map((property) => ({
        property,
        actual: "a secret, which is kept encrypted in state",
        expected: "nothing",
      })),
    );
  },
};
