import { pause, type Resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { DeployError } from '../errors';
import { inWords, type ObjectRef } from '../objects/object-ref';
import type { OnEvent } from '../run/progress';
import { causeOf } from './cause';
import { type Health, healthOf } from './rules';

export interface Awaited {
  readonly ref: ObjectRef;
  readonly resource: Resource;
  /** What the server has answered to our write, which is the first look. */
  readonly answer?: Live | undefined;
}

export interface Patience {
  readonly timeoutMs: number;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

interface Seen extends Awaited {
  readonly health: Health;
  readonly live: Live | undefined;
}

/** Waits until all are healthy. What has failed, or is not healthy in time, is the answer, with its cause. */
export async function waitUntilHealthy(
  api: ClusterApi,
  all: readonly Awaited[],
  { timeoutMs, onEvent, signal }: Patience,
): Promise<ReadonlyArray<{ readonly ref: ObjectRef; readonly error: DeployError }>> {
  const until = performance.now() + timeoutMs;
  const failed: Seen[] = [];
  let left = all;
  for (let everyMs = FIRST_MS; ; everyMs = Math.min(LONGEST_MS, everyMs * 2)) {
    const seen = await inParallel(left, (one) => look(api, one));
    failed.push(...seen.filter(({ health }) => health.state === 'failed'));
    const waiting = seen.filter(({ health }) => health.state === 'waiting');
    const [first] = waiting;
    // Once one has failed the run has: its neighbours need not be waited for.
    if (!first || failed.length > 0) return Promise.all(failed.map((one) => unhealthy(api, one, undefined)));
    onEvent({ type: 'waiting', left: waiting.length, first: first.ref, why: first.health.why });
    if (performance.now() >= until || signal?.aborted) {
      return Promise.all(waiting.map((one) => unhealthy(api, one, timeoutMs)));
    }
    left = waiting.map(({ ref, resource }) => ({ ref, resource }));
    await pause(everyMs, signal);
  }
}

async function look(api: ClusterApi, one: Awaited): Promise<Seen> {
  const live = one.answer ?? (await api.get(one.resource, one.ref));
  const health = live
    ? healthOf(live)
    : ({ state: 'failed', why: 'it was deleted by somebody else' } as const);
  return { ...one, health, live };
}

async function unhealthy(api: ClusterApi, { ref, health, live }: Seen, afterMs: number | undefined) {
  const cause = live && (await causeOf(api, live));
  const error = new DeployError('OBJECT_UNHEALTHY', {
    where: inWords(ref),
    found: `${health.why}${cause ? `; ${cause}` : ''}${afterMs === undefined ? '' : ` (after ${Math.round(afterMs / 1000)} s)`}`,
    expected: 'an object that becomes healthy',
    remedy:
      afterMs === undefined
        ? 'Mend what is told, then apply again.'
        : 'Mend what is told, then apply again; --timeout gives it longer.',
  });
  return { ref, error };
}
