import type { KubeObject, Stored } from '../kube';

/** An object with what walks read of any kind. */
export interface Live extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

export interface EventLike extends Live {
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** What is meant, and what the cluster has, at one moment. */
export interface State {
  /** The objects as they were meant, each with its namespace. */
  readonly meant: readonly Live[];
  /** The kinds of them that the server does not know. */
  readonly unknownKinds: ReadonlySet<string>;
  /** What could not be read for want of a right, as `get secrets in shop`. Nothing is said of it. */
  readonly unread: readonly string[];
  find(kind: string, namespace: string | undefined, name: string): Stored<Live> | undefined;
  all(kind: string, namespace?: string): readonly Stored<Live>[];
  /** Whether the kind was read, so that what is not found is not there. */
  wasRead(kind: string, namespace: string | undefined): boolean;
  /** The last lines of a container that ended, where they were read. */
  logOf(namespace: string, pod: string, container: string): string;
}

export const KUBE_SYSTEM = 'kube-system';

/** How people write the name of an object. */
export function named(kind: string, name: string): string {
  return `${kind}/${name}`;
}

export function nameOf({ kind, metadata }: KubeObject): string {
  return named(kind, metadata?.name ?? '');
}

/** Where an object is, as a finding says it. */
export function placeOf(object: KubeObject): string {
  const namespace = object.metadata?.namespace;
  return namespace ? `${nameOf(object)} in namespace ${namespace}` : nameOf(object);
}

/** What would have been right: one of these, or, where there is none, what is missing. */
export function oneOf(names: readonly string[], none: string): string {
  return names.length > 0 ? `one of ${names.join(', ')}` : none;
}

/** The objects that a controller made. */
export function madeBy(owner: Stored<Live>, candidates: readonly Stored<Live>[]): Stored<Live>[] {
  return candidates.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid),
  );
}

/** Warnings about an object, the newest last. */
export function warningsOf(state: State, object: Stored<Live>): EventLike[] {
  const { namespace, name } = object.metadata;
  const at = (event: EventLike) => String(event.lastTimestamp ?? event.eventTime ?? '');
  return (state.all('Event', namespace) as readonly Stored<EventLike>[])
    .filter(({ involvedObject, type }) => {
      return type === 'Warning' && involvedObject.kind === object.kind && involvedObject.name === name;
    })
    .sort((one, other) => (at(one) < at(other) ? -1 : 1));
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export function conditionOf(object: Live, type: string): Condition | undefined {
  const { conditions = [] } = (object.status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions.find((one) => one.type === type);
}

/** Whether labels are what a selector asks for; a selector that asks for nothing selects nothing here. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}
