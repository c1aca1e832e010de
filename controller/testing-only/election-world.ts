import { ApiError, type Clock, KubeError, type LeaseApi, type LeaseSpec, type StoredLease } from '../../kube';
import type { World } from './fake-clock';

/** What happens to one call on its way; the longer ways are longer than a term. */
export interface Way {
  readonly thereMs: number;
  readonly backMs: number;
  readonly what: 'answered' | 'lost before' | 'lost after' | 'refused';
}

/** One Lease on a server that is right, at the end of ways that are not. */
export class LeaseServer {
  #lease: StoredLease | undefined;
  #version = 0;
  #ways = 0;

  constructor(
    readonly world: World,
    readonly ways: readonly Way[],
  ) {}

  /** From now on every way is short and leads there. */
  isQuiet = false;

  get lease(): StoredLease | undefined {
    return this.#lease;
  }

  apiFor(process: Process): LeaseApi {
    const call = <Answer>(act: () => Answer): Promise<Answer> => this.#call(process, act);
    return {
      read: () => call(() => this.#lease),
      create: (spec) =>
        call(() => {
          if (this.#lease) throw refusal(409, 'AlreadyExists');
          return this.#store(spec);
        }),
      change: (resourceVersion, spec) =>
        call(() => {
          if (!this.#lease) throw refusal(404, 'NotFound');
          if (this.#lease.metadata.resourceVersion !== resourceVersion) throw refusal(409, 'Conflict');
          return this.#store({ ...this.#lease.spec, ...spec });
        }),
    };
  }

  /** As `kubectl label` does it: a new version, and nothing else. */
  touch(): void {
    if (this.#lease) this.#store(this.#lease.spec ?? {});
  }

  /** As `kubectl delete` does it. */
  delete(): void {
    this.#lease = undefined;
  }

  #store(spec: LeaseSpec): StoredLease {
    this.#version += 1;
    this.#lease = { metadata: { uid: 'lease', resourceVersion: String(this.#version) }, spec };
    return this.#lease;
  }

  #call<Answer>(process: Process, act: () => Answer): Promise<Answer> {
    const { world } = this;
    const usual: Way = { thereMs: 5, backMs: 5, what: 'answered' };
    const way = this.isQuiet ? usual : (this.ways[this.#ways % Math.max(1, this.ways.length)] ?? usual);
    this.#ways += 1;
    return new Promise((resolve, reject) => {
      const back = (what: () => void) => {
        world.at(world.now + way.backMs, () => process.run(what));
      };
      world.at(world.now + way.thereMs, () => {
        if (way.what === 'lost before') return back(() => reject(lost()));
        if (way.what === 'refused') return back(() => reject(refusal(500, 'InternalError')));
        try {
          const answer = act();
          back(() => (way.what === 'lost after' ? reject(lost()) : resolve(answer)));
        } catch (error) {
          back(() => reject(error));
        }
      });
    });
  }
}

function refusal(code: number, reason: string): ApiError {
  return new ApiError('the Lease', code, { reason });
}

function lost(): KubeError {
  const facts = { where: 'a call', found: 'no answer', expected: 'one', remedy: 'Look at the object.' };
  return new KubeError('CONNECTION_LOST', facts, { effect: 'unknown' });
}

/** A process with clocks of its own, which can be paused, put to sleep, and killed. */
export class Process {
  #stillUntil = 0;
  #asleepMs = 0;
  #setMs = 0;
  isDead = false;

  constructor(
    readonly world: World,
    readonly rate: number,
    readonly offsetMs: number,
  ) {}

  readonly clock: Clock = {
    monotonicMs: () => this.rate * (this.world.now - this.#asleepMs) + 1_000_000,
    bootMs: () => this.rate * this.world.now,
    wallMs: () => this.rate * this.world.now + this.offsetMs + this.#setMs,
    startTimer: (ms, what) => {
      const due = this.clock.monotonicMs() + ms;
      let isStopped = false;
      const arm = (afterMs: number) => {
        this.world.at(this.world.now + afterMs / this.rate, () => this.run(fire));
      };
      const fire = () => {
        if (isStopped) return;
        const leftMs = due - this.clock.monotonicMs();
        // A machine that slept has slept through a part of it.
        if (leftMs > 0.001) arm(leftMs);
        else what();
      };
      arm(ms);
      return () => {
        isStopped = true;
      };
    },
  };

  /** Runs at once, or when the process is woken. */
  run(what: () => void): void {
    if (this.isDead) return;
    if (this.world.now >= this.#stillUntil) what();
    else this.world.at(this.#stillUntil, () => this.run(what));
  }

  /** SIGSTOP, and SIGCONT after a while: both clocks go on. */
  pause(ms: number): void {
    this.#stillUntil = Math.max(this.#stillUntil, this.world.now + ms);
  }

  /** The machine sleeps: the monotonic clock alone does too. */
  sleep(ms: number): void {
    if (this.world.now < this.#stillUntil) return;
    this.#stillUntil = this.world.now + ms;
    this.#asleepMs += ms;
  }

  setClock(byMs: number): void {
    this.#setMs += byMs;
  }
}
