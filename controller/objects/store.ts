import {
  type Connection,
  type KubeObject,
  onAbort,
  type Resource,
  type Selection,
  type Stored,
  watch,
} from '../../kube';

/** One object that is there, was changed, or is gone. */
export interface StoreChange<Kind extends KubeObject = KubeObject> {
  readonly key: string;
  readonly before: Stored<Kind> | undefined;
  readonly now: Stored<Kind> | undefined;
}

/** The objects of a kind as they were last seen. What it gives is shared: nobody may change it. */
export interface ObjectStore<Kind extends KubeObject = KubeObject> {
  get(key: string): Stored<Kind> | undefined;
  all(): Iterable<Stored<Kind>>;
  /** Told of every change from now on. Answers with how to forget the listener. */
  onChange(listener: (change: StoreChange<Kind>) => void): () => void;
  /** Resolves once all that was there has been seen; rejects where it can never be. */
  readonly synced: Promise<void>;
  close(): void;
}

/** `namespace/name`, or the name alone of what is in no namespace. */
export function keyOf({ metadata }: KubeObject): string {
  const { namespace, name = '' } = metadata ?? {};
  return namespace ? `${namespace}/${name}` : name;
}

/** A store that one watch fills. */
export function watchedStore<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  selection: Selection,
): ObjectStore<Kind> {
  const objects = new Map<string, Stored<Kind>>();
  const listeners = new Set<(change: StoreChange<Kind>) => void>();
  const changes = watch(connection, of, selection);
  const set = (object: Stored<Kind>, now: Stored<Kind> | undefined) => {
    const key = keyOf(object);
    const before = objects.get(key);
    if (now) objects.set(key, now);
    else objects.delete(key);
    for (const listener of listeners) listener({ key, before, now });
  };
  const synced = new Promise<void>((resolve, reject) => {
    const read = async () => {
      for (let next = await changes.next(); !next.done; next = await changes.next()) {
        const change = next.value;
        if (change.type === 'synced') resolve();
        else set(change.object, change.type === 'deleted' ? undefined : change.object);
      }
    };
    onAbort(connection.closing, resolve);
    read().then(resolve, reject);
  });
  // Whoever waits for it hears of the error; without anybody it is no crash.
  synced.catch(() => {});
  return {
    get: (key) => objects.get(key),
    all: () => objects.values(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    synced,
    close: () => changes.close(),
  };
}
