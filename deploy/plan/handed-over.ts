import { isDeepStrictEqual } from 'node:util';
import { groupOf, isRecord, type KubeObject } from '../../kube';
import type { Live } from '../cluster/cluster-api';

/** Argo Rollouts points a Service at some of its pods by this label, and notes on the Service which Rollout does. */
const POD_HASH = 'rollouts-pod-template-hash';
const MANAGED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';

/**
 * An object without what another controller was given to decide. The selector of a Service is one field to the server, and
 * a Rollout writes into it which pods are in force: stating ours again would send everybody to all of them for a moment,
 * and the wrong half of them to the preview. It is left alone while it says what we say, and that beside it.
 */
export function withoutHandedOver(object: KubeObject, live: Live): KubeObject {
  if (groupOf(object.apiVersion) !== '' || object.kind !== 'Service') return object;
  const { spec } = object as { readonly spec?: unknown };
  if (!isRecord(spec) || live.metadata.annotations?.[MANAGED_BY] === undefined) return object;
  const { selector: ours, ...rest } = spec;
  const there = isRecord(live.spec) ? live.spec.selector : undefined;
  if (!isRecord(there) || there[POD_HASH] === undefined) return object;
  const { [POD_HASH]: hash, ...others } = there;
  if (isDeepStrictEqual(others, ours)) return { ...object, spec: rest } as KubeObject;
  // Another selector is meant: for the pods in force, until the Rollout says otherwise.
  return isRecord(ours)
    ? ({ ...object, spec: { ...rest, selector: { ...ours, [POD_HASH]: hash } } } as KubeObject)
    : object;
}
