import { backoffMs, type Clock, type Priority, realClock } from '../../kube';
import { FairLines, higher } from './fair-lines';

export const FIRST_RETRY_MS = 200;
export const LONGEST_RETRY_MS = 300_000;

export interface WorkQueueOptions {
  /** How long a key waits after its first failure; each further one doubles it. @default 200 */
  readonly firstRetryMs?: number;
  /** The longest that a failed key waits. @default 300000 */
  readonly longestRetryMs?: number;
  /** Keys of one flow wait in one line, and lines take turns. @default - what is before the slash: the namespace */
  readonly flowOf?: (key: string) => string;
  /** @default - the clocks of this machine */
  readonly clock?: Clock;
  /** From 0 to 1, for waits that differ. @default Math.random */
  readonly random?: () => number;
}

export interface AddOptions {
  /** @default 'normal' */
  readonly priority?: Priority;
  /** The key is taken after this time, or earlier for another reason. @default 0 */
  readonly afterMs?: number;
}

/** What is known of a key; one of which nothing is known has no entry. */
interface Entry {
  readonly key: string;
  readonly flow: string;
  /** The line in which it waits for a worker. */
  ready: Priority | undefined;
  readyAt: number;
  takenAt: number;
  isWorkedOn: boolean;
  /** It was added while it was worked on, so it is worked on once more. */
  dirty: Priority | undefined;
  timer: { readonly at: number; readonly priority: Priority; readonly stop: () => void } | undefined;
  /** It has failed, and its timer is the wait for the next try. */
  isHeld: boolean;
  failures: number;
  /** In what rank it was taken last. */
  last: Priority;
}

/** How a queue is doing, for metrics. */
export interface QueueCounts {
  /** Keys that wait for a worker. */
  readonly ready: number;
  /** Keys that wait for a time. */
  readonly delayed: number;
  readonly workedOn: number;
}

/**
 * Keys to be worked on. One that is added twice before it is taken is taken once; one that is added while it is worked
 * on is worked on once more afterwards, never by two workers at once. A key that fails waits longer each time, and no
 * other key waits for it.
 *
 * @example
 * const queue = new WorkQueue();
 * queue.add('shop/web');
 * queue.add('shop/web');
 * for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
 *   try {
 *     console.log(`once: ${key}`);
 *     queue.forget(key);
 *   } catch {
 *     queue.retry(key);
 *   } finally {
 *     queue.done(key);
 *   }
 * }
 */
export class WorkQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #lines = new FairLines();
  readonly #takers = new Set<(key: string | undefined) => void>();
  readonly #whenIdle = new Set<() => void>();
  readonly #clock: Clock;
  readonly #options: WorkQueueOptions;
  #workedOn = 0;
  #isClosed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
  }

  /**
   * Something has changed. A key that waits after a failure goes on waiting, unless the priority is `high`: a failure
   * that is written into the object would else end its own wait.
   */
  add(key: string, { priority = 'normal', afterMs = 0 }: AddOptions = {}): void {
    if (this.#isClosed) return;
    const entry = this.#entryOf(key);
    if (afterMs > 0) this.#later(entry, priority, afterMs);
    else this.#now(entry, priority);
  }

  /** The work on a key has failed: it is tried again after a while. Answers with how long that is. */
  retry(key: string): number {
    const entry = this.#entryOf(key);
    entry.failures += 1;
    const { firstRetryMs = FIRST_RETRY_MS, longestRetryMs = LONGEST_RETRY_MS, random } = this.#options;
    const waitMs = backoffMs(entry.failures, firstRetryMs, longestRetryMs, random);
    if (this.#isClosed) return waitMs;
    this.#stopTimer(entry);
    this.#setTimer(entry, entry.last === 'low' ? 'low' : 'normal', waitMs);
    entry.isHeld = true;
    return waitMs;
  }

  /** The work on a key has succeeded: its failures no longer count. */
  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.failures = 0;
    if (entry.isHeld) this.#stopTimer(entry);
    this.#dropIfIdle(entry);
  }

  /** The next key, as soon as there is one; undefined once the queue is closed, or the signal is aborted. */
  take(signal?: AbortSignal): Promise<string | undefined> {
    if (this.#isClosed || signal?.aborted) return Promise.resolve(undefined);
    const key = this.#lines.shift();
    if (key !== undefined) return Promise.resolve(this.#begin(key));
    return new Promise((resolve) => {
      const take = (taken: string | undefined) => {
        this.#takers.delete(take);
        signal?.removeEventListener('abort', give);
        resolve(taken);
      };
      const give = () => take(undefined);
      this.#takers.add(take);
      signal?.addEventListener('abort', give, { once: true });
    });
  }

  /** To be called once for each key that was taken, whatever came of it. */
  done(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry?.isWorkedOn) return;
    entry.isWorkedOn = false;
    this.#workedOn -= 1;
    const { dirty } = entry;
    entry.dirty = undefined;
    if (dirty !== undefined && !this.#isClosed) this.#now(entry, dirty);
    this.#dropIfIdle(entry);
    if (this.#workedOn === 0) {
      for (const resolve of this.#whenIdle) resolve();
      this.#whenIdle.clear();
    }
  }

  /** How often in a row a key has failed. */
  failuresOf(key: string): number {
    return this.#entries.get(key)?.failures ?? 0;
  }

  /** How long the key that is worked on had waited for a worker. */
  waitedMs(key: string): number {
    const entry = this.#entries.get(key);
    return entry ? entry.takenAt - entry.readyAt : 0;
  }

  counts(): QueueCounts {
    let delayed = 0;
    for (const { timer } of this.#entries.values()) if (timer) delayed += 1;
    return { ready: this.#lines.size, delayed, workedOn: this.#workedOn };
  }

  /** Nothing is taken any more, and everybody who waits for a key hears the end. */
  close(): void {
    this.#isClosed = true;
    this.#lines.clear();
    for (const entry of this.#entries.values()) {
      entry.timer?.stop();
      entry.timer = undefined;
    }
    for (const take of [...this.#takers]) take(undefined);
  }

  /** Resolves once no key is worked on. */
  idle(): Promise<void> {
    if (this.#workedOn === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.add(resolve));
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const { flowOf = namespaceOf } = this.#options;
    const entry: Entry = {
      ...{ key, flow: flowOf(key), ready: undefined, readyAt: 0, takenAt: 0, isWorkedOn: false },
      ...{ dirty: undefined, timer: undefined, isHeld: false, failures: 0, last: 'normal' },
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #now(entry: Entry, priority: Priority): void {
    if (entry.isWorkedOn) {
      entry.dirty = higher(priority, entry.dirty);
      return;
    }
    if (entry.isHeld && priority !== 'high') return;
    this.#lineUp(entry, priority);
  }

  #lineUp(entry: Entry, priority: Priority): void {
    const { key, flow, ready } = entry;
    const rank = higher(priority, ready);
    if (rank === ready) return;
    if (ready !== undefined) this.#lines.remove(ready, flow, key);
    else entry.readyAt = this.#clock.monotonicMs();
    entry.ready = rank;
    this.#lines.push(rank, flow, key);
    this.#serve();
  }

  /** A taker that waits means that no key was ready before this one. */
  #serve(): void {
    const [take] = this.#takers;
    if (!take) return;
    const key = this.#lines.shift();
    if (key !== undefined) take(this.#begin(key));
  }

  #begin(key: string): string {
    const entry = this.#entries.get(key)!;
    entry.last = entry.ready!;
    entry.ready = undefined;
    entry.isWorkedOn = true;
    this.#workedOn += 1;
    entry.takenAt = this.#clock.monotonicMs();
    // Whatever it waited for is served by the work that begins now.
    this.#stopTimer(entry);
    return key;
  }

  /** The earlier of two times counts, since who works on a key says anew when to look again. */
  #later(entry: Entry, priority: Priority, afterMs: number): void {
    const { timer, isHeld } = entry;
    if (isHeld || (timer && timer.at < this.#clock.monotonicMs() + afterMs)) return;
    timer?.stop();
    this.#setTimer(entry, timer ? higher(priority, timer.priority) : priority, afterMs);
  }

  #setTimer(entry: Entry, priority: Priority, afterMs: number): void {
    const at = this.#clock.monotonicMs() + afterMs;
    const stop = this.#clock.startTimer(afterMs, () => {
      entry.timer = undefined;
      entry.isHeld = false;
      this.#now(entry, priority);
    });
    entry.timer = { at, priority, stop };
  }

  #stopTimer(entry: Entry): void {
    entry.timer?.stop();
    entry.timer = undefined;
    entry.isHeld = false;
  }

  /** So that a queue does not grow with every key that it ever had. */
  #dropIfIdle(entry: Entry): void {
    const { isWorkedOn, ready, timer, failures, key } = entry;
    if (isWorkedOn || ready !== undefined || timer || failures > 0) return;
    this.#entries.delete(key);
  }
}

function namespaceOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}
