/**
 * SFTP on an emulated server, as Windows OpenSSH serves it to an administrator: drive letters, no links.
 *
 * Requests are processed immediately and in order, so concurrent writes to one file need no care.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { utils, type Attributes, type FileEntry, type SFTPWrapper } from "ssh2";
import { BadHostPath, type HostFiles } from "./host-files";
import type { OperationFaults } from "./operation-faults";

const { OPEN_MODE, STATUS_CODE } = utils.sftp;

type Handle =
  | { kind: "file"; descriptor: number }
  /** A folder's entries; null after they have been sent. */
  | { kind: "folder"; entries: FileEntry[] | null };

/** Maximum files and folders that one client may have open. */
const MAX_HANDLES = 256;

/** Serves one SFTP channel until the client ends it. */
export function serveSftp(channel: SFTPWrapper, files: HostFiles, user: string, faults: OperationFaults): void {
  const session = new SftpSession(files, `C:/Users/${user}`, faults);
  const status = (id: number, work: () => void) =>
    attempt(channel, id, () => {
      work();
      channel.status(id, STATUS_CODE.OK);
    });
  const attributes = (id: number, read: () => fs.Stats) =>
    attempt(channel, id, () => channel.attrs(id, toAttributes(read())));

  channel.on("OPEN", (id, name, flags) => attempt(channel, id, () => channel.handle(id, session.open(name, flags))));
  channel.on("WRITE", (id, handle, offset, data) => status(id, () => session.write(handle, offset, data)));
  channel.on("READ", (id, handle, offset, length) =>
    attempt(channel, id, () => {
      const data = session.read(handle, offset, length);
      if (data.length === 0) channel.status(id, STATUS_CODE.EOF);
      else channel.data(id, data);
    }),
  );
  channel.on("CLOSE", (id, handle) => status(id, () => session.close(handle)));
  channel.on("STAT", (id, name) => attributes(id, () => fs.statSync(session.local(name))));
  channel.on("LSTAT", (id, name) => attributes(id, () => fs.lstatSync(session.local(name))));
  channel.on("FSTAT", (id, handle) => attributes(id, () => fs.fstatSync(session.descriptor(handle))));
  // POSIX modes and times have no meaning on NTFS; Windows OpenSSH accepts them too.
  channel.on("SETSTAT", (id, name, attrs) => status(id, () => session.setSize(session.local(name), attrs)));
  channel.on("FSETSTAT", (id, handle, attrs) => status(id, () => session.setSize(session.descriptor(handle), attrs)));
  channel.on("MKDIR", (id, name) => status(id, () => session.makeFolder(name)));
  channel.on("RMDIR", (id, name) => status(id, () => fs.rmdirSync(session.local(name))));
  channel.on("REMOVE", (id, name) => status(id, () => fs.unlinkSync(session.local(name))));
  channel.on("RENAME", (id, from, to) => status(id, () => session.rename(from, to)));
  channel.on("OPENDIR", (id, name) => attempt(channel, id, () => channel.handle(id, session.openFolder(name))));
  channel.on("READDIR", (id, handle) =>
    attempt(channel, id, () => {
      const entries = session.readFolder(handle);
      if (entries === null) channel.status(id, STATUS_CODE.EOF);
      else channel.name(id, entries);
    }),
  );
  channel.on("REALPATH", (id, name) =>
    attempt(channel, id, () => {
      channel.name(id, [session.entry(session.canonical(name), undefined)]);
    }),
  );

  channel.on("end", () => {
    session.closeAll();
    endChannel(channel);
  });
  channel.on("close", () => session.closeAll());
}

/** Closes the channel with exit status 0, as sftp-server.exe does. The library's SFTP class has no call for the status. */
function endChannel(channel: SFTPWrapper): void {
  const inner = channel as unknown as {
    outgoing: { id: number; state: string };
    _protocol: { exitStatus(channel: number, code: number): void };
  };
  if (inner.outgoing.state === "open") inner._protocol.exitStatus(inner.outgoing.id, 0);
  channel.end();
}

/** Answers a request, with an error status if it fails. */
function attempt(channel: SFTPWrapper, id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT" || code === "ENOTDIR" || error instanceof BadHostPath;
    const denied = code === "EACCES" || code === "EPERM";
    const kind = missing ? STATUS_CODE.NO_SUCH_FILE : denied ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
    // Messages of the local file system contain paths of this machine, so they are not sent.
    channel.status(id, kind, error instanceof HostFailure || error instanceof BadHostPath ? error.message : "");
  }
}

function toAttributes(stats: fs.Stats): Attributes {
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  return {
    mode: stats.mode,
    uid: 0,
    gid: 0,
    size: stats.size,
    atime: seconds(stats.atimeMs),
    mtime: seconds(stats.mtimeMs),
  };
}

/** A failure that the client may read. */
class HostFailure extends Error {}

class SftpSession {
  private readonly handles = new Map<number, Handle>();
  private nextHandle = 1;

  constructor(
    private readonly files: HostFiles,
    private readonly home: string,
    private readonly faults: OperationFaults,
  ) {}

  local(name: string): string {
    return this.files.local(name, this.home);
  }

  canonical(name: string): string {
    return this.files.canonical(name, this.home);
  }

  open(name: string, flags: number): Buffer {
    const writes = (flags & OPEN_MODE.WRITE) !== 0;
    if (writes) this.requireDisk();
    let mode = writes ? (flags & OPEN_MODE.READ ? fs.constants.O_RDWR : fs.constants.O_WRONLY) : fs.constants.O_RDONLY;
    if (flags & OPEN_MODE.APPEND) mode |= fs.constants.O_APPEND;
    if (flags & OPEN_MODE.CREAT) mode |= fs.constants.O_CREAT;
    if (flags & OPEN_MODE.TRUNC) mode |= fs.constants.O_TRUNC;
    if (flags & OPEN_MODE.EXCL) mode |= fs.constants.O_EXCL;
    return this.keep(() => ({ kind: "file", descriptor: fs.openSync(this.local(name), mode, 0o600) }));
  }

  write(handle: Buffer, offset: number, data: Buffer): void {
    this.requireDisk();
    fs.writeSync(this.descriptor(handle), data, 0, data.length, offset);
  }

  read(handle: Buffer, offset: number, length: number): Buffer {
    const data = Buffer.alloc(Math.min(length, 32 * 1024));
    return data.subarray(0, fs.readSync(this.descriptor(handle), data, 0, data.length, offset));
  }

  setSize(file: string | number, attributes: Attributes): void {
    if (typeof attributes.size !== "number") return;
    if (typeof file === "number") fs.ftruncateSync(file, attributes.size);
    else fs.truncateSync(file, attributes.size);
  }

  makeFolder(name: string): void {
    // Windows has this one from its installation on.
    if (/^\/?C:\/Program Files\//i.test(name)) fs.mkdirSync(this.files.local("C:/Program Files"), { recursive: true });
    this.requireDisk();
    fs.mkdirSync(this.local(name));
  }

  rename(from: string, to: string): void {
    const target = this.local(to);
    if (fs.existsSync(target)) throw new HostFailure(`${to} exists`);
    fs.renameSync(this.local(from), target);
  }

  openFolder(name: string): Buffer {
    const folder = this.local(name);
    const isRoot = this.canonical(name) === "/";
    const entries = fs
      .readdirSync(folder)
      .map((entry) => this.entry(isRoot ? `${entry}:` : entry, fs.statSync(path.join(folder, entry))));
    return this.keep(() => ({ kind: "folder", entries }));
  }

  readFolder(handle: Buffer): FileEntry[] | null {
    const folder = this.find(handle);
    if (folder.kind !== "folder") throw new HostFailure("this handle is not a folder");
    const { entries } = folder;
    folder.entries = null;
    return entries?.length ? entries : null;
  }

  entry(filename: string, stats: fs.Stats | undefined): FileEntry {
    const attrs = stats ? toAttributes(stats) : ({} as Attributes);
    const kind = stats?.isDirectory() ? "d" : "-";
    return { filename, longname: `${kind}rw-rw-rw-    1 -        -  ${stats?.size ?? 0} ${filename}`, attrs };
  }

  descriptor(handle: Buffer): number {
    const file = this.find(handle);
    if (file.kind !== "file") throw new HostFailure("this handle is not a file");
    return file.descriptor;
  }

  close(handle: Buffer): void {
    const found = this.find(handle);
    this.handles.delete(handle.readUInt32BE(0));
    if (found.kind === "file") fs.closeSync(found.descriptor);
  }

  closeAll(): void {
    for (const handle of this.handles.values()) if (handle.kind === "file") fs.closeSync(handle.descriptor);
    this.handles.clear();
  }

  private find(handle: Buffer): Handle {
    const found = handle.length === 4 ? this.handles.get(handle.readUInt32BE(0)) : undefined;
    if (!found) throw new HostFailure("no such handle");
    return found;
  }

  private keep(make: () => Handle): Buffer {
    if (this.handles.size >= MAX_HANDLES) throw new HostFailure("too many open files");
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.nextHandle);
    this.handles.set(this.nextHandle, make());
    this.nextHandle += 1;
    return handle;
  }

  private requireDisk(): void {
    if (this.faults.strikes("disk-full")) throw new HostFailure("there is not enough space on the disk");
  }
}
