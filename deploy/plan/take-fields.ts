import { isDeepStrictEqual } from 'node:util';
import { isRecord, type KubeObject } from '../../kube';
import { type Live, MANAGER, type ManagedFields } from '../cluster/cluster-api';
import { withoutBookkeeping } from './differences';
import { pathsIn, unionOf, withoutFields } from './field-sets';
import { type FieldOwner, isOurs, ourFields, ownerNamed } from './owners';

type Json = Readonly<Record<string, unknown>>;

/** Whether one of these managers has fields of an object, its status and its scale left out. */
export function hasFieldsOf(live: Live, managers: readonly string[]): boolean {
  return theirs(live, managers).length > 0;
}

function theirs({ metadata }: Live, managers: readonly string[]): ManagedFields[] {
  return (metadata.managedFields ?? []).filter(
    (one) => !isOurs(one) && !one.subresource && managers.includes(one.manager ?? ''),
  );
}

/** Who owns which fields once those of these managers are ours: then the ones that we do not state go with our apply. */
export function withTheirFields(
  live: Live,
  desired: KubeObject,
  managers: readonly string[],
): readonly ManagedFields[] {
  const taken = theirs(live, managers);
  const all = live.metadata.managedFields ?? [];
  const fieldsV1 = [...all.filter(isOurs), ...taken].map((one) => one.fieldsV1).reduce<Json>(unionOf, {});
  const ours = {
    ...{ manager: MANAGER, operation: 'Apply', apiVersion: desired.apiVersion },
    ...{ fieldsType: 'FieldsV1', fieldsV1 },
  };
  return [...all.filter((one) => !isOurs(one) && !taken.includes(one)), ours];
}

/**
 * What an object will be when our apply has also taken away what these managers alone owned, as a change of what it is.
 *
 * @param answer what our apply alone would make of it
 */
export function changeTo(live: Live, answer: Live, managers: readonly string[]): object | undefined {
  const taken = theirs(live, managers);
  const others = (answer.metadata.managedFields ?? []).filter(
    (one) => isOurs(one) || !managers.includes(one.manager ?? '') || one.subresource,
  );
  const kept = others.map(({ fieldsV1 }) => fieldsV1).reduce<Json>(unionOf, {});
  const left = taken.reduce<unknown>(
    (content, { fieldsV1 }) => withoutFields(content, fieldsV1, kept),
    withoutBookkeeping(answer),
  );
  return mergePatch(withoutBookkeeping(live), left) as object | undefined;
}

/** The fields that we state and that were theirs, with their owners. */
export function fieldsTaken(
  live: Live,
  answer: Live,
  managers: readonly string[],
): Array<{ readonly path: string; readonly owner: FieldOwner }> {
  const ours = new Set(pathsIn(ourFields(answer)));
  return theirs(live, managers).flatMap(({ manager = '', fieldsV1 }) =>
    pathsIn(fieldsV1)
      .filter((path) => ours.has(path))
      .map((path) => ({ path, owner: ownerNamed(live, manager) })),
  );
}

/** As RFC 7386 has it; undefined for no difference. */
function mergePatch(before: unknown, after: unknown): unknown {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (!isRecord(before) || !isRecord(after)) return after === undefined ? null : after;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const entries = [...keys]
    .map((key) => [key, mergePatch(before[key], after[key])] as const)
    .filter(([, change]) => change !== undefined);
  return Object.fromEntries(entries);
}
