import { createHash } from 'node:crypto';
import { isRecord, type KubeObject } from '../../kube';
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
export function digestOf(desired: KubeObject, live: Live): string {
  const { uid: _uid, resourceVersion: _version, ...metadata } = desired.metadata ?? {};
  const { apiVersion: _apiVersion, kind: _kind, ...content } = withoutBookkeeping(live);
  const ours = ourFields(live) as FieldSet | undefined;
  let left: unknown = content;
  for (const managed of live.metadata.managedFields ?? []) {
    if (!isOurs(managed)) left = withoutFields(left, managed.fieldsV1, ours);
  }
  const all = [{ ...desired, metadata }, live.metadata.uid, ours, left];
  return createHash('sha256').update(inOneOrder(all)).digest('base64url').slice(0, 22);
}

/** The same text for the same value, in whichever order its keys are. */
function inOneOrder(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
