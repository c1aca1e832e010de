import type { Job } from '../../imports/k8s';
import { backoffMs, pauseBy, type Stored } from '../../kube';
import { failureOf } from './answer';
import { retirePatch } from './changes';
import { isClaimedBy, stateOf } from './member';
import type { Line, Surroundings } from './surroundings';

/** A call that nothing waits for may take its time. */
export const CALL_MS = 10_000;

/** What a member has become that is to leave the pool: retired by us, claimed by somebody, or gone. */
export type Left =
  | { readonly is: 'retired' | 'gone' }
  | { readonly is: 'claimed'; readonly job: Stored<Job> };

type World = Pick<Surroundings<Line>, 'api' | 'clock' | 'random'>;

/**
 * Takes a member out of the pool, however often the server gives no answer, until it is known what has become of it;
 * `undefined` when the signal ends that. From then on nobody can claim it who has not already.
 */
export async function takeOut(
  world: World,
  job: Stored<Job>,
  signal: AbortSignal,
): Promise<Left | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    const left = await tryToTakeOut(world, job).catch(() => undefined);
    if (left) return left;
    await pauseBy(world.clock, pauseAfter(tries, world), signal);
  }
  return undefined;
}

async function tryToTakeOut({ api }: World, job: Stored<Job>): Promise<Left | undefined> {
  const { name, uid } = job.metadata;
  try {
    await api.patch(name, retirePatch(job), CALL_MS);
    return { is: 'retired' };
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== 'refused' && failure !== 'lost') return undefined;
  }
  const found = await api.get(name, CALL_MS);
  if (!found || found.metadata.uid !== uid) return { is: 'gone' };
  const state = stateOf(found);
  if (state === 'claimed') return { is: 'claimed', job: found };
  return state === 'warm' ? undefined : { is: 'retired' };
}

/** Deletes this very Job, however often the server gives no answer. */
export async function removeSurely(world: World, job: Stored<Job>, signal: AbortSignal): Promise<void> {
  const { name, uid } = job.metadata;
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await world.api.remove(name, uid, CALL_MS);
      return;
    } catch {
      await pauseBy(world.clock, pauseAfter(tries, world), signal);
    }
  }
}

/**
 * Settles a claim that had no answer and that its caller did not wait for: when this returns, the member is not claimed
 * in our name, and the patch that may still be on its way finds a member that is not warm. Answers whether another has it.
 */
export async function undoClaim(
  world: World,
  job: Stored<Job>,
  { owner, nonce }: { readonly owner: string; readonly nonce: string },
  signal: AbortSignal,
): Promise<boolean> {
  const left = await takeOut(world, job, signal);
  if (left?.is === 'claimed' && !isClaimedBy(left.job, owner, nonce)) return true;
  if (left && left.is !== 'gone') await removeSurely(world, job, signal);
  return false;
}

/**
 * After a refusal: a request that came twice is refused the second time, and that answer may be the one that was heard.
 * What is claimed in our name then has no taker.
 */
export async function removeIfOurs(
  world: World,
  job: Stored<Job>,
  { owner, nonce }: { readonly owner: string; readonly nonce: string },
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const found = await world.api.get(job.metadata.name, CALL_MS);
      if (found && isClaimedBy(found, owner, nonce)) await removeSurely(world, found, signal);
      return;
    } catch {
      await pauseBy(world.clock, pauseAfter(tries, world), signal);
    }
  }
}

function pauseAfter(tries: number, world: World): number {
  return backoffMs(tries + 1, 500, 15_000, () => world.random());
}
