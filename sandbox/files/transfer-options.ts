import type { FileLimits } from './file-entry';
import type { FileOptions } from './file-operation';

/** How far an upload or a download is. */
export interface TransferProgress {
  readonly entries: number;
  readonly bytes: number;
}

/** What was left out of a folder, because `special` is `'skip'`. */
export interface SkippedEntry {
  /** Its path in the folder; bytes that are no UTF-8 are shown as U+FFFD. */
  readonly path: string;
  /** Its path as bytes, where it is no UTF-8. */
  readonly pathBytes: Uint8Array | undefined;
  /** `link` leads out of the folder; `other` is a device, pipe or socket. */
  readonly kind: 'link' | 'other';
  /** What a link says; bytes that are no UTF-8 are shown as U+FFFD. */
  readonly target: string | undefined;
  /** All of it for people, on one line: control characters are escaped, bytes that are no UTF-8 are `\xHH`. */
  readonly shown: string;
}

/** What an upload or a download has carried, and what it has left out. */
export interface TransferResult extends TransferProgress {
  readonly skipped: readonly SkippedEntry[];
}

/** How folders are carried. */
export interface TransferOptions extends FileOptions {
  /**
   * What becomes of links that lead out of the folder, devices, pipes and sockets: an error that names the first, or
   * left out and told in the result. Links that stay inside are carried as they are, and none is ever followed.
   * @default 'refuse'
   */
  readonly special?: 'refuse' | 'skip';
  /** Told as it goes on. */
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface UploadOptions extends TransferOptions {
  /**
   * Puts the files into a folder that is there already, one by one: each is whole at any time, the folder is not.
   * @default false: the target must not exist, and appears as a whole
   */
  readonly merge?: boolean;
}

export interface DownloadOptions extends TransferOptions {
  /** What is taken at most. */
  readonly limits?: Partial<FileLimits>;
}

/** Counts, and tells. */
export class Progress {
  readonly #skipped: SkippedEntry[] = [];
  #entries = 0;
  #bytes = 0;
  readonly #tell: TransferOptions['onProgress'];

  constructor(tell: TransferOptions['onProgress']) {
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get result(): TransferResult {
    return { entries: this.#entries, bytes: this.#bytes, skipped: this.#skipped };
  }

  entry(): void {
    this.#entries += 1;
    this.#report();
  }

  moved(bytes: number): void {
    this.#bytes += bytes;
    this.#report();
  }

  skipped(entry: SkippedEntry): void {
    this.#skipped.push(entry);
  }

  #report(): void {
    this.#tell?.({ entries: this.#entries, bytes: this.#bytes });
  }
}
