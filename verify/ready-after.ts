import type { Stored } from '../kube';
import { conditionOf, type Live, madeBy, type State } from './state';
import { isWorkload } from './walk/workload';

/**
 * How long the slowest pod of a workload took from being made to being ready, or a Job to its end. A pod that was unready in
 * between counts from when it was made to when it was ready again. `undefined` for what is not ready.
 */
export function secondsUntilReady(state: State, live: Stored<Live>): number | undefined {
  if (!isWorkload(live)) return undefined;
  if (live.kind === 'Job') {
    const { startTime, completionTime } = (live.status ?? {}) as {
      readonly startTime?: string;
      readonly completionTime?: string;
    };
    return between(startTime, completionTime);
  }
  const seconds = podsOf(state, live).map((pod) => {
    const ready = conditionOf(pod, 'Ready');
    const since = ready?.status === 'True' ? ready.lastTransitionTime : undefined;
    return between(pod.metadata.creationTimestamp, since);
  });
  return seconds.length === 0 || seconds.includes(undefined) ? undefined : Math.max(...(seconds as number[]));
}

function podsOf(state: State, live: Stored<Live>): Stored<Live>[] {
  const { namespace } = live.metadata;
  if (live.kind === 'Pod') return [live];
  const pods = state.all('Pod', namespace).filter(({ metadata }) => !metadata.deletionTimestamp);
  const makers = live.kind === 'Deployment' ? madeBy(live, state.all('ReplicaSet', namespace)) : [live];
  return makers.flatMap((maker) => madeBy(maker, pods));
}

function between(from: unknown, to: string | undefined): number | undefined {
  const seconds = (Date.parse(String(to)) - Date.parse(String(from))) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
