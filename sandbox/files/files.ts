import { createHash } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { checkCounts, checkMode } from '../amounts';
import { checkGiven, checkOptions, invalid } from '../arguments';
import type { SandboxError } from '../errors';
import type { Supervisor } from '../supervisor';
import { entryOf, FILE_LIMITS, type FileEntry, headerOf, limitsOf } from './file-entry';
import { beyond, type FilePlace, fileError, mismatch } from './file-errors';
import { FileOperation, type FileOptions, type RemotePath, shownPath } from './file-operation';
import { contentOf, openRegular } from './local-folder';
import { localError, refuseExisting, temporaryBeside, writeAll } from './local-place';
import { ownMode, receiveFolder } from './receive-folder';
import { RecordReader } from './records';
import { READ_BYTES, sendFolder } from './send-folder';
import { type DownloadOptions, Progress, type TransferResult, type UploadOptions } from './transfer-options';
import { FileWatch, type WatchOptions } from './watch';

export interface ReadOptions extends FileOptions {
  /**
   * The largest file that is taken into memory.
   * @default 67108864
   */
  readonly maxBytes?: number;
}

export interface WriteOptions extends FileOptions {
  /** @default 0o644 */
  readonly mode?: number;
}

export interface ListOptions extends FileOptions {
  /** @default 100000 */
  readonly maxEntries?: number;
}

export interface RemoveOptions extends FileOptions {
  /**
   * Removes a folder with everything in it.
   * @default false
   */
  readonly recursive?: boolean;
}

const READ_MAX_BYTES = 64 << 20;

/** Files in a sandbox. Relative paths start from its working directory. */
export interface Files {
  /** The content of a file; `FileMissing`, and `FileLimit` for more than `maxBytes`. */
  read(path: RemotePath, options?: ReadOptions): Promise<Buffer>;
  /** Writes a file: it has all of the content, or what it had before. Folders on the way are made. */
  write(path: RemotePath, content: string | Uint8Array | Readable, options?: WriteOptions): Promise<void>;
  /** What is in a folder, sorted by name. */
  list(path: RemotePath, options?: ListOptions): Promise<FileEntry[]>;
  /** What is at a path; a link is not followed. */
  stat(path: RemotePath, options?: FileOptions): Promise<FileEntry>;
  /** Tells what changes in a folder from now on. */
  watch(path: RemotePath, options?: WatchOptions): Promise<FileWatch>;
  /** Removes a file, or a folder. */
  remove(path: RemotePath, options?: RemoveOptions): Promise<void>;
  /** Makes a folder, with those on the way. */
  makeFolder(path: RemotePath, options?: FileOptions): Promise<void>;
  /**
   * Sends a file or a folder of this machine, with the links that stay inside of the folder. No link is followed; each
   * name of a file that has several is sent as a file of its own. What changes meanwhile is `FileMismatch`.
   */
  upload(local: string, remote: RemotePath, options?: UploadOptions): Promise<TransferResult>;
  /** Takes a file or a folder to this machine, where nothing must be at the path; otherwise like `upload`. */
  download(remote: RemotePath, local: string, options?: DownloadOptions): Promise<TransferResult>;
}

const KINDS_OF_OPTIONS = {
  signal: 'signal',
  recursive: 'flag',
  merge: 'flag',
  limits: 'object',
  onProgress: 'function',
} as const;

/** Files by a supervisor. What it says is checked: a sandbox can only lie about what is in it. */
export class SupervisedFiles implements Files {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  async read(path: RemotePath, options: ReadOptions = {}): Promise<Buffer> {
    this.#check('read', path, options);
    checkCounts(this.#place('read', path), { maxBytes: options.maxBytes });
    const most = options.maxBytes ?? READ_MAX_BYTES;
    const parts: Buffer[] = [];
    const operation = this.#begin('read', path, {}, options);
    await receiveContent(operation, most, async (bytes) => void parts.push(Buffer.from(bytes)));
    return Buffer.concat(parts);
  }

  async write(
    path: RemotePath,
    content: string | Uint8Array | Readable,
    options: WriteOptions = {},
  ): Promise<void> {
    this.#check('write', path, options);
    checkMode(this.#place('write', path), options.mode);
    const isContent =
      typeof content === 'string' || content instanceof Uint8Array || content instanceof Readable;
    if (!isContent)
      throw invalid(this.#place('write', path), 'content', content, 'a text, bytes or a stream');
    const operation = this.#begin('write', path, { mode: options.mode ?? 0o644, recursive: true }, options);
    const source = content instanceof Readable ? content : [Buffer.from(content as string)];
    await sendContent(operation, source);
  }

  async list(path: RemotePath, options: ListOptions = {}): Promise<FileEntry[]> {
    this.#check('list', path, options);
    checkCounts(this.#place('list', path), { maxEntries: options.maxEntries });
    const most = options.maxEntries ?? FILE_LIMITS.maxEntries;
    const operation = this.#begin('list', path, {}, options);
    const entries: FileEntry[] = [];
    try {
      const records = new RecordReader(operation);
      for (let header = await records.header(); header; header = await records.header()) {
        const entry = entryOf(header);
        if (!entry?.name || /[/\0]/.test(entry.name)) {
          throw mismatch(operation.place, 'an entry without a name of its own', 'the names in a folder');
        }
        if (entries.push(entry) > most) throw beyond(operation.place, 'more entries', `maxEntries ${most}`);
      }
      await operation.result();
    } finally {
      await operation.close();
    }
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async watch(path: RemotePath, options: WatchOptions = {}): Promise<FileWatch> {
    this.#check('watch', path, options);
    const { recursive = false } = options;
    return FileWatch.open(this.#begin('watch', path, { recursive }, options));
  }

  async stat(path: RemotePath, options: FileOptions = {}): Promise<FileEntry> {
    this.#check('stat', path, options);
    const operation = this.#begin('stat', path, {}, options);
    const header = headerOf(await operation.result());
    const entry = header && entryOf(header);
    if (!entry) throw mismatch(operation.place, 'an answer that says nothing', 'what is at the path');
    return entry;
  }

  async remove(path: RemotePath, options: RemoveOptions = {}): Promise<void> {
    this.#check('remove', path, options);
    await this.#begin('remove', path, { recursive: options.recursive ?? false }, options).result();
  }

  async makeFolder(path: RemotePath, options: FileOptions = {}): Promise<void> {
    this.#check('mkdir', path, options);
    await this.#begin('mkdir', path, { mode: 0o755 }, options).result();
  }

  async upload(given: string, remote: RemotePath, options: UploadOptions = {}): Promise<TransferResult> {
    this.#check('upload to', remote, options);
    checkGiven(this.#place('upload to', remote), 'local', given, 'name');
    // With a slash at its end a link would be followed.
    const local = given.replace(/(?<=[^/])\/+$/, '');
    const place = { sandboxId: this.#supervisor.host.id, what: `upload ${JSON.stringify(local)}` };
    const found = await lstat(local).catch((error) => {
      throw localError(place, error);
    });
    if (found.isDirectory()) {
      const details = { mode: 0o755, merge: options.merge ?? false };
      return sendFolder(this.#begin('upload', remote, details, options), local, options);
    }
    if (!found.isFile()) throw notItself(place, found.isSymbolicLink());
    const progress = new Progress(options.onProgress);
    progress.entry();
    const file = await openRegular(place, local).catch((error) => {
      throw localError(place, error);
    });
    try {
      const before = await file.stat({ bigint: true });
      const mode = Number(before.mode) & 0o777;
      const operation = this.#begin('write', remote, { mode, recursive: true }, options);
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      await sendContent(operation, contentOf(place, file, Buffer.from(local), before, buffer), progress);
    } finally {
      await file.close();
    }
    return progress.result;
  }

  async download(remote: RemotePath, local: string, options: DownloadOptions = {}): Promise<TransferResult> {
    this.#check('download', remote, options);
    checkGiven(this.#place('download', remote), 'local', local, 'name');
    const limits = limitsOf(options.limits);
    checkCounts(this.#place('download', remote), { ...limits });
    const { kind, mode } = await this.stat(remote, options);
    if (kind === 'link' || kind === 'other') {
      const asked = { sandboxId: this.#supervisor.host.id, what: `download ${shownPath(remote)}` };
      throw notItself(asked, kind === 'link');
    }
    if (kind === 'folder')
      return receiveFolder(this.#begin('download', remote, {}, options), local, { ...options, limits });
    const place = { sandboxId: this.#supervisor.host.id, what: `download to ${JSON.stringify(local)}` };
    const progress = new Progress(options.onProgress);
    progress.entry();
    const temporary = temporaryBeside(local);
    try {
      await refuseExisting(place, local);
      const file = await open(temporary, 'wx', 0o600);
      try {
        const operation = this.#begin('read', remote, { still: true }, options);
        await receiveContent(operation, limits.maxBytes, async (bytes) => {
          await writeAll(file, bytes);
          progress.moved(bytes.length);
        });
        await file.chmod(ownMode(mode));
      } finally {
        await file.close();
      }
      await rename(temporary, local);
    } catch (error) {
      throw localError(place, error);
    } finally {
      await rm(temporary, { force: true });
    }
    return progress.result;
  }

  #place(name: string, path: RemotePath) {
    return { where: `${name} ${shownPath(path)}`, sandboxId: this.#supervisor.host.id };
  }

  /** What a caller without types may have given, before any of it is used. */
  #check(name: string, path: unknown, options: unknown): void {
    const { id: sandboxId } = this.#supervisor.host;
    if (typeof path !== 'string' && !(path instanceof Uint8Array)) {
      throw invalid({ where: name, sandboxId }, 'path', path, 'a text or bytes');
    }
    checkOptions(this.#place(name, path as RemotePath), options, KINDS_OF_OPTIONS);
  }

  #begin(name: string, path: RemotePath, details: object, options: FileOptions): FileOperation {
    return new FileOperation(this.#supervisor, name, path, details, options);
  }
}

/** What is named is not followed: who made it decides where it leads. */
function notItself(place: FilePlace, isLink: boolean): SandboxError {
  const found = isLink ? 'a link' : 'a device, pipe or socket';
  const remedy = isLink ? 'give the path that it leads to' : 'give a file or folder';
  return fileError('FileUnsafe', place, found, 'a regular file or a folder itself', remedy);
}

/** Takes a file's bytes and holds them against the length and hash that come with the answer. */
async function receiveContent(
  operation: FileOperation,
  most: number,
  take: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const digest = createHash('sha256');
  let size = 0;
  try {
    for (let bytes = await operation.next(); bytes; bytes = await operation.next()) {
      size += bytes.length;
      if (size > most) throw beyond(operation.place, 'more bytes', `${most} bytes`);
      const taking = take(bytes);
      digest.update(bytes);
      await taking;
    }
    const told = await operation.result();
    if (told.size !== size || told.sha256 !== digest.digest('hex')) {
      throw mismatch(
        operation.place,
        `${size} bytes that are not what was sent`,
        'the length and SHA-256 that were sent',
      );
    }
  } finally {
    await operation.close();
  }
}

/** Sends a file's bytes with their length and hash, and hears that the other end has the same. */
async function sendContent(
  operation: FileOperation,
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
  progress?: Progress,
): Promise<void> {
  const digest = createHash('sha256');
  let size = 0;
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : asyncOf(source);
  let isRead = false;
  try {
    for (;;) {
      const next = await operation.orOver(pieces.next());
      if (next?.done) isRead = true;
      if (!next || next.done || operation.isOver) break;
      const piece = next.value;
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      // Hashed while it is under way.
      const sending = operation.send(bytes);
      digest.update(bytes);
      size += bytes.length;
      await sending;
      progress?.moved(bytes.length);
    }
    const sha256 = digest.digest('hex');
    operation.end(JSON.stringify({ size, sha256 }));
    const told = await operation.result();
    if (told.size !== size || told.sha256 !== sha256) {
      throw mismatch(
        operation.place,
        'another file at the other end',
        'the length and SHA-256 that were sent',
      );
    }
  } finally {
    // A source that says nothing would not hear that nobody waits for it any more.
    if (!isRead && source instanceof Readable) source.destroy();
    else if (!isRead) void pieces.return?.();
    await operation.close();
  }
}

async function* asyncOf<Item>(items: Iterable<Item>): AsyncGenerator<Item, void> {
  yield* items;
}
