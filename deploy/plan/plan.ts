import type { KubeObject, Resource } from '../../kube';
import type { Live } from '../cluster/cluster-api';
import type { DeployError } from '../errors';
import type { ObjectRef } from '../objects/object-ref';
import type { LeftOut } from './left-out';
import type { Ordered } from './order';
import type { FieldOwner } from './owners';

/**
 * What becomes of an object: `create`, `change`, `adopt` (it is there and not ours), `recreate` (deleted and made
 * anew), `prune` (deleted), `keep` (no longer in the set, and kept by a guard or an annotation), `forget` (no longer in
 * the set, and gone or no longer ours), `unchanged`.
 */
export type Action = 'create' | 'change' | 'adopt' | 'recreate' | 'prune' | 'keep' | 'forget' | 'unchanged';

/** A field that gets another value. */
export interface FieldChange {
  /** Such as `spec.template.spec.containers[name=web].image`. */
  readonly path: string;
  /** Undefined for a field that is new, or whose value is not told. */
  readonly before?: unknown;
  /** Undefined for a field that goes, or whose value is not told. */
  readonly after?: unknown;
  /** It is part of a Secret: that it changes is told, its values are not. */
  readonly hidden: boolean;
  /** Who else owns it now. */
  readonly owners: readonly FieldOwner[];
}

/** What is planned for one object. */
export interface PlannedObject extends ObjectRef {
  readonly action: Action;
  readonly changes: readonly FieldChange[];
  /** Fields that we take from others, with `adopt` or `forceConflicts`. */
  readonly taken: readonly { readonly path: string; readonly owner: FieldOwner }[];
  /** Why it is kept, forgotten, or cannot be foreseen. */
  readonly note?: string;
}

/**
 * What an apply would do to the cluster as it is. Made of server-side dry-runs, so that defaults, webhooks and
 * policies are in it.
 */
export interface Plan {
  readonly release: string;
  readonly namespace: string;
  /** Sorted by stage, then by name; what goes comes last. */
  readonly objects: readonly PlannedObject[];
  /** Objects that were given and are not part of the set: hooks of helm for another moment. */
  readonly leftOut: readonly LeftOut[];
  /** What forbids it. With a problem, nothing would be written. */
  readonly problems: readonly DeployError[];
}

/** What the engine knows beside what is told. */
export interface Write {
  readonly planned: PlannedObject;
  readonly ordered: Ordered;
  /** As it is to be, our label included. */
  readonly desired: KubeObject;
  readonly live: Live | undefined;
  readonly force: boolean;
  /** Managers all of whose fields become ours before it is applied. */
  readonly takeFrom?: readonly string[];
}

/** An object that goes. */
export interface Removal {
  readonly planned: PlannedObject;
  readonly live: Live;
  readonly resource: Resource;
}

/**
 * Whether an apply would change anything.
 *
 * @example
 * const plan = await deployer.plan([]);
 * process.exitCode = changesAnything(plan) ? 1 : 0;
 */
export function changesAnything({ objects }: Pick<Plan, 'objects'>): boolean {
  return objects.some(({ action }) => !['unchanged', 'keep'].includes(action));
}
