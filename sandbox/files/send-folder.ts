import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { CHUNK_BYTES } from '../supervisor';
import { type FilePlace, fileError, printable } from './file-errors';
import type { FileOperation } from './file-operation';
import { localError } from './local-place';
import { RecordWriter } from './records';
import { Progress, type TransferProgress, type UploadOptions } from './transfer-options';

/** Whole chunks: what is left over would travel by itself. */
export const READ_BYTES = 4 * CHUNK_BYTES;

/** Sends a folder of this machine: regular files and folders, as they are found. */
export async function sendFolder(
  operation: FileOperation,
  source: string,
  options: UploadOptions,
): Promise<TransferProgress> {
  const sender = new FolderSender(operation, options);
  try {
    await sender.inside(source, '');
    await sender.finish();
    await operation.result();
    return sender.progress.now;
  } catch (error) {
    throw localError(operation.place, error);
  } finally {
    await operation.close();
  }
}

class FolderSender {
  readonly progress: Progress;
  readonly #place: FilePlace;
  readonly #operation: FileOperation;
  readonly #writer: RecordWriter;
  readonly #options: UploadOptions;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);

  constructor(operation: FileOperation, options: UploadOptions) {
    this.#operation = operation;
    this.#place = operation.place;
    this.#writer = new RecordWriter(operation);
    this.#options = options;
    this.progress = new Progress(options.onProgress);
  }

  async inside(folder: string, relative: string): Promise<void> {
    for (const name of (await readdir(folder)).sort()) {
      // The other end has given up: its answer says why.
      if (this.#operation.isOver) return;
      const source = path.join(folder, name);
      const remote = relative ? `${relative}/${name}` : name;
      const found = await lstat(source);
      if (found.isFile()) await this.#file(source, remote);
      else if (found.isDirectory()) {
        this.progress.entry();
        await this.#writer.header({ path: remote, kind: 'folder', mode: found.mode & 0o777 });
        await this.inside(source, remote);
      } else if (this.#options.special !== 'skip') {
        const kind = found.isSymbolicLink() ? 'a link' : 'a device, pipe or socket';
        throw fileError(
          'FileUnsafe',
          this.#place,
          `${kind} on this machine: ${printable(source)}`,
          'regular files and folders',
          'leave such entries out with `special: "skip"`',
        );
      }
    }
  }

  async finish(): Promise<void> {
    await this.#writer.header({ path: '', kind: 'end' });
    await this.#writer.flush();
    this.#operation.end();
  }

  async #file(source: string, remote: string): Promise<void> {
    const file = await openRegular(source);
    try {
      const { size, mode } = await file.stat();
      this.progress.entry();
      await this.#writer.header({ path: remote, kind: 'file', mode: mode & 0o777, size });
      const digest = createHash('sha256');
      for await (const bytes of contentOf(this.#place, file, source, size, this.#buffer)) {
        if (this.#operation.isOver) return;
        // Hashed while it is under way.
        const sending = this.#writer.bytes(bytes);
        digest.update(bytes);
        await sending;
        this.progress.moved(bytes.length);
      }
      await this.#writer.bytes(digest.digest());
    } finally {
      await file.close();
    }
  }
}

/** A link in the place of what was a file a moment ago is not followed, and a pipe does not block. */
export function openRegular(source: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  return open(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** Exactly `size` bytes, in pieces that lie in the buffer until the next is asked for. */
export async function* contentOf(
  place: FilePlace,
  file: FileHandle,
  source: string,
  size: number,
  buffer: Buffer,
): AsyncGenerator<Buffer> {
  for (let missing = size; missing > 0; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, missing));
    if (bytesRead === 0) {
      throw fileError(
        'FileMismatch',
        place,
        `${printable(source)}, which became shorter while it was read`,
        `${size} bytes`,
        'make sure that nothing writes to it meanwhile, and try again',
      );
    }
    missing -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
