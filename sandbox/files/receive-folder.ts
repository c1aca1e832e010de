import { chmod, mkdir, open, rename, rm, symlink } from 'node:fs/promises';
import type { FilePlace } from './file-errors';
import type { FileOperation } from './file-operation';
import { type FileSink, FolderRecords, type FolderSink, twice, withoutFolder } from './folder-records';
import { localError, refuseExisting, temporaryBeside, writeAll } from './local-place';
import type { SafePath } from './safe-path';
import type { DownloadOptions, TransferResult } from './transfer-options';

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
  const folder = new FolderOnDisk(place, temporary);
  const records = new FolderRecords(operation, folder, options);
  try {
    await refuseExisting(place, target);
    await mkdir(temporary, { mode: 0o700 });
    await records.receive();
    await operation.result();
    await folder.makeLinks();
    await folder.setModes();
    await rename(temporary, target);
    return records.progress.result;
  } catch (error) {
    throw localError(place, error);
  } finally {
    await operation.close();
    await folder.cleanUp();
  }
}

class FolderOnDisk implements FolderSink {
  /** By their paths as Latin-1. */
  readonly #folders = new Map<string, { readonly path: Buffer; readonly mode: number }>();
  readonly #links: { readonly path: SafePath; readonly target: Buffer }[] = [];

  constructor(
    private readonly place: FilePlace,
    private readonly root: string,
  ) {}

  async folder(path: SafePath, mode: number): Promise<void> {
    const inside = this.#inRoot(path);
    await this.#puttingIntoPlace(path, () => mkdir(inside, { mode: 0o700 }));
    this.#folders.set(path.bytes.toString('latin1'), { path: inside, mode });
  }

  async file(path: SafePath, mode: number): Promise<FileSink> {
    const file = await this.#puttingIntoPlace(path, () => open(this.#inRoot(path), 'wx', 0o600));
    return {
      write: (bytes) => writeAll(file, bytes),
      whole: () => file.chmod(ownMode(mode)),
      close: () => file.close(),
    };
  }

  /** It is made at the end, when nothing is written any more: until then it leads nowhere. */
  async link(path: SafePath, target: Buffer): Promise<void> {
    this.#links.push({ path, target });
  }

  /** Only in folders that were sent by just that name: a file system may take a link for one that is spelled otherwise. */
  async makeLinks(): Promise<void> {
    for (const { path, target } of this.#links) {
      if (path.parent !== '' && !this.#folders.has(path.parent)) throw withoutFolder(this.place, path);
      await this.#puttingIntoPlace(path, () => symlink(target, this.#inRoot(path)));
    }
  }

  /** The deepest first: what may not be written must have everything in it by then. */
  async setModes(): Promise<void> {
    for (const { path: folder, mode } of [...this.#folders.values()].reverse()) {
      await chmod(folder, ownMode(mode) | 0o700);
    }
    await chmod(this.root, 0o755);
  }

  async cleanUp(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  #inRoot({ bytes }: SafePath): Buffer {
    return Buffer.concat([Buffer.from(`${this.root}/`), bytes]);
  }

  async #puttingIntoPlace<Put>(path: SafePath, put: () => Promise<Put>): Promise<Put> {
    try {
      return await put();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw twice(this.place, path);
      if (code === 'ENOENT' || code === 'ENOTDIR') throw withoutFolder(this.place, path);
      throw error;
    }
  }
}

/** What a sandbox says of modes is taken over as far as others get no right to write, and we can remove it. */
export function ownMode(mode: number): number {
  return (mode & 0o755) | 0o600;
}
