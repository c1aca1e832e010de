/**
 * A bounded queue between one producer and its consumer: `push` waits while the queue is full, which is how a slow
 * consumer stops the reading of a socket.
 */
export class Channel<Item> {
  readonly #items: Item[] = [];
  readonly #readers: Array<{
    resolve: (result: IteratorResult<Item, undefined>) => void;
    reject: (error: unknown) => void;
  }> = [];
  #room: (() => void) | undefined;
  #end: { readonly error: unknown } | undefined;

  constructor(readonly capacity: number) {}

  /** False when it will not be read. */
  async push(item: Item): Promise<boolean> {
    if (this.#end) return false;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: item, done: false });
      return true;
    }
    this.#items.push(item);
    if (this.#items.length >= this.capacity) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
    return !this.#end;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift()!;
      this.#makeRoom();
      return Promise.resolve({ value, done: false });
    }
    if (this.#end) {
      const { error } = this.#end;
      // An error is told once; after it the sequence is over.
      this.#end = { error: undefined };
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** What was pushed before is still read, then the error, or the end. */
  fail(error: unknown): void {
    this.#finish(error);
  }

  /** Nothing more is read, not even what was pushed. */
  close(): void {
    this.#items.length = 0;
    this.#finish(undefined);
  }

  #finish(error: unknown): void {
    if (this.#end) return;
    const [first, ...others] = this.#readers.splice(0);
    this.#end = { error: first ? undefined : error };
    if (first && error !== undefined) first.reject(error);
    else first?.resolve({ value: undefined, done: true });
    for (const reader of others) reader.resolve({ value: undefined, done: true });
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.();
    this.#room = undefined;
  }
}
