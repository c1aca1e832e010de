import { randomBytes } from 'node:crypto';
import type { Job } from '../../imports/k8s';
import { backoffMs, pause, realClock, startTimer, watch } from '../../kube';
import { jobs } from '../causes/fate';
import type { Place } from '../claim/place';
import { SandboxError } from '../errors';
import { POOL_MARKS } from '../spec';
import { randomName } from '../template/random-name';
import { type HeldLine, linesOf } from './held-line';
import { Keeper } from './keeper';
import { poolApi } from './over-jobs';
import { type Claimed, PoolClaims } from './pool-claims';
import { refuseBeyondQuota } from './quota';

/** What a pool is made of, once its options were checked. */
export interface WarmPoolOptions {
  readonly warm: number;
  readonly idleSeconds: number;
  readonly plan: (name: string) => Job;
}

/** How long `close` waits for members to be taken out; what is left then ends by itself. */
const CLOSE_WITHIN_MS = 10_000;

/** The share of one program in a warm pool, on a cluster. Does nothing before it is asked for the first time. */
export class WarmPool {
  readonly #place: Place;
  readonly #plan: WarmPoolOptions['plan'];
  readonly #warm: number;
  readonly #keeper: Keeper<HeldLine>;
  readonly #claims: PoolClaims<HeldLine>;
  readonly #ending = new AbortController();
  #isStarted = false;
  readonly #changed = new Set<() => void>();

  constructor(place: Place, { warm, idleSeconds, plan }: WarmPoolOptions) {
    this.#place = place;
    this.#plan = plan;
    this.#warm = warm;
    const { metrics } = place;
    const world = {
      api: poolApi(place),
      lines: linesOf(place),
      clock: realClock,
      random: Math.random,
      newName: () => randomName('sandbox'),
    };
    const self = `manager-${randomBytes(8).toString('hex')}`;
    this.#keeper = new Keeper(world, {
      ...{ self, share: warm, idleSeconds, plan },
      tell: (event) => {
        metrics.pool?.heard(event);
        for (const changed of [...this.#changed]) changed();
      },
    });
    this.#claims = new PoolClaims(this.#keeper);
    metrics.watchPool(() => this.#keeper.counts);
  }

  /** What its members are like. */
  get member(): Job {
    return this.#plan('member');
  }

  /**
   * Waits until the share of this program is warm. Rejects when the quota can never have room for it, and, with what
   * there is, when that takes longer than `withinMs`.
   */
  async warmUp(withinMs: number): Promise<void> {
    await refuseBeyondQuota(this.#place.connection, this.#place.namespace, this.#warm, this.member);
    this.start();
    if (await this.#untilWarm(withinMs)) return;
    const facts = {
      where: `warmUp() in namespace ${this.#place.namespace}`,
      found: `${this.counts.ready} of ${this.#warm} ready after ${Math.round(withinMs / 1000)} s`,
      expected: 'all of them',
      remedy: 'Claim one without a pool to see what holds it up; the pool goes on filling by itself.',
    };
    throw new SandboxError('StartTimeout', facts, { retryable: true });
  }

  #untilWarm(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isWarm: boolean) => {
        stop();
        this.#changed.delete(look);
        resolve(isWarm);
      };
      const look = () => {
        if (this.counts.ready >= this.#warm) settle(true);
        else if (this.#ending.signal.aborted) settle(false);
      };
      const stop = startTimer(withinMs, () => settle(false));
      this.#changed.add(look);
      look();
    });
  }

  /** One member for this claim alone, or why there is none. */
  claim(planned: Job, signal: AbortSignal): Promise<Claimed<HeldLine>> {
    this.start();
    return this.#claims.claim(planned, signal);
  }

  /** Ends one member, so that the quota has room for a sandbox that it had none for. */
  giveWay(): Promise<boolean> {
    return this.#keeper.giveWay();
  }

  get counts(): { readonly ready: number; readonly all: number } {
    return this.#keeper.counts;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    void this.#follow();
    this.#keeper.start();
  }

  /** Takes its members out of the pool, whatever state they are in. */
  async close(): Promise<void> {
    if (!this.#isStarted) return;
    const late = new AbortController();
    await Promise.race([
      Promise.all([this.#keeper.close(), this.#claims.settled()]),
      pause(CLOSE_WITHIN_MS, late.signal),
    ]);
    late.abort();
    this.#keeper.stop();
    this.#ending.abort();
    for (const changed of [...this.#changed]) changed();
  }

  /** One watch of those members that can be claimed. Who leaves them is told as deleted. */
  async #follow(): Promise<void> {
    const { connection, namespace } = this.#place;
    const labelSelector = `${POOL_MARKS.id}=${this.#keeper.pool},${POOL_MARKS.state}=warm`;
    const { signal } = this.#ending;
    for (let failures = 1; !signal.aborted && !connection.closing.aborted; failures += 1) {
      const watching = watch(connection, jobs, { namespace, labelSelector, signal });
      try {
        for (;;) {
          const { value, done } = await watching.next();
          if (done) break;
          if (value.type === 'synced') continue;
          failures = 1;
          if (value.type === 'deleted') this.#claims.heardNoMore(value.object);
          else this.#claims.heard(value.object);
        }
      } catch {
        // Such as a right that is missing: the members of others are not seen, and ours are known anyway.
      }
      watching.close();
      await pause(backoffMs(failures, 1_000, 30_000), signal);
    }
  }
}
