import { isRecord } from '../../kube';
import { type Live, MANAGER, type ManagedFields } from '../cluster/cluster-api';
import type { Step } from './differences';
import { elementIn } from './field-sets';

/** Somebody who owns a field, as the server keeps it. */
export interface FieldOwner {
  readonly manager: string;
  /** When this manager last changed a field of the object, in ISO 8601. */
  readonly since?: string;
}

/** Who owns a field of an object, other than us. */
export function otherOwners(live: Live, steps: readonly Step[]): FieldOwner[] {
  const owners = (live.metadata.managedFields ?? [])
    .filter(({ manager, fieldsV1 }) => manager !== MANAGER && owns(fieldsV1, steps))
    .map(ownerOf);
  return owners.filter((owner, at) => owners.findIndex(({ manager }) => manager === owner.manager) === at);
}

/** The owner that a conflict names, with the time that the object has of it: the server leaves it out of the conflict. */
export function ownerNamed(live: Live, name: string): FieldOwner {
  const times = (live.metadata.managedFields ?? []).flatMap(({ manager, time }) =>
    manager === name && time !== undefined ? time : [],
  );
  const since = times.sort().at(-1);
  return since === undefined ? { manager: name } : { manager: name, since };
}

export function otherManagers(live: Live): string[] {
  const others = (live.metadata.managedFields ?? []).flatMap(({ manager }) =>
    manager === undefined || manager === MANAGER ? [] : manager,
  );
  return [...new Set(others)];
}

/** Whether our manager has a field of this object. */
export function isManagedByUs(live: Live): boolean {
  return ourFields(live) !== undefined;
}

/** The fields that are ours by apply, to see whether a dry-run gives us others. */
export function ourFields(live: Live): unknown {
  return live.metadata.managedFields?.find(isOurs)?.fieldsV1;
}

/** Whether these are the fields that we have applied; what our manager has changed in another way is not. */
export function isOurs({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === MANAGER && operation === 'Apply' && !subresource;
}

function ownerOf({ manager = 'unknown', time }: ManagedFields): FieldOwner {
  return time === undefined ? { manager } : { manager, since: time };
}

/** Whether a set of fields has one. A field that is owned as a whole has all that is in it. */
function owns(fields: Readonly<Record<string, unknown>> | undefined, steps: readonly Step[]): boolean {
  let node: unknown = fields;
  for (const step of steps) {
    if (!isRecord(node)) return false;
    if (node !== fields && Object.keys(node).length === 0) return true;
    node = 'key' in step ? node[`f:${step.key}`] : elementIn(node, step);
  }
  return node !== undefined;
}
