import type { Job } from '../../imports/k8s';
import { type Connection, get, KubeError, resource } from '../../kube';
import type { Place } from '../claim/place';
import { pods } from '../claim/pod-feed';
import type { PodWatch } from '../claim/pod-watch';
import type { Cause } from './cause';
import { ending, podLost } from './pod-cause';

export const jobs = resource<Job>('batch/v1', 'Job');

/** Where the Job and the pod are asked for. */
export type PlaceOfFate = Pick<Place, 'connection' | 'namespace' | 'deletions' | 'backend'>;

/** How a pod ended, in the words of an outcome. */
export interface Fate {
  readonly outcome: 'oomKilled' | 'evicted' | 'podLost';
  readonly cause: Cause;
}

/** A node says within a second or two that a container ended; a lost node says nothing, for minutes. */
const fateWithinMs = 5_000;
/** Between the deletion of a pod and the Job's word why. */
const conditionWithinMs = 4_000;

/**
 * Asked when a stream ended without a status: what became of the pod. `undefined` when it is alive as far as anybody
 * knows, so that only the connection was lost.
 */
export async function fateOf(
  place: PlaceOfFate,
  id: string,
  watch: PodWatch,
  withinMs = fateWithinMs,
): Promise<Fate | undefined> {
  const { connection, namespace } = place;
  const isOver = () => (isEnding(watch) ? true : undefined);
  if (!(await watch.until(isOver, withinMs)) && !(await isEndingNow(connection, namespace, watch))) {
    return undefined;
  }
  const cause = await endOf(place, id, watch);
  return cause && { outcome: outcomeOf(cause), cause };
}

/** What broke the stream may have broken the watch, so that the pod itself is asked before it is said to live. */
async function isEndingNow(connection: Connection, namespace: string, watch: PodWatch): Promise<boolean> {
  const name = watch.pod?.metadata.name ?? '';
  try {
    watch.saw(await get(connection, pods, { namespace, name }));
  } catch (error) {
    if (error instanceof KubeError && error.code === 'NOT_FOUND') watch.sawNothing();
  }
  return isEnding(watch);
}

/** Whether the pod has ended, is being deleted, or is gone. */
export function isEnding(watch: PodWatch): boolean {
  const { pod } = watch;
  return pod !== undefined && (watch.isGone || pod.metadata.deletionTimestamp !== undefined || !!ending(pod));
}

/** Why a sandbox has ended; `undefined` for one that lives. Asks what holds it where the pod cannot know. */
export async function endOf(
  place: PlaceOfFate,
  id: string,
  watch: PodWatch,
  withinMs = conditionWithinMs,
): Promise<Cause | undefined> {
  const { deletions } = place;
  const { pod } = watch;
  if (!pod || !isEnding(watch)) return undefined;
  const own = ending(pod);
  // These two the kubelet writes itself; everything else can be what a deletion looks like from inside.
  const isSure = own?.code === 'OOMKilled' || own?.code === 'Evicted' || own?.code === 'DeadlineExceeded';
  if (own && isSure) return own;
  const ours = deletions.causeOf(watch.jobUid);
  if (ours) return ours;
  const isDeleted = watch.isGone || pod.metadata.deletionTimestamp !== undefined;
  return (
    (await place.backend.endOf(place, id, withinMs)) ?? (isDeleted ? podLost('a pod that was deleted') : own)
  );
}

function outcomeOf({ code }: Cause): Fate['outcome'] {
  if (code === 'OOMKilled') return 'oomKilled';
  return code === 'Evicted' ? 'evicted' : 'podLost';
}
