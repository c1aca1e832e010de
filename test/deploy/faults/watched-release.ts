import { isDeepStrictEqual } from 'node:util';
import type { ClusterApi, Live } from '../../../deploy/cluster/cluster-api';
import { PART_OF } from '../../../deploy/inventory/names';
import { ReleaseStore } from '../../../deploy/inventory/release-store';
import { collect } from '../../../deploy/objects/collect';
import { inWords, keyOf, refOf } from '../../../deploy/objects/object-ref';
import { KEEP_ANNOTATION } from '../../../deploy/plan/guards';
import { isManagedByUs } from '../../../deploy/plan/owners';
import { type ApplyHow, applySet } from '../../../deploy/run/apply-set';
import type { Engine } from '../../../deploy/run/engine';
import { Killed } from '../../../deploy/testing-only/faulty-api';
import { DrydockError } from '../../../errors';
import { isRecord, type KubeObject, resource } from '../../../kube';
import { configMaps, type Ground } from './ground';

/** An object that is ours and that nobody remembers, one that is not ours and was touched, or a set that was not reached. */
export type BreachKind = 'lost' | 'touched' | 'unreached';

/** What a deployer must never do, done. */
export class Breach extends Error {
  constructor(
    readonly what: BreachKind,
    message: string,
  ) {
    super(message);
  }
}

/** What a run says that says that all went well. */
export const WELL = 'well';

/** All that may be asked for is allowed, so that every set can be reached from every state. */
export const everything: ApplyHow = {
  ...{ adopt: true, forceConflicts: true, recreate: ['Job'], prune: true, allowPrune: true },
  ...{ allowPruneOf: [], wait: true, foreground: false, history: 3 },
};

const KINDS = [
  configMaps,
  resource('v1', 'Secret'),
  resource('v1', 'ServiceAccount'),
  resource('batch/v1', 'Job'),
  resource('apps/v1', 'Deployment'),
];

/** A release that is looked at after every run, whatever has become of that run. */
export class WatchedRelease {
  /** What is not ours, as it is, and what is to be kept for ever: the UIDs, by key. */
  readonly #foreign = new Map<string, Live>();
  #kept = new Map<string, string>();

  constructor(readonly ground: Ground) {}

  engine(api: ClusterApi = this.ground.api, lockWaitMs = 0): Engine {
    const lock = { durationMs: 15_000, waitMs: lockWaitMs, everyMs: 20 };
    return { api, release: this.ground.release, lock, onEvent: () => {}, timeoutMs: 30_000 };
  }

  /** What a run says at its end: WELL, or the code of its error. An error without one is what no caller can act on. */
  says(api: ClusterApi, set: readonly KubeObject[], how: ApplyHow = everything): Promise<string> {
    return applySet(this.engine(api), collect(set), how).then(
      () => WELL,
      (error: Error) => {
        if (error instanceof Killed) return 'killed';
        if (error instanceof DrydockError) return error.code;
        throw error;
      },
    );
  }

  /** Somebody else has an object here, which is as it is until they change it. */
  async noteForeign(name: string): Promise<Live> {
    const { namespace } = this.ground.release;
    const live = await this.ground.api.get(configMaps, { namespace, name });
    if (!live) throw new Error(`ConfigMap ${name} of somebody else is not there`);
    this.#foreign.set(this.#keyOf(live), live);
    return live;
  }

  /** Before runs that want these sets: what none of them may delete. */
  async begin(...sets: ReadonlyArray<readonly KubeObject[]>): Promise<void> {
    const named = new Set(sets.flat().map((object) => this.#keyOf(object)));
    const kept = (await this.#ours()).filter(
      (live) => live.metadata.annotations?.[KEEP_ANNOTATION] === 'keep' && !named.has(this.#keyOf(live)),
    );
    this.#kept = new Map(kept.map((live) => [this.#keyOf(live), live.metadata.uid]));
  }

  /** A run without a fault reaches its set. */
  async reach(set: readonly KubeObject[]): Promise<void> {
    try {
      await applySet(this.engine(), collect(set), everything);
    } catch (error) {
      throw new Breach('unreached', `the next run does not go on: ${(error as Error).message}`);
    }
    this.#expectReached(set, await this.expectNothingLost());
  }

  /** What a run that did not end well was about is forgotten by one that takes over from none. */
  async settle(set: readonly KubeObject[]): Promise<void> {
    if ((await this.says(this.ground.api, set)) !== WELL)
      throw new Breach('unreached', 'the run after the next does not go on');
  }

  /** The same set once more makes no write. */
  async expectStill(set: readonly KubeObject[]): Promise<void> {
    let writes = 0;
    const { api } = this.ground;
    const counting: ClusterApi = {
      ...api,
      apply: (of, object, how) => {
        if (!how?.dryRun) writes += 1;
        return api.apply(of, object, how);
      },
      create: (of, object) => {
        writes += 1;
        return api.create(of, object);
      },
      change: (of, at, merge, how) => {
        writes += 1;
        return api.change(of, at, merge, how);
      },
      remove: (of, at, how) => {
        writes += 1;
        return api.remove(of, at, how);
      },
    };
    const said = await this.says(counting, set);
    if (said !== WELL || writes > 0)
      throw new Breach('unreached', `the same set once more made ${writes} writes`);
  }

  /** Every object of ours is in the inventory, what is remembered can be read, and what is not ours is as it was. */
  async expectNothingLost(): Promise<readonly Live[]> {
    const { api, release } = this.ground;
    const store = new ReleaseStore(api, release);
    const { inventory, revisions } = await store.read();
    const known = new Set(inventory.map(keyOf));
    const ours = await this.#ours();
    for (const live of ours) {
      if (isManagedByUs(live) && !known.has(this.#keyOf(live))) {
        throw new Breach('lost', `${this.#inWords(live)} is ours, and lost from the inventory`);
      }
    }
    for (const revision of revisions) await store.objectsOf(revision);
    for (const before of this.#foreign.values()) {
      const { namespace, name } = { namespace: release.namespace, name: before.metadata.name };
      const now = await api.get(configMaps, { namespace, name });
      if (!isDeepStrictEqual(now, before)) {
        throw new Breach(
          'touched',
          `${this.#inWords(before)} is somebody else's, and was ${now ? 'changed' : 'deleted'}`,
        );
      }
    }
    const there = new Map(ours.map((live) => [this.#keyOf(live), live.metadata.uid]));
    for (const [key, uid] of this.#kept) {
      if (there.get(key) !== uid) throw new Breach('lost', `${key} was to be kept, and is gone`);
    }
    return ours;
  }

  /** The cluster is as the set says, and nothing else of ours is there. */
  async expectReached(set: readonly KubeObject[]): Promise<void> {
    this.#expectReached(set, await this.#ours());
  }

  #expectReached(set: readonly KubeObject[], ours: readonly Live[]): void {
    this.#expectEach(set, ours);
    const wanted = new Set(set.map((object) => this.#keyOf(object)));
    for (const live of ours) {
      const isKept = live.metadata.annotations?.[KEEP_ANNOTATION] === 'keep';
      if (!wanted.has(this.#keyOf(live)) && !isKept) {
        throw new Breach('unreached', `${this.#inWords(live)} is no longer wanted, and still there`);
      }
    }
  }

  /** Each object of the set is there, whatever else is. */
  async expectEach(set: readonly KubeObject[]): Promise<void> {
    this.#expectEach(set, await this.#ours());
  }

  #expectEach(set: readonly KubeObject[], ours: readonly Live[]): void {
    const there = new Map(ours.map((live) => [this.#keyOf(live), live]));
    for (const object of set) {
      const live = there.get(this.#keyOf(object));
      if (!live) throw new Breach('unreached', `${this.#inWords(object)} is wanted, and not there`);
      if (!contains(live, { ...object, metadata: {} })) {
        throw new Breach('unreached', `${this.#inWords(object)} is not as the set says`);
      }
    }
  }

  async #ours(): Promise<Live[]> {
    const { api, release } = this.ground;
    const label = `${PART_OF}=${release.id}`;
    const listed = await Promise.all(KINDS.map((kind) => api.list(kind, release.namespace, label)));
    return listed.flat().filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  #keyOf(object: KubeObject): string {
    return keyOf(refOf(object, this.ground.release.namespace));
  }

  #inWords(object: KubeObject): string {
    return inWords(refOf(object, undefined));
  }
}

/** Whether all of the second is in the first; of lists each item in its place. */
function contains(whole: unknown, part: unknown): boolean {
  if (!isRecord(part) && !Array.isArray(part)) return isDeepStrictEqual(whole, part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) =>
    contains((whole as Record<string, unknown>)[key], value),
  );
}
