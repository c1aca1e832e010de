/** Output of a command as it comes, and at last how it ended. */
export type CommandEvent<Result> =
  | { readonly type: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly result: Result };

interface Waiting {
  readonly type: 'stdout' | 'stderr';
  bytes: Buffer;
}

/** Pieces smaller than this are joined with the one before. */
const JOINED_BYTES = 4096;

/** Output that waits for its reader. How much that can be is the window's matter. */
export class EventQueue {
  readonly #waiting: Waiting[] = [];
  #wake: (() => void) | undefined;

  push(type: Waiting['type'], bytes: Buffer): void {
    const last = this.#waiting.at(-1);
    if (last?.type === type && last.bytes.length + bytes.length <= JOINED_BYTES) {
      last.bytes = Buffer.concat([last.bytes, bytes]);
    } else this.#waiting.push({ type, bytes });
    this.wake();
  }

  shift(): Waiting | undefined {
    return this.#waiting.shift();
  }

  /** Resolves at the next piece, or when somebody wakes it. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
