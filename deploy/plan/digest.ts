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
  return stringifyJson(value, undefined, (_key, inner) => (isRecord(inner) ? ordered(inner) : inner));
}

function ordered(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = Object.keys(fields);
  // A server writes most of them in their order.
  if (names.every((name, at) => at === 0 || (names[at - 1] as string) < name)) return fields;
  return Object.fromEntries(names.sort().map((name) => [name, fields[name]]));
}
