import { isDeepStrictEqual } from 'node:util';
import { kinds } from '../../imports/kinds';
import { ApiError, groupOf, type KubeObject, type Resource, type ServedResource } from '../../kube';
import {
  type ApplyHow,
  type At,
  type ClusterApi,
  type Live,
  type LiveMeta,
  MANAGER,
  type ManagedFields,
  type RemoveHow,
} from '../cluster/cluster-api';
import { fillIn, inside, leavesOf, mutate, normalised, objectOf, SEPARATOR } from './leaves';

type Json = Readonly<Record<string, unknown>>;

interface Kept {
  readonly live: Live;
  /** By manager, the paths of the fields that it owns. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * A stand-in for an API server, in memory: objects with versions and UIDs, preconditions, finalizers, namespaces, and
 * server-side apply by fields, where a list is one field. It is what thousands of cases run on; hundreds run on a real one.
 */
export class ModelApi implements ClusterApi {
  readonly namespace = 'here';
  readonly #objects = new Map<string, Kept>();
  /** No two clusters ever give the same UID. */
  static #made = 0;
  readonly #cluster = ++ModelApi.#made;
  #version = 0;
  #now = Date.parse('2026-01-01T00:00:00Z');
  /** Writes that changed anything: what a run without a change must not make. */
  writes = 0;
  /** Applies that were tried or done. */
  applies = 0;
  /** Are told of every change, as a watch of all kinds would tell it. */
  readonly followers = new Set<(type: 'added' | 'modified' | 'deleted', live: Live) => void>();
  /** The status of every Job, as its controller would write it. */
  jobStatus: Json = { conditions: [{ type: 'Complete', status: 'True' }] };
  /** That of every Rollout, where the server knows any. */
  rolloutStatus: Json = { phase: 'Healthy' };

  constructor(namespaces: readonly string[] = ['here', 'there']) {
    for (const name of namespaces) {
      this.edit('somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  }

  now = (): number => this.#now;

  wait(ms: number): void {
    this.#now += ms;
  }

  /** Every object, by kind, namespace and name. */
  get objects(): ReadonlyMap<string, Live> {
    return new Map([...this.#objects].map(([key, { live }]) => [key, live]));
  }

  served = async (apiVersion: string): Promise<readonly ServedResource[]> => {
    const builtIn = Object.entries(kinds[apiVersion] ?? {}).map(([kind, { plural, namespaced }]) => ({
      ...{ name: plural, kind, namespaced },
      verbs: [],
    }));
    return [...builtIn, ...this.#customKinds(apiVersion)];
  };

  #customKinds(apiVersion: string): ServedResource[] {
    return [...this.#objects.values()].flatMap(({ live }) => {
      const { spec } = live as { readonly spec?: CrdSpec };
      if (live.kind !== 'CustomResourceDefinition' || spec?.group !== groupOf(apiVersion)) return [];
      const { names, scope } = spec;
      return { name: names.plural, kind: names.kind, namespaced: scope === 'Namespaced', verbs: [] };
    });
  }

  schemas = async (): Promise<undefined> => undefined;

  get = async (of: Resource, at: At): Promise<Live | undefined> => this.#find(of, at)?.live;

  list = async (
    of: Resource,
    namespace: string | undefined,
    labelSelector: string,
  ): Promise<readonly Live[]> => {
    const [label = '', value] = labelSelector.split('=');
    return [...this.#objects.values()]
      .map(({ live }) => live)
      .filter(({ kind, metadata }) => kind === of.kind && metadata.labels?.[label] === value)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  };

  /** An account without the right to watch: everything is seen by looks. */
  follow = async (): Promise<undefined> => undefined;

  apply = async (of: Resource, object: KubeObject, how: ApplyHow = {}): Promise<Live> => {
    const at = atOf(object);
    const known = this.#find(of, at);
    checkNamed(object, known?.live);
    this.applies += 1;
    const wanted = normalised(leavesOf(object));
    const conflicts = known ? conflictsOf(known, wanted) : [];
    if (conflicts.length > 0 && !how.force) throw refusal(409, 'Conflict', 'fields', conflicts);
    const immutable = known ? immutableChanges(known.live, wanted) : [];
    if (immutable.length > 0) throw refusal(422, 'Invalid', 'immutable', immutable);
    const owners = new Map(known?.owners ?? []);
    const given = owners.get(MANAGER) ?? new Set();
    for (const { field } of conflicts) {
      for (const [manager, fields] of owners) {
        owners.set(manager, new Set([...fields].filter((one) => one !== field)));
      }
    }
    owners.set(MANAGER, new Set(wanted.keys()));
    const leaves = leavesOf(known?.live ?? object);
    for (const field of given) {
      if (!wanted.has(field) && ![...owners.values()].some((fields) => fields.has(field)))
        leaves.delete(field);
    }
    for (const [field, value] of wanted) leaves.set(field, value);
    fillIn(of, leaves);
    mutate(of, leaves);
    return this.#store(of, at, known, leaves, owners, how.dryRun ?? false);
  };

  create = async (of: Resource, object: KubeObject): Promise<Live> => {
    const at = atOf(object);
    if (this.#find(of, at)) throw refusal(409, 'AlreadyExists', `${at.name} is there`);
    const leaves = leavesOf(object);
    const owners = new Map([[MANAGER, new Set(leaves.keys())]]);
    return this.#store(of, at, undefined, leaves, owners, false);
  };

  change = async (
    of: Resource,
    at: At,
    merge: object,
    { dryRun = false }: Pick<ApplyHow, 'dryRun'> = {},
  ): Promise<Live> => {
    const known = this.#find(of, at);
    if (!known) throw refusal(404, 'NotFound', at.name);
    const { resourceVersion } =
      (merge as { readonly metadata?: { resourceVersion?: string } }).metadata ?? {};
    if (resourceVersion !== undefined && resourceVersion !== known.live.metadata.resourceVersion) {
      throw refusal(409, 'Conflict', 'the object has been modified');
    }
    return this.#merge(of, at, known, merge as Json, BY_CHANGE, dryRun);
  };

  remove = async (of: Resource, at: At, { uid, resourceVersion }: RemoveHow): Promise<'gone' | 'going'> => {
    const known = this.#find(of, at);
    if (!known) return 'gone';
    const { metadata } = known.live;
    if (uid !== metadata.uid || (resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion) {
      throw refusal(409, 'Conflict', 'Precondition failed');
    }
    this.writes += 1;
    this.#delete(of, at, known);
    return this.#find(of, at) ? 'going' : 'gone';
  };

  may = async (): Promise<boolean> => true;

  /** What somebody else does, who minds no owner: makes an object, or changes fields of one. */
  edit(manager: string, object: KubeObject): Live {
    const { apiVersion, kind } = object;
    const found = kinds[apiVersion]?.[kind];
    const of = { apiVersion, kind, plural: found?.plural ?? '', namespaced: found?.namespaced ?? true };
    const at = atOf(object);
    const known = this.#find(of, at);
    const before = this.writes;
    const live = known
      ? this.#merge(of, at, known, object as unknown as Json, manager)
      : this.#store(
          of,
          at,
          undefined,
          leavesOf(object),
          new Map([[manager, new Set(leavesOf(object).keys())]]),
          false,
        );
    this.writes = before;
    return live;
  }

  /** Somebody else deletes an object. */
  drop(key: string): void {
    const kept = this.#objects.get(key);
    this.#objects.delete(key);
    if (kept) this.#tell('deleted', kept.live);
  }

  #tell(type: 'added' | 'modified' | 'deleted', live: Live): void {
    for (const follower of this.followers) follower(type, live);
  }

  #find({ kind, apiVersion, namespaced }: Resource, { namespace, name }: At): Kept | undefined {
    return this.#objects.get(keyFor(apiVersion, kind, namespaced ? (namespace ?? this.namespace) : '', name));
  }

  #merge(of: Resource, at: At, known: Kept, merge: Json, manager: string, dryRun = false): Live {
    const leaves = leavesOf(known.live);
    const changed = leavesOf(merge);
    for (const [field, value] of changed) {
      if (value === null) leaves.delete(field);
      else leaves.set(field, value);
    }
    const owners = new Map(known.owners);
    for (const [other, fields] of owners) {
      owners.set(other, new Set([...fields].filter((field) => !changed.has(field) || other === manager)));
    }
    fillIn(of, leaves);
    const owned = [...(owners.get(manager) ?? []), ...changed.keys()].filter((field) => leaves.has(field));
    owners.set(manager, new Set(owned));
    return this.#store(of, at, known, leaves, owners, dryRun);
  }

  #store(
    of: Resource,
    at: At,
    known: Kept | undefined,
    leaves: ReadonlyMap<string, unknown>,
    owners: ReadonlyMap<string, ReadonlySet<string>>,
    dryRun: boolean,
  ): Live {
    const namespace = of.namespaced ? (at.namespace ?? this.namespace) : undefined;
    if (namespace !== undefined && !this.#objects.has(keyFor('v1', 'Namespace', '', namespace))) {
      throw refusal(404, 'NotFound', `namespaces "${namespace}" not found`);
    }
    const kept = new Map([...owners].filter(([, fields]) => fields.size > 0));
    const isSame =
      known &&
      isDeepStrictEqual(leavesOf(known.live), new Map(leaves)) &&
      isDeepStrictEqual(known.owners, kept);
    if (isSame) return known.live;
    const old = known?.live.metadata;
    const metadata: LiveMeta = {
      ...((objectOf(leaves).metadata ?? {}) as object),
      name: at.name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: old?.uid ?? `uid-${this.#cluster}-${this.#version + 1}`,
      // As on a real server, what is only tried has no version.
      resourceVersion: dryRun && !known ? '' : String(this.#version + 1),
      managedFields: [...kept].map(([manager, fields]) => managed(manager, fields)),
      ...(old?.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    };
    const live: Live = {
      ...objectOf(leaves),
      apiVersion: of.apiVersion,
      kind: of.kind,
      metadata,
      ...statusOf(of, { Job: this.jobStatus, Rollout: this.rolloutStatus }),
    };
    if (dryRun) return live;
    this.#version += 1;
    this.writes += 1;
    this.#objects.set(keyFor(of.apiVersion, of.kind, namespace ?? '', at.name), { live, owners: kept });
    this.#tell(known ? 'modified' : 'added', live);
    return live;
  }

  #delete({ apiVersion, kind, namespaced }: Resource, at: At, { live, owners }: Kept): void {
    const key = keyFor(apiVersion, kind, namespaced ? (at.namespace ?? this.namespace) : '', at.name);
    if (live.metadata.finalizers?.length) {
      const metadata = { ...live.metadata, deletionTimestamp: new Date(this.#now).toISOString() };
      this.#objects.set(key, { live: { ...live, metadata }, owners });
      return;
    }
    this.#objects.delete(key);
    this.#tell('deleted', live);
    if (kind !== 'Namespace') return;
    for (const [other, kept] of this.#objects) {
      if (kept.live.metadata.namespace === at.name) this.#objects.delete(other);
    }
  }
}

/** The UID and the version that an object names have to be those of the one that is there. */
function checkNamed({ metadata }: KubeObject, live: Live | undefined): void {
  const { uid, resourceVersion } = (metadata ?? {}) as Partial<LiveMeta>;
  if (uid !== undefined && uid !== live?.metadata.uid) throw refusal(409, 'Conflict', 'uid mismatch');
  if (resourceVersion !== undefined && resourceVersion !== live?.metadata.resourceVersion) {
    throw refusal(409, 'Conflict', 'the object has been modified');
  }
}

interface CrdSpec {
  readonly group: string;
  readonly scope: string;
  readonly names: { readonly kind: string; readonly plural: string };
}

export function keyFor(apiVersion: string, kind: string, namespace: string, name: string): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`;
}

function atOf({ metadata }: KubeObject): At {
  const { name = '', namespace } = (metadata ?? {}) as {
    readonly name?: string;
    readonly namespace?: string;
  };
  return namespace === undefined ? { name } : { name, namespace };
}

/** What our manager has changed by a patch is not what it has applied. */
const BY_CHANGE = `${MANAGER}, by a change`;

function managed(manager: string, fields: ReadonlySet<string>): ManagedFields {
  const fieldsV1: Record<string, unknown> = {};
  for (const field of [...fields].sort()) {
    let at = fieldsV1;
    for (const key of field.split(SEPARATOR)) at = inside(at, `f:${key}`);
  }
  if (manager === BY_CHANGE) return { manager: MANAGER, operation: 'Update', fieldsV1 };
  return { manager, operation: 'Apply', time: '2026-01-01T00:00:00Z', fieldsV1 };
}

interface Cause {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** Fields that another manager owns and has another value in. */
function conflictsOf({ live, owners }: Kept, wanted: ReadonlyMap<string, unknown>): Cause[] {
  const has = leavesOf(live);
  return [...wanted].flatMap(([field, value]) => {
    if (!has.has(field) || isDeepStrictEqual(has.get(field), value)) return [];
    return [...owners]
      .filter(([manager, fields]) => manager !== MANAGER && fields.has(field))
      .map(([manager]) => ({
        field: field.replaceAll(SEPARATOR, '.'),
        reason: 'FieldManagerConflict',
        message: `conflict with "${manager}"`,
      }));
  });
}

/** The template of a Job cannot be changed. */
function immutableChanges(live: Live, wanted: ReadonlyMap<string, unknown>): Cause[] {
  if (live.kind !== 'Job') return [];
  const has = leavesOf(live);
  return [...wanted].flatMap(([field, value]) =>
    field.startsWith(`spec${SEPARATOR}template`) && !isDeepStrictEqual(has.get(field), value)
      ? [{ field: 'spec.template', reason: 'FieldValueInvalid', message: 'field is immutable' }]
      : [],
  );
}

/** What the controllers of a cluster say at once, here. */
function statusOf({ kind }: Resource, all: Readonly<Record<'Job' | 'Rollout', Json>>): Json {
  if (kind === 'Namespace') return { status: { phase: 'Active' } };
  if (kind === 'Job' || kind === 'Rollout') return { status: all[kind] };
  if (kind !== 'CustomResourceDefinition') return {};
  return { status: { conditions: [{ type: 'Established', status: 'True' }] } };
}

export function refusal(
  code: number,
  reason: string,
  message: string,
  causes: readonly Cause[] = [],
): ApiError {
  const told = causes.map((cause) => ({ ...cause }));
  return new ApiError('the model', code, { status: 'Failure', reason, message, details: { causes: told } });
}
