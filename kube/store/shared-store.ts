import { KubeError } from '../errors';
import { tellQuietly } from '../hooks';
import type { KubeObject } from '../resource';
import type { Change } from '../watch/known-objects';
import type { Watch } from '../watch/watch';
import { IndexedObjects } from './indexed-objects';

/** What a reader of a store is told: its beginning is what it can read. */
export type StoreChange<Kind extends KubeObject> = Exclude<Change<Kind>, { readonly type: 'synced' }>;

/** One watch and what it has told, for all who read it. */
export class SharedStore<Kind extends KubeObject> {
  readonly objects = new IndexedObjects<Kind>();
  readonly listeners = new Set<(change: StoreChange<Kind>) => void>();
  /** Who has opened it and not closed it yet. */
  readers = 0;
  /** Why it is no longer true; undefined as long as it is. */
  failure: KubeError | undefined;
  /** Resolves when all that exists is here. */
  readonly synced: Promise<void>;

  /** @param forget called when nobody else can be given this store any more */
  constructor(
    readonly watching: Watch<Kind>,
    readonly where: string,
    readonly maxObjects: number,
    readonly forget: () => void,
  ) {
    this.synced = new Promise((resolve, reject) => {
      this.#read(resolve).catch((error: KubeError) => {
        this.failure = error;
        watching.close();
        forget();
        reject(error);
      });
    });
    // Who opens it waits for it; when all of them have given up, there is nobody to be told.
    this.synced.catch(() => undefined);
  }

  async #read(resolve: () => void): Promise<never> {
    for (;;) {
      const { value: change, done } = await this.watching.next();
      if (done) throw closed(this.where);
      if (change.type === 'synced') {
        resolve();
        continue;
      }
      if (change.type === 'deleted') this.objects.delete(change.object);
      else this.objects.set(change.object);
      if (this.objects.size > this.maxObjects) throw tooMany(this.where, this.maxObjects);
      for (const listener of [...this.listeners]) tellQuietly(listener, change);
    }
  }
}

export function closed(where: string): KubeError {
  return new KubeError('CLOSED', {
    where,
    found: 'a store that was closed',
    expected: 'an open one',
    remedy: 'close a store, and its connection, after the last look at it',
  });
}

function tooMany(where: string, maxObjects: number): KubeError {
  return new KubeError('RESPONSE_TOO_LARGE', {
    where,
    found: 'more objects',
    expected: `at most ${maxObjects} in one store`,
    remedy: 'select fewer, by namespace or by labels, or raise `maxObjects`',
  });
}
