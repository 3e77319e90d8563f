/** Rules about where private keys are stored. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../model/protocol/host-protocol";
import { known, need, requestOf, serverOf, show, type Resource } from "../resource";
import type { Breach, ResourceRule, Violation } from "../rule";

/** A value as declared for a server and as requested from its host: a request is known only when it is due. */
interface DeclaredValue {
  property: string;
  value: unknown;
}

/** What a resource states for a property of the certificate policy. */
function valuesOf(resource: Resource, name: "keyProvider" | "allowSoftwareKey"): DeclaredValue[] {
  if (resource.type === RESOURCE_TYPES.server) {
    const property = `certificate.${name}`;
    return [{ property, value: need(resource, property) }];
  }
  const request = requestOf(resource);
  return request && name in request ? [{ property: `${name} in the request to the host`, value: request[name] }] : [];
}

const same = (left: unknown, right: string) => typeof left === "string" && left.toLowerCase() === right.toLowerCase();

/** A resource's breaches as violations of its server. */
function of(resource: Resource, remedy: string, breaches: readonly Breach[]): Violation[] {
  return breaches.map((breach) => ({ subject: serverOf(resource), remedy, ...breach }));
}

export const keyInTpm: ResourceRule<{ providers: readonly string[] }> = {
  name: "key-in-tpm",
  description:
    "The private key of every sync server is created in its TPM, or in a hardware module that is allowed by name.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.command],
  settings: {
    providers: {
      type: "array",
      items: { type: "string", minLength: 1 },
      minItems: 1,
      default: [TPM_PROVIDER],
      description: "full names of the key storage providers that may hold keys",
    },
  },
  judge: (resource, { providers }) => {
    const wrong = valuesOf(resource, "keyProvider").filter(
      ({ value }) => !providers.some((allowed) => same(value, allowed)),
    );
    const expected = providers.map(show).join(" or ");
    const remedy =
      "Remove keyProvider from the certificate policy so that the TPM is used; to use a hardware module, allow it in this policy's setting providers.";
    return of(
      resource,
      remedy,
      wrong.map(({ property, value }) => ({ property, actual: show(value), expected })),
    );
  },
};

export const noSoftwareKey: ResourceRule = {
  name: "no-software-key",
  description: "No private key of a sync server is a file that only Windows protects.",
  level: "mandatory",
  scope: "every stack",
  types: [RESOURCE_TYPES.server, RESOURCE_TYPES.command],
  judge: (resource) => {
    const allowed = valuesOf(resource, "allowSoftwareKey").filter(({ value }) => value !== false);
    const used = valuesOf(resource, "keyProvider").filter(({ value }) => same(value, SOFTWARE_PROVIDER));
    const remedy = "Remove allowSoftwareKey and the software provider from the server's certificate policy.";
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

/** The secrets of a connection that reach state although an agent could hold them, by property name. */
const SECRETS = ["privateKey", "privateKeyPassword", "password"] as const;

export const sshKeyInAgent: ResourceRule = {
  name: "ssh-key-in-agent",
  description: "The SSH key of the sync servers comes from an agent, so that it is not in state.",
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
        actual: "a secret that is stored encrypted in state",
        expected: "nothing",
      })),
    );
  },
};
