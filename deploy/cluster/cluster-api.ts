import type { KubeObject, Resource, ServedResource } from '../../kube';

/** An object as it is in the cluster, of any kind. */
export interface Live extends KubeObject {
  readonly metadata: LiveMeta;
  readonly [field: string]: unknown;
}

export interface LiveMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
}

/** Who owns which fields, as the server keeps it. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Which object of a resource. */
export interface At {
  readonly namespace?: string;
  readonly name: string;
}

export interface ApplyHow {
  /** The server checks and answers as if it had written. */
  readonly dryRun?: boolean;
  /** Takes fields that other managers own. */
  readonly force?: boolean;
}

export interface RemoveHow {
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly foreground?: boolean;
}

/** The objects of a selection as a watch has told them; at times older than the cluster. */
export interface Followed {
  get(at: At): Live | undefined;
  onChange(listener: () => void): void;
  close(): void;
}

/** The schemas of an apiVersion by their names, as the server publishes them. */
export type Schemas = Readonly<Record<string, unknown>>;

/** A right as RBAC has it. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/**
 * All that the engine asks of a cluster, and all that it does to one: nothing here goes past it. So a test can end a
 * run between any two calls, and can put a model in the place of a cluster.
 */
export interface ClusterApi {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** What the server has under an apiVersion; empty when it has none of it. */
  served(apiVersion: string): Promise<readonly ServedResource[]>;
  /** Undefined where the server has none, or does not show them. */
  schemas(apiVersion: string): Promise<Schemas | undefined>;
  get(of: Resource, at: At): Promise<Live | undefined>;
  list(of: Resource, namespace: string | undefined, labelSelector: string): Promise<readonly Live[]>;
  /** Follows what a list would have, by a watch; undefined where that is not allowed or the kind has none. */
  follow(
    of: Resource,
    namespace: string | undefined,
    labelSelector: string,
    signal: AbortSignal,
  ): Promise<Followed | undefined>;
  /** Server-side apply as our manager. */
  apply(of: Resource, object: KubeObject, how?: ApplyHow): Promise<Live>;
  create(of: Resource, object: KubeObject & Readonly<Record<string, unknown>>): Promise<Live>;
  /** A merge patch; with a resourceVersion in it, it fails when the object has changed since. */
  change(of: Resource, at: At, merge: object, how?: Pick<ApplyHow, 'dryRun'>): Promise<Live>;
  /**
   * Asks for a deletion, and tells whether the object is gone by the answer or on its way. One that is gone already is no
   * error; another one or another version is ApiError CONFLICT.
   */
  remove(of: Resource, at: At, how: RemoveHow): Promise<'gone' | 'going'>;
  may(right: Right): Promise<boolean>;
  /** The server's time, in milliseconds since 1970. */
  now(): number;
}

/** The field manager of all objects that are deployed. */
export const MANAGER = 'drydock-deploy';
