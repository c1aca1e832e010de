import { ApiError, isRecord } from './api-error';
import type { CallOptions } from './call';
import type { Connection } from './connection';
import { discover, resourceIn, type ServedResource } from './discovery';
import { readIfChanged, type Tagged } from './if-changed';
import type { KubeObject, Resource } from './resource';

/** What a document of the whole server has: by apiVersion, what is served under it. */
type Served = ReadonlyMap<string, readonly ServedResource[]>;

/** What is known is asked for again after this long; the answer then is that nothing has changed, without a body. */
const believedMs = 1_000;
/** A server that cannot write this (before 1.30) answers with what it can. */
const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** One of the two documents in which a server says what it serves: the core group is in one, all others are in the other. */
interface Document {
  readonly path: string;
  known: Tagged<Served> | undefined;
  asked: { readonly at: number; readonly served: Promise<Served> } | undefined;
}

const documentAt = (path: string): Document => ({ path, known: undefined, asked: undefined });

/**
 * What a server serves, all of it by two calls, whatever is asked for; a kind that appears or goes is seen within a second. A server that cannot say it all
 * at once, and a group whose own server is away, are asked for each apiVersion.
 */
export class Discovery {
  readonly #connection: Connection;
  readonly #options: CallOptions;
  readonly #core = documentAt('/api');
  readonly #groups = documentAt('/apis');
  readonly #alone = new Map<
    string,
    { readonly at: number; readonly served: Promise<readonly ServedResource[]> }
  >();

  constructor(connection: Connection, options: CallOptions = {}) {
    this.#connection = connection;
    this.#options = options;
  }

  /** What the server serves under `apiVersion`, or ApiError NOT_FOUND. */
  async served(apiVersion: string): Promise<readonly ServedResource[]> {
    const all = await this.#all(apiVersion.includes('/') ? this.#groups : this.#core);
    return all.get(apiVersion) ?? this.#ofOne(apiVersion);
  }

  /** How a kind is addressed, or KubeError KIND_UNKNOWN. */
  async find<Kind extends KubeObject>(
    apiVersion: Kind['apiVersion'],
    kind: Kind['kind'],
  ): Promise<Resource<Kind>> {
    return resourceIn(await this.served(apiVersion), apiVersion, kind);
  }

  #all(document: Document): Promise<Served> {
    const known = document.asked;
    if (known && Date.now() - known.at < believedMs) return known.served;
    const served = this.#read(document);
    const asked = { at: Date.now(), served };
    document.asked = asked;
    served.catch(() => {
      // The next one asks again, at once.
      if (document.asked === asked) document.asked = undefined;
    });
    return served;
  }

  async #read(document: Document): Promise<Served> {
    const call = { ...this.#options, path: document.path, resource: 'discovery', headers: { accept } };
    document.known = await orNone(readIfChanged(this.#connection, call, document.known, servedIn));
    return document.known.answer;
  }

  /** What is in no document: nothing, most often, and the server says so in its own words. */
  #ofOne(apiVersion: string): Promise<readonly ServedResource[]> {
    const known = this.#alone.get(apiVersion);
    if (known && Date.now() - known.at < believedMs) return known.served;
    const served = discover(this.#connection, apiVersion, this.#options);
    this.#alone.set(apiVersion, { at: Date.now(), served });
    served.catch(() => this.#alone.delete(apiVersion));
    return served;
  }
}

/** A way to a server may lead to some of its groups alone. */
async function orNone(read: Promise<Tagged<Served>>): Promise<Tagged<Served>> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND')
      return { answer: new Map(), etag: undefined };
    throw error;
  }
}

interface GroupVersion {
  readonly version: string;
  readonly freshness?: string;
  readonly resources?: readonly ResourceDiscovery[];
}

interface ResourceDiscovery {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string } | null;
  readonly scope: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
}

/** Empty for a list of names, which older servers answer with. What an aggregated server did not answer is left out: it is asked itself. */
function servedIn(document: unknown): Served {
  const served = new Map<string, readonly ServedResource[]>();
  if (!isRecord(document) || document.kind !== 'APIGroupDiscoveryList') return served;
  const items = (document.items ?? []) as ReadonlyArray<{
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly GroupVersion[];
  }>;
  for (const { metadata, versions } of items) {
    const group = metadata?.name ?? '';
    for (const { version, freshness, resources } of versions ?? []) {
      if (freshness === 'Stale') continue;
      served.set(group === '' ? version : `${group}/${version}`, (resources ?? []).map(resourceOf));
    }
  }
  return served;
}

function resourceOf({
  resource: name,
  responseKind,
  scope,
  verbs,
  shortNames,
}: ResourceDiscovery): ServedResource {
  return {
    ...{ name, kind: responseKind?.kind ?? '', namespaced: scope === 'Namespaced', verbs: verbs ?? [] },
    ...(shortNames && { shortNames }),
  };
}
