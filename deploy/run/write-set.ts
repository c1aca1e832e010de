import { ApiError, type KubeObject, pause } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { isDefinition } from '../cluster/kinds';
import { DeployError } from '../errors';
import { type Patience, waitUntilHealthy } from '../health/wait';
import type { Member } from '../objects/members';
import { bareRef, inWords, keyOf } from '../objects/object-ref';
import { digestOf } from '../plan/digest';
import { otherManagers } from '../plan/owners';
import type { Write } from '../plan/plan';
import { conflictsIn, isAboutObject, notOurs, refusedBy } from '../plan/refusal';
import { stageCount, stageName } from '../plan/stages';
import { withTheirFields } from '../plan/take-fields';
import { deleteUnless } from './delete-object';
import type { Outcome } from './progress';

/** What became of a set, and what the server answered to each object that was written. */
export interface Written {
  readonly outcomes: readonly Outcome[];
  readonly answers: ReadonlyMap<string, Live>;
}

/** Applies a set, stage after stage. What fails stops what needs it, and nothing else. */
export async function writeSet(
  api: ClusterApi,
  writes: readonly Write[],
  patience: Patience,
): Promise<Written> {
  const run = new WriteRun(api, patience);
  const outcomes: Outcome[] = [];
  const stages = [...new Set(writes.map(({ ordered }) => ordered.stage))].sort((one, other) => one - other);
  for (const stage of stages) {
    const inStage = writes.filter(({ ordered }) => ordered.stage === stage);
    patience.onEvent({ type: 'stage', stage: stageName(stage % stageCount), objects: inStage.length });
    outcomes.push(...(await inParallel(inStage, (write) => run.write(write))));
  }
  return { outcomes, answers: run.answers };
}

class WriteRun {
  readonly answers = new Map<string, Live>();
  readonly #api: ClusterApi;
  readonly #patience: Patience;
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #writes = new Map<string, Write>();
  readonly #unhealthy = new Map<string, Promise<DeployError | undefined>>();

  constructor(api: ClusterApi, patience: Patience) {
    this.#api = api;
    this.#patience = patience;
  }

  write(write: Write): Promise<Outcome> {
    const key = keyOf(write.planned);
    const outcome = this.#perform(write).then((result) => {
      this.#patience.onEvent({ type: 'object', outcome: result });
      return result;
    });
    this.#writes.set(key, write);
    this.#outcomes.set(key, outcome);
    return outcome;
  }

  async #perform(write: Write): Promise<Outcome> {
    const { planned, ordered } = write;
    const broken = await this.#brokenNeed(write);
    if (broken) return skipped(write, broken);
    if (planned.action === 'unchanged') return { ...bareRef(write.planned), result: 'unchanged' };
    try {
      if (planned.action === 'recreate') await this.#deleteOld(write);
      if (ordered.member.kindComes) await this.#untilServed(write);
      const { uid, resourceVersion } = (await this.#apply(write)).metadata;
      if (isDefinition(write.desired) && (await this.#unhealthyYet(keyOf(planned)))) {
        return failed(write, notEstablished(write));
      }
      return { ...bareRef(write.planned), result: 'applied', uid, resourceVersion };
    } catch (error) {
      if (error instanceof DeployError && error.code !== 'LOCK_LOST') return failed(write, error);
      if (error instanceof ApiError && isAboutObject(error))
        return failed(write, await refusedBy(this.#api, ordered.member, error));
      throw error;
    }
  }

  /** What stops an object: something that it needs has failed, or is not healthy where it asks for that. */
  async #brokenNeed({ ordered, planned }: Write): Promise<string | undefined> {
    for (const need of ordered.needs) {
      const outcome = await this.#outcomes.get(need);
      if (!outcome) continue;
      if (outcome.result === 'failed' || outcome.result === 'skipped') return inWords(outcome);
      // What is not written need not wait for anything.
      if (planned.action === 'unchanged' || !ordered.waitsFor.includes(need)) continue;
      const error = await this.#unhealthyYet(need);
      if (error) return `${inWords(outcome)} (not healthy: ${error.found})`;
    }
    return undefined;
  }

  #unhealthyYet(key: string): Promise<DeployError | undefined> {
    const known = this.#unhealthy.get(key);
    if (known) return known;
    const write = this.#writes.get(key);
    const awaited = { ...write!.ordered.member, answer: this.answers.get(key) };
    const asked = waitUntilHealthy(this.#api, [awaited], this.#patience).then(([one]) => one?.error);
    this.#unhealthy.set(key, asked);
    return asked;
  }

  async #apply(write: Write): Promise<Live> {
    const { desired, force, planned, ordered } = write;
    const before = planned.action === 'recreate' ? undefined : await this.#taken(write);
    const { resource } = ordered.member;
    const live = before
      ? await this.#change(write, before)
      : await this.#api.apply(resource, desired, { force });
    // It was made by somebody else after the plan: our fields are in an object that is not ours, so we let go of it.
    this.answers.set(keyOf(planned), live);
    const others = otherManagers(live);
    if (planned.action !== 'create' || others.length === 0) return live;
    await this.#api.apply(resource, emptied(desired, live));
    throw notOurs(ordered.member, others, false);
  }

  /** The object with what is taken from others in our name, so that our apply takes away what we do not state. */
  async #taken({ live, desired, takeFrom, ordered: { member } }: Write): Promise<Live | undefined> {
    if (!live || !takeFrom) return live;
    const { resourceVersion } = live.metadata;
    const managedFields = withTheirFields(live, desired, takeFrom);
    return this.#api.change(member.resource, member.ref, { metadata: { resourceVersion, managedFields } });
  }

  /**
   * Writes onto the very state that the plan was made for, so that what was shown is what is done, and so that a call
   * that comes late, of a run that was paused, comes to nothing. A state that differs in nothing that we read is as good.
   */
  async #change({ desired, force, ordered: { member } }: Write, before: Live): Promise<Live> {
    let { resourceVersion } = before.metadata;
    for (let look = 1; ; look += 1) {
      try {
        const metadata = { ...desired.metadata, resourceVersion };
        return await this.#api.apply(member.resource, { ...desired, metadata }, { force });
      } catch (error) {
        if (!isStale(error) || look === LOOKS) throw error;
        const now = await this.#api.get(member.resource, member.ref);
        if (!now || now.metadata.deletionTimestamp || digestOf(desired, now) !== digestOf(desired, before)) {
          throw changedMeanwhile(member);
        }
        resourceVersion = now.metadata.resourceVersion;
      }
    }
  }

  /** Only the very object that the plan has seen. */
  async #deleteOld({ live, ordered: { member } }: Write): Promise<void> {
    const isAnother = ({ metadata }: Live) => (metadata.uid === live?.metadata.uid ? undefined : 'another');
    const how = { ...this.#patience, foreground: false };
    const end = await deleteUnless(this.#api, member, isAnother, how);
    if (end === 'another') throw notOurs(member, [], false);
  }

  /** The server takes a moment from an established CRD to its kind. */
  async #untilServed({ desired, ordered }: Write): Promise<void> {
    const until = performance.now() + this.#patience.timeoutMs;
    for (;;) {
      const served = await this.#api.served(desired.apiVersion);
      if (served.some(({ kind }) => kind === ordered.member.resource.kind)) return;
      if (performance.now() > until) return;
      await pause(100, this.#patience.signal);
    }
  }
}

/** A busy object gets a new version with each status. */
const LOOKS = 20;

/** Whether an object is not in the version that was named, and nothing else is wrong. */
function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'CONFLICT' && conflictsIn(error).length === 0;
}

function changedMeanwhile({ ref, from }: Member): DeployError {
  return new DeployError('OBJECT_REFUSED', {
    where: `${inWords(ref)} (${from})`,
    found: 'an object that somebody has changed or made anew since the plan was made',
    expected: 'the object that the plan has seen',
    remedy: 'Apply again: the plan is made anew. drydock diff shows what has changed.',
  });
}

/** Applied, it takes all our fields away, as far as they are ours alone. */
function emptied({ apiVersion, kind }: KubeObject, { metadata }: Live): KubeObject {
  const { name, namespace, uid } = metadata;
  return { apiVersion, kind, metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) } };
}

function failed(write: Write, error: DeployError): Outcome {
  return { ...bareRef(write.planned), result: 'failed', error };
}

function skipped(write: Write, broken: string): Outcome {
  const error = new DeployError('APPLY_INCOMPLETE', {
    where: inWords(write.planned),
    found: `something it needs has failed: ${broken}`,
    expected: 'what it needs, before it',
    remedy: 'Mend that one first; then apply again.',
  });
  return { ...bareRef(write.planned), result: 'skipped', error };
}

function notEstablished(write: Write): DeployError {
  return new DeployError('OBJECT_UNHEALTHY', {
    where: inWords(write.planned),
    found: 'a definition that the server has not established',
    expected: 'one whose names are free',
    remedy: `Look at its conditions: kubectl get crd ${write.planned.name} -o yaml`,
  });
}
