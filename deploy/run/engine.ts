import type { ClusterApi } from '../cluster/cluster-api';
import type { Patience } from '../health/wait';
import { Lock, type LockTiming } from '../inventory/lock';
import { PART_OF, type Release } from '../inventory/names';
import { fenced } from './fenced';
import type { OnEvent } from './progress';

/** What every action on a release works with. */
export interface Engine {
  readonly api: ClusterApi;
  readonly release: Release;
  readonly lock: LockTiming;
  readonly onEvent: OnEvent;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export function patienceOf({ release, timeoutMs, onEvent, signal }: Engine): Patience {
  return { timeoutMs, onEvent, signal, labelSelector: `${PART_OF}=${release.id}` };
}

/** Does something that nobody else may do at the same time, with a cluster that refuses it once that is no longer sure. */
export async function underLock<Answer>(
  { api, release, lock, onEvent, signal }: Engine,
  act: (guarded: ClusterApi, tookOver: boolean) => Promise<Answer>,
): Promise<Answer> {
  const held = await Lock.take(api, release, lock, (by) => onEvent({ type: 'locked', by }), signal);
  let answer: Answer;
  try {
    answer = await act(fenced(api, held), held.tookOver);
  } catch (error) {
    // The first failure is the news; a lock that cannot be freed is free by itself soon.
    await held.free().catch(() => undefined);
    throw error;
  }
  await held.free();
  return answer;
}
