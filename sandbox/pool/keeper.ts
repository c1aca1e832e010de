import type { Job } from '../../imports/k8s';
import { backoffMs, KubeError, Moment, pauseBy, type Stored } from '../../kube';
import { isFinished } from '../causes/job-end';
import { POOL_MARKS } from '../spec';
import { type Failure, failureOf } from './answer';
import { ClaimsFirst } from './claims-first';
import { ageSeconds, hasTimeFor, LEAST_IDLE_SECONDS, memberJob, poolOf } from './member';
import { Pace } from './pace';
import { CALL_MS, removeSurely, takeOut } from './settle';
import { Slot } from './slot';
import type { Line, Surroundings } from './surroundings';

/** Why a member left the pool unclaimed. */
export type RetiredFor =
  | 'start'
  | 'lost'
  | 'silent'
  | 'idle'
  | 'ended'
  | 'refused'
  | 'quota'
  | 'oldTemplate'
  | 'unauthorized'
  | 'closed';

/** What a keeper tells its metrics. */
export type PoolEvent = 'created' | 'ready' | { readonly retired: RetiredFor };

export interface KeeperOptions {
  /** The name of this manager, which no other has. */
  readonly self: string;
  /** How many members it keeps warm. */
  readonly share: number;
  readonly idleSeconds: number;
  /** The Job of a member, as the template has it. */
  readonly plan: (name: string) => Job;
  readonly tell?: (event: PoolEvent) => void;
}

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 5_000;
/** An answer that is older says nothing about now. */
const REACHED_WITHIN_MS = 60_000;
/** What an API server has not done by then of a request it will not do any more. */
const MAY_COME_WITHIN_MS = 75_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** After it gave way to a claim, or its template was told to be old: it does not take at once what it gave. */
const GAVE_WAY_MS = 30_000;

/**
 * Keeps a manager's share of a pool warm: makes members, holds a stream to each, and takes out those that are not to be
 * claimed any more. Claims take from it; see `PoolClaims`.
 */
export class Keeper<Held extends Line> {
  /** Which pool: the same for all managers whose members are the same. */
  readonly pool: string;
  readonly #slots = new Map<string, Slot<Held>>();
  readonly #removing = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #stopped = new AbortController();
  readonly #pace = new Pace();
  readonly #claims: ClaimsFirst;
  #isHeld = false;
  #failures = 0;
  #resting: { readonly since: Moment; readonly ms: number } | undefined;
  #isStarted = false;
  readonly #emptied: (() => void)[] = [];

  constructor(
    readonly world: Surroundings<Held>,
    readonly options: KeeperOptions,
  ) {
    this.pool = poolOf(options.plan('member'));
    this.#claims = new ClaimsFirst(world.clock);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#fill();
  }

  /** How many of its members can be claimed now, and how many it has in all. */
  get counts(): { readonly ready: number; readonly all: number } {
    const all = [...this.#slots.values()];
    return {
      ready: all.filter((slot) => slot.phase === 'ready' && this.#isFit(slot, 1)).length,
      all: all.length,
    };
  }

  /** What the watch tells of a member that is warm. */
  heard(job: Stored<Job>): void {
    const slot = this.#slots.get(job.metadata.name);
    if (!slot?.job || slot.job.metadata.uid !== job.metadata.uid) return;
    // An older version of it does not know yet when it began.
    if (job.status?.startTime) slot.job = job;
    const isOver = isFinished(job) || job.metadata.deletionTimestamp !== undefined;
    if (isOver && slot.phase !== 'claiming') void this.retire(slot, 'ended');
  }

  /** What the watch tells of one that is warm no more. */
  heardNoMore(job: Stored<Job>): void {
    const slot = this.#slots.get(job.metadata.name);
    if (!slot?.job || slot.job.metadata.uid !== job.metadata.uid) return;
    if (slot.phase === 'claiming' || slot.phase === 'leaving') return;
    // Another has claimed it, or it is gone: in both cases nothing of it is ours to end.
    slot.takeLine()?.leave();
    this.free(slot);
  }

  /** A member that can be claimed for so long, and is nobody else's any more in this program. */
  take(ttl: number): (Slot<Held> & { readonly job: Stored<Job> }) | undefined {
    for (const slot of this.#slots.values()) {
      if (slot.phase !== 'ready' || !this.#isFit(slot, ttl)) continue;
      slot.phase = 'claiming';
      this.#claims.claimed();
      return slot as Slot<Held> & { readonly job: Stored<Job> };
    }
    return undefined;
  }

  /** After a claim that was surely not done. */
  giveBack(slot: Slot<Held>): void {
    slot.phase = 'ready';
    if (this.#closing.signal.aborted || !slot.line || slot.line.isLost) void this.retire(slot, 'lost');
  }

  /** Whether one that is ready would do, were there more time in it: says why a claim finds none. */
  hasReadyWithout(ttl: number): boolean {
    return [...this.#slots.values()].some((slot) => slot.phase === 'ready' && !this.#isFit(slot, ttl));
  }

  /** Its member is surely not warm, or will never be: another may take its place. */
  free(slot: Slot<Held>): void {
    slot.phase = 'leaving';
    slot.ending.abort();
    if (!this.#slots.delete(slot.name)) return;
    if (this.#slots.size === 0) for (const emptied of this.#emptied.splice(0)) emptied();
    this.#fill();
  }

  /** Takes a member out of the pool. Resolves when nobody can claim it any more. */
  async retire(slot: Slot<Held>, why: RetiredFor): Promise<void> {
    if (slot.phase === 'leaving' || !slot.job) return;
    slot.phase = 'leaving';
    slot.ending.abort();
    const { job } = slot;
    const left = await takeOut(this.world, job, this.stopped);
    // Who has claimed it lets it live on; cut off, its supervisor would wait for the next client.
    if (left?.is === 'claimed') slot.takeLine()?.leave();
    else slot.takeLine()?.cut();
    if (left?.is === 'retired') this.options.tell?.({ retired: why });
    this.free(slot);
    if (left?.is === 'retired') await this.#remove(job);
  }

  /** One member makes room for a sandbox that the quota has none for. `false` where there is none to give. */
  async giveWay(): Promise<boolean> {
    const slot = [...this.#slots.values()].find(({ phase }) => phase === 'ready');
    if (!slot) return false;
    this.#pause(GAVE_WAY_MS);
    await this.retire(slot, 'quota');
    return true;
  }

  /** After an answer to a call of this manager that says something about all its members. */
  heardFailure(why: Failure): void {
    if (why !== 'unauthorized' && why !== 'oldTemplate') return;
    this.#pause(GAVE_WAY_MS);
    for (const slot of this.#slots.values()) {
      if (slot.phase !== 'ready') continue;
      // The stream was opened with a right that is gone. Its end ends the sandbox, with or without a right of ours.
      if (why === 'unauthorized') slot.takeLine()?.cut();
      void this.retire(slot, why);
    }
  }

  async #remove(job: Stored<Job>): Promise<void> {
    const removing = removeSurely(this.world, job, this.stopped);
    this.#removing.add(removing);
    await removing;
    this.#removing.delete(removing);
  }

  /** Takes all members out. Resolves when none is left, nor anything of one that was retired. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const slot of this.#slots.values()) {
      if (slot.phase === 'ready' || slot.phase === 'warming') void this.retire(slot, 'closed');
    }
    if (this.#slots.size > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied.push(resolve);
      });
    }
    // The last one was freed a moment ago, and its deletion has begun by now.
    await Promise.resolve();
    await Promise.all(this.#removing);
  }

  /** Lets go of everything at once, whatever state it is in: what it left ends by itself. */
  stop(): void {
    this.#closing.abort();
    this.#stopped.abort();
    for (const slot of this.#slots.values()) {
      slot.takeLine()?.cut();
      this.free(slot);
    }
  }

  /** Aborted when nothing more is to be settled. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  #isFit({ job, line, answered }: Slot<Held>, ttl: number): boolean {
    if (!job || !line || line.isLost || !answered) return false;
    return answered.atMostMsAgo() <= REACHED_WITHIN_MS && hasTimeFor(job, ttl, this.world.api.now());
  }

  #fill(): void {
    if (!this.#isStarted || this.#closing.signal.aborted || this.#resting || this.#isHeld) return;
    const { waitMs } = this.#claims;
    if (waitMs > 0) {
      this.#fillAfter(waitMs);
      return;
    }
    const starting = [...this.#slots.values()].filter((slot) => slot.isStarting).length;
    const missing = Math.min(this.options.share - this.#slots.size, this.#pace.most - starting);
    for (let count = 0; count < missing; count += 1) void this.#keep(new Slot<Held>(this.world.newName()));
  }

  #fillAfter(ms: number): void {
    this.#isHeld = true;
    void pauseBy(this.world.clock, ms, this.#closing.signal).then(() => {
      this.#isHeld = false;
      this.#fill();
    });
  }

  /** The life of a member in this manager's hands. */
  async #keep(slot: Slot<Held>): Promise<void> {
    this.#slots.set(slot.name, slot);
    slot.job = await this.#create(slot);
    if (!slot.job) return this.free(slot);
    this.options.tell?.('created');
    if (this.#closing.signal.aborted) return this.retire(slot, 'closed');
    slot.phase = 'warming';
    if (await this.#open(slot, slot.job)) await this.#watchOver(slot);
  }

  async #create(slot: Slot<Held>): Promise<Stored<Job> | undefined> {
    const { api } = this.world;
    const { plan, self, idleSeconds } = this.options;
    const sent = new Moment(this.world.clock);
    try {
      return await api.create(memberJob(plan(slot.name), this.pool, self, idleSeconds), CALL_MS);
    } catch (error) {
      const why = failureOf(error);
      this.heardFailure(why);
      this.#failed();
      // Nobody else has the name, so one that is taken is this one, made by a request that came twice.
      const mayBeThere = why === 'lost' || (error instanceof KubeError && error.code === 'ALREADY_EXISTS');
      if (!mayBeThere) return undefined;
    }
    slot.phase = 'unknown';
    return this.#lookFor(slot.name, sent);
  }

  /** A creation without an answer: it is there, or it will not come any more. It is not repeated. */
  async #lookFor(name: string, sent: Moment): Promise<Stored<Job> | undefined> {
    const { api, clock } = this.world;
    for (let tries = 1; !this.stopped.aborted; tries += 1) {
      const mayCome = sent.atLeastMsAgo() < MAY_COME_WITHIN_MS;
      const found = await api.get(name, CALL_MS).catch(() => 'unknown' as const);
      if (found === undefined && !mayCome) return undefined;
      if (found !== 'unknown' && found !== undefined) return found;
      await pauseBy(
        clock,
        backoffMs(tries, 200, 10_000, () => this.world.random()),
        this.stopped,
      );
    }
    return undefined;
  }

  /** Whether it became ready. */
  async #open(slot: Slot<Held>, job: Stored<Job>): Promise<boolean> {
    const asked = new Moment(this.world.clock);
    let line: Held;
    try {
      line = await this.world.lines.open(job, slot.ending.signal);
    } catch (error) {
      if (slot.phase !== 'warming') return false;
      this.heardFailure(failureOf(error));
      this.#pace.failed();
      this.#failed();
      await this.retire(slot, 'start');
      return false;
    }
    if (slot.phase !== 'warming') {
      // It was taken out, or another has claimed it, and lets it live.
      line.leave();
      return false;
    }
    slot.line = line;
    slot.answered = asked;
    slot.phase = 'ready';
    this.#failures = 0;
    this.#pace.started(asked.atMostMsAgo());
    this.options.tell?.('ready');
    void line.lost.then(() => {
      if (slot.phase !== 'ready') return;
      this.#failed();
      void this.retire(slot, 'lost');
    });
    this.#fill();
    return true;
  }

  /** Asks the supervisor again and again whether it is there, until the member is taken or has waited long enough. */
  async #watchOver(slot: Slot<Held>): Promise<void> {
    const { clock, api } = this.world;
    // Members that were made together do not all leave together.
    const idle = this.options.idleSeconds - LEAST_IDLE_SECONDS * (1 + this.world.random());
    for (;;) {
      const pauseMs = PING_EVERY_MS * (0.75 + this.world.random() / 2);
      const leftMs = Math.max(0, idle - ageSeconds(slot.job!, api.now())) * 1000 + 1_000;
      await pauseBy(clock, Math.min(pauseMs, leftMs), slot.ending.signal);
      // It may be given back.
      if (slot.phase === 'claiming') continue;
      if (slot.phase !== 'ready' || !slot.line) return;
      if (ageSeconds(slot.job!, api.now()) > idle) return this.retire(slot, 'idle');
      const asked = new Moment(clock);
      const isThere = await slot.line.ping(PONG_WITHIN_MS);
      if (isThere) slot.answered = asked;
      else if (slot.phase === 'ready') return this.retire(slot, 'silent');
    }
  }

  #failed(): void {
    this.#failures += 1;
    this.#pause(backoffMs(this.#failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, () => this.world.random()));
  }

  /** Nothing is made for so long; of two pauses the one that ends later counts. */
  #pause(ms: number): void {
    const since = new Moment(this.world.clock);
    if (this.#resting && this.#resting.ms - this.#resting.since.atLeastMsAgo() >= ms) return;
    const pause = { since, ms };
    this.#resting = pause;
    void pauseBy(this.world.clock, ms, this.#closing.signal).then(() => {
      if (this.#resting !== pause) return;
      // Its timer decides, and not the clock: a timer may be a moment early.
      this.#resting = undefined;
      this.#fill();
    });
  }
}

/** Whose member it is. */
export function holderOf(job: Stored<Job>): string | undefined {
  return job.metadata.labels?.[POOL_MARKS.holder];
}
