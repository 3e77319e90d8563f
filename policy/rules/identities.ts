/** What no two servers of a stack may share. */
import { createHash } from "node:crypto";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, requestOf, serverOf, type Resource } from "../resource";
import type { StackRule, Violation } from "../rule";

/** Something that only one server may have, as one resource tells it. */
interface Holding {
  server: string;
  urn: string;
  /** The same for all that is the same. */
  value: string;
  /** The value for a message, in which a certificate is its hash. */
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
 * The application that a property names: by its id, or before it has one by the resource that the id will come from. Both
 * where both are there, as two servers may be told of the same one in either way.
 */
function applicationOf(resource: Resource, property: string): Holding[] {
  const sources = (resource.sources[property] ?? []).filter((urn) => urn.includes(RESOURCE_TYPES.application));
  const named = sources.flatMap((urn) => holding(resource, urn, `the application ${urn.split("::").at(-1)}`));
  return [...holding(resource, known(resource, property)), ...named];
}

/** SHA-256 of a certificate in PEM, however it is wrapped. */
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
    remedy: "Give each server an application of its own: two would lock each other out at the next rotation.",
    held: (resource) => [
      ...of(RESOURCE_TYPES.server, (server) => applicationOf(server, "appId"))(resource),
      ...of(RESOURCE_TYPES.command, (command) => requested(command, "appId"))(resource),
    ],
  },
  {
    property: "application that a certificate is uploaded to",
    remedy: "Give each server an application of its own: who holds one of its keys is both servers.",
    held: of(RESOURCE_TYPES.credential, (credential) => applicationOf(credential, "applicationId")),
  },
  {
    property: "application name",
    remedy: "Change applicationName of one of them: nobody could tell which application is which server.",
    held: of(RESOURCE_TYPES.application, (application) => holding(application, known(application, "displayName"))),
  },
  {
    property: "certificate",
    remedy: "A key never leaves its machine: make each server a certificate of its own.",
    held: (resource) => [
      ...of(RESOURCE_TYPES.credential, (credential) =>
        holding(credential, certificateHash(known(credential, "value"))),
      )(resource),
      ...of(RESOURCE_TYPES.command, (command) => requested(command, "certificateSha256"))(resource),
    ],
  },
  {
    property: "host",
    remedy: "Where both are one machine, declare it once; else correct connection.host or connection.port.",
    held: of(RESOURCE_TYPES.server, (server) => {
      const [host, port] = [known(server, "host"), known(server, "port")];
      return holding(server, typeof host === "string" ? `${host}:${String(port)}` : undefined);
    }),
  },
];

/** Each server after the first one that holds the same, once. */
function shared({ property, remedy, held }: Kind, resources: readonly Resource[]): Violation[] {
  const first = new Map<string, Holding>();
  const found = new Map<string, Violation>();
  // The order of resources in a run is chance; who is told of it is not.
  const holdings = resources.flatMap(held).sort((left, right) => left.server.localeCompare(right.server));
  for (const one of holdings) {
    const other = first.get(one.value);
    if (!other) first.set(one.value, one);
    if (!other || other.server === one.server || found.has(one.server)) continue;
    found.set(one.server, {
      subject: one.server,
      property,
      actual: `${one.shown}, as ${other.server}`,
      expected: "one that no other server has",
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
