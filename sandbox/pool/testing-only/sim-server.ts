import type { Job } from '../../../imports/k8s';
import { ApiError, type JsonPatch, KubeError, type Stored } from '../../../kube';
import { POOL_MARKS, TEMPLATE_ANNOTATION } from '../../spec';
import { PatchRefused, patched } from '../../testing-only/json-patch';
import { holderOf } from '../keeper';
import { stateOf } from '../member';
import type { PoolApi } from '../surroundings';
import { SimPod } from './sim-pods';
import type { Process, World } from './world';

/** What happens to one call on its way. `doubled`: it arrives twice, and the second answer is the one that is heard. */
export interface Way {
  readonly thereMs: number;
  readonly backMs: number;
  readonly what: 'answered' | 'lost before' | 'lost after' | 'late' | 'doubled' | 'refused';
}

export type Told = { readonly job: Stored<Job>; readonly isWarm: boolean };

/** One Job, and what is true of it. */
export interface Truth {
  job: Stored<Job>;
  readonly pod: SimPod;
  readonly createdAt: number;
  isGone: boolean;
  readonly claims: { readonly owner: string; readonly nonce: string; readonly at: number }[];
  /** Who took it out of the pool, and when. */
  retired: { readonly by: string; readonly at: number } | undefined;
  /** A claim of it was told to its caller. */
  isHandedOut: boolean;
  /** Its taker is done with it. */
  isClosed: boolean;
}

function patchedJob(job: Stored<Job>, change: JsonPatch): Stored<Job> {
  try {
    return patched(job, change);
  } catch (error) {
    throw error instanceof PatchRefused ? refusal(422, 'Invalid', error.message) : error;
  }
}

/** The time of the server at the beginning. */
const EPOCH = Date.parse('2026-11-29T12:00:00Z');
/** An API server gives a request up after a minute. */
const LATE_MS = 55_000;

export interface SimServerOptions {
  readonly ways: readonly Way[];
  readonly startMs: readonly number[];
  readonly share: number;
}

/** An API server with the Job controller and the nodes: right, at the end of ways that are not. Convicts what must not be. */
export class SimServer {
  readonly records: Truth[] = [];
  readonly watchers: ((told: Told) => void)[] = [];
  /** The hash that creations must have. */
  template = 'first';
  quota = Number.POSITIVE_INFINITY;
  isQuiet = false;
  /** The pod of the next member that is claimed ends before its claimant hears of it. */
  drainsNextClaim = false;
  readonly #unauthorized = new Set<Process>();
  #ways = 0;
  #starts = 0;

  constructor(
    readonly world: World,
    readonly options: SimServerOptions,
  ) {}

  nowMs(): number {
    return EPOCH + this.world.now;
  }

  get living(): Truth[] {
    return this.records.filter(({ isGone }) => !isGone);
  }

  byName(name: string): Truth | undefined {
    return this.living.find(({ job }) => job.metadata.name === name);
  }

  byUid(uid: string): Truth | undefined {
    return this.records.find(({ job }) => job.metadata.uid === uid);
  }

  revoke(process: Process, isRevoked: boolean): void {
    if (isRevoked) this.#unauthorized.add(process);
    else this.#unauthorized.delete(process);
  }

  apiFor(process: Process, self: string): PoolApi {
    const call = <Answer>(withinMs: number, act: () => Answer) => this.#call(process, withinMs, act);
    return {
      // Whole seconds of its Date header: at most a second behind.
      now: () => Math.floor(this.nowMs() / 1000) * 1000,
      create: (job, withinMs) => call(withinMs, () => this.create(job, self)),
      patch: (name, change, withinMs) => {
        const sentAt = this.world.now;
        return call(withinMs, () => this.#patch(name, change, self, sentAt));
      },
      get: (name, withinMs) => call(withinMs, () => this.byName(name)?.job),
      remove: (name, uid, withinMs) => call(withinMs, () => this.#remove(name, uid, self)),
    };
  }

  /** As the administrator does it, or a manager: `by` is a manager's name, or nobody's. */
  create(job: Job, by: string): Stored<Job> {
    const name = job.metadata!.name!;
    if (this.byName(name)) throw refusal(409, 'AlreadyExists');
    if (job.metadata?.annotations?.[TEMPLATE_ANNOTATION] !== this.template) throw oldTemplate();
    if (this.living.length >= this.quota)
      throw refusal(403, 'Forbidden', 'exceeded quota: boxes, requested: count/jobs.batch=1');
    const uid = `uid-${this.records.length}`;
    const creationTimestamp = new Date(Math.floor(this.nowMs() / 1000) * 1000).toISOString();
    const stored = { ...job, metadata: { ...job.metadata, name, uid, creationTimestamp } } as Stored<Job>;
    const record: Truth = {
      job: stored,
      pod: new SimPod(this.world, `pod-of-${uid}`, () => this.#podEnded(record)),
      createdAt: this.world.now,
      isGone: false,
      claims: [],
      retired: undefined,
      isHandedOut: false,
      isClosed: false,
    };
    this.records.push(record);
    this.world.count('members that were made');
    this.#tell(record);
    this.world.after(3, () => this.#startPod(record, creationTimestamp));
    this.#bound(record);
    this.#countShare(by, stored);
    return stored;
  }

  /** The pod ends, as on a node that is drained. @param isTold whether its streams hear of it */
  drain(record: Truth, isTold: boolean): void {
    record.pod.end(isTold);
  }

  /** `kubectl delete --cascade=foreground`: the Job waits for its pod. */
  deleteInForeground(record: Truth): void {
    if (record.job.metadata.deletionTimestamp || record.isGone) return;
    const deletionTimestamp = new Date(this.nowMs()).toISOString();
    this.#change(record, { metadata: { ...record.job.metadata, deletionTimestamp } });
    this.world.after(8_000, () => this.#delete(record));
  }

  /** `kubectl replace --force`: another Job of the same name, with the same labels. */
  replace(record: Truth): void {
    if (record.isGone || stateOf(record.job) !== 'warm') return;
    this.#delete(record);
    const { uid: _, creationTimestamp: __, deletionTimestamp: ___, ...metadata } = record.job.metadata;
    const labels = { ...metadata.labels, [POOL_MARKS.holder]: 'somebody' };
    const { status: ____, ...job } = record.job;
    try {
      this.create({ ...job, metadata: { ...metadata, labels } }, 'somebody');
    } catch {
      // No room, or another template: then it is only gone.
    }
  }

  /** `kubectl label --overwrite`: into another pool. */
  relabel(record: Truth): void {
    const labels = { ...record.job.metadata.labels, [POOL_MARKS.id]: 'another' };
    this.#change(record, { metadata: { ...record.job.metadata, labels } });
  }

  /** Its taker deletes it. */
  close(record: Truth): void {
    record.isClosed = true;
    if (!record.isGone) this.#delete(record);
  }

  #patch(name: string, change: JsonPatch, by: string, sentAt: number): Stored<Job> {
    const record = this.byName(name);
    if (!record) throw refusal(404, 'NotFound');
    const before = record.job;
    const after = patchedJob(before, change);
    const [was, is] = [stateOf(before), stateOf(after)];
    if (was === 'claimed' && is === 'retired') this.world.convict(`${by} retires a claimed member`);
    if (is === 'retired') record.retired = { by, at: this.world.now };
    if (is === 'claimed') this.#claimed(record, after, by, sentAt);
    this.#change(record, after);
    this.#bound(record);
    return record.job;
  }

  #claimed(record: Truth, after: Stored<Job>, by: string, sentAt: number): void {
    const { world } = this;
    const { labels, deletionTimestamp } = after.metadata;
    if (record.claims.length > 0) world.convict(`${by} claims what was claimed before`);
    if (deletionTimestamp || record.pod.hasEnded || !after.status?.active) {
      world.convict(`${by} claims a member that is ending`);
    }
    if (stateOf(record.job) !== 'warm') world.convict(`${by} claims a ${stateOf(record.job)} member`);
    const [pool, ttl] = [labels?.[POOL_MARKS.id], Number(labels?.ttl)];
    if (pool !== labels?.wants) world.convict(`${by} claims a member of another pool`);
    const endsAt = Date.parse(after.status?.startTime ?? '') + after.spec!.activeDeadlineSeconds! * 1000;
    const leftMs = endsAt - this.nowMs();
    // Whole seconds of three times.
    if (leftMs > ttl * 1000 + 3_000) world.convict(`${by} claims for ${leftMs} ms instead of ${ttl} s`);
    const onItsWayMs = world.now - sentAt;
    if (leftMs + onItsWayMs < ttl * 1000 - 2_000)
      world.convict(`${by} claims for ${leftMs} ms only, not ${ttl} s`);
    const podLeftMs =
      after.spec!.template.spec!.activeDeadlineSeconds! * 1000 - (world.now - record.createdAt);
    if (podLeftMs + onItsWayMs < ttl * 1000 - 2_000)
      world.convict(`${by} claims a member whose pod ends before its ttl`);
    if (this.drainsNextClaim) world.after(1, () => record.pod.end());
    this.drainsNextClaim = false;
    world.count('members that were claimed');
    record.claims.push({
      owner: labels![POOL_MARKS.owner]!,
      nonce: labels![POOL_MARKS.nonce]!,
      at: world.now,
    });
  }

  #remove(name: string, uid: string | undefined, by: string): void {
    const record = this.byName(name);
    if (!record) return;
    if (uid !== undefined && record.job.metadata.uid !== uid) return;
    const owner = record.claims[0]?.owner;
    if (owner !== undefined && owner !== by) this.world.convict(`${by} deletes what ${owner} has claimed`);
    if (record.isHandedOut && !record.isClosed) this.world.convict(`${by} deletes what was handed out`);
    this.#delete(record);
  }

  /** Live warm members at most the share, creations at most the share and what was consumed of them. */
  #countShare(by: string, { metadata }: Stored<Job>): void {
    if (metadata.labels?.[POOL_MARKS.holder] !== by || by === 'somebody') return;
    const pool = metadata.labels?.[POOL_MARKS.id];
    const isOwn = ({ metadata: { labels } }: Stored<Job>) => labels?.[POOL_MARKS.id] === pool;
    const own = this.records.filter(({ job }) => holderOf(job) === by && isOwn(job));
    const live = own.filter((record) => isLiveWarm(record));
    if (live.length > this.options.share) {
      this.world.convict(`${by} has ${live.length} warm members, with a share of ${this.options.share}`);
    }
  }

  #startPod(record: Truth, startTime: string): void {
    if (record.isGone) return;
    this.#change(record, { status: { startTime, active: 1 } });
    const { startMs } = this.options;
    const delay = this.isQuiet ? 800 : (startMs[this.#starts % startMs.length] ?? 800);
    this.#starts += 1;
    this.world.after(delay, () => {
      if (record.isGone || record.pod.hasEnded) return;
      record.pod.run();
      // A kubelet tells it later.
      this.world.after(700, () => {
        if (record.pod.isRunning) this.#change(record, { status: { ...record.job.status, ready: 1 } });
      });
    });
  }

  #podEnded(record: Truth): void {
    if (record.isGone) return;
    const { startTime } = record.job.status ?? {};
    this.#change(record, { status: { startTime } });
    this.world.after(200, () => this.#finish(record, 'BackoffLimitExceeded'));
  }

  /** The Job controller looks at deadlines. */
  #bound(record: Truth): void {
    const { activeDeadlineSeconds } = record.job.spec!;
    const at = record.createdAt + activeDeadlineSeconds! * 1000 + 300;
    this.world.at(at, () => {
      if (record.isGone || record.job.spec!.activeDeadlineSeconds !== activeDeadlineSeconds) return;
      record.pod.end();
      this.#finish(record, 'DeadlineExceeded');
    });
  }

  #finish(record: Truth, reason: string): void {
    if (record.isGone || record.job.status?.conditions) return;
    const { startTime } = record.job.status ?? {};
    this.#change(record, { status: { startTime, conditions: [{ type: 'Failed', status: 'True', reason }] } });
    // ttlSecondsAfterFinished
    this.world.after(60_000, () => this.#delete(record));
  }

  #delete(record: Truth): void {
    if (record.isGone) return;
    record.isGone = true;
    record.pod.end();
    this.#tell(record);
  }

  #change(record: Truth, change: Partial<Stored<Job>>): void {
    if (record.isGone) return;
    record.job = { ...record.job, ...change } as Stored<Job>;
    this.#tell(record);
  }

  #tell(record: Truth): void {
    const isWarm = !record.isGone && stateOf(record.job) === 'warm';
    for (const watcher of this.watchers) watcher({ job: record.job, isWarm });
  }

  #call<Answer>(process: Process, withinMs: number, act: () => Answer): Promise<Answer> {
    const { world } = this;
    const usual: Way = { thereMs: 2, backMs: 2, what: 'answered' };
    const { ways } = this.options;
    const way = this.isQuiet ? usual : (ways[this.#ways % Math.max(1, ways.length)] ?? usual);
    this.#ways += 1;
    world.count(`call: ${way.what}`);
    return new Promise((resolve, reject) => {
      if (!process.step()) return;
      let isOver = false;
      const over = (what: () => void) => {
        if (isOver) return;
        isOver = true;
        stop();
        what();
      };
      const stop = process.clock.startTimer(withinMs, () => over(() => reject(lost('DEADLINE_EXCEEDED'))));
      const back = (what: () => void) =>
        world.after(way.backMs, () =>
          process.run(() => {
            if (!isOver && process.step()) over(what);
          }),
        );
      const perform = () => {
        if (this.#unauthorized.has(process)) throw refusal(401, 'Unauthorized');
        return act();
      };
      const arrive = (hearsAnswer: boolean) => {
        try {
          const answer = perform();
          if (hearsAnswer) back(() => resolve(answer));
        } catch (error) {
          if (hearsAnswer) back(() => reject(error));
        }
      };
      world.after(way.thereMs, () => {
        if (way.what === 'refused') back(() => reject(refusal(429, 'TooManyRequests')));
        else if (way.what === 'lost before') back(() => reject(lost('CONNECTION_LOST')));
        else if (way.what === 'late') {
          // Its caller is told that the connection broke, and the request is carried out long after.
          back(() => reject(lost('CONNECTION_LOST')));
          world.after(Math.min(LATE_MS, way.backMs * 40), () => arrive(false));
        } else if (way.what === 'lost after') {
          arrive(false);
          back(() => reject(lost('CONNECTION_LOST')));
        } else if (way.what === 'doubled') {
          arrive(false);
          arrive(true);
        } else arrive(true);
      });
    });
  }
}

export function isLiveWarm({ job, isGone, pod }: Truth): boolean {
  return !isGone && stateOf(job) === 'warm' && !pod.hasEnded && !job.metadata.deletionTimestamp;
}

function refusal(code: number, reason: string, message = ''): ApiError {
  return new ApiError('a call', code, { reason, message });
}

function oldTemplate(): ApiError {
  const words =
    "ValidatingAdmissionPolicy 'boxes' with binding 'boxes' denied request: metadata.annotations.drydock.dev/template: found first";
  return refusal(403, 'Forbidden', words);
}

function lost(code: 'CONNECTION_LOST' | 'DEADLINE_EXCEEDED'): KubeError {
  const facts = { where: 'a call', found: 'no answer', expected: 'one', remedy: 'Look at the object.' };
  return new KubeError(code, facts, { effect: 'unknown' });
}
