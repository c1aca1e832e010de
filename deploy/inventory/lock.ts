import {
  ApiError,
  HeldLease,
  holderName,
  type LeaseApi,
  Moment,
  microTime,
  pause,
  realClock,
  resource,
  type StoredLease,
} from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
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
  readonly #held: HeldLease;
  /** It was another's, who gave no sign of life: that one may be paused, and wake up with a call on its lips. */
  readonly tookOver: boolean;

  private constructor(api: ClusterApi, release: Release, held: HeldLease, tookOver: boolean) {
    this.#api = api;
    this.#release = release;
    this.#held = held;
    this.tookOver = tookOver;
  }

  static async take(
    api: ClusterApi,
    release: Release,
    timing: LockTiming,
    onWait: OnWait = () => {},
    signal?: AbortSignal,
  ): Promise<Lock> {
    const began = performance.now();
    const holder = holderName();
    let waits = false;
    for (;;) {
      const askedAt = new Moment(realClock);
      const found = await tryToTake(api, release, timing, holder);
      if (found.lease) {
        const { durationMs } = timing;
        const options = { api: leaseApi(api, release), lease: found.lease, askedAt, durationMs };
        return new Lock(
          api,
          release,
          new HeldLease({ ...options, now: () => api.now() }),
          found.tookOver === true,
        );
      }
      if (!waits && found.by) onWait(found.by);
      waits = true;
      if (signal?.aborted || performance.now() - began > timing.waitMs) throw locked(release, found.by);
      await pause(timing.everyMs, signal);
    }
  }

  /** Throws when the lock may be another's by now. To be asked before each write. */
  check(): void {
    if (this.#held.leftMs() > 0) return;
    const { lost } = this.#held;
    throw new DeployError(
      'LOCK_LOST',
      {
        where: `Lease ${this.#release.namespace}/${this.#release.parent}`,
        found:
          lost === undefined
            ? `no sign of life from us for ${Math.round(this.#held.silentMs() / 1000)} s, so that another run may have begun`
            : 'a Lease that somebody else has changed or deleted',
        expected: 'a Lease that is ours until the end of the run',
        remedy: 'Run the same again: it goes on where this run has stopped.',
      },
      { cause: lost },
    );
  }

  async free(): Promise<void> {
    const { uid, resourceVersion } = (await this.#held.stop()).metadata;
    const { namespace, parent: name } = this.#release;
    try {
      await this.#api.remove(leases, { namespace, name }, { uid, resourceVersion });
    } catch (error) {
      // It is another's by now, which is as good.
      if (!(error instanceof ApiError && error.code === 'CONFLICT')) throw error;
    }
  }
}

/** The Lease of a release, by the calls that a run makes. */
function leaseApi(api: ClusterApi, { namespace, parent: name }: Release): LeaseApi {
  const at = { namespace, name };
  const metadata = { name, namespace };
  return {
    read: async () => (await api.get(leases, at)) as StoredLease | undefined,
    create: (spec) => api.create(leases, { apiVersion: leases.apiVersion, kind: 'Lease', metadata, spec }),
    change: (resourceVersion, spec) => api.change(leases, at, { metadata: { resourceVersion }, spec }),
  };
}

interface Taken {
  readonly lease: StoredLease;
  readonly tookOver: boolean;
}

/** The Lease with us as its holder, or who has it; neither when somebody else was quicker. */
async function tryToTake(
  api: ClusterApi,
  release: Release,
  { durationMs }: LockTiming,
  holder: string,
): Promise<Partial<Taken> & { readonly by?: string }> {
  const now = microTime(api.now());
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: now,
    renewTime: now,
  };
  const lease = leaseApi(api, release);
  const found = await lease.read();
  try {
    if (!found) return { lease: await lease.create(spec) };
    const by = holderOf(found, api.now());
    if (by !== undefined) return { by };
    return { lease: await lease.change(found.metadata.resourceVersion, spec), tookOver: true };
  } catch (error) {
    // A Lease that is missing at its creation is a namespace that is missing, for which no waiting helps.
    const isContested = found ? ['CONFLICT', 'NOT_FOUND'] : ['ALREADY_EXISTS'];
    if (error instanceof ApiError && isContested.includes(error.code)) return {};
    throw error;
  }
}

/** Undefined for a Lease whose holder is gone, or gave no sign of life for its whole time. */
function holderOf({ spec }: StoredLease, now: number): string | undefined {
  if (typeof spec?.holderIdentity !== 'string' || !spec.holderIdentity) return undefined;
  const renewed = Date.parse(String(spec.renewTime));
  // The clock of the server has whole seconds, so each side may be a second off.
  const until = renewed + (Number(spec.leaseDurationSeconds) + 2) * 1000;
  return now < until ? spec.holderIdentity : undefined;
}

function locked({ name, namespace, parent }: Release, by: string | undefined): DeployError {
  return new DeployError('RELEASE_LOCKED', {
    where: `Lease ${namespace}/${parent}`,
    found: `another run that works on release ${name}: ${by ?? 'its name changes'}`,
    expected: 'one run at a time',
    remedy: 'Wait until it has ended. The lock of a run that was killed is free after a quarter of a minute.',
  });
}
