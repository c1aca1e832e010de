import { createHash } from 'node:crypto';
import { isRecord, type KubeObject, stringifyJson } from '../../kube';
import type { Live } from '../cluster/cluster-api';
import { withoutBookkeeping } from './differences';
import { type FieldSet, withoutFields } from './field-sets';
import { isOurs, ourFields } from './owners';

/**
 * A proof that applying this object onto that one changes nothing: made when the server has said so, it holds whenever
 * both give the same digest again. It covers what an apply reads and can change: the object that is wanted, which one is
 * there (its UID), which fields are ours, and every value but those that others alone own. So a scaled Deployment and
 * the annotation of a controller are no change, and a field that has another owner, another value or is gone is one.
 */
export function digestOf(desired: KubeObject, live: Live, wanted = wantedText(desired)): string {
  const { apiVersion: _apiVersion, kind: _kind, ...content } = withoutBookkeeping(live);
  const ours = ourFields(live) as FieldSet | undefined;
  let left: unknown = content;
  for (const managed of live.metadata.managedFields ?? []) {
    if (!isOurs(managed)) left = withoutFields(left, managed.fieldsV1, ours);
  }
  const all = inOneOrder([live.metadata.uid, ours, left]);
  return createHash('sha256')
    .update(`[${wanted},${all.slice(1)}`)
    .digest('base64url')
    .slice(0, 22);
}

/** The half of a digest that can be made before the cluster has answered. */
export function wantedText(desired: KubeObject): string {
  const { uid: _uid, resourceVersion: _version, ...metadata } = desired.metadata ?? {};
  return inOneOrder({ ...desired, metadata });
}

/** The same JSON for the same value, in whichever order its keys are. */
function inOneOrder(value: unknown): string {
  // Sorted before and not by a replacer, which JSON.stringify calls for each value: that takes twice as long.
  return stringifyJson(sorted(value));
}

/** A server writes most keys in their order: what is in order is not copied. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const names = Object.keys(value);
  const isInOrder = names.every((name, at) => at === 0 || (names[at - 1] as string) < name);
  const fields = (isInOrder ? names : names.sort()).map((name) => [name, sorted(value[name])] as const);
  if (isInOrder && fields.every(([name, field]) => field === value[name])) return value;
  return Object.fromEntries(fields);
}
