/** command:remote:CopyToRemote */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Call, CheckFailure, CreateRequest, UpdateRequest } from "../provider";
import {
  ARCHIVE,
  ASSET,
  isMap,
  revealSecrets,
  Secret,
  signatureOf,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../property-values";
import { readConnection } from "./connection";
import { dial } from "./dial";
import { newId } from "./remote-command";
import { Sftp } from "./sftp";

/** A file, a folder or a text, with the hash that identifies its version. */
function readSource(value: PropertyValue | undefined): { path?: string; text?: string; hash?: string } {
  const source = unwrapSecret(value);
  const { path: file, text, hash } = (isMap(source) ? revealSecrets(source) : {}) as Record<string, string | undefined>;
  return { path: file || undefined, text, hash };
}

/** What is wrong with `source`: it must be in a file or folder, or be a text. */
export function checkSource(value: PropertyValue | undefined): CheckFailure[] {
  const source = unwrapSecret(value);
  const signature = signatureOf(source);
  const { path: file, text } = readSource(source);
  if (signature === ASSET && file === undefined && text === undefined) {
    return [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }];
  }
  if (signature === ARCHIVE && file === undefined) {
    return [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  }
  // Also for an unknown one: the real plugin does not wait until it is known.
  const known = signature === ASSET || signature === ARCHIVE;
  return known ? [] : [{ property: "asset", reason: "either asset or archive must be set" }];
}

/** The source as the real plugin stores it: with a field for each kind of content. */
export function completeSource(value: PropertyValue): PropertyValue {
  const source = unwrapSecret(value)!;
  if (!isMap(source)) return value;
  const empty: PropertyMap = signatureOf(source) === ARCHIVE ? { assets: {}, path: "" } : { path: "", text: "" };
  const complete = { ...empty, uri: "", ...source };
  return value instanceof Secret ? new Secret(complete) : complete;
}

export class CopyToRemote {
  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  async create({ inputs, preview }: CreateRequest, call: Call): Promise<{ id: string; outputs: PropertyMap }> {
    if (preview) return { id: "", outputs: inputs };
    await this.copy(inputs, call);
    return { id: newId(), outputs: inputs };
  }

  /** Copies again only if the content or the destination differs. */
  async update({ inputs, state, preview }: UpdateRequest, call: Call): Promise<PropertyMap> {
    const moved = unwrapSecret(inputs.remotePath) !== unwrapSecret(state.remotePath);
    const other = readSource(inputs.source).hash !== readSource(state.source).hash;
    if (!preview && (moved || other)) await this.copy(inputs, call);
    return inputs;
  }

  private async copy(inputs: PropertyMap, call: Call): Promise<void> {
    const source = readSource(inputs.source);
    const remotePath = unwrapSecret(inputs.remotePath) as string;
    const client = await dial(readConnection(inputs.connection), call, this.environment);
    try {
      const sftp = await Sftp.start(client);
      if (source.path === undefined) await copyText(sftp, source.text ?? "", remotePath);
      else await copyPath(sftp, source.path, remotePath);
    } finally {
      client.end();
    }
  }
}

async function copyText(sftp: Sftp, text: string, destination: string): Promise<void> {
  if ((await sftp.stat(destination))?.isDirectory()) {
    throw new Error(
      `remote path ${destination} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await makeParents(sftp, destination);
  await sftp.writeFile(destination, Buffer.from(text, "utf8"));
}

async function makeParents(sftp: Sftp, destination: string): Promise<void> {
  await sftp.makeDirectories(path.posix.dirname(destination)).catch((error: Error) => {
    throw new Error(`failed to create parent directories for ${destination}: ${error.message}`);
  });
}

/** A folder without a trailing slash is copied with its name, one with a slash without it. */
async function copyPath(sftp: Sftp, source: string, destination: string): Promise<void> {
  const info = await fs.stat(source).catch(() => {
    throw new Error(`open ${source}: no such file or directory`);
  });
  const found = await sftp.stat(destination);
  if (!info.isDirectory()) {
    const into = found?.isDirectory() ? path.posix.join(destination, path.basename(source)) : destination;
    if (!found) await makeParents(sftp, into);
    return copyFile(sftp, source, into);
  }
  if (!found) {
    await sftp.makeDirectories(destination).catch((error: Error) => {
      throw new Error(`failed to create remote directory ${destination}: ${error.message}`);
    });
  }
  const into = source.endsWith("/") ? destination : path.posix.join(destination, path.basename(source));
  return copyDirectory(sftp, source, into);
}

async function copyDirectory(sftp: Sftp, source: string, destination: string): Promise<void> {
  const found = await sftp.stat(destination);
  if (found && !found.isDirectory()) throw new Error(`remote path ${destination} exists but is not a directory`);
  if (!found) {
    await sftp.makeDirectory(destination).catch((error: Error) => {
      throw new Error(`failed to create remote directory ${destination}: ${error.message}`);
    });
  }
  const entries = await fs.readdir(source, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [from, to] = [path.join(source, entry.name), path.posix.join(destination, entry.name)];
    if (entry.isDirectory()) await copyDirectory(sftp, from, to);
    else await copyFile(sftp, from, to);
  }
}

async function copyFile(sftp: Sftp, source: string, destination: string): Promise<void> {
  await sftp.writeFile(destination, await fs.readFile(source));
}
