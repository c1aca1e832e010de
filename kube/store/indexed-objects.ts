import type { KubeObject, Stored } from '../resource';
import { keyOf } from '../watch/known-objects';

type Objects<Kind extends KubeObject> = Map<string, Stored<Kind>>;

/** Objects of one kind, found by name, by namespace and by what owns them. */
export class IndexedObjects<Kind extends KubeObject> {
  readonly #all: Objects<Kind> = new Map();
  readonly #byNamespace = new Map<string, Objects<Kind>>();
  readonly #byOwner = new Map<string, Objects<Kind>>();

  get size(): number {
    return this.#all.size;
  }

  set(object: Stored<Kind>): void {
    const key = keyOf(object);
    // Its owners may be other ones now.
    this.delete(object);
    this.#all.set(key, object);
    for (const [index, value] of this.#placesOf(object)) {
      const found = index.get(value);
      if (found) found.set(key, object);
      else index.set(value, new Map([[key, object]]));
    }
  }

  /** By its name: what is known of it may be an older state than the one that is given. */
  delete(object: KubeObject): void {
    const key = keyOf(object);
    const known = this.#all.get(key);
    if (!known) return;
    this.#all.delete(key);
    for (const [index, value] of this.#placesOf(known)) {
      const found = index.get(value);
      found?.delete(key);
      // An index that kept its empty entries would grow with every namespace and owner that ever was.
      if (found?.size === 0) index.delete(value);
    }
  }

  get(name: string, namespace = ''): Stored<Kind> | undefined {
    return this.#all.get(`${namespace}/${name}`);
  }

  all(): Stored<Kind>[] {
    return [...this.#all.values()];
  }

  inNamespace(namespace: string): Stored<Kind>[] {
    return [...(this.#byNamespace.get(namespace)?.values() ?? [])];
  }

  ownedBy(uid: string): Stored<Kind>[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** How many entries the indexes have, empty ones too. */
  get entries(): number {
    return this.#byNamespace.size + this.#byOwner.size;
  }

  #placesOf({ metadata }: Stored<Kind>): Array<readonly [Map<string, Objects<Kind>>, string]> {
    const owners = (metadata.ownerReferences ?? []).map(({ uid }) => [this.#byOwner, uid] as const);
    return [[this.#byNamespace, metadata.namespace ?? ''], ...owners];
  }
}
