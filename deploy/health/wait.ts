import type { Resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { DeployError } from '../errors';
import { inWords, type ObjectRef } from '../objects/object-ref';
import type { OnEvent } from '../run/progress';
import { causeOf } from './cause';
import { Observer } from './observer';
import { type Health, healthOf } from './rules';

export interface Awaited {
  readonly ref: ObjectRef;
  readonly resource: Resource;
  /** What the server has answered to our write, which is the first look. */
  readonly answer?: Live | undefined;
  /** The version that our write has made: no older state says anything. */
  readonly written?: string | undefined;
}

export interface Patience {
  readonly timeoutMs: number;
  readonly onEvent: OnEvent;
  /** What all objects of the release carry, by which they can be followed. @default - each is looked at by calls */
  readonly labelSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_MS = 100;
/** Between two looks by calls. */
const LONGEST_MS = 2_000;
/** What is followed is told when it changes; now and then it is looked at all the same. */
const LONGEST_FOLLOWED_MS = 10_000;

interface Seen extends Awaited {
  readonly health: Health;
  readonly live: Live | undefined;
}

/** Waits until all are healthy. What has failed, or is not healthy in time, is the answer, with its cause. */
export async function waitUntilHealthy(
  api: ClusterApi,
  all: readonly Awaited[],
  patience: Patience,
): Promise<ReadonlyArray<{ readonly ref: ObjectRef; readonly error: DeployError }>> {
  const observer = new Observer(api, patience.labelSelector);
  try {
    return await waitSeeing(api, observer, all, patience);
  } finally {
    observer.close();
  }
}

async function waitSeeing(
  api: ClusterApi,
  observer: Observer,
  all: readonly Awaited[],
  { timeoutMs, onEvent, signal }: Patience,
) {
  const until = performance.now() + timeoutMs;
  const failed: Seen[] = [];
  let left = all;
  for (let everyMs = FIRST_MS; ; everyMs = Math.min(LONGEST_MS, everyMs * 2)) {
    const isOver = performance.now() >= until || signal?.aborted === true;
    const seen = await inParallel(left, (one) => look(api, isOver ? undefined : observer, one));
    failed.push(...seen.filter(({ health }) => health.state === 'failed'));
    const waiting = seen.filter(({ health }) => health.state === 'waiting');
    const [first] = waiting;
    // Once one has failed the run has: its neighbours need not be waited for.
    if (!first || failed.length > 0) return Promise.all(failed.map((one) => unhealthy(api, one, undefined)));
    // A person may take days: nobody is kept waiting for that.
    if (waiting.every(({ health }) => health.paused === 'person')) return waiting.map(pausedNow);
    const objects = waiting.map(({ ref, health }) => ({ ref, why: health.why }));
    onEvent({ type: 'waiting', left: waiting.length, first: first.ref, why: first.health.why, objects });
    if (isOver) {
      return Promise.all(
        waiting.map((one) => (one.health.paused ? pausedNow(one) : unhealthy(api, one, timeoutMs))),
      );
    }
    left = waiting.map(({ ref, resource, answer, written = answer?.metadata.resourceVersion }) => ({
      ...{ ref, resource, written },
    }));
    observer.follow(left);
    const mostMs = observer.follows(left) ? LONGEST_FOLLOWED_MS : everyMs;
    await observer.change(FIRST_MS, Math.min(mostMs, Math.max(0, until - performance.now())), signal);
  }
}

/** Without an observer by a call: the last look, which says that something is wrong. */
async function look(api: ClusterApi, observer: Observer | undefined, one: Awaited): Promise<Seen> {
  const live = one.answer ?? (await (observer ? observer.look(one) : api.get(one.resource, one.ref)));
  const health = live
    ? healthOf(live)
    : ({ state: 'failed', why: 'it was deleted by somebody else' } as const);
  return { ...one, health, live };
}

function pausedNow({ ref, health }: Seen) {
  const error = new DeployError('OBJECT_PAUSED', {
    where: inWords(ref),
    found: health.why,
    expected: 'an object that becomes healthy by itself',
    remedy: `Let it go on, or take it back; then apply again. For a Rollout: kubectl argo rollouts promote ${ref.name}, or abort.`,
  });
  return { ref, error };
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
