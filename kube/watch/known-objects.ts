import type { KubeObject, Stored } from '../resource';
import type { WatchEvent } from './event';

/** What a watch tells. */
export type Change<Kind extends KubeObject> =
  | { readonly type: 'added' | 'modified'; readonly object: Stored<Kind> }
  | {
      readonly type: 'deleted';
      readonly object: Stored<Kind>;
      /** The deletion itself was not seen: `object` is what was last known of it, not its final state. */
      readonly finalStateUnknown: boolean;
    }
  /** Everything that existed when the watch began has been told. Comes once. */
  | { readonly type: 'synced' };

/**
 * What the consumer of a watch has been told so far. Turns lists and events into the changes between that and the
 * server's state, so that repeated events tell nothing and missed deletions are told.
 */
export class KnownObjects<Kind extends KubeObject> {
  readonly #objects = new Map<string, Stored<Kind>>();
  #version = '';

  /** Where a watch has to go on. */
  get version(): string {
    return this.#version;
  }

  /** The object as it is known, where this is the same state of it: so that a state is held once. */
  same(object: Stored<Kind>): Stored<Kind> {
    const known = this.#objects.get(keyOf(object));
    const { uid, resourceVersion } = object.metadata;
    return known?.metadata.uid === uid && known.metadata.resourceVersion === resourceVersion ? known : object;
  }

  listed(items: readonly Stored<Kind>[], version: string): Change<Kind>[] {
    this.#version = version;
    const listed = new Set(items.map(keyOf));
    const changes: Change<Kind>[] = [];
    for (const [key, object] of this.#objects) {
      if (!listed.has(key)) changes.push(...this.#forget(key, object, true));
    }
    for (const item of items) {
      if (this.#objects.get(keyOf(item))?.metadata.resourceVersion !== item.metadata.resourceVersion) {
        changes.push(...this.#remember(item));
      }
    }
    return changes;
  }

  /** Events that are not newer than the last one are repetitions and change nothing. */
  heard(event: WatchEvent<Kind>): Change<Kind>[] {
    const version = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
    if (!isNewer(version, this.#version)) return [];
    this.#version = version;
    if (event.type === 'BOOKMARK') return [];
    if (event.type !== 'DELETED') return this.#remember(event.object);
    const key = keyOf(event.object);
    const known = this.#objects.get(key);
    if (!known) return [];
    const same = known.metadata.uid === event.object.metadata.uid;
    return this.#forget(key, same ? event.object : known, !same);
  }

  #remember(object: Stored<Kind>): Change<Kind>[] {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    const replaced = known !== undefined && known.metadata.uid !== object.metadata.uid;
    const before = replaced ? this.#forget(key, known, true) : [];
    this.#objects.set(key, object);
    return [...before, { type: known && !replaced ? 'modified' : 'added', object }];
  }

  #forget(key: string, object: Stored<Kind>, finalStateUnknown: boolean): Change<Kind>[] {
    this.#objects.delete(key);
    return [{ type: 'deleted', object, finalStateUnknown }];
  }
}

export function keyOf(object: KubeObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

/** Versions are decimal numbers that only grow; a server with other ones can only be asked whether they differ. */
export function isNewer(version: string, than: string): boolean {
  if (!isCounted(version) || !isCounted(than)) return version !== than;
  return BigInt(version) > BigInt(than);
}

/** Whether it says which of two is the newer one. */
export function isCounted(version: string): boolean {
  return /^\d+$/.test(version);
}
