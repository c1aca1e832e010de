import type { JsonObject } from '../core/template';
import type { Job } from '../imports/k8s';
import { Connection, realClock } from '../kube';
import { checkMs } from './amounts';
import { type Place as ArgumentPlace, checkGiven, checkKinds, checkOptions, invalid } from './arguments';
import { type BackendCalls, callsOf, type Listed, needsJobs } from './backend/calls';
import { throwingOwn, throwingOwnAtOnce } from './causes/own-error';
import { claimFrom } from './checkpoint/claim-from';
import { type AttachOptions, claimSandbox, type FollowOptions } from './claim/claim';
import { deleteJob } from './claim/delete-job';
import { Deletions } from './claim/deletions';
import { Leftovers } from './claim/leftovers';
import type { Place } from './claim/place';
import { hasWaitedTooLong, QueueSweep } from './claim/queue-sweep';
import { SandboxError } from './errors';
import { Fleet } from './fleet/fleet';
import { checkFleets, checkMap, type FleetOptions, type MapOptions, type MapRun } from './fleet/options';
import type { MapOutcome } from './fleet/outcome';
import { Shares } from './fleet/shares';
import { commandOfJob } from './job/job-files';
import type { SandboxJob } from './job/sandbox-job';
import { followSandboxJob, startSandboxJob } from './job/start-job';
import { Metrics } from './metrics/metrics';
import type { ClaimOptions, JobOptions, SandboxesOptions } from './options';
import { claimWarm } from './pool/claim-warm';
import { checkPool, type PoolOptions } from './pool/options';
import { WarmPool } from './pool/warm-pool';
import { withRoom } from './pool/with-room';
import { preflight } from './preflight/preflight';
import type { PreflightReport } from './preflight/report';
import type { Sandbox } from './sandbox';
import type { SandboxSummary } from './summary';
import { planJob } from './template/plan-job';
import { allowsOpenStart, type JobOf, jobOf } from './template/template-source';

const START_TIMEOUT_MS = 60_000;
/** What failed claims left is looked for this long when everything is closed. */
const LEFT_WITHIN_MS = 10_000;
const CONSTRUCTION = {
  install: 'object',
  hash: 'text',
  context: 'text',
  inCluster: 'flag',
  allowExecPlugin: 'flag',
  hooks: 'object',
  pool: 'object',
  fleets: 'object',
} as const;
/** In seconds: preflight closes its sandbox within a few. */
const PREFLIGHT_TTL = 120;
/** In seconds: an item that goes on in its sandbox has it as if this program had claimed it. */
const ATTACHED_ORPHAN_TTL = 20;

/**
 * Makes sandboxes from one template, and finds them again. Opens nothing by itself: the first call does.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * const boxes = new Sandboxes({ template: readFileSync('template.json', 'utf8'), namespace: 'boxes' });
 * const claimed = await boxes.claim({ values: { image: 'registry.example.com/tools:1.0.0' }, ttl: 600 });
 * await claimed.close();
 */
export class Sandboxes<Run extends object = JsonObject> {
  readonly #place: Place;
  readonly #jobOf: JobOf;
  readonly #calls: BackendCalls;
  readonly #hash: string | undefined;
  readonly #claimed = new Set<Sandbox>();
  readonly #claiming = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  readonly #pool: WarmPool | undefined;
  readonly #fleets: FleetOptions | undefined;
  readonly #shares: Shares;
  readonly #queueSweep: QueueSweep;

  constructor(options: SandboxesOptions<Run>) {
    const { place, job, calls, hash, pool, fleets } = throwingOwnAtOnce('new Sandboxes', () =>
      prepared(options),
    );
    this.#place = place;
    this.#jobOf = job;
    this.#calls = calls;
    this.#hash = hash;
    this.#queueSweep = new QueueSweep(place);
    this.#pool = pool && new WarmPool(place, pool);
    this.#fleets = options.fleets;
    this.#shares = new Shares({ parallel: fleets.parallel, weights: fleets.shares });
  }

  /**
   * Makes a sandbox, or takes one that is warm, and waits until it takes commands and its network is seen to be closed;
   * its `info` says which. Rejects with a SandboxError whose code says why it did not: then nothing is left of it.
   */
  claim(options: ClaimOptions<Run> = {}): Promise<Sandbox> {
    const { metrics, namespace } = this.#place;
    const operation = { name: 'claim', facts: { namespace } } as const;
    const traced = () => metrics.within(operation, () => this.#claim(options), claimInFacts);
    return this.#whileOpen(throwingOwn('claim', undefined, traced));
  }

  /**
   * Waits until this program's share of the pool is warm. Claims need not wait for that: one that finds no warm sandbox
   * makes its own. `PoolBeyondQuota` where the namespace can never have room for them, `StartTimeout` after
   * `withinMs` (a minute, where it is not given): the pool goes on filling then.
   */
  warmUp(withinMs = START_TIMEOUT_MS): Promise<void> {
    return throwingOwn('warmUp', undefined, async () => {
      checkMs({ where: 'warmUp' }, { withinMs });
      await this.#pool?.warmUp(withinMs);
    });
  }

  /** Enters a sandbox that is there, of this program or another. `TemplateMismatch` for one of another `hash`. */
  async attach(id: string, options: AttachOptions = {}): Promise<Sandbox> {
    return throwingOwn('attach', undefined, async () => {
      checkFollow({ where: 'attach' }, options);
      const sandbox = await this.#calls.attach(this.#place, id, this.#hash, options);
      this.#place.metrics.attached();
      return sandbox;
    });
  }

  /**
   * Runs something for each item, each in a sandbox of its own: so many at a time, fair to tenants, and waiting while the
   * quota is full. Resolves with one outcome an item, in their order, whatever became of each; rejects only where nothing
   * was begun. With `id` and `record` a program that was killed can be started again: nothing is run twice.
   *
   * @example
   * const outcomes = await sandboxes.map(
   *   ['unit', 'lint'],
   *   async (task, sandbox) => (await sandbox.commands.run(['make', task])).orThrow().exitCode,
   *   { claim: { values: { image: 'registry.example.com/tools:1.0.0' }, ttl: 600 } },
   * );
   */
  map<Item, Result>(
    items: readonly Item[],
    run: MapRun<Item, Result>,
    options: MapOptions<Item, Result, Run> = {},
  ): Promise<MapOutcome<Result>[]> {
    return this.#whileOpen(throwingOwn('map', undefined, () => this.#map(items, run, options)));
  }

  /** Runs one command as a Job of its own, and follows it. */
  job(options: JobOptions<Run>): Promise<SandboxJob> {
    return this.#whileOpen(throwingOwn('job', undefined, () => this.#job(options)));
  }

  /** A one-shot Job of this program or another, with its whole log and its outcome. */
  findJob(id: string, options: FollowOptions = {}): Promise<SandboxJob> {
    return throwingOwn('findJob', undefined, async () => {
      checkFollow({ where: 'findJob' }, options);
      needsJobs(this.#place, 'findJob');
      return followSandboxJob(this.#place, id, options);
    });
  }

  /** Every sandbox and one-shot Job of the namespace. */
  async list(): Promise<SandboxSummary[]> {
    return throwingOwn(`list of ${this.#place.namespace}`, undefined, async () =>
      (await this.#calls.listed(this.#place)).map(({ summary }) => summary),
    );
  }

  /** Deletes a sandbox or Job by its name, of this program or another. One that is gone is as good. */
  async end(id: string): Promise<void> {
    await throwingOwn('end', undefined, async () => {
      const job = await this.#calls.lookFor(this.#place, id);
      if (!job) return;
      this.#place.deletions.note(job.metadata, 'end() of its Sandboxes');
      await deleteJob(this.#place, job);
    });
  }

  /**
   * Deletes what has finished, without waiting for its time to live, and what has waited in a queue for longer than any
   * sandbox of the template may live. Returns the names.
   */
  async collect(): Promise<string[]> {
    const { namespace, deletions } = this.#place;
    return throwingOwn(`collect of ${namespace}`, undefined, async () => {
      const all = await this.#calls.listed(this.#place);
      const now = this.#place.connection.clock.now();
      const isOver = ({ held, summary }: Listed) =>
        summary.state === 'finished' || hasWaitedTooLong(held, now);
      const finished = all.filter(isOver).map(({ held }) => held);
      for (const { metadata } of finished) deletions.note(metadata, 'collect() of its Sandboxes');
      await Promise.all(finished.map((job) => deleteJob(this.#place, job)));
      return finished.map(({ metadata }) => metadata.name);
    });
  }

  /**
   * Whether this namespace holds what sandboxes promise: rights, policy, Pod Security and quota, and from inside of a
   * sandbox user namespace and network. `values` as for claim, such as the image.
   */
  preflight(options: ClaimOptions<Run> = {}): Promise<PreflightReport> {
    return throwingOwn('preflight', undefined, async () => {
      needsJobs(this.#place, 'preflight');
      const job = planJob(this.#jobOf, this.#place.namespace, options as ClaimOptions<object>);
      // It looks at the network itself, and at what else there is where that is open.
      const place = { ...this.#place, allowsOpenStart: true };
      // And says nothing of what a sandbox begins with.
      const claim = () => this.#claim({ ttl: PREFLIGHT_TTL, ...options, from: undefined }, place);
      return preflight(this.#place, job, () => this.#whileOpen(throwingOwn('claim', undefined, claim)));
    });
  }

  /** Counters and timings in the text format of Prometheus. */
  metrics(): string {
    return this.#place.metrics.text();
  }

  /**
   * Closes every sandbox that was claimed here, or is being claimed, then the connection. One-shot Jobs that were started
   * and attached sandboxes live on. Rejects with the names of what may be left when the cluster could not be asked.
   */
  async close(): Promise<void> {
    this.#closing.abort(closing());
    await Promise.allSettled([...this.#claiming]);
    await this.#pool?.close();
    const results = await Promise.allSettled([...this.#claimed].map((sandbox) => sandbox.close()));
    const left = await this.#place.leftovers.settled(LEFT_WITHIN_MS);
    this.#place.connection.close();
    if (left.length > 0) throw leftBehind(left);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #claim(options: ClaimOptions<Run>, place = this.#place): Promise<Sandbox> {
    checkFollow({ where: 'claim' }, options);
    const signal = this.#signal(options);
    const { metrics } = this.#place;
    const startedAt = performance.now();
    try {
      const given = { ...options, signal } as ClaimOptions<object>;
      const planned = this.#calls.plan(this.#jobOf, place.namespace, given);
      this.#queueSweep.beside(planned);
      const sandbox = await claimFrom(planned, given, (told) =>
        this.#warmOrCold(place, planned, told, signal),
      );
      metrics.claimed(performance.now() - startedAt);
      metrics.went(sandbox.info);
      return this.#kept(sandbox);
    } catch (error) {
      metrics.failed(error);
      throw error;
    }
  }

  async #map<Item, Result>(
    items: readonly Item[],
    run: MapRun<Item, Result>,
    options: MapOptions<Item, Result, Run>,
  ): Promise<MapOutcome<Result>[]> {
    const checked = checkMap(items, run, options, this.#fleets?.shares);
    if (this.#closing.signal.aborted) throw closing();
    const world = {
      clock: realClock,
      shares: this.#shares,
      claim: (given: ClaimOptions<object>, signal: AbortSignal) =>
        this.claim({ ...given, signal } as ClaimOptions<Run>),
      attach: (id: string, signal: AbortSignal) =>
        this.attach(id, { signal, orphanTtl: ATTACHED_ORPHAN_TTL }),
    };
    const { resume, onProgress } = options;
    return new Fleet(world, items, checked, { run, resume, onProgress }, this.#signal(options)).outcomes();
  }

  async #warmOrCold(
    place: Place,
    planned: Job,
    options: ClaimOptions<object>,
    signal: AbortSignal,
  ): Promise<Sandbox> {
    const given = { ...options, signal };
    if (!this.#pool) return this.#calls.claim(place, planned, given);
    const warm = await claimWarm(place, this.#pool, planned, given);
    if (typeof warm !== 'string') return warm;
    const plan = () => planJob(this.#jobOf, place.namespace, options);
    return withRoom(this.#pool, signal, () => claimSandbox(place, plan(), given, warm));
  }

  /** The caller's signal and close(): what is being made then is not made. */
  #signal({ signal }: { readonly signal?: AbortSignal }): AbortSignal {
    return signal ? AbortSignal.any([this.#closing.signal, signal]) : this.#closing.signal;
  }

  /** close() waits for what is under way, so that it leaves nothing behind. */
  #whileOpen<Made>(making: Promise<Made>): Promise<Made> {
    this.#claiming.add(making);
    const settled = () => this.#claiming.delete(making);
    making.then(settled, settled);
    return making;
  }

  #kept(sandbox: Sandbox): Sandbox {
    this.#claimed.add(sandbox);
    void sandbox.ended.then(() => this.#claimed.delete(sandbox));
    return sandbox;
  }

  async #job(options: JobOptions<Run>): Promise<SandboxJob> {
    checkFollow({ where: 'job' }, options);
    checkOptions({ where: 'job' }, options, { files: 'object' });
    needsJobs(this.#place, 'job');
    const { from } = options as { readonly from?: unknown };
    if (from !== undefined)
      throw invalid({ where: 'job' }, 'from', from, 'none: a claim alone begins with one');
    const { command } = options;
    // Also without files it waits, for the network to be closed.
    const files = options.files ?? (this.#place.allowsOpenStart ? undefined : {});
    const planned = planJob(this.#jobOf, this.#place.namespace, options as ClaimOptions<object>, {
      command: commandOfJob(command, files),
    });
    this.#queueSweep.beside(planned);
    const following = { ...options, signal: this.#signal(options) };
    return startSandboxJob(this.#place, planned, following, files);
  }
}

function claimInFacts({ id, podName, info }: Sandbox) {
  const kinds = { way: info.way, ...(info.way === 'cold' && { why: info.why }) };
  return { kinds, facts: { sandbox: id, pod: podName } };
}

function checkFollow(place: ArgumentPlace, options: FollowOptions): void {
  checkOptions(place, options, { signal: 'signal', onProgress: 'function' });
}

function prepared<Run extends object>(options: SandboxesOptions<Run>) {
  const where = 'new Sandboxes';
  checkOptions({ where }, options, CONSTRUCTION);
  const { template, install, hash, namespace, pool, fleets, backend = 'jobs', ...rest } = options;
  const { startTimeoutMs = START_TIMEOUT_MS, ...connect } = rest;
  checkGiven({ where }, 'namespace', namespace, 'name');
  checkKinds({ where }, { 'hooks.around': rest.hooks?.around }, { 'hooks.around': 'function' });
  checkMs({ where }, { startTimeoutMs, deadlineMs: connect.deadlineMs });
  const calls = callsOf(backend);
  if (pool !== undefined) needsJobs(calls, 'new Sandboxes({ pool })');
  const job = jobOf(template, install, hash);
  const checkedPool = checkPool(job, namespace, pool as PoolOptions<object> | undefined);
  const metrics = new Metrics();
  const connection = new Connection({ ...connect, namespace, hooks: metrics.hooks(connect.hooks) });
  const deletions = new Deletions();
  const leftovers = new Leftovers(connection, namespace, deletions, calls.backend);
  const place: Place = {
    ...{ connection, namespace, metrics, startTimeoutMs, leftovers, deletions, backend: calls.backend },
    allowsOpenStart: allowsOpenStart(template, install),
  };
  return { place, job, calls, hash, pool: checkedPool, fleets: checkFleets(fleets) };
}

/** The reason of the signal that ends what is under way, and so what its callers hear. */
function closing(): SandboxError {
  return new SandboxError('Closed', {
    where: 'claim or job',
    found: 'close() of its Sandboxes',
    expected: 'open Sandboxes until it is made',
    remedy: 'Close them after the last claim; nothing is left behind.',
  });
}

function leftBehind(names: readonly string[]): SandboxError {
  const facts = {
    where: 'close() of Sandboxes',
    found: `Jobs that may be there, of claims that failed: ${names.join(', ')}`,
    expected: 'an answer of the cluster about each',
    remedy: 'look for them later; each ends at its deadline by itself',
  };
  return new SandboxError('ApiFailed', facts, { retryable: true });
}
