import type { FileLimits } from './file-entry';
import type { FileOptions } from './file-operation';

/** How far an upload or a download is. */
export interface TransferProgress {
  readonly entries: number;
  readonly bytes: number;
}

/** How folders are carried. */
export interface TransferOptions extends FileOptions {
  /**
   * What becomes of links, devices, pipes and sockets: an error, or left out. They are never followed and never made.
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
  #entries = 0;
  #bytes = 0;
  readonly #tell: TransferOptions['onProgress'];

  constructor(tell: TransferOptions['onProgress']) {
    this.#tell = tell;
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get now(): TransferProgress {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  entry(): void {
    this.#entries += 1;
    this.#tell?.(this.now);
  }

  moved(bytes: number): void {
    this.#bytes += bytes;
    this.#tell?.(this.now);
  }
}
