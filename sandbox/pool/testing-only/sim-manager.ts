import type { Job } from '../../../imports/k8s';
import type { Stored } from '../../../kube';
import { TEMPLATE_ANNOTATION } from '../../spec';
import { Keeper } from '../keeper';
import { isClaimedBy, poolOf } from '../member';
import { PoolClaims } from '../pool-claims';
import { type SimLine, simLines } from './sim-pods';
import type { SimServer, Told } from './sim-server';
import { Process, type World } from './world';

export interface SimManagerOptions {
  readonly self: string;
  readonly template: string;
  readonly share: number;
  readonly idleSeconds: number;
  readonly rate: number;
  readonly offsetMs: number;
  readonly diesAtStep: number | undefined;
  readonly seed: number;
  /** How far its watch is behind. */
  readonly watchMs: number;
}

/** The pod's own deadline, in seconds. */
const POD_SECONDS = 300;
/** The budget of a claim, the opening of a stream, and what timers of a slow clock add to both. */
const CLAIM_WITHIN_MS = 12_500;

/** One program with a share of the pool, whose callers claim. Convicts what must not happen to them. */
export class SimManager {
  readonly process: Process;
  readonly keeper: Keeper<SimLine>;
  readonly claims: PoolClaims<SimLine>;
  readonly #known = new Map<string, Stored<Job>>();
  readonly #pool: string;
  #names = 0;
  #waiting = 0;
  #heardUntil = 0;
  #isBlind = false;
  isClosed = false;
  readonly #claiming = new Set<Promise<void>>();

  constructor(
    readonly world: World,
    readonly server: SimServer,
    readonly options: SimManagerOptions,
  ) {
    const { self, share, idleSeconds, rate, offsetMs, diesAtStep, seed } = options;
    this.process = new Process(world, rate, offsetMs, diesAtStep);
    const around = {
      api: server.apiFor(this.process, self),
      lines: simLines(world, this.process, ({ metadata }) => server.byUid(metadata.uid)?.pod),
      clock: this.process.clock,
      random: randomOf(seed),
      newName: () => {
        this.#names += 1;
        return `${self}-${this.#names}`;
      },
    };
    const plan = (name: string) => jobOf(name, options.template);
    this.keeper = new Keeper(around, { self, share, idleSeconds, plan });
    this.claims = new PoolClaims(this.keeper);
    this.#pool = poolOf(plan('any'));
    server.watchers.push((told) => this.#watch(told));
  }

  start(): void {
    this.process.run(() => {
      this.#relist();
      this.keeper.start();
    });
  }

  /** How many of its claims have had no answer. */
  get waiting(): number {
    return this.process.isDead ? 0 : this.#waiting;
  }

  claim(ttl: number, isOther: boolean, holdMs: number): void {
    this.process.run(() => {
      if (this.isClosed) return;
      const claiming = this.#claim(ttl, isOther, holdMs).finally(() => this.#claiming.delete(claiming));
      this.#claiming.add(claiming);
    });
  }

  /** As `Sandboxes` closes its pool: after the claims that are under way, and with all that is to be settled. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.#claiming);
    await Promise.all([this.keeper.close(), this.claims.settled()]);
    this.keeper.stop();
  }

  /** Hears nothing for a while, and looks at everything anew then. */
  gap(ms: number): void {
    this.#isBlind = true;
    this.world.after(ms, () => {
      this.#isBlind = false;
      this.process.run(() => this.#relist());
    });
  }

  /** Is told once more what was true long ago. */
  hearOldNews(): void {
    const old = this.server.records.slice(-6).map(({ job }) => job);
    this.process.run(() => {
      for (const job of old) {
        const labels = { ...job.metadata.labels, 'pool.drydock.dev/state': 'warm' };
        this.claims.heard({ ...job, metadata: { ...job.metadata, labels } });
      }
    });
  }

  async #claim(ttl: number, isOther: boolean, holdMs: number): Promise<void> {
    const { world, process, server } = this;
    const { self, template } = this.options;
    const planned = jobOf(`cold-${self}`, template, { ttl: String(ttl), wants: this.#pool }, isOther);
    const began = process.runMs;
    this.#waiting += 1;
    const claimed = await this.claims.claim(
      { ...planned, spec: { ...planned.spec!, activeDeadlineSeconds: ttl } },
      new AbortController().signal,
    );
    this.#waiting -= 1;
    const tookMs = process.runMs - began;
    if (tookMs > CLAIM_WITHIN_MS) world.convict(`a claim of ${self} took ${tookMs} ms`);
    world.count('miss' in claimed ? `claim: cold, ${claimed.miss}` : `claim: warm, from ${claimed.from}`);
    if ('miss' in claimed) return;
    const truth = server.byUid(claimed.job.metadata.uid)!;
    const [first, ...more] = truth.claims;
    if (isOther) world.convict(`${self} is given a member that is not what it asked for`);
    if (!first || more.length > 0 || !isClaimedBy(truth.job, self, first.nonce)) {
      world.convict(`${self} sends a command to a member that it has not claimed`);
      return;
    }
    if (truth.isHandedOut) world.convict(`${self} is given what was given before`);
    if (claimed.line.isLost) world.convict(`${self} is given a stream that is over`);
    if (claimed.line.isUsed) world.convict(`${self} is given a stream that was used`);
    if (claimed.line.pod !== truth.pod) world.convict(`${self} is given the stream of another pod`);
    truth.isHandedOut = true;
    claimed.line.isUsed = true;
    process.onDeath(() => {
      truth.isClosed = true;
    });
    world.after(holdMs, () =>
      process.run(() => {
        claimed.line.leave();
        server.close(truth);
      }),
    );
  }

  #watch({ job, isWarm }: Told): void {
    if (this.#isBlind) return;
    const at = Math.max(this.#heardUntil, this.world.now + this.options.watchMs);
    this.#heardUntil = at;
    this.world.at(at, () => this.process.run(() => this.#hear(job, isWarm)));
  }

  #hear(job: Stored<Job>, isWarm: boolean): void {
    const { uid, labels } = job.metadata;
    if (isWarm && labels?.['pool.drydock.dev/id'] === this.#pool) {
      this.#known.set(uid, job);
      this.claims.heard(job);
    } else if (this.#known.delete(uid)) this.claims.heardNoMore(job);
  }

  #relist(): void {
    const now = this.server.living.map(({ job }) => job);
    const uids = new Set(now.map(({ metadata }) => metadata.uid));
    for (const [uid, job] of [...this.#known]) if (!uids.has(uid)) this.#hear(job, false);
    for (const job of now) this.#hear(job, job.metadata.labels?.['pool.drydock.dev/state'] === 'warm');
  }
}

function jobOf(
  name: string,
  template: string,
  labels: Readonly<Record<string, string>> = {},
  isOther = false,
): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'boxes', labels, annotations: { [TEMPLATE_ANNOTATION]: template } },
    spec: {
      activeDeadlineSeconds: 600,
      template: {
        spec: {
          activeDeadlineSeconds: POD_SECONDS,
          containers: [{ name: 'sandbox', image: isOther ? 'other:1' : 'tools:1' }],
        },
      },
    },
  };
}

/** Numbers that look random, and are the same each time. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
