import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type FileLimits, type Header, limitsOf } from './file-entry';
import { beyond, type FilePlace, mismatch, printable, unsafe } from './file-errors';
import type { FileOperation } from './file-operation';
import { localError, refuseExisting, temporaryBeside, writeAll } from './local-place';
import { RecordReader } from './records';
import { safeSegments } from './safe-path';
import { type DownloadOptions, Progress, type TransferProgress } from './transfer-options';

/** Names of all entries together; so many are held at most. */
const MAX_NAMES_BYTES = 64 << 20;

/**
 * Takes a folder from a sandbox: into a new folder beside the target, which becomes the target when everything has come
 * and was right. Whatever goes wrong, nothing is left of it.
 */
export async function receiveFolder(
  operation: FileOperation,
  target: string,
  options: DownloadOptions,
): Promise<TransferProgress> {
  const { place } = operation;
  const temporary = temporaryBeside(target);
  const receiver = new FolderReceiver(operation, temporary, options);
  try {
    await refuseExisting(place, target);
    await mkdir(temporary, { mode: 0o700 });
    await receiver.receive();
    await operation.result();
    await receiver.setModes();
    await rename(temporary, target);
    return receiver.progress.now;
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
  readonly #options: DownloadOptions;
  readonly #limits: FileLimits;
  readonly #folders: { readonly path: string; readonly mode: number }[] = [];
  #namesBytes = 0;

  constructor(operation: FileOperation, root: string, options: DownloadOptions) {
    this.#operation = operation;
    this.#place = operation.place;
    this.#reader = new RecordReader(operation);
    this.#root = root;
    this.#options = options;
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
    if (this.progress.entries >= maxEntries) {
      throw beyond(this.#place, 'more entries', `maxEntries ${maxEntries}`);
    }
    const segments = safeSegments(this.#place, header, this.#limits);
    this.#namesBytes += Buffer.byteLength(header.path);
    if (this.#namesBytes > MAX_NAMES_BYTES) {
      throw beyond(this.#place, 'longer names', `${MAX_NAMES_BYTES} bytes of names`);
    }
    this.progress.entry();
    const shown = printable(header.path);
    if (header.kind !== 'file' && header.kind !== 'folder') {
      if (this.#options.special !== 'skip') {
        throw unsafe(
          this.#place,
          `${header.kind === 'link' ? 'a link' : 'a device, pipe or socket'}: ${shown}`,
        );
      }
      return;
    }
    const inside = path.join(this.#root, ...segments);
    try {
      if (header.kind === 'file') await this.#file(inside, header);
      else {
        await mkdir(inside, { mode: 0o700 });
        this.#folders.push({ path: inside, mode: header.mode });
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw mismatch(this.#place, `${shown} twice`, 'each name once');
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        throw mismatch(this.#place, `${shown}, whose folder was not sent`, 'a folder before what is in it');
      }
      throw error;
    }
  }

  async #file(target: string, { size, mode, path: name }: Header): Promise<void> {
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
          throw mismatch(this.#place, `${missing} bytes too few of ${printable(name)}`, `${size} bytes`);
        }
        // Written while it is hashed.
        const writing = writeAll(file, bytes);
        digest.update(bytes);
        await writing;
        missing -= bytes.length;
        this.progress.moved(bytes.length);
      }
      const sum = await this.#reader.exactly(32);
      if (!sum?.equals(digest.digest())) {
        throw mismatch(
          this.#place,
          `other bytes of ${printable(name)}`,
          'bytes that have the SHA-256 that was sent',
        );
      }
      await file.chmod(ownMode(mode));
    } finally {
      await file.close();
    }
  }

  /** The deepest first: what may not be written must have everything in it by then. */
  async setModes(): Promise<void> {
    for (const { path: folder, mode } of this.#folders.reverse()) await chmod(folder, ownMode(mode) | 0o700);
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
