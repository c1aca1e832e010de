import type { ClusterApi, Live } from '../cluster/cluster-api';
import { waitUntilHealthy } from '../health/wait';
import {
  type Entry,
  ReleaseStore,
  type Remembered,
  type Revision,
  same,
  union,
} from '../inventory/release-store';
import { allOf, type Given } from '../objects/collect';
import { askForKinds } from '../objects/members';
import { bareRef, keyOf } from '../objects/object-ref';
import { type FullPlan, makePlan, type PlanAllowed } from '../plan/make-plan';
import { changesAnything, type Write } from '../plan/plan';
import { proofOf } from '../plan/plan-write';
import { type Engine, patienceOf, underLock } from './engine';
import { fenceOff } from './fence-off';
import { isFailure, type Outcome } from './progress';
import { goneIn, prune } from './prune';
import { incomplete, type Report } from './report';
import { writeSet } from './write-set';

export interface ApplyHow extends PlanAllowed {
  readonly wait: boolean;
  readonly foreground: boolean;
  /** How many revisions are kept. */
  readonly history: number;
  /** What the objects were made of, in the words of the caller. */
  readonly source?: string | undefined;
}

/**
 * Brings a set into the cluster. The order of what is written is what decision record 0032 says, so that no crash loses
 * an object: first what is about to be, last what is left.
 */
export async function applySet(engine: Engine, given: readonly Given[], how: ApplyHow): Promise<Report> {
  const { api, release } = engine;
  const store = new ReleaseStore(api, release);
  askForKinds(api, given);
  const remembered = await store.readIfAllowed();
  const plan = await planOrRefuse(engine, given, remembered, how);
  if (isDone(plan, remembered)) return nothingToDo(engine, plan, remembered);
  return underLock(engine, async (guarded, tookOver) => {
    const current = new ReleaseStore(guarded, release);
    const now = await current.read();
    if (tookOver) await fenceOff(guarded, release, current, now, plan.objects);
    const isStale = tookOver || current.version !== store.version;
    const newest = isStale ? await planOrRefuse({ ...engine, api: guarded }, given, now, how) : plan;
    return new ApplyRun({ ...engine, api: guarded }, current, how, tookOver).run(newest, now);
  });
}

async function planOrRefuse(
  { api, release }: Engine,
  given: readonly Given[],
  remembered: Remembered,
  how: PlanAllowed,
): Promise<FullPlan> {
  const full = await makePlan(api, release, given, remembered, how);
  if (full.plan.problems.length > 0) throw allOf(full.plan.problems);
  return full;
}

function isDone(full: FullPlan, { inventory, revisions }: Remembered): boolean {
  const isKnown = same(inventory, union(full.kept, full.entries));
  return !changesAnything(full.plan) && isKnown && revisions.at(-1)?.state === 'good';
}

function nothingToDo({ release }: Engine, full: FullPlan, { revisions }: Remembered): Report {
  const outcomes = untouched(full, ['unchanged', 'keep']);
  const { name, namespace } = release;
  return { release: name, namespace, revision: revisions.at(-1)?.revision, changed: false, outcomes };
}

/** What a run has done, and the digests of what is there now as it is wanted. */
interface Acted {
  readonly outcomes: readonly Outcome[];
  readonly digests: ReadonlyMap<string, Pick<Entry, 'digest'>>;
}

class ApplyRun {
  readonly #engine: Engine;
  readonly #api: ClusterApi;
  readonly #store: ReleaseStore;
  readonly #how: ApplyHow;
  readonly #tookOver: boolean;

  constructor(engine: Engine, store: ReleaseStore, how: ApplyHow, tookOver: boolean) {
    this.#tookOver = tookOver;
    this.#engine = engine;
    this.#api = engine.api;
    this.#store = store;
    this.#how = how;
  }

  async run(full: FullPlan, before: Remembered): Promise<Report> {
    const { release } = this.#engine;
    const revision = await this.#begin(full, before);
    const { outcomes, digests } = await this.#act(full, before);
    const gone = goneIn(outcomes);
    const entries = full.entries.map((entry) => ({ ...entry, ...digests.get(keyOf(entry)) }));
    const left = union(before.inventory, entries).filter((entry) => !gone.has(keyOf(entry)));
    // What a paused run was about to make may come late. So it is remembered until a run that took over from none.
    const forgotten = new Set(this.#tookOver ? [] : forgottenIn(full));
    const inventory = left.filter((entry) => !forgotten.has(keyOf(entry)));
    const isGood = !outcomes.some(isFailure);
    const revisions = this.#kept(before.revisions, { ...revision, state: isGood ? 'good' : 'failed' });
    await this.#store.write({ inventory, revisions });
    await this.#store.sweep();
    if (!isGood) throw incomplete(release, outcomes);
    const { name, namespace } = release;
    const all = [...outcomes, ...untouched(full, ['keep', 'forget'])];
    return { release: name, namespace, revision: revision.revision, changed: true, outcomes: all };
  }

  /** From here on every object of the set is in the inventory, and what was in it still is. */
  async #begin(full: FullPlan, { inventory, revisions }: Remembered): Promise<Revision> {
    const blobs = await this.#store.writeObjects(full.objects);
    const last = revisions.at(-1);
    // The same set again after a run that failed or was killed is that run going on.
    const goesOn = last && last.state !== 'good' && last.blobs.join() === blobs.join();
    const revision: Revision = {
      revision: goesOn ? last.revision : (last?.revision ?? 0) + 1,
      state: 'applying',
      at: new Date(this.#api.now()).toISOString(),
      objects: full.objects.length,
      blobs,
      ...(this.#how.source === undefined ? {} : { source: this.#how.source }),
    };
    await this.#store.write({
      inventory: union(inventory, full.entries),
      revisions: this.#kept(revisions, revision),
    });
    return revision;
  }

  /** Writes, waits and deletes, each only if all before it went well. */
  async #act(full: FullPlan, { revisions }: Remembered): Promise<Acted> {
    const patience = patienceOf(this.#engine);
    const outcomes = new Map<string, Outcome>();
    const note = (list: readonly Outcome[]) => {
      for (const outcome of list) outcomes.set(keyOf(outcome), outcome);
      return !list.some(isFailure);
    };
    const { outcomes: written, answers } = await writeSet(this.#api, full.writes, patience);
    const digests = this.#digests(full.writes, written, answers);
    if (note(written) && this.#how.wait) {
      const wasGood = revisions.at(-1)?.state === 'good';
      const awaited = full.writes.filter((write) => !wasGood || isWrite(write));
      const members = awaited.map(({ ordered: { member } }) => ({
        ...member,
        answer: answers.get(keyOf(member.ref)),
      }));
      const unhealthy = await waitUntilHealthy(this.#api, members, patience);
      note(unhealthy.map(({ ref, error }): Outcome => ({ ...ref, result: 'unhealthy', error })));
    }
    if (![...outcomes.values()].some(isFailure)) {
      const { foreground } = this.#how;
      note(await prune(this.#api, this.#engine.release, full.removals, { ...patience, foreground }));
    }
    return { outcomes: [...outcomes.values()], digests };
  }

  /** The proofs for what the server has taken, or has said to be the same. An older one of another object stays true. */
  #digests(
    writes: readonly Write[],
    outcomes: readonly Outcome[],
    answers: ReadonlyMap<string, Live>,
  ): Acted['digests'] {
    const isWell = new Set(outcomes.filter((one) => !isFailure(one)).map(keyOf));
    const digests = new Map<string, Pick<Entry, 'digest'>>();
    for (const { planned, live, ordered } of writes) {
      const key = keyOf(planned);
      const is = answers.get(key) ?? live;
      const digest = is && isWell.has(key) && proofOf(this.#engine.release, ordered.member, is);
      if (digest) digests.set(key, { digest });
    }
    return digests;
  }

  /** The newest revisions, and always the last good ones, of this source and of another, which a rollback goes to. */
  #kept(revisions: readonly Revision[], newest: Revision): Revision[] {
    const others = revisions.filter(({ revision }) => revision !== newest.revision);
    const all = [...others, newest];
    const lastGood = all.findLast(({ state }) => state === 'good');
    const { source: made } = newest;
    const ofAnother =
      made === undefined
        ? undefined
        : all.findLast(({ state, source }) => state === 'good' && source !== made);
    const cut = Math.max(0, all.length - this.#how.history);
    return all.filter((one, at) => at >= cut || one === lastGood || one === ofAnother);
  }
}

function forgottenIn({ plan }: FullPlan): string[] {
  return plan.objects.filter(({ action }) => action === 'forget').map(keyOf);
}

const UNTOUCHED = { unchanged: 'unchanged', keep: 'kept', forget: 'forgotten' } as const;

/** What became of those for which nothing has to be done. */
function untouched({ plan }: FullPlan, actions: ReadonlyArray<keyof typeof UNTOUCHED>): Outcome[] {
  return plan.objects.flatMap((one): Outcome[] => {
    const action = actions.find((wanted) => wanted === one.action);
    return action === undefined ? [] : [{ ...bareRef(one), result: UNTOUCHED[action] }];
  });
}

function isWrite({ planned }: Write): boolean {
  return planned.action !== 'unchanged';
}
