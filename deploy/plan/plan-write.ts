import { isDeepStrictEqual } from 'node:util';
import { ApiError, type KubeObject } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { PART_OF, type Release } from '../inventory/names';
import type { Member } from '../objects/members';
import { inWords } from '../objects/object-ref';
import { differences, pathInWords, withoutBookkeeping } from './differences';
import { mayBeRecreated } from './guards';
import type { Ordered } from './order';
import { isManagedByUs, otherManagers, otherOwners, ourFields } from './owners';
import type { Action, FieldChange, PlannedObject, Write } from './plan';
import {
  type Conflict,
  cannotChange,
  conflictsIn,
  immutableIn,
  inConflict,
  isAboutObject,
  notOurs,
  refused,
} from './refusal';
import { isHidden, isSecret } from './secrets';

/** What the caller allows beyond what is safe. */
export interface Allowed {
  readonly adopt: boolean;
  readonly forceConflicts: boolean;
  readonly recreate: readonly string[];
}

/** Plans one object by a dry-run; what forbids it is the answer too. */
export async function planWrite(
  api: ClusterApi,
  release: Release,
  ordered: Ordered,
  allowed: Allowed,
  isInInventory: boolean,
): Promise<Write | DeployError> {
  const { member } = ordered;
  const { resource, ref } = member;
  try {
    const live = await api.get(resource, ref);
    if (live?.metadata.deletionTimestamp) return isGoing(member, live);
    const label = live?.metadata.labels?.[PART_OF];
    // Without a label somebody has removed it; with the label of another release it is that one's.
    const isKnown = label === release.id || (isInInventory && label === undefined);
    const isOurs = live && isManagedByUs(live) && isKnown;
    if (live && !isOurs && !allowed.adopt) {
      return notOurs(member, otherManagers(live), label !== undefined && label !== release.id);
    }
    const action = live ? (isOurs ? 'change' : 'adopt') : 'create';
    const force = allowed.forceConflicts || action === 'adopt';
    return await tried(api, ordered, desiredOf(member.object, release, live), live, action, force, allowed);
  } catch (error) {
    if (error instanceof ApiError && isAboutObject(error)) return refused(member, error);
    throw error;
  }
}

/** An object whose kind or namespace comes with this very set: the server cannot try it yet. */
export function planUntried(release: Release, ordered: Ordered, note: string): Write {
  const { member } = ordered;
  return {
    planned: { ...member.ref, action: 'create', changes: [], taken: [], note },
    ordered,
    desired: desiredOf(member.object, release, undefined),
    live: undefined,
    force: false,
  };
}

async function tried(
  api: ClusterApi,
  ordered: Ordered,
  desired: KubeObject,
  live: Live | undefined,
  action: Action,
  force: boolean,
  allowed: Allowed,
): Promise<Write | DeployError> {
  const { member } = ordered;
  const { ref, object } = member;
  const { answer, conflicts, error } = await dryRun(api, member, desired, force);
  const base = { ordered, desired, live, force };
  if (conflicts.length > 0 && !force) return inConflict(member, conflicts);
  if (answer) {
    const planned: PlannedObject = { ...ref, action, changes: changesOf(live, answer), taken: conflicts };
    const isSame =
      live && planned.changes.length === 0 && isDeepStrictEqual(ourFields(live), ourFields(answer));
    return { ...base, planned: isSame ? { ...planned, action: 'unchanged' } : planned };
  }
  const immutable = live && error ? immutableIn(error) : [];
  if (immutable.length === 0 || !live) throw error;
  if (!mayBeRecreated(ref)) return cannotChange(member, immutable, false);
  if (!allowed.recreate.includes(ref.kind)) return cannotChange(member, immutable, true);
  // The server cannot try it beside the old one, so what is known is which fields it refused.
  const changes = immutable.map(({ field }) => ({ path: field, hidden: isSecret(object), owners: [] }));
  const note = `made anew, since ${immutable.map(({ field }) => field).join(', ')} cannot be changed`;
  return {
    ...base,
    desired: { ...desired, metadata: { ...desired.metadata, uid: undefined } },
    planned: { ...ref, action: 'recreate', changes, taken: [], note },
  };
}

/** Tries without force first: only so the server says what belongs to others. */
async function dryRun(
  api: ClusterApi,
  { resource }: Member,
  desired: KubeObject,
  force: boolean,
): Promise<{ readonly answer?: Live; readonly conflicts: readonly Conflict[]; readonly error?: ApiError }> {
  try {
    return { answer: await api.apply(resource, desired, { dryRun: true }), conflicts: [] };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const conflicts = conflictsIn(error);
    if (conflicts.length === 0 || !force) return { conflicts, error };
    try {
      return { answer: await api.apply(resource, desired, { dryRun: true, force }), conflicts };
    } catch (forced) {
      if (forced instanceof ApiError) return { conflicts, error: forced };
      throw forced;
    }
  }
}

/** The object with our label; with the UID of the one that is there, so that no other one is touched. */
function desiredOf(object: KubeObject, release: Release, live: Live | undefined): KubeObject {
  const labels = { ...object.metadata?.labels, [PART_OF]: release.id };
  const uid = live && { uid: live.metadata.uid };
  return { ...object, metadata: { ...object.metadata, labels, ...uid } };
}

/** What a write changes, of which no value of a Secret is kept. */
export function changesOf(live: Live | undefined, answer: Live): FieldChange[] {
  if (!live) return [];
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
