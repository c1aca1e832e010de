import type { Cause } from '../causes/cause';

/** An entry is looked at within moments of the deletion, so old ones need not be kept. */
const KEPT = 1000;

/** Which Jobs this program has deleted, and why: what ends by our own hand must not be told as the deed of another. */
export class Deletions {
  readonly #why = new Map<string, string>();

  note(jobUid: string, why: string): void {
    this.#why.set(jobUid, why);
    for (const oldest of this.#why.keys()) {
      if (this.#why.size <= KEPT) return;
      this.#why.delete(oldest);
    }
  }

  /** `undefined` for a Job that this program has not deleted. */
  causeOf(jobUid: string | undefined): Cause | undefined {
    const why = jobUid === undefined ? undefined : this.#why.get(jobUid);
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
