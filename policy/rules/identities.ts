/** Rules about what two servers of a stack must not share. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { createHash } from "node:crypto";
import { known, requestOf, serverOf, type Resource } from "../resource";
import type { StackRule, Violation } from "../rule";

/** Something that only one server may have, as one resource states it. */
interface Holding {
  server: string;
  urn: string;
  /** Equal for equal things. */
  value: string;
  /** The value for a message; a certificate is shown by its hash. */
  shown: string;
}

interface Kind {
  property: string;
  remedy: string;
  held(resource: Resource): Holding[];
}

function holding(resource: Resource, value: unknown, shown = String(value)): Holding[] {
  if (typeof value !== "string" || value === "") return [];
  return [{ server: serverOf(resource), urn: resource.urn, value: value.toLowerCase(), shown }];
}

/**
 * The application that a property names: by its id, or by the resource that the id will come from. Returns both if both
 * are known, because two servers may name the same application in different ways.
 */
function applicationOf(resource: Resource, property: string): Holding[] {
  const sources = (resource.sources[property] ?? []).filter((urn) => urn.includes(RESOURCE_TYPES.application));
  const named = sources.flatMap((urn) => holding(resource, urn, `the application ${urn.split("::").at(-1)}`));
  return [...holding(resource, known(resource, property)), ...named];
}

/** SHA-256 of a certificate in PEM, regardless of line breaks. */
function certificateHash(pem: unknown): string | undefined {
  const body = typeof pem === "string" ? /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem)?.[1] : undefined;
  return body && createHash("sha256").update(Buffer.from(body, "base64")).digest("hex");
}

function requested(resource: Resource, property: string): Holding[] {
  return holding(resource, requestOf(resource)?.[property]);
}

const of = (type: string, held: Kind["held"]) => (resource: Resource) => (resource.type === type ? held(resource) : []);

const KINDS: readonly Kind[] = [
  {
    property: "application",
    remedy: "Give each server its own application: two servers would lock each other out at the next rotation.",
    held: (resource) => [
      ...of(RESOURCE_TYPES.server, (server) => applicationOf(server, "appId"))(resource),
      ...of(RESOURCE_TYPES.command, (command) => requested(command, "appId"))(resource),
    ],
  },
  {
    property: "application that a certificate is uploaded to",
    remedy: "Give each server its own application: whoever holds one of its keys can act as both servers.",
    held: of(RESOURCE_TYPES.credential, (credential) => applicationOf(credential, "applicationId")),
  },
  {
    property: "application name",
    remedy:
      "Change applicationName of one of them: otherwise no one can see which application belongs to which server.",
    held: of(RESOURCE_TYPES.application, (application) => holding(application, known(application, "displayName"))),
  },
  {
    property: "certificate",
    remedy: "A key never leaves its machine: create a separate certificate for each server.",
    held: (resource) => [
      ...of(RESOURCE_TYPES.credential, (credential) =>
        holding(credential, certificateHash(known(credential, "value"))),
      )(resource),
      ...of(RESOURCE_TYPES.command, (command) => requested(command, "certificateSha256"))(resource),
    ],
  },
  {
    property: "host",
    remedy: "If both are the same machine, declare it once; otherwise correct connection.host or connection.port.",
    held: of(RESOURCE_TYPES.server, (server) => {
      const [host, port] = [known(server, "host"), known(server, "port")];
      return holding(server, typeof host === "string" ? `${host}:${String(port)}` : undefined);
    }),
  },
];

/** Each server after the first that has the same value, once. */
function shared({ property, remedy, held }: Kind, resources: readonly Resource[]): Violation[] {
  const first = new Map<string, Holding>();
  const found = new Map<string, Violation>();
  // The order of resources differs between runs; the server that is reported must not.
  const holdings = resources.flatMap(held).sort((left, right) => left.server.localeCompare(right.server));
  for (const one of holdings) {
    const other = first.get(one.value);
    if (!other) first.set(one.value, one);
    if (!other || other.server === one.server || found.has(one.server)) continue;
    found.set(one.server, {
      subject: one.server,
      property,
      actual: `${one.shown}, as ${other.server}`,
      expected: "a value that no other server has",
      remedy,
      urn: one.urn,
    });
  }
  return [...found.values()];
}

export const noSharedIdentities: StackRule = {
  name: "no-shared-identities",
  description: "No two servers share an application, its name, a certificate or a host.",
  level: "mandatory",
  scope: "every stack",
  judgeStack: (resources) => KINDS.flatMap((kind) => shared(kind, resources)),
};
