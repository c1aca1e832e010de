import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, symlink } from 'node:fs/promises';
import { type FileLimits, type Header, limitsOf } from './file-entry';
import { beyond, type FilePlace, mismatch } from './file-errors';
import type { FileOperation } from './file-operation';
import { localError, refuseExisting, temporaryBeside, writeAll } from './local-place';
import { printable } from './name-bytes';
import { RecordReader } from './records';
import { linkStaysInside, refuseUnwritable, type SafePath, safePath } from './safe-path';
import { refuseOrSkip } from './special';
import { type DownloadOptions, Progress, type TransferResult } from './transfer-options';

/** Names of all entries together, and what links say; so many are held at most. */
const MAX_NAMES_BYTES = 64 << 20;

/**
 * Takes a folder from a sandbox: into a new folder beside the target, which becomes the target when everything has come
 * and was right. Whatever goes wrong, nothing is left of it.
 */
export async function receiveFolder(
  operation: FileOperation,
  target: string,
  options: DownloadOptions,
): Promise<TransferResult> {
  const { place } = operation;
  const temporary = temporaryBeside(target);
  const receiver = new FolderReceiver(operation, temporary, options);
  try {
    await refuseExisting(place, target);
    await mkdir(temporary, { mode: 0o700 });
    await receiver.receive();
    await operation.result();
    await receiver.makeLinks();
    await receiver.setModes();
    await rename(temporary, target);
    return receiver.progress.result;
  } catch (error) {
    throw localError(place, error);
  } finally {
    await operation.close();
    await receiver.cleanUp();
  }
}

class FolderReceiver {
  readonly progress: Progress;
  readonly #place: FilePlace;
  readonly #reader: RecordReader;
  readonly #operation: FileOperation;
  readonly #root: string;
  readonly #limits: FileLimits;
  readonly #special: DownloadOptions['special'];
  /** By their paths as Latin-1. */
  readonly #folders = new Map<string, { readonly path: Buffer; readonly mode: number }>();
  readonly #links: { readonly path: SafePath; readonly target: Buffer }[] = [];
  /** Also what is left out. */
  #seen = 0;
  #namesBytes = 0;

  constructor(operation: FileOperation, root: string, options: DownloadOptions) {
    this.#operation = operation;
    this.#place = operation.place;
    this.#reader = new RecordReader(operation);
    this.#root = root;
    this.#special = options.special;
    this.#limits = limitsOf(options.limits);
    this.progress = new Progress(options.onProgress);
  }

  async receive(): Promise<void> {
    for (;;) {
      const header = await this.#reader.header();
      if (!header) {
        // The answer knows better why it ended; when it does not, that is a lie.
        await this.#operation.result();
        throw mismatch(this.#place, 'an end before the last record', 'all of the folder');
      }
      if (header.kind === 'end') return;
      await this.#entry(header);
    }
  }

  async #entry(header: Header): Promise<void> {
    const { maxEntries } = this.#limits;
    this.#seen += 1;
    if (this.#seen > maxEntries) throw beyond(this.#place, 'more entries', `maxEntries ${maxEntries}`);
    const path = safePath(this.#place, header, this.#limits);
    this.#countName(path.bytes.length);
    if (header.kind === 'file' || header.kind === 'folder') await this.#make(path, header);
    else if (header.kind === 'link') this.#link(path, header);
    else refuseOrSkip(this.#place, { path: path.bytes, target: undefined }, this.#special, this.progress);
  }

  #countName(bytes: number): void {
    this.#namesBytes += bytes;
    if (this.#namesBytes > MAX_NAMES_BYTES) {
      throw beyond(this.#place, 'longer names', `${MAX_NAMES_BYTES} bytes of names`);
    }
  }

  async #make(path: SafePath, header: Header): Promise<void> {
    this.progress.entry();
    const inside = this.#inRoot(path);
    await this.#puttingIntoPlace(path, async () => {
      if (header.kind === 'file') return this.#file(inside, path.shown, header);
      await mkdir(inside, { mode: 0o700 });
      this.#folders.set(path.bytes.toString('latin1'), { path: inside, mode: header.mode });
    });
  }

  /** It is made at the end, when nothing is written any more: until then it leads nowhere. */
  #link(path: SafePath, { target: text = '', targetBytes }: Header): void {
    const target = Buffer.from(targetBytes ?? Buffer.from(text));
    this.#countName(target.length);
    const { maxPathBytes } = this.#limits;
    if (target.length > maxPathBytes) {
      throw beyond(this.#place, `a link that says ${target.length} bytes`, `maxPathBytes ${maxPathBytes}`);
    }
    if (linkStaysInside(path.depth, target)) {
      const found = `a link to a name that is no UTF-8: ${path.shown} -> ${printable(target)}`;
      refuseUnwritable(this.#place, target, found);
      this.progress.entry();
      this.#links.push({ path, target });
    } else {
      refuseOrSkip(this.#place, { path: path.bytes, target }, this.#special, this.progress);
    }
  }

  /** Only in folders that were sent by just that name: a file system may take a link for one that is spelled otherwise. */
  async makeLinks(): Promise<void> {
    for (const { path, target } of this.#links) {
      if (path.parent !== '' && !this.#folders.has(path.parent)) throw this.#withoutFolder(path);
      await this.#puttingIntoPlace(path, () => symlink(target, this.#inRoot(path)));
    }
  }

  #inRoot({ bytes }: SafePath): Buffer {
    return Buffer.concat([Buffer.from(`${this.#root}/`), bytes]);
  }

  async #puttingIntoPlace(path: SafePath, put: () => Promise<void>): Promise<void> {
    try {
      await put();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw mismatch(this.#place, `${path.shown} twice`, 'each name once');
      if (code === 'ENOENT' || code === 'ENOTDIR') throw this.#withoutFolder(path);
      throw error;
    }
  }

  #withoutFolder({ shown }: SafePath): Error {
    return mismatch(this.#place, `${shown}, whose folder was not sent`, 'a folder before what is in it');
  }

  async #file(target: Buffer, shown: string, { size, mode }: Header): Promise<void> {
    const { maxBytes } = this.#limits;
    if (this.progress.bytes + size > maxBytes) {
      throw beyond(this.#place, `${this.progress.bytes + size} bytes`, `maxBytes ${maxBytes}`);
    }
    const file = await open(target, 'wx', 0o600);
    try {
      const digest = createHash('sha256');
      for (let missing = size; missing > 0; ) {
        const bytes = await this.#reader.some(missing);
        if (!bytes) {
          await this.#operation.result();
          throw mismatch(this.#place, `${missing} bytes too few of ${shown}`, `${size} bytes`);
        }
        // Written while it is hashed.
        const writing = writeAll(file, bytes);
        digest.update(bytes);
        await writing;
        missing -= bytes.length;
        this.progress.moved(bytes.length);
      }
      const sum = await this.#reader.exactly(32);
      if (!sum) await this.#operation.result();
      if (!sum?.equals(digest.digest())) {
        throw mismatch(this.#place, `other bytes of ${shown}`, 'bytes that have the SHA-256 that was sent');
      }
      await file.chmod(ownMode(mode));
    } finally {
      await file.close();
    }
  }

  /** The deepest first: what may not be written must have everything in it by then. */
  async setModes(): Promise<void> {
    for (const { path: folder, mode } of [...this.#folders.values()].reverse()) {
      await chmod(folder, ownMode(mode) | 0o700);
    }
    await chmod(this.#root, 0o755);
  }

  async cleanUp(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** What a sandbox says of modes is taken over as far as others get no right to write, and we can remove it. */
export function ownMode(mode: number): number {
  return (mode & 0o755) | 0o600;
}
