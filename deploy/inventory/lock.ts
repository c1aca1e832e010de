import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ApiError, isRecord, pause, resource, startTimer } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import type { Release } from './names';

const leases = resource('coordination.k8s.io/v1', 'Lease');

export interface LockTiming {
  /** After so long without a sign of life the holder is taken for dead. */
  readonly durationMs: number;
  /** How long to wait for another holder. */
  readonly waitMs: number;
  /** How often to look while waiting. */
  readonly everyMs: number;
}

export const usualTiming: LockTiming = { durationMs: 15_000, waitMs: 60_000, everyMs: 500 };

/** Told once when another holder is waited for. */
export type OnWait = (holder: string) => void;

/**
 * Only one applies a release at a time: the one whose name is in the Lease. It says every few seconds that it lives. One
 * that could not say so for most of its time stops by itself, before another may begin.
 */
export class Lock {
  readonly #api: ClusterApi;
  readonly #release: Release;
  readonly #timing: LockTiming;
  #held: Live;
  #renewedAt: number;
  /** It was another's, who gave no sign of life: that one may be paused, and wake up with a call on its lips. */
  readonly tookOver: boolean;
  #lost: unknown;
  #stop: () => void = () => {};
  #renewing: Promise<void> | undefined;

  private constructor(
    api: ClusterApi,
    release: Release,
    timing: LockTiming,
    { held, tookOver }: Taken,
    at: number,
  ) {
    this.tookOver = tookOver;
    this.#api = api;
    this.#release = release;
    this.#timing = timing;
    this.#held = held;
    this.#renewedAt = at;
  }

  static async take(
    api: ClusterApi,
    release: Release,
    timing: LockTiming,
    onWait: OnWait = () => {},
    signal?: AbortSignal,
  ): Promise<Lock> {
    const began = performance.now();
    const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
    let waits = false;
    for (;;) {
      const at = performance.now();
      const found = await tryToTake(api, release, timing, holder);
      if (found.held) {
        const lock = new Lock(
          api,
          release,
          timing,
          { held: found.held, tookOver: found.tookOver === true },
          at,
        );
        lock.#keep();
        return lock;
      }
      if (!waits && found.by) onWait(found.by);
      waits = true;
      if (signal?.aborted || performance.now() - began > timing.waitMs) throw locked(release, found.by);
      await pause(timing.everyMs, signal);
    }
  }

  /** Throws when the lock may be another's by now. To be asked before each write. */
  check(): void {
    const silentMs = performance.now() - this.#renewedAt;
    if (this.#lost === undefined && silentMs < this.#timing.durationMs * 0.8) return;
    throw new DeployError(
      'LOCK_LOST',
      {
        where: `Lease ${this.#release.namespace}/${this.#release.parent}`,
        found:
          this.#lost === undefined
            ? `no sign of life from us for ${Math.round(silentMs / 1000)} s, so that another run may have begun`
            : 'a Lease that somebody else has changed or deleted',
        expected: 'a Lease that is ours until the end of the run',
        remedy: 'Run the same again: it goes on where this run has stopped.',
      },
      { cause: this.#lost },
    );
  }

  async free(): Promise<void> {
    this.#stop();
    await this.#renewing;
    const { namespace, parent: name } = this.#release;
    const { uid, resourceVersion } = this.#held.metadata;
    try {
      await this.#api.remove(leases, { namespace, name }, { uid, resourceVersion });
    } catch (error) {
      // It is another's by now, which is as good.
      if (!(error instanceof ApiError && error.code === 'CONFLICT')) throw error;
    }
  }

  #keep(): void {
    this.#stop = startTimer(this.#timing.durationMs / 3, () => {
      this.#renewing = this.#renew().then(() => {
        this.#renewing = undefined;
        if (this.#lost === undefined) this.#keep();
      });
    });
  }

  async #renew(): Promise<void> {
    const at = performance.now();
    const { namespace, parent: name } = this.#release;
    const { resourceVersion } = this.#held.metadata;
    try {
      const spec = { renewTime: micro(this.#api.now()) };
      this.#held = await this.#api.change(
        leases,
        { namespace, name },
        { metadata: { resourceVersion }, spec },
      );
      this.#renewedAt = at;
    } catch (error) {
      // What may be mended is tried again at the next turn, until check() says that it took too long.
      if (error instanceof ApiError && ['CONFLICT', 'NOT_FOUND'].includes(error.code)) this.#lost = error;
    }
  }
}

interface Taken {
  readonly held: Live;
  readonly tookOver: boolean;
}

/** The Lease with us as its holder, or who has it; neither when somebody else was quicker. */
async function tryToTake(
  api: ClusterApi,
  { namespace, parent: name }: Release,
  { durationMs }: LockTiming,
  holder: string,
): Promise<Partial<Taken> & { readonly by?: string }> {
  const now = micro(api.now());
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: now,
    renewTime: now,
  };
  const found = await api.get(leases, { namespace, name });
  try {
    if (!found) {
      const lease = { apiVersion: leases.apiVersion, kind: 'Lease', metadata: { name, namespace }, spec };
      return { held: await api.create(leases, lease) };
    }
    const by = holderOf(found, api.now());
    if (by !== undefined) return { by };
    const { resourceVersion } = found.metadata;
    const held = await api.change(leases, { namespace, name }, { metadata: { resourceVersion }, spec });
    return { held, tookOver: true };
  } catch (error) {
    // A Lease that is missing at its creation is a namespace that is missing, for which no waiting helps.
    const isContested = found ? ['CONFLICT', 'NOT_FOUND'] : ['ALREADY_EXISTS'];
    if (error instanceof ApiError && isContested.includes(error.code)) return {};
    throw error;
  }
}

/** Undefined for a Lease whose holder is gone, or gave no sign of life for its whole time. */
function holderOf({ spec }: Live, now: number): string | undefined {
  if (!isRecord(spec) || typeof spec.holderIdentity !== 'string' || !spec.holderIdentity) return undefined;
  const renewed = Date.parse(String(spec.renewTime));
  // The clock of the server has whole seconds, so each side may be a second off.
  const until = renewed + (Number(spec.leaseDurationSeconds) + 2) * 1000;
  return now < until ? spec.holderIdentity : undefined;
}

function micro(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function locked({ name, namespace, parent }: Release, by: string | undefined): DeployError {
  return new DeployError('RELEASE_LOCKED', {
    where: `Lease ${namespace}/${parent}`,
    found: `another run that works on release ${name}: ${by ?? 'its name changes'}`,
    expected: 'one run at a time',
    remedy: 'Wait until it has ended. The lock of a run that was killed is free after a quarter of a minute.',
  });
}
