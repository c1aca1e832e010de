import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../causes/cause';

/** What tells one Job from all others, also before its uid was heard: the manager of its fields. */
export type Identity = Pick<Stored<Job>['metadata'], 'uid' | 'managedFields'>;

/** An entry is looked at within moments of the deletion, so old ones need not be kept. */
const KEPT = 1000;

/** Which Jobs this program has deleted, and why: what ends by our own hand must not be told as the deed of another. */
export class Deletions {
  readonly #known = new Map<string, { readonly identity: Identity; readonly why: string }>();

  note({ uid, managedFields }: Identity, why: string): void {
    this.#known.set(uid, { identity: { uid, managedFields }, why });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEPT) return;
      this.#known.delete(oldest);
    }
  }

  some(isIt: (identity: Identity) => boolean): boolean {
    return [...this.#known.values()].some(({ identity }) => isIt(identity));
  }

  /** `undefined` for a Job that this program has not deleted. */
  causeOf(jobUid: string | undefined): Cause | undefined {
    const why = jobUid === undefined ? undefined : this.#known.get(jobUid)?.why;
    if (why === undefined) return undefined;
    return {
      code: 'PodLost',
      found: `its deletion by this program: ${why}`,
      expected: 'a sandbox that is in use until it is closed',
      remedy: 'Claim another one; what ran in this one until then may have had effects.',
      retryable: true,
    };
  }
}
