import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { constants, createGzip } from 'node:zlib';
import { checkCounts } from '../amounts';
import { checkGiven, checkOptions } from '../arguments';
import { unsupported } from '../commands/unsupported';
import { limitsOf } from '../files/file-entry';
import type { FilePlace } from '../files/file-errors';
import { FileOperation } from '../files/file-operation';
import { type FileSink, FolderRecords, type FolderSink, twice, withoutFolder } from '../files/folder-records';
import { localError, refuseExisting, temporaryBeside, writeAll } from '../files/local-place';
import { textOrBase64 } from '../files/name-bytes';
import { recordHeader } from '../files/records';
import type { SafePath } from '../files/safe-path';
import type { Supervisor } from '../supervisor';
import type { Checkpoint, CheckpointOptions, Origin } from './checkpoint';
import { headOf } from './head';

/** Small records are packed together. */
const BATCH_BYTES = 1 << 20;
const KINDS = { folder: 'name', signal: 'signal', limits: 'object', onProgress: 'function' } as const;

/**
 * Stores a folder of a sandbox as one file of this machine, of its owner alone. Nothing of it is unpacked here: what the
 * sandbox sends is checked as a download is, and written down as records.
 */
export async function takeCheckpoint(
  supervisor: Supervisor | undefined,
  origin: Origin,
  target: string,
  options: CheckpointOptions,
  sandboxId: string,
): Promise<Checkpoint> {
  const where = { where: `checkpoint of ${sandboxId}`, sandboxId };
  checkGiven(where, 'path', target, 'name');
  checkOptions(where, options, KINDS);
  const { folder = '.' } = options;
  const limits = limitsOf(options.limits);
  checkCounts(where, { ...limits });
  if (!supervisor) throw unsupported('checkpoint', sandboxId);
  const place = { sandboxId, what: `checkpoint to ${JSON.stringify(target)}` };
  const temporary = temporaryBeside(target);
  try {
    await refuseExisting(place, target);
    const file = await open(temporary, 'wx', 0o600);
    try {
      const operation = new FileOperation(supervisor, 'download', folder, {}, options);
      const written = new RecordFile(operation.place, file, headOf(origin, folder));
      const records = new FolderRecords(operation, written, { ...options, limits });
      try {
        await records.receive();
        await operation.result();
      } catch (error) {
        written.drop();
        throw error;
      } finally {
        await operation.close();
      }
      const { digest, size } = await written.finish();
      await rename(temporary, target);
      const { entries, bytes, skipped } = records.progress.result;
      const left = skipped.map(({ shown }) => shown);
      return { path: path.resolve(target), digest, size, ...origin, folder, entries, bytes, skipped: left };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw localError(place, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes what was checked down in our own words, and hashes it meanwhile. */
class RecordFile implements FolderSink {
  readonly #place: FilePlace;
  readonly #file: FileHandle;
  readonly #digest = createHash('sha256');
  /** Every name, as Latin-1: a second one, or one without its folder, would make a checkpoint that nothing can begin with. */
  readonly #names = new Set<string>();
  readonly #folders = new Set<string>(['']);
  readonly #packing = createGzip({ level: constants.Z_BEST_SPEED });
  /** Resolves when all that was packed is written, and rejects when it cannot be. */
  readonly #written: Promise<void>;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #size = 0;

  constructor(place: FilePlace, file: FileHandle, head: Buffer) {
    this.#place = place;
    this.#file = file;
    this.#written = this.#write(head);
    // Heard by whoever waits for it.
    this.#written.catch(() => {});
  }

  async folder(path: SafePath, mode: number): Promise<void> {
    const name = this.#newName(path);
    this.#folders.add(name);
    await this.#record(path, { kind: 'folder', mode });
  }

  async file(path: SafePath, mode: number, size: number): Promise<FileSink> {
    this.#newName(path);
    await this.#record(path, { kind: 'file', mode, size });
    return {
      write: (bytes) => this.bytes(bytes),
      whole: (sha256) => this.bytes(sha256),
      close: async () => {},
    };
  }

  async link(path: SafePath, target: Buffer): Promise<void> {
    this.#newName(path);
    const { text, bytes } = textOrBase64(target);
    await this.#record(path, { kind: 'link', target: text, targetBytes: bytes });
  }

  /** They are the caller's again when this resolves. */
  async bytes(bytes: Buffer): Promise<void> {
    this.#waiting.push(Buffer.from(bytes));
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > BATCH_BYTES) await this.#pack();
  }

  /** On the disk, also after a loss of power: whoever has the digest may end the sandbox. */
  async finish(): Promise<{ readonly digest: string; readonly size: number }> {
    await this.#pack();
    this.#packing.end();
    await this.#written;
    await this.#file.sync();
    return { digest: this.#digest.digest('hex'), size: this.#size };
  }

  /** Nothing more comes. */
  drop(): void {
    this.#packing.destroy();
  }

  async #write(head: Buffer): Promise<void> {
    const put = async (bytes: Buffer) => {
      this.#digest.update(bytes);
      this.#size += bytes.length;
      await writeAll(this.#file, bytes);
    };
    await put(head);
    for await (const bytes of this.#packing) await put(bytes as Buffer);
  }

  async #record({ bytes: name }: SafePath, header: object): Promise<void> {
    const { text = '', bytes } = textOrBase64(name);
    await this.bytes(recordHeader({ path: text, bytes, ...header }));
  }

  #newName(path: SafePath): string {
    const name = path.bytes.toString('latin1');
    if (this.#names.has(name)) throw twice(this.#place, path);
    if (!this.#folders.has(path.parent)) throw withoutFolder(this.#place, path);
    this.#names.add(name);
    return name;
  }

  /** No more is held than one batch: a disk that is slow holds the sandbox up. */
  async #pack(): Promise<void> {
    const batch = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const packed = new Promise<void>((resolve, reject) => {
      this.#packing.write(batch, (error) => (error ? reject(error) : resolve()));
    });
    packed.catch(() => {});
    await Promise.race([packed, this.#written]);
  }
}
