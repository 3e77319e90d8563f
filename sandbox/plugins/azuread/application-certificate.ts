/** azuread:index/applicationCertificate:ApplicationCertificate */
import type { PropertyMap } from "../property-values";
import { applicationObjectId } from "./application";
import { APPLICATION_TYPE } from "./application-body";
import { alreadyExists, Diagnostic, during, quoted } from "./diagnostic";
import { isOneOf, isTime, isUuid, string } from "./field";
import type { Graph, GraphObject } from "./graph";
import { expandKeyCredential } from "./key-credential";
import { exclusively } from "./locks";
import type { EntraResource } from "./resource";
import { text } from "./values";
import { seenRepeatedly, type Seen } from "./waiting";

interface CertificateId {
  objectId: string;
  keyId: string;
}

/** "<application's object id>/certificate/<key id>" */
function parseId(id: string): CertificateId {
  const match = /^([0-9a-f-]{36})\/certificate\/([0-9a-f-]{36})$/i.exec(id);
  if (!match) {
    throw new Diagnostic(
      `Parsing certificate credential with ID ${quoted(id)}`,
      "unable to parse Certificate ID: it should be in the format {objectId}/certificate/{keyId}",
    );
  }
  return { objectId: match[1], keyId: match[2] };
}

function titleOf(objectId: string): string {
  return `Application (Application: ${quoted(objectId)})`;
}

function isKey(credential: GraphObject, keyId: string): boolean {
  return (credential.keyId ?? "").toLowerCase() === keyId.toLowerCase();
}

async function credentialsOf(graph: Graph, objectId: string): Promise<GraphObject[]> {
  return ((await graph.get(`/applications/${objectId}`)).keyCredentials ?? []) as GraphObject[];
}

async function writeCredentials(graph: Graph, objectId: string, keyCredentials: GraphObject[]): Promise<void> {
  // The list is replaced as a whole. A key that reads as null keeps its value if it is written back as null.
  await graph.patch(`/applications/${objectId}`, { ...APPLICATION_TYPE, id: objectId, keyCredentials });
}

/** Every property replaces; the certificate itself cannot be read back. */
export class ApplicationCertificate implements EntraResource {
  readonly type = "azuread:index/applicationCertificate:ApplicationCertificate";
  readonly limits = { create: 600, delete: 300, read: 300, update: 600 };
  readonly schemaVersion = 0;
  readonly fields = {
    applicationId: string({ required: true, forceNew: true }),
    encoding: string({ default: "pem", forceNew: true, validate: isOneOf("base64", "hex", "pem") }),
    endDate: string({ computed: true, forceNew: true, validate: isTime }),
    endDateRelative: string({ forceNew: true }),
    keyId: string({ computed: true, forceNew: true, validate: isUuid }),
    startDate: string({ computed: true, forceNew: true, validate: isTime }),
    type: string({ forceNew: true, validate: isOneOf("AsymmetricX509Cert", "Symmetric") }),
    value: string({ required: true, forceNew: true }),
  };

  async create(graph: Graph, inputs: PropertyMap, made: (id: string) => void): Promise<void> {
    const objectId = applicationObjectId(text(inputs.applicationId));
    const title = titleOf(objectId);
    const credential = expandKeyCredential(inputs, title);
    const id = `${objectId}/certificate/${credential.keyId}`;
    await exclusively(objectId, async () => {
      const held = await during(`Retrieving ${title}`, credentialsOf(graph, objectId));
      if (held.some((entry) => isKey(entry, credential.keyId)))
        throw alreadyExists("azuread_application_certificate", id);
      await during(`Adding certificate for ${title}`, writeCredentials(graph, objectId, [...held, credential]));
      const failure = `Waiting for certificate credential for ${title}: couldn't find resource`;
      await seenRepeatedly(graph, { target: "there", interval: 1, failure }, () =>
        this.look(graph, objectId, credential.keyId),
      );
    });
    made(id);
  }

  async read(graph: Graph, id: string, before: PropertyMap): Promise<PropertyMap | null> {
    const { objectId, keyId } = parseId(id);
    const held = await during(`Retrieving ${titleOf(objectId)}`, credentialsOf(graph, objectId));
    const credential = held.find((entry) => isKey(entry, keyId));
    if (!credential) return null;
    const unread = ["encoding", "endDateRelative", "value"].filter((name) => before[name] !== undefined);
    return {
      ...Object.fromEntries(unread.map((name) => [name, before[name]])),
      applicationId: `/applications/${objectId}`,
      endDate: credential.endDateTime ?? "",
      keyId,
      startDate: credential.startDateTime ?? "",
      type: credential.type ?? "",
    };
  }

  async delete(graph: Graph, id: string): Promise<void> {
    const { objectId, keyId } = parseId(id);
    await exclusively(objectId, async () => {
      const held = await during(`Retrieving ${titleOf(objectId)}`, credentialsOf(graph, objectId));
      const rest = held.filter((entry) => !isKey(entry, keyId));
      const summary = `certificate credential ${quoted(keyId)} from application with object ID ${quoted(objectId)}`;
      await during(`Removing ${summary}`, writeCredentials(graph, objectId, rest));
      const failure = `Waiting for deletion of ${summary}`;
      await seenRepeatedly(graph, { target: "gone", interval: 5, failure }, () => this.look(graph, objectId, keyId));
    });
  }

  private async look(graph: Graph, objectId: string, keyId: string): Promise<Seen> {
    return (await credentialsOf(graph, objectId)).some((entry) => isKey(entry, keyId)) ? "there" : "gone";
  }
}
