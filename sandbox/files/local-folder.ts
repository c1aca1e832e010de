import { type BigIntStats, constants } from 'node:fs';
import { access, type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { type FilePlace, fileError } from './file-errors';
import { localError } from './local-place';
import { printable } from './name-bytes';

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Where Linux shows what a process has open: a path through it leads into that folder, whatever lies at its name by now. */
const OPEN_FOLDERS = '/proc/self/fd';

/**
 * A folder of this machine, held open. What is in it is looked at and opened through what is held and not by its path, and
 * no link is followed: who can write to the tree cannot make an upload read outside of it, also by putting a link in a
 * folder's place meanwhile. Where there is no `/proc` it is checked after each opening that the folders of the path are
 * the same, which narrows that gap and does not close it.
 */
export class LocalFolder {
  readonly #place: FilePlace;
  readonly #path: Buffer;
  readonly #above: LocalFolder | undefined;
  readonly #before: BigIntStats;
  readonly #handle: FileHandle | undefined;

  private constructor(
    place: FilePlace,
    path: Buffer,
    above: LocalFolder | undefined,
    before: BigIntStats,
    handle: FileHandle | undefined,
  ) {
    this.#place = place;
    this.#path = path;
    this.#above = above;
    this.#before = before;
    this.#handle = handle;
  }

  /** @param holds whether what is in it is reached through what is held open */
  static async open(place: FilePlace, path: string, holds?: boolean): Promise<LocalFolder> {
    const canHold = holds ?? (await canHoldFolders());
    return LocalFolder.#open(place, Buffer.from(path), Buffer.from(path), undefined, canHold);
  }

  static async #open(
    place: FilePlace,
    path: Buffer,
    reached: Buffer,
    above: LocalFolder | undefined,
    holds: boolean,
  ): Promise<LocalFolder> {
    const handle = holds ? await open(reached, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) : undefined;
    try {
      const before = handle ? await handle.stat({ bigint: true }) : await lstat(reached, { bigint: true });
      if (!before.isDirectory()) throw changed(place, path, 'became something else');
      return new LocalFolder(place, path, above, before, handle);
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** What is in it, sorted by bytes. */
  async names(): Promise<Buffer[]> {
    const names = await this.#try(this.#path, readdir(this.#reach(), { encoding: 'buffer' }));
    return names.sort(Buffer.compare);
  }

  /** Of something in it; a link is not followed. */
  stat(name: Buffer): Promise<BigIntStats> {
    return this.#in(name, (path) => lstat(path, { bigint: true }));
  }

  linkTarget(name: Buffer): Promise<Buffer> {
    return this.#in(name, (path) => readlink(path, { encoding: 'buffer' }));
  }

  /** A pipe that was put into its place does not block. */
  openFile(name: Buffer): Promise<FileHandle> {
    return this.#in(name, (path) => openRegular(this.#place, path), letGo);
  }

  openFolder(name: Buffer): Promise<LocalFolder> {
    const path = inside(this.#path, name);
    const holds = this.#handle !== undefined;
    return this.#in(name, (reached) => LocalFolder.#open(this.#place, path, reached, this, holds), letGo);
  }

  pathOf(name: Buffer): Buffer {
    return inside(this.#path, name);
  }

  /** Fails when something came into it or went out of it since it was opened, and names it. */
  async checkStill(before: readonly Buffer[]): Promise<void> {
    const stats = this.#handle ? this.#handle.stat({ bigint: true }) : lstat(this.#reach(), { bigint: true });
    if (isSame(await this.#try(this.#path, stats), this.#before)) return;
    const now = await this.names();
    const gone = before.find((name) => !now.some((other) => other.equals(name)));
    if (gone) throw changed(this.#place, this.pathOf(gone), 'was removed');
    const come = now.find((name) => !before.some((other) => other.equals(name)));
    if (come) throw changed(this.#place, this.pathOf(come), 'was made');
    throw changed(this.#place, this.#path, 'was changed');
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  #reach(): Buffer {
    return this.#handle ? Buffer.from(`${OPEN_FOLDERS}/${this.#handle.fd}`) : this.#path;
  }

  /** @param letGo of what was found, should its path have led elsewhere */
  async #in<Found>(
    name: Buffer,
    look: (path: Buffer) => Promise<Found>,
    letGo?: (found: Found) => Promise<void>,
  ): Promise<Found> {
    const found = await this.#try(inside(this.#path, name), look(inside(this.#reach(), name)));
    if (this.#handle) return found;
    try {
      await this.#checkPath();
      return found;
    } catch (error) {
      await letGo?.(found);
      throw error;
    }
  }

  async #checkPath(): Promise<void> {
    const { dev, ino } = this.#before;
    const now = await this.#try(this.#path, lstat(this.#path, { bigint: true }));
    if (now.dev !== dev || now.ino !== ino) throw changed(this.#place, this.#path, 'became something else');
    if (this.#above) await this.#above.#checkPath();
  }

  /** What was there a moment ago and is not, or is something else, was changed; the rest is this machine's word. */
  async #try<Found>(path: Buffer, looking: Promise<Found>): Promise<Found> {
    try {
      return await looking;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw changed(this.#place, path, 'was removed');
      if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO') {
        throw changed(this.#place, path, 'became something else');
      }
      throw localError(this.#place, error, path);
    }
  }
}

/** A link in the place of what was a file a moment ago is not followed, and a pipe does not block. */
export async function openRegular(place: FilePlace, path: string | Buffer): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if ((await file.stat()).isFile()) return file;
    throw changed(place, Buffer.from(path), 'became something else');
  } catch (error) {
    await file.close();
    throw error;
  }
}

const letGo = (opened: FileHandle | LocalFolder) => opened.close();

/** Exactly the bytes that a file had, in pieces that lie in the buffer until the next is asked for. */
export async function* contentOf(
  place: FilePlace,
  file: FileHandle,
  path: Buffer,
  before: BigIntStats,
  buffer: Buffer,
): AsyncGenerator<Buffer, undefined> {
  for (let missing = Number(before.size); missing > 0; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, missing));
    if (bytesRead === 0) throw changed(place, path, 'became shorter');
    missing -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  const now = await file.stat({ bigint: true });
  if (isSame(now, before)) return;
  if (now.nlink === 0n) throw changed(place, path, 'was removed');
  throw changed(place, path, now.size > before.size ? 'became longer' : 'was changed');
}

/** As far as the clock of the file system tells. */
function isSame(now: BigIntStats, before: BigIntStats): boolean {
  return now.size === before.size && now.mtimeNs === before.mtimeNs && now.ctimeNs === before.ctimeNs;
}

function changed(place: FilePlace, path: Buffer, how: string) {
  return fileError(
    'FileMismatch',
    place,
    `${printable(path)} on this machine, which ${how} while it was read`,
    'files and folders that stay as they are',
    'make sure that nothing writes to it meanwhile, and try again',
  );
}

function inside(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

async function canHoldFolders(): Promise<boolean> {
  return access(OPEN_FOLDERS).then(
    () => process.platform === 'linux',
    () => false,
  );
}
