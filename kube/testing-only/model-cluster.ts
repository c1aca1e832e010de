import type { ServerResponse } from 'node:http';
import { type Seen, sendJson, statusBody } from './scripted-server';

/** What the model keeps: enough of an object for a watch. */
export interface ModelObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly data: Readonly<Record<string, string>>;
}

interface LogEntry {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ModelObject;
}

/** The lists and watches of one collection, as the API server defines them, with every state remembered. */
export class ModelCluster {
  readonly #objects = new Map<string, ModelObject>();
  readonly #log: LogEntry[] = [];
  readonly #watchers = new Set<{ readonly tell: (entry: LogEntry) => void; readonly end: () => void }>();
  /** Every state that any object ever had: what a client tells must be one of them. */
  readonly everything = new Set<string>();
  /** The UIDs of what was deleted, and the states in which it was. */
  readonly deleted = new Set<string>();
  readonly finalStates = new Set<string>();
  /** Whether a watch can begin with all that exists, as servers from 1.34 on have it. */
  servesInitialEvents = true;
  #version = 100;
  #uid = 0;
  #oldest = 100;

  get objects(): ReadonlyMap<string, ModelObject> {
    return this.#objects;
  }

  set(name: string, value: string): void {
    this.put(name, { data: { value } });
  }

  /** The same with whatever else the object has; its identity is the model's. */
  put(
    name: string,
    parts: Partial<Omit<ModelObject, 'metadata'>> & { readonly metadata?: object },
  ): ModelObject {
    const known = this.#objects.get(name);
    this.#version += 1;
    this.#uid += known ? 0 : 1;
    const object: ModelObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: {},
      ...parts,
      metadata: {
        ...parts.metadata,
        name,
        namespace: 'here',
        uid: known?.metadata.uid ?? `uid-${this.#uid}`,
        resourceVersion: String(this.#version),
      },
    };
    this.#objects.set(name, object);
    this.#record({ version: this.#version, type: known ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  delete(name: string): void {
    const known = this.#objects.get(name);
    if (!known) return;
    this.#version += 1;
    this.#objects.delete(name);
    const metadata = { ...known.metadata, resourceVersion: String(this.#version) };
    const object = { ...known, metadata };
    this.deleted.add(metadata.uid);
    this.finalStates.add(stateOf(object));
    this.#record({ version: this.#version, type: 'DELETED', object });
  }

  /** Forgets history, as etcd does; watches from before it are refused with 410. */
  compact(): void {
    this.#oldest = this.#version;
    for (const watcher of this.#watchers) watcher.end();
  }

  bookmark(): void {
    const object = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(this.#version) },
    };
    for (const watcher of this.#watchers) {
      watcher.tell({ version: this.#version, type: 'BOOKMARK' as 'ADDED', object: object as ModelObject });
    }
  }

  handle(seen: Seen, response: ServerResponse): void {
    if (seen.query.get('watch')) this.#watch(seen, response);
    else this.#list(seen, response);
  }

  /** Pages are small, as a server may make them, so that paging happens; `limit=0` is all at once. */
  #list(seen: Seen, response: ServerResponse): void {
    const items = [...this.#objects.values()];
    const size = Number(seen.query.get('limit')) ? 3 : items.length + 1;
    const token = seen.query.get('continue');
    const [at, from] = token ? token.split('.').map(Number) : [this.#version, 0];
    if (at !== this.#version) {
      // A page of an older moment would need that moment's objects; as in a compacted etcd, it is gone.
      sendJson(response, 410, statusBody(410, 'Expired'));
      return;
    }
    const more = from! + size < items.length ? `${at}.${from! + size}` : '';
    sendJson(response, 200, {
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(at), continue: more },
      items: items.slice(from, from! + size),
    });
  }

  #watch(seen: Seen, response: ServerResponse): void {
    const since = Number(seen.query.get('resourceVersion'));
    const isWhole = seen.query.get('sendInitialEvents') === 'true';
    if (isWhole && !this.servesInitialEvents) {
      sendJson(response, 422, statusBody(422, 'Invalid', 'sendInitialEvents: Forbidden'));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const tell = ({ type, object }: LogEntry) => response.write(`${JSON.stringify({ type, object })}\n`);
    if (isWhole) {
      this.#watchAll(response, tell);
      return;
    }
    if (since < this.#oldest) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired') })}\n`);
      return;
    }
    for (const entry of this.#log) if (entry.version > since) tell(entry);
    this.#keepTelling(response, tell);
  }

  /** All that exists, in no order of versions, then what happens meanwhile, and the bookmark a moment later. */
  #watchAll(response: ServerResponse, tell: (entry: LogEntry) => void): void {
    let isOver = false;
    for (const object of this.#objects.values()) tell({ version: this.#version, type: 'ADDED', object });
    this.#keepTelling(response, (entry) => {
      if (isOver || (entry.type as string) !== 'BOOKMARK') tell(entry);
    });
    setTimeout(() => {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const metadata = { resourceVersion: String(this.#version), annotations };
      const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata };
      isOver = true;
      if (!response.writableEnded) response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }, 3);
  }

  #keepTelling(response: ServerResponse, tell: (entry: LogEntry) => void): void {
    const watcher = {
      tell,
      end: () => {
        this.#watchers.delete(watcher);
        response.end();
      },
    };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }

  #record(entry: LogEntry): void {
    this.#log.push(entry);
    this.everything.add(stateOf(entry.object));
    for (const watcher of this.#watchers) watcher.tell(entry);
  }
}

/** One state of one object, comparable. */
export function stateOf(object: {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}): string {
  const { name, uid, resourceVersion } = object.metadata;
  return [name, uid, resourceVersion, object.data?.value].join('|');
}
