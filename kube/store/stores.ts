import { checkCount } from '../amounts';
import { checkObject, checkTexts } from '../arguments';
import type { Connection } from '../connection';
import type { KubeError } from '../errors';
import { limitOf, withinLimit } from '../limit';
import type { Selection } from '../list';
import { collectionPath, type KubeObject, type Resource, type Stored } from '../resource';
import { type WatchOptions, type WatchStatus, type WatchTiming, watch } from '../watch/watch';
import { closed, SharedStore, type StoreChange } from './shared-store';

export interface StoresOptions extends Pick<WatchOptions, 'keep'> {
  /** How many objects a store may hold; with more it ends, and says so to all who read it. @default 100000 */
  readonly maxObjects?: number;
  readonly timing?: Partial<WatchTiming>;
}

/** The objects of a selection as they are now, kept up to date by a watch. A reader of it, to be closed by its owner. */
export interface Store<Kind extends KubeObject> {
  /** The namespace is left out for kinds that have none. */
  get(name: string, namespace?: string): Stored<Kind> | undefined;
  all(): readonly Stored<Kind>[];
  inNamespace(namespace: string): readonly Stored<Kind>[];
  /** By the UID of an owner. */
  ownedBy(uid: string): readonly Stored<Kind>[];
  /**
   * Calls for each change from now on, when the store holds it already. What the listener throws is ignored.
   *
   * @returns what ends it
   */
  onChange(listener: (change: StoreChange<Kind>) => void): () => void;
  status(): WatchStatus;
  /** The watch ends with its last reader. */
  close(): void;
}

const maxObjects = 100_000;

/**
 * The stores of one connection: who reads the same selection of a kind shares its watch, which lives as long as one of
 * them does. A store can be read when all that exists is in it, and not before; from then on it survives all that a
 * watch survives, and is at times older than the cluster.
 *
 * @example
 * const stores = new Stores(connection);
 * const pods = await stores.open(resource<Pod>('v1', 'Pod'), { namespace: 'shop' });
 * for (const { metadata } of pods.ownedBy(replicaSet.metadata.uid)) console.log(metadata.name);
 * pods.close();
 */
export class Stores {
  readonly #connection: Connection;
  readonly #options: StoresOptions;
  readonly #shared = new Map<string, SharedStore<KubeObject>>();

  constructor(connection: Connection, options: StoresOptions = {}) {
    checkObject('new Stores', 'options', options);
    checkCount('new Stores', 1, { maxObjects: options.maxObjects });
    this.#connection = connection;
    this.#options = options;
  }

  /** How many watches there are. */
  get watches(): number {
    return this.#shared.size;
  }

  /**
   * Resolves when all that exists is in it. Rejects with the error that no repetition mends (no right, no such kind), and
   * when the signal ends the wait; else it waits as long as the server is away.
   */
  async open<Kind extends KubeObject>(
    of: Resource<Kind>,
    selection: Selection = {},
    signal?: AbortSignal,
  ): Promise<Store<Kind>> {
    const where = `store of ${of.kind}`;
    checkObject(where, 'selection', selection);
    const { namespace, labelSelector, fieldSelector } = selection;
    checkTexts(where, { namespace, labelSelector, fieldSelector });
    const path = collectionPath(this.#connection, of, namespace);
    const key = JSON.stringify([path, of.kind, of.only ?? '', labelSelector ?? '', fieldSelector ?? '']);
    const known = this.#shared.get(key) as SharedStore<Kind> | undefined;
    const shared =
      known ?? this.#begin(of, { namespace, labelSelector, fieldSelector }, `STORE ${path}`, key);
    const reader = readerOf(shared);
    const limit = limitOf(this.#connection, signal, undefined, `STORE ${path}`);
    try {
      await withinLimit(shared.synced, limit);
      return reader;
    } catch (error) {
      reader.close();
      throw error;
    } finally {
      limit.clear();
    }
  }

  #begin<Kind extends KubeObject>(
    of: Resource<Kind>,
    selection: Pick<WatchOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>,
    where: string,
    key: string,
  ): SharedStore<Kind> {
    const { keep, timing } = this.#options;
    const watching = watch(this.#connection, of, {
      ...selection,
      initialEvents: true,
      ...(keep && { keep }),
      ...(timing && { timing }),
    });
    const shared = new SharedStore<Kind>(watching, where, this.#options.maxObjects ?? maxObjects, () => {
      if (this.#shared.get(key) === (shared as unknown)) this.#shared.delete(key);
    });
    this.#shared.set(key, shared as unknown as SharedStore<KubeObject>);
    return shared;
  }
}

/** One reader more. */
function readerOf<Kind extends KubeObject>(shared: SharedStore<Kind>): Store<Kind> {
  let failure: KubeError | undefined;
  const mine = new Set<(change: StoreChange<Kind>) => void>();
  shared.readers += 1;
  /** A store that has ended must not look like one that is empty. */
  const objects = () => {
    const why = failure ?? shared.failure;
    if (why) throw why;
    return shared.objects;
  };
  return {
    get: (name, namespace) => objects().get(name, namespace),
    all: () => objects().all(),
    inNamespace: (namespace) => objects().inNamespace(namespace),
    ownedBy: (uid) => objects().ownedBy(uid),
    onChange: (listener) => {
      objects();
      // A function of its own, so that one listener can be given twice, by two readers.
      const told = (change: StoreChange<Kind>) => listener(change);
      mine.add(told);
      shared.listeners.add(told);
      return () => {
        mine.delete(told);
        shared.listeners.delete(told);
      };
    },
    status: () => shared.watching.status(),
    close: () => {
      if (failure) return;
      failure = closed(shared.where);
      for (const told of mine) shared.listeners.delete(told);
      shared.readers -= 1;
      if (shared.readers > 0) return;
      shared.forget();
      shared.watching.close();
    },
  };
}
