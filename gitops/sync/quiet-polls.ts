import { pause } from '../../kube';

/** What Applications of which nothing is left to do have in common. */
export interface Shared {
  /** The same for all that are asked for at once. */
  readonly id: string;
  readonly everyMs: number;
  /** Whether what they follow is as it was. */
  readonly isSame: (signal: AbortSignal) => Promise<boolean>;
}

interface Poll extends Shared {
  readonly keys: Set<string>;
  readonly end: AbortController;
}

/** Who is looked at one by one again. */
export interface PollListener {
  /** Whether nothing has changed of this one meanwhile. */
  isQuiet(key: string): boolean;
  wake(key: string): void;
}

/**
 * Asks once for many: a thousand Applications of one repository to which nothing has happened cost one question to the
 * repository an interval, and no work for each.
 */
export class QuietPolls {
  readonly #told: PollListener;
  readonly #polls = new Map<string, Poll>();
  readonly #pollOf = new Map<string, Poll>();

  constructor(told: PollListener) {
    this.#told = told;
  }

  /** From now on it is asked for together with others, until it is woken. Whoever asks most often says how often. */
  add(key: string, shared: Shared): void {
    this.remove(key);
    const known = this.#polls.get(shared.id);
    if (known && known.everyMs <= shared.everyMs) {
      known.keys.add(key);
      this.#pollOf.set(key, known);
      return;
    }
    known?.end.abort();
    const poll = { ...shared, keys: known?.keys ?? new Set<string>(), end: new AbortController() };
    poll.keys.add(key);
    for (const one of poll.keys) this.#pollOf.set(one, poll);
    this.#polls.set(shared.id, poll);
    void this.#run(poll);
  }

  remove(key: string): void {
    const poll = this.#pollOf.get(key);
    this.#pollOf.delete(key);
    poll?.keys.delete(key);
    if (poll?.keys.size === 0) this.#end(poll);
  }

  /** Nobody is asked for any more, and nobody is woken. */
  stop(): void {
    for (const poll of [...this.#polls.values()]) this.#end(poll);
  }

  async #run(poll: Poll): Promise<void> {
    const { end, keys } = poll;
    for (;;) {
      await pause(poll.everyMs, end.signal);
      if (end.signal.aborted) return;
      for (const key of [...keys]) if (!this.#told.isQuiet(key)) this.#wake(key);
      if (end.signal.aborted) return;
      const isSame = await poll.isSame(end.signal).catch(() => false);
      if (end.signal.aborted) return;
      // Each asks for itself then, and tells what is wrong.
      if (!isSame) for (const key of [...keys]) this.#wake(key);
    }
  }

  #wake(key: string): void {
    this.remove(key);
    this.#told.wake(key);
  }

  #end(poll: Poll): void {
    poll.end.abort();
    for (const key of poll.keys) this.#pollOf.delete(key);
    if (this.#polls.get(poll.id) === poll) this.#polls.delete(poll.id);
  }
}
