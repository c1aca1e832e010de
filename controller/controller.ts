import {
  type Connection,
  KubeError,
  type KubeObject,
  type Resource,
  type Store,
  type StoreChange,
  type Stored,
} from '../kube';
import type { EventRecorder, Told } from './objects/events';
import { addressOf, keyOf } from './objects/key';
import { LastWritten } from './objects/last-written';
import type { Related } from './objects/related';
import { addFinalizer, hasFinalizer, removeFinalizer, writeStatus } from './objects/writes';
import { afterMsOf } from './options';
import { WorkQueue } from './queue/work-queue';

/** Look at the object again after this time, though nothing has changed. */
export interface Again {
  readonly afterMs: number;
}

/** What a reconcile works with. */
export interface Context {
  /** Reads and writes as long as this process leads; a write after that is refused before it is sent. */
  readonly connection: Connection;
  /** Aborted when the work has to end: the term is over, or the process ends. */
  readonly signal: AbortSignal;
  /**
   * Aborted when a person has changed the object meanwhile, or deletes it: what takes its time can be left, for the
   * reconcile is called anew. Of kinds without `metadata.generation` only labels, annotations and deletion count.
   */
  readonly changed: AbortSignal;
  /** How often in a row this object has failed before. */
  readonly failures: number;
  /** Tells people, as an event at the object. */
  tell(told: Told): void;
  /**
   * Merges into the status of the object, unless it says so already. Fails with CONFLICT when the object has changed since
   * it was read; then it is reconciled again.
   */
  status(status: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * Brings the world to what one object says. It is called for a change of the object, of what is related to it, and anew
 * after it has thrown, so it has to look at what is there and do what is missing; it never runs twice at once for one object.
 */
export type Reconcile<Kind extends KubeObject> = (
  object: Stored<Kind>,
  context: Context,
  // biome-ignore lint/suspicious/noConfusingVoidType: one that has nothing to say need not return
) => Promise<Again | undefined | void>;

export interface ControllerOptions<Kind extends KubeObject> {
  /** The kind whose objects are reconciled. */
  readonly of: Resource<Kind>;
  readonly reconcile: Reconcile<Kind>;
  /** For metrics. @default - the plural of the kind */
  readonly name?: string;
  /** Objects of other kinds whose changes wake one of ours. @default - none */
  readonly related?: readonly Related[];
  /** What else wakes objects, beside changes that a store sees. @default - nothing */
  readonly wakers?: readonly Waker[];
  /** What has to be done before a deleted object may go. @default - nothing */
  readonly finalizer?: Finalizer<Kind>;
  /** Such as `team=a`. @default - all objects */
  readonly labelSelector?: string;
  /** How many objects are worked on at once. @default 4 */
  readonly workers?: number;
  /** Every object is looked at again after so long, should a change have been missed. @default 36000000 (ten hours) */
  readonly resyncMs?: number;
  /** The wait after a first failure; it doubles. @default 200 */
  readonly firstRetryMs?: number;
  /** The longest wait after a failure. @default 300000 */
  readonly longestRetryMs?: number;
}

/**
 * Begins when this process leads, and answers with what ends it. It calls with the key (`namespace/name`) of an object that is
 * to be looked at now, such as one of which another system has told.
 *
 * @example
 * const everyMinute: Waker = (wake) => {
 *   const timer = setInterval(() => wake('shop/web'), 60_000);
 *   return () => clearInterval(timer);
 * };
 */
export type Waker = (wake: (key: string) => void) => () => void;

export interface Finalizer<Kind extends KubeObject> {
  /** Such as `example.com/greetings`: it is put into `metadata.finalizers` before the first reconcile. */
  readonly name: string;
  /** The object goes once this resolves; while it throws, it is called again and the object stays. */
  readonly finalize: Reconcile<Kind>;
}

/** What an operator lends to its controllers for one term. */
export interface Lent {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly events: EventRecorder;
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface Outcome {
  readonly controller: string;
  readonly key: string;
  readonly result: 'success' | 'again' | 'error';
  readonly error?: unknown;
  readonly durationMs: number;
  readonly queuedMs: number;
  readonly retryMs?: number;
}

export const WORKERS = 4;
export const RESYNC_MS = 36_000_000;

/** One controller while this process leads. */
export class RunningController<Kind extends KubeObject> {
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions<Kind>;
  readonly #store: Store<Kind>;
  readonly #related: ReadonlyArray<readonly [Related, Store<KubeObject>]>;
  /** What people say of each object, as it was last seen. */
  readonly #said = new Map<string, string>();
  /** What is worked on now, and what people said of it when that began. */
  readonly #working = new Map<string, { readonly meant: string; readonly changed: AbortController }>();
  readonly #written = new LastWritten<Kind>();
  readonly #lent: Lent;
  readonly #forget: Array<() => void> = [];

  constructor(
    options: ControllerOptions<Kind>,
    store: Store<Kind>,
    related: ReadonlyArray<readonly [Related, Store<KubeObject>]>,
    lent: Lent,
  ) {
    this.#options = options;
    this.#store = store;
    this.#related = related;
    this.#lent = lent;
    this.queue = new WorkQueue(options);
  }

  /** To be called once the stores are filled. */
  start(): void {
    this.#forget.push(this.#store.onChange((change) => this.#changed(change)));
    for (const [related, store] of this.#related) this.#forget.push(this.#follow(related, store));
    const wake = (key: string) => this.queue.add(key, { priority: 'high' });
    for (const waker of this.#options.wakers ?? []) this.#forget.push(waker(wake));
    for (const object of this.#store.all()) {
      this.#said.set(keyOf(object), saidOf(object));
      this.queue.add(keyOf(object));
    }
    for (let worker = 0; worker < (this.#options.workers ?? WORKERS); worker += 1) void this.#work();
  }

  /** Nothing more is begun. */
  stop(): void {
    for (const forget of this.#forget.splice(0)) forget();
    this.queue.close();
  }

  /** A change that a person made goes first, and ends the wait after a failure. */
  #changed({ type, object }: StoreChange<Kind>): void {
    const key = keyOf(object);
    const before = this.#said.get(key);
    const said = saidOf(object);
    if (type === 'deleted') this.#said.delete(key);
    else this.#said.set(key, said);
    if (type === 'modified' && before === said) return;
    const working = this.#working.get(key);
    if (working && (type === 'deleted' || working.meant !== meantBy(object))) working.changed.abort();
    this.queue.add(key, { priority: type === 'modified' ? 'high' : 'normal' });
  }

  /** A change concerns whom the object concerned before, too: a label that is gone, an owner that has changed. */
  #follow(related: Related, store: Store<KubeObject>): () => void {
    const { keys, priority = 'high' } = related;
    const concerned = new Map(store.all().map((object) => [keyOf(object), [...keys(object)]]));
    return store.onChange(({ type, object }) => {
      const own = keyOf(object);
      const now = [...keys(object)];
      for (const key of new Set([...(concerned.get(own) ?? []), ...now])) this.queue.add(key, { priority });
      if (type === 'deleted') concerned.delete(own);
      else concerned.set(own, now);
    });
  }

  async #work(): Promise<void> {
    for (let key = await this.queue.take(); key !== undefined; key = await this.queue.take()) {
      const queuedMs = this.queue.waitedMs(key);
      const began = performance.now();
      const outcome = await this.#outcomeOf(key);
      this.queue.done(key);
      const controller = this.#options.name ?? this.#options.of.plural;
      this.#lent.onOutcome({ controller, key, queuedMs, durationMs: performance.now() - began, ...outcome });
    }
  }

  async #outcomeOf(key: string): Promise<Pick<Outcome, 'result' | 'error' | 'retryMs'>> {
    try {
      const again = await this.#reconcile(key);
      const next = this.#nextTime(again);
      this.queue.forget(key);
      if (this.#objectOf(key)) this.queue.add(key, next);
      return { result: again ? 'again' : 'success' };
    } catch (error) {
      return { result: 'error', error, retryMs: this.queue.retry(key) };
    } finally {
      this.#working.delete(key);
    }
  }

  #objectOf(key: string): Stored<Kind> | undefined {
    const { name, namespace } = addressOf(key);
    return this.#written.newest(key, this.#store.get(name, namespace));
  }

  #nextTime(again: Again | undefined) {
    if (again) return { afterMs: afterMsOf(again) };
    // Spread, so that not all of them come at the same moment.
    const resyncMs = (this.#options.resyncMs ?? RESYNC_MS) * (0.9 + Math.random() / 10);
    return { afterMs: resyncMs, priority: 'low' as const };
  }

  async #reconcile(key: string): Promise<Again | undefined> {
    const object = this.#objectOf(key);
    if (!object) return undefined;
    const { of, finalizer, reconcile } = this.#options;
    const { connection } = this.#lent;
    if (object.metadata.deletionTimestamp) {
      if (!finalizer || !hasFinalizer(object, finalizer.name)) return undefined;
      const again = await finalizer.finalize(object, this.#contextOf(object, key));
      if (again) return again;
      await removeFinalizer(connection, of, object, finalizer.name).catch(ifGone);
      return undefined;
    }
    const held =
      finalizer && !hasFinalizer(object, finalizer.name)
        ? await addFinalizer(connection, of, object, finalizer.name)
        : object;
    this.#written.note(key, held);
    return (await reconcile(held, this.#contextOf(held, key))) ?? undefined;
  }

  #contextOf(object: Stored<Kind>, key: string): Context {
    const { connection, signal, events } = this.#lent;
    const changed = new AbortController();
    this.#working.set(key, { meant: meantBy(object), changed });
    let current = object;
    return {
      connection,
      signal,
      changed: changed.signal,
      failures: this.queue.failuresOf(key),
      tell: (told) => void events.tell(object, told),
      status: async (status) => {
        current = await writeStatus(connection, this.#options.of, current, status);
        this.#written.note(key, current);
      },
    };
  }
}

/** All but the status, which a controller writes. Kinds without a generation cannot say, so every change of theirs counts. */
function saidOf({ metadata }: Stored<KubeObject>): string {
  const { uid, generation, resourceVersion, labels, annotations, finalizers, deletionTimestamp } = metadata;
  return JSON.stringify([
    ...[uid, generation ?? resourceVersion, labels, annotations],
    ...[finalizers, deletionTimestamp],
  ]);
}

/** What a controller writes itself is left out: its finalizer, too. */
function meantBy({ metadata }: Stored<KubeObject>): string {
  const { uid, generation, labels, annotations, deletionTimestamp } = metadata;
  return JSON.stringify([uid, generation, labels, annotations, deletionTimestamp]);
}

function ifGone(error: unknown): void {
  if (!(error instanceof KubeError && error.code === 'NOT_FOUND')) throw error;
}
