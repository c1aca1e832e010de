import { createHash } from 'node:crypto';
import { CHUNK_BYTES } from '../supervisor';
import type { FileOperation } from './file-operation';
import { contentOf, LocalFolder } from './local-folder';
import { localError } from './local-place';
import { textOrBase64 } from './name-bytes';
import { RecordWriter } from './records';
import { linkStaysInside } from './safe-path';
import { refuseOrSkip } from './special';
import { Progress, type TransferResult, type UploadOptions } from './transfer-options';

/** Whole chunks: what is left over would travel by itself. */
export const READ_BYTES = 4 * CHUNK_BYTES;

/** Sends a folder of this machine: regular files, folders, and links that stay inside of it, as they are found. */
export async function sendFolder(
  operation: FileOperation,
  source: string,
  options: UploadOptions,
): Promise<TransferResult> {
  const sender = new FolderSender(operation, options);
  try {
    const folder = await LocalFolder.open(operation.place, source);
    await sender.inside(folder, Buffer.alloc(0), 0);
    await sender.finish();
    await operation.result();
    return sender.progress.result;
  } catch (error) {
    throw localError(operation.place, error);
  } finally {
    await operation.close();
  }
}

class FolderSender {
  readonly progress: Progress;
  readonly #operation: FileOperation;
  readonly #writer: RecordWriter;
  readonly #options: UploadOptions;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);

  constructor(operation: FileOperation, options: UploadOptions) {
    this.#operation = operation;
    this.#writer = new RecordWriter(operation);
    this.#options = options;
    this.progress = new Progress(options.onProgress);
  }

  /** Closes the folder. */
  async inside(folder: LocalFolder, relative: Buffer, depth: number): Promise<void> {
    try {
      const names = await folder.names();
      for (const name of names) {
        // The other end has given up: its answer says why.
        if (this.#operation.isOver) return;
        const remote = relative.length > 0 ? Buffer.concat([relative, Buffer.from('/'), name]) : name;
        await this.#entry(folder, name, remote, depth);
      }
      await folder.checkStill(names);
    } finally {
      await folder.close();
    }
  }

  async finish(): Promise<void> {
    await this.#writer.header({ path: '', kind: 'end' });
    await this.#writer.flush();
    this.#operation.end();
  }

  async #entry(folder: LocalFolder, name: Buffer, remote: Buffer, depth: number): Promise<void> {
    const found = await folder.stat(name);
    const mode = Number(found.mode) & 0o777;
    if (found.isFile()) await this.#file(folder, name, remote);
    else if (found.isDirectory()) {
      this.progress.entry();
      await this.#writer.header({ ...pathOnWire(remote), kind: 'folder', mode });
      await this.inside(await folder.openFolder(name), remote, depth + 1);
    } else {
      const target = found.isSymbolicLink() ? await folder.linkTarget(name) : undefined;
      if (target && linkStaysInside(depth, target)) {
        this.progress.entry();
        await this.#writer.header({ ...pathOnWire(remote), kind: 'link', ...targetOnWire(target) });
      } else {
        refuseOrSkip(this.#operation.place, { path: remote, target }, this.#options.special, this.progress);
      }
    }
  }

  async #file(folder: LocalFolder, name: Buffer, remote: Buffer): Promise<void> {
    const file = await folder.openFile(name);
    try {
      const before = await file.stat({ bigint: true });
      const [mode, size] = [Number(before.mode) & 0o777, Number(before.size)];
      this.progress.entry();
      await this.#writer.header({ ...pathOnWire(remote), kind: 'file', mode, size });
      const digest = createHash('sha256');
      const path = folder.pathOf(name);
      for await (const bytes of contentOf(this.#operation.place, file, path, before, this.#buffer)) {
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

function pathOnWire(name: Buffer): object {
  const { text = '', bytes } = textOrBase64(name);
  return { path: text, bytes };
}

function targetOnWire(target: Buffer): object {
  const { text, bytes } = textOrBase64(target);
  return { target: text, targetBytes: bytes };
}
