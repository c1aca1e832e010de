import { Connection, isCount, type KubeObject } from '../kube';
import { kubeApi, sharedApi } from './cluster/kube-api';
import { DeployError, isPaused } from './errors';
import { usualTiming } from './inventory/lock';
import { releaseOf } from './inventory/names';
import { ReleaseStore, type Revision } from './inventory/release-store';
import { collect, type Given } from './objects/collect';
import { askForKinds } from './objects/members';
import type { ApplyOptions, DeleteOptions, DeployerOptions, PlanOptions } from './options';
import { makePlan } from './plan/make-plan';
import type { Plan } from './plan/plan';
import { type ApplyHow, applySet } from './run/apply-set';
import { deleteRelease } from './run/delete-release';
import type { Engine } from './run/engine';
import { objectsOfRevision, type ReleaseStatus, readHistory, readStatus } from './run/read-release';
import type { Report } from './run/report';

const TIMEOUT_MS = 300_000;
const HISTORY = 10;

/**
 * Brings sets of objects into a cluster, as one release that is known by its name: what an earlier set had and a later
 * one has not is deleted. Opens nothing by itself: the first call does.
 *
 * @example
 * const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'blue' } };
 * const shop = new Deployer({ release: 'shop', namespace: 'shop' });
 * const { objects } = await shop.plan([settings]);
 * for (const { action, kind, name } of objects) console.log(action, kind, name);
 * await shop.apply([settings]);
 * shop.close();
 */
export class Deployer {
  readonly #engine: Engine;
  /** The connection is ours, or lent. */
  readonly #close: () => void;

  constructor(options: DeployerOptions) {
    const {
      release,
      namespace,
      onEvent = () => {},
      timeoutMs = TIMEOUT_MS,
      lockWaitMs,
      connection: lent,
      signal,
      ...connect
    } = options;
    const connection =
      lent ?? new Connection({ ...connect, ...(namespace === undefined ? {} : { namespace }) });
    this.#close = () => (lent ? undefined : connection.close());
    const into = namespace ?? connection.namespace;
    this.#engine = {
      api: { ...(lent ? sharedApi(lent) : kubeApi(connection)), namespace: into },
      release: releaseOf(release, into),
      lock: { ...usualTiming, ...(lockWaitMs === undefined ? {} : { waitMs: lockWaitMs }) },
      onEvent,
      timeoutMs,
      signal: signal ? AbortSignal.any([signal, connection.closing]) : connection.closing,
    };
  }

  /** What `apply` would do to the cluster as it is now. Writes nothing; what forbids it is in `problems`. */
  async plan(objects: readonly unknown[], options: PlanOptions = {}): Promise<Plan> {
    const { api, release } = this.#engine;
    const given = collect(objects, options.from, options.groups);
    askForKinds(api, given);
    const remembered = await new ReleaseStore(api, release).readIfAllowed();
    return (await makePlan(api, release, given, remembered, howOf(options))).plan;
  }

  /**
   * Applies a set, waits until it is healthy, and deletes what the set no longer has. Rejects when anything is refused,
   * before it writes, and when anything fails; then the same call goes on from there.
   */
  async apply(objects: readonly unknown[], options: ApplyOptions = {}): Promise<Report> {
    return this.#applying(collect(objects, options.from, options.groups), options);
  }

  /**
   * Applies an earlier revision again, as a new one.
   *
   * @param revision the last good one before the newest, unless it is named
   */
  async rollback(revision?: number, options: ApplyOptions = {}): Promise<Report> {
    const given = await objectsOfRevision(this.#engine, revision);
    return applySet(this.#engine, given, howOf({ allowPrune: true, ...options }));
  }

  /** What of the release is there, and whether it is healthy. */
  status(): Promise<ReleaseStatus> {
    return readStatus(this.#engine);
  }

  /** The revisions that are kept, the newest last. */
  history(): Promise<readonly Revision[]> {
    return readHistory(this.#engine);
  }

  /** The objects of the last revision that has come to its end, well or not, as they were given; none where there is none. */
  async applied(): Promise<readonly KubeObject[]> {
    const { api, release } = this.#engine;
    const { revisions } = await new ReleaseStore(api, release).readIfAllowed();
    const last = revisions.findLast(({ state }) => state !== 'applying');
    if (!last) return [];
    return (await objectsOfRevision(this.#engine, last.revision)).map(({ object }) => object);
  }

  /** Deletes all of the release but what is precious and not named, and what an annotation keeps. */
  delete({ allowPruneOf = [], foreground = false }: DeleteOptions = {}): Promise<Report> {
    return deleteRelease(this.#engine, { allowPruneOf, foreground });
  }

  /** Ends what is going on. A run that was ended can be gone on with. */
  close(): void {
    this.#close();
  }

  async #applying(given: readonly Given[], options: ApplyOptions): Promise<Report> {
    try {
      return await applySet(this.#engine, given, howOf(options));
    } catch (error) {
      const failed = error instanceof DeployError && error.code === 'APPLY_INCOMPLETE';
      if (!failed || isPaused(error) || !options.rollbackOnFailure) throw error;
      const { source: _ofWhatFailed, ...others } = options;
      const { revision } = await this.rollback(undefined, { ...others, rollbackOnFailure: false });
      throw rolledBack(error, revision);
    }
  }
}

function howOf(options: ApplyOptions): ApplyHow {
  const { history = HISTORY } = options;
  if (!isCount(history, 1)) {
    throw new DeployError('OBJECT_INVALID', {
      where: 'options history',
      found: String(history),
      expected: 'a whole number from 1 on',
      remedy: 'Correct it, or leave it out.',
    });
  }
  return {
    adopt: options.adopt ?? false,
    adoptFrom: options.adoptFrom ?? [],
    forceConflicts: options.forceConflicts ?? false,
    recreate: options.recreate ?? [],
    dryRunAll: options.dryRunAll ?? false,
    prune: options.prune ?? true,
    allowPrune: options.allowPrune ?? false,
    allowPruneOf: options.allowPruneOf ?? [],
    wait: options.wait ?? true,
    foreground: options.foreground ?? false,
    history,
    source: options.source,
  };
}

function rolledBack(error: DeployError, revision: number | undefined): DeployError {
  const { where, found, expected } = error;
  const [, ...lines] = error.remedy.split('\n');
  const advice = `The objects of the last good revision are back, as revision ${revision}. Mend what is listed, then apply again.`;
  const remedy = [advice, ...lines].join('\n');
  return new DeployError(
    'APPLY_INCOMPLETE',
    { where, found, expected, remedy },
    { problems: error.problems },
  );
}
