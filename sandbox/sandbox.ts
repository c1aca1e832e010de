import type { Job } from '../imports/k8s';
import { readLog, type Stored } from '../kube';
import { checkSeconds } from './amounts';
import { errorOf } from './causes/cause';
import { endOf, isEnding } from './causes/fate';
import { throwingOwn } from './causes/own-error';
import { hasRun, podLost } from './causes/pod-cause';
import { type Checkpoint, type CheckpointOptions, originOf } from './checkpoint/checkpoint';
import type { StoredCheckpoint } from './checkpoint/stored';
import { takeCheckpoint } from './checkpoint/take';
import type { ClaimInfo } from './claim/claim-info';
import { deleteJob } from './claim/delete-job';
import type { Place } from './claim/place';
import type { PodWatch } from './claim/pod-watch';
import type { Commands } from './commands';
import { unsupported } from './commands/unsupported';
import { Egress } from './egress/egress';
import type { EgressOptions } from './egress/options';
import { type Outside, thisMachine } from './egress/outside';
import { SandboxError } from './errors';
import type { Files } from './files';
import { ExposedPort, type ExposeOptions } from './ports/exposed-port';
import type { Session } from './session/open-session';
import { type SandboxStats, statsOf } from './stats';

export interface CloseOptions {
  /**
   * Waits until the pod is gone from its node, too; without, the cluster sees to that.
   * @default false
   */
  readonly wait?: boolean;
}

/** A pod has a second to end, and its node another few to say so. */
const goneWithinMs = 30_000;

/** A node tells within a second or two that a container runs. */
const toldWithinMs = 15_000;

/**
 * A claimed sandbox: a pod that waits for commands. It ends with close(), or at its deadline by itself.
 *
 * @example
 * const claimed = await sandboxes.claim({ values: { image: 'registry.example.com/tools:1.0.0' }, ttl: 600 });
 * await claimed.files.write('input.txt', 'hello\n');
 * await claimed.commands.run(['wc', '-c', 'input.txt']);
 * await claimed.close();
 */
export class Sandbox {
  /** The name of its Job: what `attach` and the command line take. */
  readonly id: string;
  readonly namespace: string;
  readonly podName: string;
  /** Whether it was warm, and if not, why. */
  readonly info: ClaimInfo;
  readonly #place: Place;
  readonly #job: Stored<Job>;
  readonly #watch: PodWatch;
  readonly #session: Session;
  readonly #ended: Promise<SandboxError | undefined>;
  #isClosed = false;
  #isDeleted = false;
  #closing: Promise<void> | undefined;

  /** @internal use `Sandboxes.claim` */
  constructor(place: Place, job: Stored<Job>, watch: PodWatch, session: Session, info: ClaimInfo) {
    this.id = job.metadata.name;
    this.namespace = place.namespace;
    this.podName = watch.pod?.metadata.name ?? '';
    this.info = info;
    this.#place = place;
    this.#job = job;
    this.#watch = watch;
    this.#session = session;
    this.#ended = this.#end();
  }

  /** Commands in the sandbox. */
  get commands(): Commands {
    return this.#session.commands;
  }

  /** Files in the sandbox. */
  get files(): Files {
    return this.#session.files;
  }

  /**
   * Whether commands go through a supervisor. Without one, which is so where the image has no `sh`, a timeout or an abort
   * deletes the sandbox, files, signals, `cwd` and `env` are `Unsupported`, and nothing in it sees the end of its client.
   */
  get isSupervised(): boolean {
    return this.#session.isSupervised;
  }

  /**
   * Resolves when it is over: with why (`OOMKilled`, `Evicted`, `DeadlineExceeded`, `PodLost`, `Ended`), or with
   * `undefined` after close() or release(), also that of its Sandboxes.
   */
  get ended(): Promise<SandboxError | undefined> {
    return this.#ended;
  }

  /** What the main process has written so far: nothing, where it only waits, as the template has it. */
  async logs(): Promise<Buffer> {
    this.#refuseDeleted('logs');
    const { connection, namespace } = this.#place;
    // The node tells later that the container runs than it takes commands, and gives no log before.
    await this.#watch.until(() => (hasRun(this.#watch.pod) ? true : undefined), toldWithinMs);
    return throwingOwn(`logs of ${this.id}`, this.id, () =>
      readLog(connection, { namespace, pod: this.podName }),
    );
  }

  /** What it takes of processors, memory and disk now. `Unsupported` without a supervisor. */
  async stats(): Promise<SandboxStats> {
    this.#refuseDeleted('stats');
    return throwingOwn(`stats of ${this.id}`, this.id, () => statsOf(this.#session.supervisor, this.id));
  }

  /**
   * Brings a port of the sandbox to this machine, such as that of a server that was started in it. `PortRefused` when
   * nothing listens there in time, `Unsupported` without a supervisor.
   */
  async expose(port: number, options: ExposeOptions = {}): Promise<ExposedPort> {
    this.#refuseDeleted('expose');
    return throwingOwn(`expose of ${this.id}`, this.id, () =>
      ExposedPort.open(this.#session.supervisor, port, options, this.id),
    );
  }

  /**
   * Lets programs in it reach hosts by their names, and clone repositories with credentials that it never sees, all of it
   * through this program: its own network stays closed. `Unsupported` without a supervisor.
   */
  async egress(options: EgressOptions): Promise<Egress> {
    this.#refuseDeleted('egress');
    return this.egressInto(thisMachine, options);
  }

  /** @internal Use `egress`: tests have another outside. */
  async egressInto(outside: Outside, options: EgressOptions): Promise<Egress> {
    return throwingOwn(`egress of ${this.id}`, this.id, () =>
      Egress.open(this.#session.supervisor, options, this.id, outside),
    );
  }

  /**
   * Stores what is in its working directory as one new file of this machine, so that other sandboxes begin with it:
   * `claim({ from })`. Let nothing write there meanwhile: that is `FileMismatch`. `Unsupported` without a supervisor.
   *
   * @example
   * const checkpoint = await sandbox.checkpoint('prepared.checkpoint');
   * const begun = await sandboxes.claim({ from: checkpoint, values: { image: checkpoint.image }, ttl: 600 });
   */
  async checkpoint(path: string, options: CheckpointOptions = {}): Promise<Checkpoint> {
    this.#refuseDeleted('checkpoint');
    return throwingOwn(`checkpoint of ${this.id}`, this.id, () =>
      takeCheckpoint(this.#session.supervisor, originOf(this.#job), path, options, this.id),
    );
  }

  /** @internal Use `claim({ from })`. */
  async beginWith(stored: StoredCheckpoint, signal: AbortSignal | undefined): Promise<void> {
    const { supervisor } = this.#session;
    if (!supervisor) throw unsupported('a checkpoint', this.id);
    await stored.sendTo(supervisor, signal);
  }

  /** Another deadline: `ttl` seconds from now. `PolicyDenied` beyond the template's bound. */
  async extend(ttl: number): Promise<void> {
    this.#refuseDeleted('extend');
    const place = { where: `extend of ${this.id}`, sandboxId: this.id };
    const { backend, connection } = this.#place;
    await backend.extend(connection, this.#job, checkSeconds(place, 'ttl', ttl));
  }

  /**
   * Ends every process and deletes the sandbox. Resolves when the cluster has taken it over; calling it twice is
   * the same as once. When the cluster could not be told, it rejects, and the next call tells it again.
   */
  async close({ wait = false }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close();
    try {
      await this.#closing;
    } catch (error) {
      // It is still there, so that it can be closed again.
      this.#closing = undefined;
      throw error;
    }
    if (wait) await this.#untilGone();
    this.#watch.close();
  }

  /**
   * Lets go of it: what runs in it ends, the sandbox and its files stay until its deadline. See `attach`. Rejects with
   * `ConnectionLost` when the sandbox could not be told: it ends like that of a killed client then (`orphanTtl`).
   */
  async release(): Promise<void> {
    this.#isClosed = true;
    this.#closing ??= Promise.resolve();
    try {
      await (this.#isDeleted ? this.#session.close() : this.#session.release());
    } finally {
      this.#watch.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#isDeleted = true;
    // Deleted first: a tenant that does not let go of its supervisor must not delay that.
    const [deleted] = await Promise.allSettled([deleteJob(this.#place, this.#job), this.#session.close()]);
    if (deleted.status === 'rejected') throw deleted.reason;
  }

  #refuseDeleted(what: string): void {
    if (!this.#isDeleted) return;
    const facts = {
      where: `${what} of ${this.id}`,
      found: 'a sandbox that was closed',
      expected: 'an open sandbox',
      remedy: 'do not use a sandbox after close()',
    };
    throw new SandboxError('Closed', facts, { sandboxId: this.id });
  }

  /** One that had ended before is not watched any more. */
  async #untilGone(): Promise<void> {
    const watch = this.#watch.isClosed ? this.#watch.again() : this.#watch;
    await watch.until(() => (watch.isWithoutPod ? true : undefined), goneWithinMs);
    watch.close();
  }

  async #end(): Promise<SandboxError | undefined> {
    const { connection, metrics } = this.#place;
    await this.#watch.until(() => (this.#isClosed || isEnding(this.#watch) ? true : undefined));
    metrics.ended();
    if (this.#isClosed || connection.closing.aborted) return undefined;
    const cause = (await endOf(this.#place, this.id, this.#watch)) ?? podLost('a pod that cannot be watched');
    const isGone = this.#watch.isGone;
    this.#watch.close();
    if (isGone && this.#place.backend.replacesPods) await deleteJob(this.#place, this.#job).catch(() => {});
    metrics.jobFailed(cause.code);
    return errorOf(cause, `sandbox ${this.id}`, this.id);
  }
}
