import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { isRecord, type KubeObject } from '../../kube';
import { type ClusterApi, type Live, MANAGER } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import { ReleaseStore } from '../inventory/release-store';
import { collect } from '../objects/collect';
import { keyOf } from '../objects/object-ref';
import { differences, pathInWords, withoutBookkeeping } from '../plan/differences';
import { makePlan } from '../plan/make-plan';
import { ourFields } from '../plan/owners';
import type { Action } from '../plan/plan';
import { type ApplyHow, applySet } from '../run/apply-set';
import type { Engine } from '../run/engine';
import { FENCE } from '../run/fence-off';
import { EACH_CALL } from './each-call';
import { type Fault, FaultyApi } from './faulty-api';
import { normalisedText } from './leaves';
import { during, type Meddling, meddle, meddlers, meddling, ours } from './meddling';
import { ModelApi } from './model-api';

/** An object of a set; `value` is what differs between two sets that both have it. */
export interface Wanted {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'Job' | 'PersistentVolumeClaim';
  readonly namespace: 'here' | 'there';
  readonly name: string;
  readonly value: number;
  readonly keep: boolean;
}

export interface Turn {
  readonly wanted: readonly Wanted[];
  /** What a run that is paused wants: another set than the run that takes over from it. */
  readonly other: readonly Wanted[];
  readonly fault: Fault;
  /** In the middle of the run, before the call of this number. */
  readonly during: Meddling & { readonly at: number };
  /** After the run. */
  readonly meddling: readonly Meddling[];
}

/** After so long a run that gives no sign of life is taken over from. */
const LONG_MS = 3_600_000;

const NAMES = ['a', 'b', 'c'];

const wanted: fc.Arbitrary<Wanted> = fc.record({
  kind: fc.constantFrom(
    'ConfigMap',
    'ConfigMap',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'Job',
    'PersistentVolumeClaim',
  ),
  namespace: fc.constantFrom('here', 'here', 'here', 'there'),
  name: fc.constantFrom(...NAMES),
  value: fc.nat(2),
  keep: fc.nat(9).map((one) => one === 0),
});

const fault: fc.Arbitrary<Fault> = fc.record({
  at: fc.integer({ min: 1, max: 45 }),
  what: fc.constantFrom<Fault['what'][]>('die', 'die', 'die', 'pause', 'lost', 409, 422, 429, 500),
  acted: fc.boolean(),
});

const set = fc.uniqueArray(wanted, {
  minLength: 1,
  maxLength: 6,
  selector: ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`,
});

export const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({ wanted: set, other: set, fault, during, meddling: fc.array(meddling, { maxLength: 2 }) }),
  { minLength: 2, maxLength: 4 },
);

function objectOf({ kind, namespace, name, value, keep }: Wanted): KubeObject {
  const annotations: Record<string, string> = keep ? { 'helm.sh/resource-policy': 'keep' } : {};
  const content: Record<Wanted['kind'], object> = {
    ConfigMap: { data: { value: '0', ...(value === 0 ? {} : { [`only${value}`]: 'x' }) } },
    Secret: { data: { value: Buffer.from(String(value)).toString('base64') } },
    ServiceAccount: { automountServiceAccountToken: value === 1 },
    Job: { spec: { template: { spec: { restartPolicy: ['Never', 'OnFailure', 'Always'][value] } } } },
    PersistentVolumeClaim: { spec: { storageClassName: String(value), storage: '2000m' } },
  };
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, namespace, annotations }, ...content[kind] };
}

const release = releaseOf('shop', 'here');
/** All that may be asked for is allowed, so that every set can be reached from every state. */
const everything: ApplyHow = {
  ...{
    adopt: true,
    forceConflicts: true,
    recreate: ['Job'],
    prune: true,
    allowPrune: true,
    allowPruneOf: [],
  },
  ...{ wait: true, foreground: false, history: 3 },
};

function engineFor(api: ClusterApi): Engine {
  // In the time of the model a paused run is taken over from after LONG_MS; a machine that stands still for a while is none.
  const lock = { durationMs: LONG_MS / 2, waitMs: 0, everyMs: 1 };
  return { api, release, lock, onEvent: () => {}, timeoutMs: 0 };
}

/**
 * Sets, one after the other, each first by a run that is killed or badly answered, then by one that is not; between
 * them others meddle. After every run nothing is lost and nothing foreign was touched; at the end of each turn the
 * cluster is as the set says, and once more is no write.
 *
 * @returns how many calls there were
 */
export async function expectReleaseLaw(all: readonly Turn[]): Promise<number> {
  const model = new ModelApi();
  const foreign = meddlers(model);
  let calls = 0;
  for (const turn of all) {
    const objects = turn.wanted.map(objectOf);
    const tried = turn.fault.what === 'pause' ? turn.other.map(objectOf) : objects;
    const treasures = new Set(treasuresOf(model, tried));
    let isCalm = true;
    const faulty = new FaultyApi(model, turn.fault, (call) => {
      if (call !== turn.during.at) return;
      isCalm = false;
      for (const key of meddle(model, release, turn.during, foreign)) treasures.delete(key);
    });
    const says = await attempt(faulty.api, tried);
    const isLeftLocked = [...model.objects.values()].some(({ kind }) => kind === 'Lease');
    if (says && isCalm) expectAsWanted(model, tried, foreign);
    calls += faulty.calls;
    await expectNothingLost(model, foreign, tried);
    expectAllThere(model, treasures);
    model.wait(LONG_MS);
    for (const one of turn.meddling) meddle(model, release, one, foreign);
    const later = treasuresOf(model, objects);
    const wasWritten = await expectAsPlanned(model, objects);
    await expectNothingLost(model, foreign, objects);
    expectAllThere(model, later);
    expectAsWanted(model, objects, foreign);
    await sayLate(model, faulty, { objects, tried }, foreign);
    if (!says || isLeftLocked) await settle(model, faulty, objects);
    await expectNoGhosts(model);
    const { writes, applies } = model;
    await applySet(engineFor(model), collect(objects), everything);
    if (model.writes !== writes) throw new Error(`the same set again made ${model.writes - writes} writes`);
    if (wasWritten && model.applies !== applies) {
      throw new Error(`the same set again asked for ${model.applies - applies} objects`);
    }
  }
  return calls;
}

/**
 * What was remembered of a run that did not end well, or well and without its lock being taken away, is settled by one that took over from none. A call that comes late
 * can be the one that makes a lock, so that there is one more to take over from.
 */
async function settle(model: ModelApi, { late }: FaultyApi, objects: readonly KubeObject[]): Promise<void> {
  await applySet(engineFor(model), collect(objects), everything);
  if (late) await applySet(engineFor(model), collect(objects), everything);
}

/** The paused run wakes up and says what it was about to say: of what the later run has made, it changes nothing. */
async function sayLate(
  model: ModelApi,
  { late }: FaultyApi,
  { objects, tried }: { readonly objects: readonly KubeObject[]; readonly tried: readonly KubeObject[] },
  foreign: Map<string, Live>,
): Promise<void> {
  if (!late) return;
  const before = new Set(model.objects.keys());
  await late.say();
  // It may be the Lease that it makes.
  model.wait(LONG_MS);
  for (const key of before) {
    if (!model.objects.has(key) && !key.includes('/drydock.')) {
      throw new Error(`${key} was lost to a run that was paused`);
    }
  }
  await expectNothingLost(model, foreign, [...objects, ...tried]);
  const store = new ReleaseStore(model, release);
  for (const revision of (await store.read()).revisions) await store.objectsOf(revision);
  // A server takes no condition that an object must not be there: so a creation may come late, and is put right next time.
  if (!late.isCreation) expectEachAsWanted(model, objects, foreign);
}

/** Whether a run that is killed or badly answered says that all went well. */
async function attempt(api: ClusterApi, objects: readonly KubeObject[]): Promise<boolean> {
  return applySet(engineFor(api), collect(objects), everything).then(
    () => true,
    () => false,
  );
}

/**
 * What is never deleted unless it is named: claims, and what an annotation keeps. A Job of the set may be made anew, as
 * `recreate` allows, and a run that is killed in the middle of that leaves it to the next.
 */
function treasuresOf(model: ModelApi, objects: readonly KubeObject[]): string[] {
  const names = objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata?.name);
  return ours(model, release)
    .filter(([, live]) => isTreasure(live) && !(live.kind === 'Job' && names.includes(live.metadata.name)))
    .map(([key]) => key);
}

function isTreasure({ kind, metadata }: Live): boolean {
  return kind === 'PersistentVolumeClaim' || metadata.annotations?.['helm.sh/resource-policy'] === 'keep';
}

function expectAllThere(model: ModelApi, keys: Iterable<string>): void {
  for (const key of keys) if (!model.objects.has(key)) throw new Error(`${key} was to be kept, and is gone`);
}

/** What is gone is not remembered for ever. */
async function expectNoGhosts(model: ModelApi): Promise<void> {
  const { inventory } = await new ReleaseStore(model, release).read();
  for (const entry of inventory) {
    if (!model.objects.has(keyOf(entry)))
      throw new Error(`${keyOf(entry)} is gone, and still in the inventory`);
  }
}

function isManaged({ metadata }: Live): boolean {
  return metadata.managedFields?.some(({ manager }) => manager === MANAGER) ?? false;
}

/** Every object with our label that we have fields of is in the inventory, and what is not ours is as it was. */
async function expectNothingLost(
  model: ModelApi,
  foreign: Map<string, Live>,
  objects: readonly KubeObject[],
): Promise<void> {
  const madeAnew = new Set(objects.filter(({ kind }) => kind === 'Job').map(keyOfObject));
  const named = new Set(objects.map(keyOfObject));
  const { inventory } = await new ReleaseStore(model, release).read();
  const known = new Set(inventory.map(keyOf));
  for (const [key, live] of ours(model, release)) {
    if (isManaged(live) && !known.has(key)) throw new Error(`${key} is lost from the inventory`);
  }
  for (const [key, before] of foreign) {
    const now = model.objects.get(key);
    // A set that has this name has taken it over, as `adopt` allows: from then on it is ours.
    if (named.has(key) && now?.metadata.labels?.[PART_OF] === release.id && isManaged(now)) {
      foreign.delete(key);
      continue;
    }
    // A Job of the set is taken over by being made anew, and is gone where that run was killed in between.
    if (!now && madeAnew.has(key)) continue;
    if (!isDeepStrictEqual(now, before)) throw new Error(`${key} is not ours and was touched`);
  }
}

/**
 * Applies a set, and compares what it did to each object with what the plan had shown, which is the same when the server
 * is asked about every object.
 *
 * @returns whether anything was written, which makes every digest new
 */
async function expectAsPlanned(model: ModelApi, objects: readonly KubeObject[]): Promise<boolean> {
  const remembered = await new ReleaseStore(model, release).read();
  const { plan } = await makePlan(model, release, collect(objects), remembered, everything);
  if (plan.problems.length > 0) throw new Error(`refused: ${plan.problems[0]?.message}`);
  const everyOne = { ...everything, dryRunAll: true };
  const { plan: asked } = await makePlan(model, release, collect(objects), remembered, everyOne);
  for (const [at, planned] of plan.objects.entries()) {
    const said = asked.objects[at];
    if (isDeepStrictEqual(planned, said)) continue;
    throw new Error(`the digest says ${JSON.stringify(planned)}, the dry-run ${JSON.stringify(said)}`);
  }
  const { writes } = model;
  const before = model.objects;
  await applySet(engineFor(model), collect(objects), everything);
  for (const planned of plan.objects) {
    const key = keyOf(planned);
    const was = before.get(key);
    const did = whatWasDone(was, model.objects.get(key)).join(' ');
    const paths = planned.changes.map(({ path }) => path);
    const foreseen = [SHOWN[planned.action], ...(was ? asSeenBesideFence(was, paths) : paths)].join(' ');
    // Of an object that is made anew the server names only the fields that it refuses.
    if (planned.action === 'recreate' ? !did.startsWith('recreate') : did !== foreseen) {
      throw new Error(`${key}: planned "${foreseen}", done "${did}"`);
    }
  }
  return model.writes !== writes;
}

/** What each action looks like from outside. */
const SHOWN: Readonly<Record<Action, string>> = {
  ...{ create: 'create', change: 'change', adopt: 'change', recreate: 'recreate', prune: 'prune' },
  ...{ keep: 'nothing', forget: 'nothing', unchanged: 'nothing' },
};

function whatWasDone(before: Live | undefined, after: Live | undefined): string[] {
  if (!before) return [after ? 'create' : 'nothing'];
  if (!after) return ['prune'];
  if (before.metadata.uid !== after.metadata.uid) return ['recreate'];
  if (before.metadata.resourceVersion === after.metadata.resourceVersion) return ['nothing'];
  const paths = differences(withoutFence(before), withoutFence(after)).map(({ steps }) => pathInWords(steps));
  const isOther = [before, after].some((live) => Object.keys(annotationsOf(live)).length > 0);
  // Where the fence stood alone the map of annotations is empty, and where there never was one it is not there.
  const seen = asSeenBesideFence(before, paths).filter((path) => isOther || path !== ANNOTATIONS);
  // A run that took over from another has given it a new version, and nothing else.
  if (seen.length === 0 && isDeepStrictEqual(ourFields(before), ourFields(after))) return ['nothing'];
  return ['change', ...seen];
}

const ANNOTATIONS = 'metadata.annotations';

/**
 * A run that was killed may have left its fence among the annotations; the next takes it away. So a plan sees one of several
 * go where in the end all of them have gone: there they count as one.
 */
function asSeenBesideFence({ metadata }: Live, paths: readonly string[]): readonly string[] {
  if (metadata.annotations?.[FENCE] === undefined) return paths;
  return [...new Set(paths.map((path) => (path.startsWith(ANNOTATIONS) ? ANNOTATIONS : path)))];
}

function withoutFence(live: Live): unknown {
  const { metadata, ...rest } = asCompared(live);
  return {
    ...rest,
    metadata: { ...metadata, ...(metadata.annotations && { annotations: annotationsOf(live) }) },
  };
}

function annotationsOf(live: Live): Readonly<Record<string, string>> {
  const { [FENCE]: _fence, ...others } = asCompared(live).metadata.annotations ?? {};
  return others;
}

function asCompared(live: Live): Pick<Live, 'metadata'> {
  return withoutBookkeeping(live) as Pick<Live, 'metadata'>;
}

function keyOfObject({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion.includes('/') ? 'batch' : ''}/${kind}/${metadata?.namespace}/${metadata?.name}`;
}

function expectAsWanted(model: ModelApi, objects: readonly KubeObject[], foreign: Map<string, Live>): void {
  expectEachAsWanted(model, objects, foreign);
  const keys = new Set(objects.map(keyOfObject));
  for (const [key, live] of ours(model, release)) {
    if (!keys.has(key) && !isTreasure(live) && isManaged(live)) {
      throw new Error(`${key} is no longer wanted and still there`);
    }
  }
}

function expectEachAsWanted(
  model: ModelApi,
  objects: readonly KubeObject[],
  foreign: Map<string, Live>,
): void {
  for (const object of objects) {
    const key = keyOfObject(object);
    foreign.delete(key);
    const live = model.objects.get(key);
    if (!live) throw new Error(`${key} is not there`);
    if (live.metadata.labels?.[PART_OF] !== release.id) throw new Error(`${key} has not our label`);
    if (!hasKeys(ourFields(live), namesOfFields(object)))
      throw new Error(`${key} has fields that are not ours`);
    if (!contains(withoutBookkeeping(live), object)) throw new Error(`${key} is not as the set says`);
  }
}

/** An object as the server writes down its fields. */
function namesOfFields(object: KubeObject): unknown {
  const named = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, named(inner)]))
      : {};
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...content } = object;
  return named(content);
}

/** Whether the first has every key of the second, at every level. */
function hasKeys(whole: unknown, part: unknown): boolean {
  return (
    isRecord(whole) &&
    isRecord(part) &&
    Object.entries(part).every(([key, inner]) => key in whole && hasKeys(whole[key], inner))
  );
}

/** Whether all of the second is in the first. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    return isDeepStrictEqual(whole, normalisedText(part));
  }
  if (typeof whole !== 'object' || whole === null) return Object.keys(part).length === 0;
  return Object.entries(part).every(([key, value]) => {
    const inner = (whole as Record<string, unknown>)[key];
    return inner === undefined ? isDeepStrictEqual(value, {}) : contains(inner, value);
  });
}

/** The law on as many made-up cases; throws with the smallest that fails. */
export async function runReleaseLaw(
  cases: number,
  seed: number | undefined,
  shrinks = true,
): Promise<number> {
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(turns, async (all) => {
      calls += await expectReleaseLaw(all);
    }),
    {
      numRuns: cases + EACH_CALL.length,
      examples: EACH_CALL,
      ...(seed === undefined ? {} : { seed }),
      endOnFailure: !shrinks,
    },
  );
  return calls;
}
