import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { SandboxError } from '../errors';
import { mismatch } from '../files/file-errors';
import { FileOperation } from '../files/file-operation';
import { localError } from '../files/local-place';
import { printable } from '../files/name-bytes';
import { recordHeader } from '../files/records';
import { READ_BYTES } from '../files/send-folder';
import type { Supervisor } from '../supervisor';
import type { Checkpoint } from './checkpoint';
import { damaged } from './checkpoint-errors';
import { headOf } from './head';

/** The record that lets the supervisor put everything into place. */
const END = gzipSync(recordHeader({ path: '', kind: 'end' }));

/** A checkpoint whose file is open: what is sent is what was checked, whatever takes the place of its name meanwhile. */
export class StoredCheckpoint {
  private constructor(
    readonly checkpoint: Checkpoint,
    private readonly file: FileHandle,
    private readonly head: Buffer,
  ) {}

  /** Refuses what can be seen before anything is made: no file, another length, another head. */
  static async open(checkpoint: Checkpoint): Promise<StoredCheckpoint> {
    const file = await openFile(checkpoint);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw damaged(checkpoint, 'something that is no file');
      if (found.size !== checkpoint.size) {
        throw damaged(checkpoint, `a file of ${found.size} bytes, where ${checkpoint.size} were written`);
      }
      const head = headOf(checkpoint, checkpoint.folder);
      const stands = Buffer.alloc(head.length);
      await file.read(stands, 0, head.length, 0);
      if (stands.equals(head)) return new StoredCheckpoint(checkpoint, file, head);
      throw damaged(checkpoint, 'a head that names another template, image or folder, or none');
    } catch (error) {
      await file.close();
      throw error instanceof SandboxError ? error : damaged(checkpoint, (error as Error).message, error);
    }
  }

  /**
   * Lets a sandbox begin with it. What comes is hashed on its way, and its last record is sent when the digest was right:
   * until then the supervisor has everything in a folder beside, which it removes.
   */
  async sendTo(supervisor: Supervisor, signal: AbortSignal | undefined): Promise<void> {
    const { folder, digest, entries, bytes } = this.checkpoint;
    const operation = new FileOperation(
      supervisor,
      'upload',
      folder,
      { mode: 0o755, merge: true, gzip: true },
      { signal },
    );
    try {
      const found = await this.#send(operation);
      if (found !== digest) {
        throw damaged(this.checkpoint, `bytes with the SHA-256 ${found}, not ${digest}`);
      }
      if (!operation.isOver) {
        await operation.send(END);
        operation.end();
      }
      const told = await operation.result();
      if (told.entries === entries && told.bytes === bytes) return;
      throw mismatch(operation.place, 'another folder than was sent', `${entries} entries of ${bytes} bytes`);
    } catch (error) {
      throw localError(operation.place, error);
    } finally {
      await operation.close();
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** The digest of all that the file has, also where the other end has given up: that may be why. */
  async #send(operation: FileOperation): Promise<string> {
    const hash = createHash('sha256').update(this.head);
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (let at = this.head.length; ; ) {
      const { bytesRead } = await this.file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      // Hashed while it is under way.
      const sending = operation.send(piece);
      hash.update(piece);
      await sending;
    }
    return hash.digest('hex');
  }
}

/** A pipe in its place does not block. */
async function openFile(checkpoint: Checkpoint): Promise<FileHandle> {
  try {
    return await open(checkpoint.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw damaged(checkpoint, printable(message), error);
    const facts = {
      where: `claim from ${printable(checkpoint.path)}`,
      found: 'no file there',
      expected: 'the file that checkpoint() wrote',
      remedy: 'bring it to this machine, and give where it is as `path`',
    };
    throw new SandboxError('FileMissing', facts, { cause: error });
  }
}
