import { isDeepStrictEqual } from 'node:util';
import { ApiError, type KubeObject } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { healthOf } from '../health/rules';
import { PART_OF, type Release } from '../inventory/names';
import { hookOf } from '../objects/hooks';
import type { Member } from '../objects/members';
import { inWords } from '../objects/object-ref';
import { differences, pathInWords, withoutBookkeeping } from './differences';
import { digestOf, wantedText } from './digest';
import { mayBeRecreated } from './guards';
import { withoutHandedOver } from './handed-over';
import type { Ordered } from './order';
import { isManagedByUs, otherManagers, otherOwners, ourFields, ownerNamed } from './owners';
import type { Action, FieldChange, PlannedObject, Write } from './plan';
import {
  type Conflict,
  cannotChange,
  conflictsIn,
  immutableIn,
  inConflict,
  isTooOld,
  notOurs,
  serverTooOld,
} from './refusal';
import { isHidden, isSecret } from './secrets';
import { changeTo, fieldsTaken, hasFieldsOf } from './take-fields';

/** What the caller allows beyond what is safe. */
export interface Allowed {
  readonly adopt: boolean;
  /** Managers all of whose fields become ours. @default - none */
  readonly adoptFrom?: readonly string[];
  readonly forceConflicts: boolean;
  readonly recreate: readonly string[];
}

/** What is known of an object before it is planned. */
export interface Known {
  readonly isInInventory: boolean;
  /** As it was a moment ago. */
  readonly seen: Live | undefined;
}

/** Plans one object by a dry-run; what forbids it is the answer too. Throws what the server refuses of it by itself. */
export async function planWrite(
  api: ClusterApi,
  release: Release,
  ordered: Ordered,
  allowed: Allowed,
  { isInInventory, seen }: Known,
): Promise<Write | DeployError> {
  const { member } = ordered;
  const labelled = desiredOf(member.object, release, undefined);
  const first = await tryOut(api, member, labelled, false);
  // What is not stored has no version: so a new object costs one call, and is not looked for before.
  if (first.answer && !first.answer.metadata.resourceVersion) return created(ordered, labelled);
  const live = isOf(first.answer, seen) ? seen : await api.get(member.resource, member.ref);
  if (!live) {
    if (first.error) throw first.error;
    return created(ordered, labelled);
  }
  const tried = withoutHandedOver(labelled, live);
  const again = tried === labelled ? first : await tryOut(api, member, tried, false);
  return planExisting(api, release, ordered, allowed, { first: again, live, isInInventory });
}

interface Existing {
  readonly first: Tried;
  readonly live: Live;
  readonly isInInventory: boolean;
}

async function planExisting(
  api: ClusterApi,
  release: Release,
  ordered: Ordered,
  allowed: Allowed,
  { first, live, isInInventory }: Existing,
): Promise<Write | DeployError> {
  const { member } = ordered;
  if (live.metadata.deletionTimestamp) return isGoing(member, live);
  const label = live.metadata.labels?.[PART_OF];
  // Without a label somebody has removed it; with the label of another release it is that one's.
  const isKnown = label === release.id || (isInInventory && label === undefined);
  const isOurs = isManagedByUs(live) && isKnown;
  const takeFrom = allowed.adoptFrom ?? [];
  const takes = hasFieldsOf(live, takeFrom);
  if (!isOurs && !allowed.adopt && !takes) {
    return notOurs(member, otherManagers(live), label !== undefined && label !== release.id);
  }
  const desired = desiredOf(member.object, release, live);
  const hook = hookOf(member.object);
  if (hook && isOurs && healthOf(live).state === 'failed')
    return anew(ordered, desired, live, 'it is a hook that has failed');
  const force = allowed.forceConflicts || !isOurs || (takes && isFrom(first.conflicts, takeFrom));
  const isForced = force && first.conflicts.length > 0;
  const second = isForced ? await tryOut(api, member, desired, true) : first;
  const write = { ordered, desired, live, force };
  const conflicts = first.conflicts.map(({ path, owner }) => ({
    path,
    owner: ownerNamed(live, owner.manager),
  }));
  if (takes && second.answer) {
    return withTaken(api, { ...write, takeFrom }, isOurs ? 'change' : 'adopt', second.answer);
  }
  return planned(write, isOurs ? 'change' : 'adopt', { ...second, conflicts }, allowed);
}

function isFrom(conflicts: readonly Conflict[], managers: readonly string[]): boolean {
  return conflicts.every(({ owner }) => managers.includes(owner.manager));
}

/** An object of which others' fields become ours: what they alone have set goes, and what that comes to is tried. */
async function withTaken(
  api: ClusterApi,
  write: Omit<Write, 'planned' | 'live'> & { readonly live: Live; readonly takeFrom: readonly string[] },
  action: Action,
  applied: Live,
): Promise<Write> {
  const { live, takeFrom, ordered } = write;
  const { resource, ref } = ordered.member;
  const change = changeTo(live, applied, takeFrom);
  const answer = change === undefined ? live : await api.change(resource, ref, change, { dryRun: true });
  const taken = fieldsTaken(live, applied, takeFrom);
  return { ...write, planned: { ...ref, action, changes: changesOf(live, answer), taken } };
}

/** Whether the server has tried us on the very state that was seen before: its answer has the version of that. */
function isOf(answer: Live | undefined, seen: Live | undefined): seen is Live {
  if (!answer || !seen) return false;
  const { uid, resourceVersion } = seen.metadata;
  return uid === answer.metadata.uid && resourceVersion === answer.metadata.resourceVersion;
}

/** The proof for an object that it is as it is wanted; undefined where it is on its way out, or a hook that is to run again. */
export function proofOf(
  release: Release,
  { object }: Member,
  live: Live,
  wanted?: string,
): string | undefined {
  if (live.metadata.deletionTimestamp || (hookOf(object) && healthOf(live).state === 'failed'))
    return undefined;
  return digestOf(desiredOf(object, release, undefined), live, wanted);
}

/** The half of a proof that is known before the cluster has answered. */
export function wantedOf(release: Release, { object }: Member): string {
  return wantedText(desiredOf(object, release, undefined));
}

/** An object that is proven to be as it is wanted. */
export function planProven(release: Release, ordered: Ordered, live: Live): Write {
  const { ref, object } = ordered.member;
  const plan: PlannedObject = { ...ref, action: 'unchanged', changes: [], taken: [] };
  return { planned: plan, ordered, desired: desiredOf(object, release, live), live, force: false };
}

/** An object whose kind or namespace comes with this very set: the server cannot try it yet. */
export function planUntried(release: Release, ordered: Ordered, note: string): Write {
  const write = created(ordered, desiredOf(ordered.member.object, release, undefined));
  return { ...write, planned: { ...write.planned, note } };
}

function created(ordered: Ordered, desired: KubeObject): Write {
  const { ref } = ordered.member;
  const plan: PlannedObject = { ...ref, action: 'create', changes: [], taken: [] };
  return { planned: plan, ordered, desired, live: undefined, force: false };
}

/** What becomes of an object that is there, from what the server said to a dry-run. */
function planned(
  write: Omit<Write, 'planned' | 'live'> & { readonly live: Live },
  action: Action,
  { answer, conflicts, error }: Tried,
  allowed: Allowed,
): Write | DeployError {
  const { live, force, desired } = write;
  const { member } = write.ordered;
  const { ref, object } = member;
  if (conflicts.length > 0 && !force) return inConflict(member, conflicts);
  if (answer) {
    const plan: PlannedObject = { ...ref, action, changes: changesOf(live, answer), taken: conflicts };
    const isSame = plan.changes.length === 0 && isDeepStrictEqual(ourFields(live), ourFields(answer));
    return { ...write, planned: isSame ? { ...plan, action: 'unchanged' } : plan };
  }
  const immutable = error ? immutableIn(error) : [];
  if (immutable.length === 0) throw error;
  if (!mayBeRecreated(ref)) return cannotChange(member, immutable, false);
  if (!allowed.recreate.includes(ref.kind) && !hookOf(object)) return cannotChange(member, immutable, true);
  // The server cannot try it beside the old one, so what is known is which fields it refused.
  const changes = immutable.map(({ field }) => ({ path: field, hidden: isSecret(object), owners: [] }));
  const note = `made anew, since ${immutable.map(({ field }) => field).join(', ')} cannot be changed`;
  return anew(write.ordered, desired, live, note, changes);
}

function anew(
  ordered: Ordered,
  desired: KubeObject,
  live: Live,
  note: string,
  changes: readonly FieldChange[] = [],
): Write {
  const planned: PlannedObject = { ...ordered.member.ref, action: 'recreate', changes, taken: [], note };
  // Of what another controller was given to decide nothing is left.
  const withoutUid = { ...ordered.member.object, metadata: { ...desired.metadata, uid: undefined } };
  return { planned, ordered, desired: withoutUid, live, force: false };
}

/** What the server said to a dry-run: one of `answer` and `error`. */
interface Tried {
  readonly answer?: Live;
  readonly error?: ApiError;
  readonly conflicts: readonly Conflict[];
}

async function tryOut(api: ClusterApi, member: Member, desired: KubeObject, force: boolean): Promise<Tried> {
  try {
    return { answer: await api.apply(member.resource, desired, { dryRun: true, force }), conflicts: [] };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isTooOld(error)) throw serverTooOld(member, error);
    return { error, conflicts: conflictsIn(error) };
  }
}

/** The object with our label; with the UID of the one that is there, so that no other one is touched. */
function desiredOf(object: KubeObject, release: Release, live: Live | undefined): KubeObject {
  const labels = { ...object.metadata?.labels, [PART_OF]: release.id };
  const uid = live && { uid: live.metadata.uid };
  const desired = { ...object, metadata: { ...object.metadata, labels, ...uid } };
  return live ? withoutHandedOver(desired, live) : desired;
}

/** What a write changes, of which no value of a Secret is kept. */
function changesOf(live: Live, answer: Live): FieldChange[] {
  return differences(withoutBookkeeping(live), withoutBookkeeping(answer)).map((difference) => {
    const { steps, before, after } = difference;
    const path = pathInWords(steps);
    const owners = otherOwners(live, steps);
    if (isSecret(live) && isHidden(difference)) return { path, hidden: true, owners };
    return {
      path,
      hidden: false,
      owners,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
}

function isGoing({ ref, from }: Member, { metadata }: Live): DeployError {
  const finalizers = metadata.finalizers ?? [];
  return new DeployError('OBJECT_REFUSED', {
    where: `${inWords(ref)} (${from})`,
    found: `an object that is being deleted since ${metadata.deletionTimestamp}${
      finalizers.length === 0 ? '' : ` and waits for its finalizers ${finalizers.join(', ')}`
    }`,
    expected: 'one that stays, or none',
    remedy: 'Wait until it is gone, and look at what has to remove the finalizers.',
  });
}
