import type { Job } from '../../imports/k8s';
import { Moment, onAbort, type Stored } from '../../kube';
import { isFinished } from '../causes/job-end';
import { type Claimant, claimMember, type Tried } from './claim-member';
import { holderOf, type Keeper } from './keeper';
import { hasTimeFor, poolOf } from './member';
import { removeIfOurs, removeSurely, undoClaim } from './settle';
import type { Slot } from './slot';
import type { Line } from './surroundings';

/**
 * Why a claim that could have been warm is not:
 * - `values`: what it asks for is not what the pool has;
 * - `empty`: no member was ready;
 * - `ttl`: none lives as long as it asks for;
 * - `slow`: the time for it was over, or each that was tried was taken by others;
 * - `oldTemplate`: the policy was made from another template;
 * - `refused`: the API server took no claim now.
 */
export type PoolMiss = 'values' | 'empty' | 'ttl' | 'slow' | 'oldTemplate' | 'refused';

export type Claimed<Held extends Line> =
  | { readonly job: Stored<Job>; readonly line: Held; readonly from: 'own' | 'other' }
  | { readonly miss: PoolMiss };

/** A claim that has found no member by then is quicker without one. */
const WITHIN_MS = 5_000;
/** Those of other managers are taken by their claims at the same time, so few tries are worth it. */
const OTHERS_TRIED = 3;
/** Their pods run, so that a stream is a matter of moments. */
const OPEN_WITHIN_MS = 5_000;

/**
 * Claims of one manager: its own members first, then those of others. Ends within `WITHIN_MS`, and `OPEN_WITHIN_MS` for a
 * stream, with a member that is surely this claim's alone, or with the reason why there is none.
 */
export class PoolClaims<Held extends Line> {
  /** Members of other managers, by UID, as the watch has told them. */
  readonly #others = new Map<string, Stored<Job>>();
  readonly #settling = new Set<Promise<unknown>>();

  constructor(readonly keeper: Keeper<Held>) {}

  /** What the watch tells of a member that is warm. */
  heard(job: Stored<Job>): void {
    if (holderOf(job) === this.keeper.options.self) this.keeper.heard(job);
    else if (isFinished(job) || job.metadata.deletionTimestamp) this.#others.delete(job.metadata.uid);
    else this.#others.set(job.metadata.uid, job);
  }

  /** What the watch tells of one that is warm no more. */
  heardNoMore(job: Stored<Job>): void {
    this.#others.delete(job.metadata.uid);
    if (holderOf(job) === this.keeper.options.self) this.keeper.heardNoMore(job);
  }

  async claim(planned: Job, signal: AbortSignal): Promise<Claimed<Held>> {
    const { world, options, pool } = this.keeper;
    if (poolOf(planned) !== pool) return { miss: 'values' };
    const began = new Moment(world.clock);
    const leftMs = () => (signal.aborted ? 0 : WITHIN_MS - began.atMostMsAgo());
    const claimant: Claimant = { pool, owner: options.self, planned };
    return (
      (await this.#fromOwn(claimant, leftMs)) ??
      (await this.#fromOthers(claimant, leftMs, signal)) ?? { miss: this.#missed(planned, leftMs) }
    );
  }

  /** Resolves when no claim is unclear any more. */
  async settled(): Promise<void> {
    while (this.#settling.size > 0) await Promise.all(this.#settling);
  }

  async #fromOwn(claimant: Claimant, leftMs: () => number): Promise<Claimed<Held> | undefined> {
    const { keeper } = this;
    while (leftMs() > 0) {
      const slot = keeper.take(ttlOf(claimant));
      if (!slot) return undefined;
      const tried = await claimMember(keeper.world, slot.job, claimant, leftMs);
      if (tried.is === 'ours') {
        const line = slot.takeLine();
        keeper.free(slot);
        if (line && !line.isLost) return { job: tried.job, line, from: 'own' };
        this.#discard(tried.job);
        continue;
      }
      const isOver = tried.is === 'unclear' || tried.why === 'refused';
      if (isOver) this.#undo(slot, claimant, tried.nonce);
      else keeper.giveBack(slot);
      const miss = tried.is === 'not ours' && this.#ends(tried);
      if (miss) return miss;
    }
    return undefined;
  }

  async #fromOthers(
    claimant: Claimant,
    leftMs: () => number,
    signal: AbortSignal,
  ): Promise<Claimed<Held> | undefined> {
    const { world, stopped } = this.keeper;
    for (const job of this.#someOfOthers(ttlOf(claimant))) {
      if (leftMs() <= 0) return undefined;
      // Those that were tried before have taken time.
      if (!hasTimeFor(job, ttlOf(claimant), world.api.now())) continue;
      this.#others.delete(job.metadata.uid);
      const tried = await claimMember(world, job, claimant, leftMs);
      if (tried.is === 'ours') {
        const line = await this.#open(tried.job, signal);
        if (line) return { job: tried.job, line, from: 'other' };
        this.#discard(tried.job);
        continue;
      }
      const { owner } = claimant;
      const { nonce } = tried;
      if (tried.is === 'unclear') this.#settle(undoClaim(world, job, { owner, nonce }, stopped));
      else if (tried.why === 'refused') this.#settle(removeIfOurs(world, job, { owner, nonce }, stopped));
      const miss = tried.is === 'not ours' && this.#ends(tried);
      if (miss) return miss;
    }
    return undefined;
  }

  /** From a random one on: managers that all began with the oldest would meet at each. */
  #someOfOthers(ttl: number): Stored<Job>[] {
    const { world } = this.keeper;
    const fit = [...this.#others.values()].filter(
      (job) => (job.status?.ready ?? 0) > 0 && hasTimeFor(job, ttl, world.api.now()),
    );
    const first = Math.floor(world.random() * fit.length);
    return [...fit.slice(first), ...fit.slice(0, first)].slice(0, OTHERS_TRIED);
  }

  async #open(job: Stored<Job>, signal: AbortSignal): Promise<Held | undefined> {
    const { clock, lines } = this.keeper.world;
    const opening = new AbortController();
    const abort = () => opening.abort(signal.reason);
    const stop = clock.startTimer(OPEN_WITHIN_MS, abort);
    const forget = onAbort(signal, abort);
    try {
      return await lines.open(job, opening.signal);
    } catch {
      return undefined;
    } finally {
      stop();
      forget();
    }
  }

  /** Its place is free when the member is surely not claimed in our name. */
  #undo(slot: Slot<Held>, { owner }: Claimant, nonce: string): void {
    const { keeper } = this;
    slot.phase = 'leaving';
    const undone = undoClaim(keeper.world, slot.job!, { owner, nonce }, keeper.stopped);
    this.#settle(
      undone.then((isAnothers) => {
        const line = slot.takeLine();
        if (isAnothers) line?.leave();
        else line?.cut();
        keeper.free(slot);
      }),
    );
  }

  #discard(job: Stored<Job>): void {
    this.#settle(removeSurely(this.keeper.world, job, this.keeper.stopped));
  }

  /** What the next member would be answered with, too. */
  #ends({ why }: Extract<Tried, { is: 'not ours' }>): { readonly miss: PoolMiss } | undefined {
    this.keeper.heardFailure(why);
    if (why === 'refused') return undefined;
    return { miss: why === 'oldTemplate' ? 'oldTemplate' : 'refused' };
  }

  #missed(planned: Job, leftMs: () => number): PoolMiss {
    if (leftMs() <= 0) return 'slow';
    return this.keeper.hasReadyWithout(planned.spec!.activeDeadlineSeconds!) ? 'ttl' : 'empty';
  }

  #settle(work: Promise<unknown>): void {
    const settling = work.finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }
}

function ttlOf({ planned }: Claimant): number {
  return planned.spec!.activeDeadlineSeconds!;
}
