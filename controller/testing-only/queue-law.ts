import fc from 'fast-check';
import type { Priority } from '../../kube';
import { WorkQueue } from '../queue/work-queue';
import { clockOf, settle, World } from './fake-clock';

/**
 * Whatever is added, in whatever order workers take and finish: no two work on one key at once, nothing that was added is
 * forgotten, nothing is worked on without a reason, and a failed key waits and holds up no other.
 */

export type Step =
  | { readonly do: 'add'; readonly key: string; readonly priority: Priority; readonly afterMs: number }
  | { readonly do: 'take' }
  | { readonly do: 'finish'; readonly worker: number; readonly how: 'well' | 'badly' | 'again' }
  | { readonly do: 'wait'; readonly ms: number };

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

const key = fc
  .record({ flow: fc.constantFrom('a', 'b', 'c'), name: fc.constantFrom('1', '2', '3', '4') })
  .map(({ flow, name }) => `${flow}/${name}`);
const priority = fc.constantFrom<Priority>('high', 'normal', 'normal', 'low');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ do: fc.constant('add' as const), key, priority },
      afterMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 400 })),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant('finish' as const), worker: fc.nat(9) },
      how: fc.constantFrom<'well' | 'badly' | 'again'>('well', 'badly', 'badly', 'again'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 300 }) }),
  },
);
export const schedules = fc.array(step, { maxLength: 80 });

/** What is owed to a key, as the law sees it: an account of its own, which knows nothing of lines and entries. */
interface Account {
  /** The reasons to work on it that were not served yet, by when they have to be served at the latest. */
  owedBy: number | undefined;
  workers: number;
  /** Added while it was worked on. */
  dirty: Priority | undefined;
  failures: number;
  /** It may not be taken before. */
  heldUntil: number | undefined;
}

const order: readonly Priority[] = ['high', 'normal', 'low'];
const isHigher = (one: Priority, other: Priority | undefined) =>
  other === undefined || order.indexOf(one) < order.indexOf(other);

/** Runs one schedule, then lets all of it come to its end. Throws where the queue breaks its promise. */
export async function runSchedule(steps: readonly Step[]): Promise<void> {
  const run = new Run();
  for (const one of steps) await run.step(one);
  await run.end();
}

class Run {
  readonly world = new World();
  readonly queue = new WorkQueue({
    ...{ firstRetryMs: FIRST_MS, longestRetryMs: LONGEST_MS, clock: clockOf(this.world), random: () => 0.5 },
  });
  readonly accounts = new Map<string, Account>();
  readonly working: string[] = [];
  waiting = 0;
  /** What a worker has found; it is told at the end of the step. */
  broken: unknown;

  async step(one: Step): Promise<void> {
    if (one.do === 'add') this.add(one);
    if (one.do === 'take') this.take();
    if (one.do === 'finish' && this.working.length > 0) this.finish(one.worker, one.how);
    if (one.do === 'wait') await this.goOn(this.world.now + one.ms);
    await settle();
    this.look();
  }

  /** Workers are there, and no key fails any more: after the longest wait nothing is owed, and the queue is empty. */
  async end(): Promise<void> {
    const until = this.world.now + 2 * LONGEST_MS;
    for (let round = 0; this.world.now < until || this.working.length > 0; round += 1) {
      law(round < 2_000, 'it does not come to rest');
      while (this.working.length > 0) this.finish(0, 'well');
      this.take();
      await settle();
      this.look();
      if (this.working.length === 0) await this.world.goOn(this.world.now + 100);
    }
    const owed = [...this.accounts].filter(([, { owedBy }]) => owedBy !== undefined);
    law(owed.length === 0, `forgotten: ${owed.map(([one]) => one)}`);
    const { ready, delayed, workedOn } = this.queue.counts();
    law(ready + delayed + workedOn === 0, `left: ${JSON.stringify(this.queue.counts())}`);
    this.queue.close();
    await settle();
    law(this.waiting === 0, 'a taker waits on after the end');
  }

  async goOn(until: number): Promise<void> {
    // In small steps, so that what is due at a time is seen at that time.
    while (this.world.now < until) {
      await this.world.goOn(Math.min(until, this.world.now + 10));
      this.look();
    }
  }

  add({ key: of, priority: rank, afterMs }: Step & { do: 'add' }): void {
    const account = this.accountOf(of);
    this.queue.add(of, { priority: rank, afterMs });
    const isHeld = account.heldUntil !== undefined && rank !== 'high';
    if (account.workers > 0) {
      if (afterMs === 0) account.dirty = isHigher(rank, account.dirty) ? rank : account.dirty;
      this.owe(account, this.world.now + afterMs);
      return;
    }
    if (account.heldUntil !== undefined && (isHeld || afterMs > 0)) {
      this.owe(account, account.heldUntil);
      return;
    }
    this.owe(account, this.world.now + afterMs);
    if (afterMs === 0) account.heldUntil = undefined;
  }

  take(): void {
    if (this.waiting > 0 || this.working.length >= 3) return;
    this.waiting += 1;
    this.queue
      .take()
      .then((of) => {
        this.waiting -= 1;
        if (of !== undefined) this.taken(of);
      })
      .catch((error: unknown) => {
        this.broken ??= error;
      });
  }

  taken(of: string): void {
    const account = this.accountOf(of);
    law(account.workers === 0, `two work on ${of}`);
    law(account.owedBy !== undefined, `${of} without a reason`);
    law(
      account.heldUntil === undefined || this.world.now >= account.heldUntil,
      `${of} did not wait after its failure`,
    );
    account.owedBy = undefined;
    account.heldUntil = undefined;
    account.workers += 1;
    this.working.push(of);
  }

  finish(worker: number, how: 'well' | 'badly' | 'again'): void {
    const [of] = this.working.splice(worker % this.working.length, 1) as [string];
    const account = this.accountOf(of);
    account.workers -= 1;
    const { dirty } = account;
    account.dirty = undefined;
    if (how === 'badly') {
      account.failures += 1;
      const waitMs = this.queue.retry(of);
      const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (account.failures - 1));
      law(
        waitMs >= full / 2 && waitMs <= full,
        `${of} waits ${waitMs} ms after ${account.failures} failures`,
      );
      account.heldUntil = this.world.now + waitMs;
      account.owedBy = this.world.now + waitMs;
    } else {
      account.failures = 0;
      this.queue.forget(of);
    }
    if (how === 'again') {
      this.queue.add(of, { afterMs: 50 });
      this.owe(account, this.world.now + 50);
    }
    this.queue.done(of);
    law(this.queue.failuresOf(of) === account.failures, `failures of ${of}`);
    if (dirty === undefined) return;
    if (dirty === 'high') account.heldUntil = undefined;
    this.owe(account, account.heldUntil ?? this.world.now);
  }

  /** What is due is ready, or being worked on: a worker that waits would have it. */
  look(): void {
    if (this.broken) throw this.broken;
    for (const [of, account] of this.accounts) {
      const { owedBy, heldUntil } = account;
      if (owedBy === undefined || account.workers > 0) continue;
      if (heldUntil !== undefined && this.world.now >= heldUntil) account.heldUntil = undefined;
      law(this.waiting === 0 || owedBy > this.world.now, `${of} is due, and a worker waits`);
    }
    law(this.queue.counts().workedOn === this.working.length, 'how many are worked on');
  }

  owe(account: Account, by: number): void {
    account.owedBy = Math.min(account.owedBy ?? Number.POSITIVE_INFINITY, by);
  }

  accountOf(of: string): Account {
    const known = this.accounts.get(of);
    if (known) return known;
    const account: Account = {
      ...{ owedBy: undefined, workers: 0, dirty: undefined, failures: 0, heldUntil: undefined },
    };
    this.accounts.set(of, account);
    return account;
  }
}

function law(holds: boolean, broken: string): void {
  if (!holds) throw new Error(`the queue: ${broken}`);
}

export async function runQueueLaw(cases: number, seed?: number, shrinks = true): Promise<void> {
  const how = { numRuns: cases, ...(seed === undefined ? {} : { seed }), endOnFailure: !shrinks };
  await fc.assert(fc.asyncProperty(schedules, runSchedule), how);
}
