import type { JsonObject } from '../core/template';
import type { Job } from '../imports/k8s';
import { Connection, type ConnectOptions, list, type Stored } from '../kube';
import { checkMs } from './amounts';
import { type Place as ArgumentPlace, checkGiven, checkOptions } from './arguments';
import { apiError } from './causes/api-cause';
import { jobs } from './causes/fate';
import { attachSandbox, claimSandbox, type FollowOptions } from './claim/claim';
import { deleteJob } from './claim/delete-job';
import { lookForJob } from './claim/find-job';
import { Leftovers } from './claim/leftovers';
import type { Place } from './claim/place';
import { SandboxError } from './errors';
import { waitingCommand } from './job/job-files';
import type { SandboxJob } from './job/sandbox-job';
import { followSandboxJob, startSandboxJob } from './job/start-job';
import { Metrics } from './metrics/metrics';
import type { ClaimOptions, JobOptions, SandboxesOptions } from './options';
import { preflight } from './preflight/preflight';
import type { PreflightReport } from './preflight/report';
import type { Sandbox } from './sandbox';
import { type SandboxSummary, summaryOf } from './summary';
import { planJob } from './template/plan-job';
import { type JobOf, jobOf } from './template/template-source';

/** The labels that every Job of a template has. */
const SELECTOR = 'app.kubernetes.io/name=sandbox,app.kubernetes.io/managed-by=cdk8s-drydock';
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
} as const;
/** In seconds: preflight closes its sandbox within a few. */
const PREFLIGHT_TTL = 120;

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
  readonly #hash: string | undefined;
  readonly #claimed = new Set<Sandbox>();
  readonly #claiming = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: SandboxesOptions<Run>) {
    checkOptions({ where: 'new Sandboxes' }, options, CONSTRUCTION);
    const { template, install, hash, namespace, startTimeoutMs = START_TIMEOUT_MS, ...connect } = options;
    checkGiven({ where: 'new Sandboxes' }, 'namespace', namespace, 'name');
    checkMs({ where: 'new Sandboxes' }, { startTimeoutMs, deadlineMs: connect.deadlineMs });
    this.#jobOf = jobOf(template, install, hash);
    this.#hash = hash;
    const metrics = new Metrics();
    const connection = connected({ ...connect, namespace, hooks: metrics.hooks(connect.hooks) });
    const leftovers = new Leftovers(connection, namespace);
    this.#place = { connection, namespace, metrics, startTimeoutMs, leftovers };
  }

  /**
   * Makes a sandbox and waits until it takes commands. Rejects with a SandboxError whose code says why it did not:
   * then nothing is left of it.
   */
  claim(options: ClaimOptions<Run> = {}): Promise<Sandbox> {
    return this.#whileOpen(this.#claim(options));
  }

  /** Enters a sandbox that is there, of this program or another. `TemplateMismatch` for one of another `hash`. */
  async attach(id: string, options: FollowOptions = {}): Promise<Sandbox> {
    checkFollow({ where: 'attach' }, options);
    const sandbox = await attachSandbox(this.#place, id, this.#hash, options);
    this.#place.metrics.attached();
    return sandbox;
  }

  /** Runs one command as a Job of its own, and follows it. */
  async job(options: JobOptions<Run>): Promise<SandboxJob> {
    checkFollow({ where: 'job' }, options);
    checkOptions({ where: 'job' }, options, { files: 'object' });
    checkGiven({ where: 'job' }, 'command', options.command, 'texts');
    const { command, files } = options;
    const planned = planJob(this.#jobOf, this.#place.namespace, options as ClaimOptions<object>, {
      command: files ? waitingCommand(command) : [...command],
    });
    const started = startSandboxJob(
      this.#place,
      planned,
      { ...options, signal: this.#signal(options) },
      files,
    );
    return this.#whileOpen(started);
  }

  /** A one-shot Job of this program or another, with its whole log and its outcome. */
  async findJob(id: string, options: FollowOptions = {}): Promise<SandboxJob> {
    checkFollow({ where: 'findJob' }, options);
    return followSandboxJob(this.#place, id, options);
  }

  /** Every sandbox and one-shot Job of the namespace. */
  async list(): Promise<SandboxSummary[]> {
    return (await this.#jobs('list')).map(summaryOf);
  }

  /** Deletes a sandbox or Job by its name, of this program or another. One that is gone is as good. */
  async end(id: string): Promise<void> {
    const job = await lookForJob(this.#place, id);
    if (job) await deleteJob(this.#place.connection, job);
  }

  /** Deletes what has finished, without waiting for its time to live. Returns the names. */
  async collect(): Promise<string[]> {
    const finished = (await this.#jobs('collect')).filter((job) => summaryOf(job).state === 'finished');
    await Promise.all(finished.map((job) => deleteJob(this.#place.connection, job)));
    return finished.map(({ metadata }) => metadata.name);
  }

  /**
   * Whether this namespace holds what sandboxes promise: rights, policy, Pod Security and quota, and from inside of a
   * sandbox user namespace and network. `values` as for claim, such as the image.
   */
  async preflight(options: ClaimOptions<Run> = {}): Promise<PreflightReport> {
    const job = planJob(this.#jobOf, this.#place.namespace, options as ClaimOptions<object>);
    return preflight(this.#place, job, () => this.claim({ ttl: PREFLIGHT_TTL, ...options }));
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
    this.#closing.abort(new Error('close() of its Sandboxes'));
    await Promise.allSettled([...this.#claiming]);
    const results = await Promise.allSettled([...this.#claimed].map((sandbox) => sandbox.close()));
    const left = await this.#place.leftovers.settled(LEFT_WITHIN_MS);
    this.#place.connection.close();
    if (left.length > 0) throw leftBehind(left);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #claim(options: ClaimOptions<Run>): Promise<Sandbox> {
    checkFollow({ where: 'claim' }, options);
    const signal = this.#signal(options);
    const { metrics, namespace } = this.#place;
    const startedAt = performance.now();
    try {
      const sandbox = await claimSandbox(
        this.#place,
        planJob(this.#jobOf, namespace, options as ClaimOptions<object>),
        { ...options, signal },
      );
      metrics.claimed(performance.now() - startedAt);
      return this.#kept(sandbox);
    } catch (error) {
      metrics.failed(error);
      throw error;
    }
  }

  /** The caller's signal and close(): what is being made then is not made. */
  #signal({ signal }: Pick<ClaimOptions<Run>, 'signal'>): AbortSignal {
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

  async #jobs(what: string): Promise<Stored<Job>[]> {
    const { connection, namespace } = this.#place;
    try {
      return (await list(connection, jobs, { namespace, labelSelector: SELECTOR })).items;
    } catch (error) {
      throw apiError(error, `${what} of namespace ${namespace}`);
    }
  }
}

function checkFollow(place: ArgumentPlace, options: FollowOptions): void {
  checkOptions(place, options, { signal: 'signal', onProgress: 'function' });
}

/** A kubeconfig that cannot be used is told as every other error of this room. */
function connected(options: ConnectOptions): Connection {
  try {
    return new Connection(options);
  } catch (error) {
    throw apiError(error, 'new Sandboxes');
  }
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
