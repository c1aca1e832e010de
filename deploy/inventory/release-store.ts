import { ApiError, groupOf, isRecord } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { byKey, keyOf, type ObjectRef } from '../objects/object-ref';
import { Blobs, damaged } from './blobs';
import { APPLYSET_ID, RELEASE_LABEL, type Release, secrets } from './names';

/** An object that was applied, or is about to be. */
export interface Entry extends ObjectRef {
  readonly apiVersion: string;
  /** The name of its resource: with it the CRD is found when this version is no longer served. */
  readonly plural: string;
  /** The proof that the object is as it was wanted; see digestOf. */
  readonly digest?: string;
}

/** One set of objects that was applied. */
export interface Revision {
  readonly revision: number;
  /** `applying` is left by a run that was killed. */
  readonly state: 'applying' | 'good' | 'failed';
  /** When it was begun, in ISO 8601. */
  readonly at: string;
  readonly objects: number;
  readonly blobs: readonly string[];
  /** What its objects were made of, in the words of who has applied them. */
  readonly source?: string;
}

/** What is remembered of a release. */
export interface Remembered {
  readonly inventory: readonly Entry[];
  /** The newest last. */
  readonly revisions: readonly Revision[];
}

export const NOTHING: Remembered = { inventory: [], revisions: [] };

interface State {
  readonly format: 1;
  readonly inventory: readonly string[];
  readonly revisions: readonly Revision[];
}

/** What a release is in the cluster: a parent that is read and written whole, and the blobs that it names. */
export class ReleaseStore {
  readonly #api: ClusterApi;
  readonly #release: Release;
  readonly #blobs: Blobs;
  #parent: Live | undefined;
  #state: State | undefined;

  constructor(api: ClusterApi, release: Release) {
    this.#api = api;
    this.#release = release;
    this.#blobs = new Blobs(api, release);
  }

  /** The version of the parent that was last read or written; undefined for a release that is not there. */
  get version(): string | undefined {
    return this.#parent?.metadata.resourceVersion;
  }

  async read(): Promise<Remembered> {
    const { namespace, parent } = this.#release;
    this.#parent = await this.#api.get(secrets, { namespace, name: parent });
    this.#state = this.#parent && this.#stateIn(this.#parent);
    if (!this.#state) return NOTHING;
    const inventory = (await this.#blobs.read(this.#state.inventory)) as readonly Entry[];
    return { inventory, revisions: this.#state.revisions };
  }

  /** The same, and nothing for who may not read it: a plan tells all rights that are missing, this one among them. */
  async readIfAllowed(): Promise<Remembered> {
    try {
      return await this.read();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'FORBIDDEN') return NOTHING;
      throw error;
    }
  }

  /** Writes content of a revision, before the parent names it. */
  writeObjects(objects: readonly object[]): Promise<string[]> {
    return this.#blobs.write(objects, this.#named());
  }

  async objectsOf({ blobs }: Revision): Promise<readonly unknown[]> {
    return (await this.#blobs.read(blobs)) as readonly unknown[];
  }

  /** In force at once and whole. Fails with CONFLICT when somebody else has written since this store has read. */
  async write({ inventory, revisions }: Remembered): Promise<void> {
    const { namespace, parent: name } = this.#release;
    const sorted = [...inventory].sort(byKey);
    const state: State = {
      format: 1,
      inventory: await this.#blobs.write(sorted, this.#named()),
      revisions,
    };
    const content = this.#content(sorted, state);
    this.#parent = this.#parent
      ? await this.#api.change(secrets, { namespace, name }, withVersion(content, this.#parent))
      : await this.#api.create(secrets, {
          apiVersion: 'v1',
          kind: 'Secret',
          ...content,
          type: 'drydock.dev/release',
        });
    this.#state = state;
  }

  /** Removes blobs that the parent does not name. Only for whoever has the lock. */
  sweep(): Promise<void> {
    return this.#blobs.sweep(this.#named());
  }

  /** Removes all that is remembered, the parent first: what is left then is found by no one and swept by the next. */
  async forget(): Promise<void> {
    const { namespace, parent: name } = this.#release;
    if (this.#parent) {
      const { uid, resourceVersion } = this.#parent.metadata;
      await this.#api.remove(secrets, { namespace, name }, { uid, resourceVersion });
    }
    this.#parent = undefined;
    this.#state = undefined;
    await this.sweep();
  }

  #named(): ReadonlySet<string> {
    const { inventory = [], revisions = [] } = this.#state ?? {};
    return new Set([...inventory, ...revisions.flatMap(({ blobs }) => blobs)]);
  }

  #content(inventory: readonly Entry[], state: State) {
    const { name, namespace, parent, id } = this.#release;
    const kinds = new Set(
      inventory.map(({ apiVersion, kind }) => [kind, groupOf(apiVersion)].filter(Boolean).join('.')),
    );
    const namespaces = new Set(inventory.flatMap((entry) => entry.namespace ?? []));
    namespaces.delete(namespace);
    return {
      metadata: {
        name: parent,
        namespace,
        labels: { [APPLYSET_ID]: id, [RELEASE_LABEL]: name },
        annotations: {
          'applyset.kubernetes.io/tooling': 'drydock/v1.0.0',
          'applyset.kubernetes.io/contains-group-kinds': [...kinds].sort().join(','),
          'applyset.kubernetes.io/additional-namespaces': [...namespaces].sort().join(','),
        },
      },
      data: { state: Buffer.from(JSON.stringify(state)).toString('base64') },
    };
  }

  #stateIn(parent: Live): State {
    const { data } = parent;
    const text = isRecord(data) && typeof data.state === 'string' ? data.state : '';
    try {
      const state: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
      if (isRecord(state) && state.format === 1) return state as unknown as State;
    } catch {
      // Told below.
    }
    throw damaged(this.#release, `Secret ${parent.metadata.name} without a state that can be read`);
  }
}

function withVersion<Content extends { readonly metadata: object }>(content: Content, { metadata }: Live) {
  const { resourceVersion } = metadata;
  return { ...content, metadata: { ...content.metadata, resourceVersion } };
}

/** All of both, each object once; of two versions the one of the second. */
export function union(one: readonly Entry[], other: readonly Entry[]): Entry[] {
  return [...new Map([...one, ...other].map((entry) => [keyOf(entry), entry])).values()];
}

/** Each object once, in one version. */
export function same(one: readonly Entry[], other: readonly Entry[]): boolean {
  const versions = new Map(one.map((entry) => [keyOf(entry), entry.apiVersion]));
  return (
    versions.size === other.length && other.every((entry) => versions.get(keyOf(entry)) === entry.apiVersion)
  );
}
