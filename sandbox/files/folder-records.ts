import { createHash } from 'node:crypto';
import { type FileLimits, type Header, limitsOf } from './file-entry';
import { beyond, type FilePlace, mismatch } from './file-errors';
import type { FileOperation } from './file-operation';
import { printable } from './name-bytes';
import { RecordReader } from './records';
import { linkStaysInside, refuseUnwritable, type SafePath, safePath } from './safe-path';
import { refuseOrSkip } from './special';
import { type DownloadOptions, Progress } from './transfer-options';

/** Names of all entries together, and what links say; so many are held at most. */
const MAX_NAMES_BYTES = 64 << 20;

/** Takes one file: its bytes in pieces that are overwritten after each call, then their SHA-256, which was right. */
export interface FileSink {
  write(bytes: Buffer): Promise<void>;
  whole(sha256: Buffer): Promise<void>;
  /** Also of one that did not become whole. */
  close(): Promise<void>;
}

/** Where a folder goes that comes from a sandbox. What it is given was checked, but for what only a place can say. */
export interface FolderSink {
  folder(path: SafePath, mode: number): Promise<void>;
  file(path: SafePath, mode: number, size: number): Promise<FileSink>;
  /** One that stays inside of the folder. */
  link(path: SafePath, target: Buffer): Promise<void>;
}

/**
 * What a sandbox sends of a folder, held against the caller's limits, never against what the sandbox says of itself:
 * paths and links that lead elsewhere, what is neither file, folder nor link, counts, sizes, depth and hashes.
 */
export class FolderRecords {
  readonly progress: Progress;
  readonly #place: FilePlace;
  readonly #reader: RecordReader;
  readonly #operation: FileOperation;
  readonly #sink: FolderSink;
  readonly #limits: FileLimits;
  readonly #special: DownloadOptions['special'];
  /** Also what is left out. */
  #seen = 0;
  #namesBytes = 0;

  constructor(operation: FileOperation, sink: FolderSink, options: DownloadOptions) {
    this.#operation = operation;
    this.#place = operation.place;
    this.#reader = new RecordReader(operation);
    this.#sink = sink;
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
    if (header.kind === 'file') await this.#file(path, header);
    else if (header.kind === 'folder') {
      this.progress.entry();
      await this.#sink.folder(path, header.mode);
    } else if (header.kind === 'link') await this.#link(path, header);
    else refuseOrSkip(this.#place, { path: path.bytes, target: undefined }, this.#special, this.progress);
  }

  #countName(bytes: number): void {
    this.#namesBytes += bytes;
    if (this.#namesBytes > MAX_NAMES_BYTES) {
      throw beyond(this.#place, 'longer names', `${MAX_NAMES_BYTES} bytes of names`);
    }
  }

  async #link(path: SafePath, { target: text = '', targetBytes }: Header): Promise<void> {
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
      await this.#sink.link(path, target);
    } else {
      refuseOrSkip(this.#place, { path: path.bytes, target }, this.#special, this.progress);
    }
  }

  async #file(path: SafePath, { size, mode }: Header): Promise<void> {
    this.progress.entry();
    const { maxBytes } = this.#limits;
    if (this.progress.bytes + size > maxBytes) {
      throw beyond(this.#place, `${this.progress.bytes + size} bytes`, `maxBytes ${maxBytes}`);
    }
    const file = await this.#sink.file(path, mode, size);
    try {
      const digest = createHash('sha256');
      for (let missing = size; missing > 0; ) {
        const bytes = await this.#reader.some(missing);
        if (!bytes) {
          await this.#operation.result();
          throw mismatch(this.#place, `${missing} bytes too few of ${path.shown}`, `${size} bytes`);
        }
        // Written while it is hashed.
        const writing = file.write(bytes);
        digest.update(bytes);
        await writing;
        missing -= bytes.length;
        this.progress.moved(bytes.length);
      }
      const sum = await this.#reader.exactly(32);
      if (!sum) await this.#operation.result();
      if (!sum?.equals(digest.digest())) {
        throw mismatch(
          this.#place,
          `other bytes of ${path.shown}`,
          'bytes that have the SHA-256 that was sent',
        );
      }
      await file.whole(sum);
    } finally {
      await file.close();
    }
  }
}

export function twice(place: FilePlace, { shown }: SafePath): Error {
  return mismatch(place, `${shown} twice`, 'each name once');
}

export function withoutFolder(place: FilePlace, { shown }: SafePath): Error {
  return mismatch(place, `${shown}, whose folder was not sent`, 'a folder before what is in it');
}
