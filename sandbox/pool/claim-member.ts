import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { type Failure, failureOf } from './answer';
import { claimPatch } from './changes';
import { ageSeconds, isClaimedBy, stateOf } from './member';
import type { Line, Surroundings } from './surroundings';

/** What a try to claim a member came to: it is ours, it surely is not, or it may be (`nonce` tells, later). */
export type Tried =
  | { readonly is: 'ours'; readonly job: Stored<Job> }
  | { readonly is: 'not ours'; readonly why: Exclude<Failure, 'lost'>; readonly nonce: string }
  | { readonly is: 'unclear'; readonly nonce: string };

/** Who claims from which pool, and the Job that it would make if there were none. */
export interface Claimant {
  readonly pool: string;
  readonly owner: string;
  readonly planned: Job;
}

/**
 * One try, within a time. The answer alone is not believed: what is ours has our nonce, also where the answer was lost
 * and the object is read instead.
 */
export async function claimMember(
  { api, newName }: Pick<Surroundings<Line>, 'api' | 'newName'>,
  job: Stored<Job>,
  { pool, owner, planned }: Claimant,
  leftMs: () => number,
): Promise<Tried> {
  const { name, uid } = job.metadata;
  const nonce = newName();
  const ttl = planned.spec!.activeDeadlineSeconds!;
  const deadlineSeconds = ageSeconds(job, api.now()) + ttl;
  const ours = (found: Stored<Job>) => found.metadata.uid === uid && isClaimedBy(found, owner, nonce);
  try {
    const answer = await api.patch(
      name,
      claimPatch(job, planned, { pool, owner, nonce, deadlineSeconds }),
      leftMs(),
    );
    return ours(answer) ? { is: 'ours', job: answer } : { is: 'unclear', nonce };
  } catch (error) {
    const why = failureOf(error);
    if (why !== 'lost') return { is: 'not ours', why, nonce };
  }
  if (leftMs() <= 0) return { is: 'unclear', nonce };
  try {
    const found = await api.get(name, leftMs());
    if (found && ours(found)) return { is: 'ours', job: found };
    // While it is warm, the patch may still be on its way.
    const isSettled = !found || found.metadata.uid !== uid || stateOf(found) !== 'warm';
    return isSettled ? { is: 'not ours', why: 'refused', nonce } : { is: 'unclear', nonce };
  } catch {
    return { is: 'unclear', nonce };
  }
}
