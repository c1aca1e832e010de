import type { ServerResponse } from 'node:http';
import type { KubeObject, Stored } from '../../kube';
import { type Seen, sendJson, statusBody } from '../../kube/testing-only/scripted-server';

interface Entry {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored<KubeObject>;
  /** What it was before. */
  readonly before: Stored<KubeObject> | undefined;
}

interface Watcher {
  readonly tell: (entry: Entry) => void;
  readonly expire: () => void;
}

/** What gives the objects of all collections their versions. */
export interface Versions {
  last: number;
}

/** The objects of one kind of a stand-in for an API server: lists, watches, and what each of them must say. */
export class Collection<Kind extends KubeObject> {
  readonly #objects = new Map<string, Stored<Kind>>();
  readonly #log: Entry[] = [];
  readonly #watchers = new Set<Watcher>();
  #oldest = 0;

  constructor(
    readonly kind: string,
    readonly versions: Versions,
  ) {}

  get all(): readonly Stored<Kind>[] {
    return [...this.#objects.values()];
  }

  /** How many watches are open. */
  get watches(): number {
    return this.#watchers.size;
  }

  get(name: string): Stored<Kind> | undefined {
    return this.#objects.get(name);
  }

  /** Adds it, or puts it in the place of what has its name. */
  put(object: Kind & { readonly metadata: { readonly name: string; readonly uid: string } }): Stored<Kind> {
    const { name } = object.metadata;
    return this.#record(this.#objects.has(name) ? 'MODIFIED' : 'ADDED', object);
  }

  remove(name: string): void {
    const object = this.#objects.get(name);
    if (object) this.#record('DELETED', object);
  }

  /** What etcd has compacted: every watch of now is told that its version is gone. */
  expireWatches(): void {
    this.versions.last += 1;
    this.#oldest = this.versions.last;
    for (const watcher of [...this.#watchers]) watcher.expire();
  }

  list(seen: Seen, response: ServerResponse): void {
    const items = this.all.filter((object) => isSelected(object, seen.query));
    const metadata = { resourceVersion: String(this.versions.last) };
    sendJson(response, 200, { kind: `${this.kind}List`, apiVersion: 'v1', metadata, items });
  }

  watch(seen: Seen, response: ServerResponse): void {
    const since = Number(seen.query.get('resourceVersion'));
    const line = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watcher: Watcher = {
      // One that leaves the selection is told as deleted.
      tell: ({ type, object, before }) => {
        if (isSelected(object, seen.query)) line(type, object);
        else if (before && isSelected(before, seen.query)) line('DELETED', object);
      },
      expire: () => {
        this.#watchers.delete(watcher);
        line('ERROR', statusBody(410, 'Expired', 'too old resource version'));
        response.end();
      },
    };
    if (seen.query.has('sendInitialEvents')) {
      for (const object of this.all) if (isSelected(object, seen.query)) line('ADDED', object);
      line('BOOKMARK', {
        kind: this.kind,
        metadata: {
          resourceVersion: String(this.versions.last),
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      });
    } else if (since < this.#oldest) {
      watcher.expire();
      return;
    } else for (const entry of this.#log) if (entry.version > since) watcher.tell(entry);
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }

  #record(type: Entry['type'], given: KubeObject): Stored<Kind> {
    this.versions.last += 1;
    const version = this.versions.last;
    const metadata = { ...given.metadata, resourceVersion: String(version) };
    const object = { ...given, metadata } as Stored<Kind>;
    const before = this.#objects.get(object.metadata.name);
    if (type === 'DELETED') this.#objects.delete(object.metadata.name);
    else this.#objects.set(object.metadata.name, object);
    const entry = { version, type, object, before };
    this.#log.push(entry);
    for (const watcher of this.#watchers) watcher.tell(entry);
    return object;
  }
}

/** Selectors of equality, and of a label that is there, which are all that the runtime has. */
function isSelected({ metadata = {}, ...rest }: KubeObject, query: URLSearchParams): boolean {
  const { involvedObject, reason } = rest as { involvedObject?: { kind?: string }; reason?: string };
  const fields: Record<string, unknown> = {
    'metadata.name': metadata.name,
    'involvedObject.kind': involvedObject?.kind,
    reason,
  };
  return (
    termsOf(query.get('labelSelector')).every(([key, value]) => holds(metadata.labels?.[key], value)) &&
    termsOf(query.get('fieldSelector')).every(([key, value]) => holds(fields[key], value))
  );
}

function holds(found: unknown, value: string | undefined): boolean {
  return value === undefined ? found !== undefined : found === value;
}

function termsOf(selector: string | null): [key: string, value: string | undefined][] {
  return (selector ?? '')
    .split(',')
    .filter(Boolean)
    .map((term) => {
      const [key, value, ...more] = term.split('=');
      if (more.length > 0 || key?.startsWith('!')) throw new Error(`the stand-in has no selector ${term}`);
      return [key!, value];
    });
}
