import { ApiError, groupOf, type KubeObject, metadataOnly } from '../../kube';
import type { ClusterApi, Live, Right } from '../cluster/cluster-api';
import { findEntries, placed } from '../cluster/found-entries';
import { inParallel } from '../cluster/in-parallel';
import { listedTogether, type Seen } from '../cluster/listed';
import { DeployError } from '../errors';
import type { Release } from '../inventory/names';
import type { Entry, Remembered } from '../inventory/release-store';
import type { Given } from '../objects/collect';
import { type Member, membersOf } from '../objects/members';
import { byKey, keyOf } from '../objects/object-ref';
import { emptySet, tooMany } from './guards';
import { withoutOtherMoments } from './left-out';
import { absentNamespaces } from './namespaces';
import { inOrder, type Ordered } from './order';
import type { Plan, Removal, Write } from './plan';
import { isRemoval, type PlannedRemoval, planRemoval, type RemovalAllowed } from './plan-removal';
import { type Allowed, planProven, planUntried, planWrite, proofOf, wantedOf } from './plan-write';
import { isAboutObject, isForbidden, refusedBy } from './refusal';
import { missingRights } from './rights';
import { seenBefore } from './seen-before';
import { stageOf } from './stages';
import { hasFieldsOf } from './take-fields';

/** What the caller allows, deletions included. */
export interface PlanAllowed extends Allowed {
  /** No object is taken for unchanged by its digest alone. @default false */
  readonly dryRunAll?: boolean;
  readonly prune: boolean;
  readonly allowPrune: boolean;
  readonly allowPruneOf: readonly string[];
}

/** A plan with what is needed to do it. */
export interface FullPlan {
  readonly plan: Plan;
  readonly writes: readonly Write[];
  /** In the order of deletion: the last stage first. */
  readonly removals: readonly Removal[];
  /** The set, as the inventory has it. */
  readonly entries: readonly Entry[];
  /** Of the inventory, not in the set, and to stay in the inventory. */
  readonly kept: readonly Entry[];
  readonly objects: readonly KubeObject[];
}

export async function makePlan(
  api: ClusterApi,
  release: Release,
  given: readonly Given[],
  remembered: Remembered,
  allowed: PlanAllowed,
): Promise<FullPlan> {
  const found = await membersOf(api, given);
  const { inventory } = remembered;
  const { members, leftOut } = withoutOtherMoments(found.members, remembered);
  const known = new Map(inventory.map((entry) => [keyOf(entry), entry]));
  const looks = Promise.all([
    absentNamespaces(api, members, release),
    seenBefore(api, release, members, known),
  ]);
  const { order, wanted } = await whileAsked(looks, () => ({
    order: inOrder(members),
    wanted: new Map(
      members.flatMap((member) =>
        known.get(keyOf(member.ref))?.digest === undefined ? [] : [[member, wantedOf(release, member)]],
      ),
    ),
  }));
  const { ordered, problems: ofOrder } = order;
  const [absent, seen] = await looks;
  const proven = allowed.dryRunAll
    ? new Map<string, Live>()
    : provenIn(release, wanted, known, seen, allowed);
  const asked = missingRights(
    api,
    release,
    members.filter(({ ref }) => !proven.has(keyOf(ref))),
    rightsToRemove(inventory, members, allowed),
  );
  const tried = inParallel(ordered, (one) => {
    const note = whyUntried(one, absent.coming);
    if (note !== undefined) return Promise.resolve(planUntried(release, one, note));
    if (absent.missing.has(one.member.ref.namespace ?? '')) return Promise.resolve(undefined);
    const key = keyOf(one.member.ref);
    const live = proven.get(key);
    if (live) return Promise.resolve(planProven(release, one, live));
    return planWrite(api, release, one, allowed, {
      isInInventory: known.has(key),
      seen: seen.get(key),
    }).catch(async (error: unknown) => {
      // Told already, once for all objects of a kind.
      if (isForbidden(error) && (await asked)) return undefined;
      if (error instanceof ApiError && isAboutObject(error)) return refusedBy(api, one.member, error);
      throw error;
    });
  });
  // Neither writes anything, so neither waits for the other.
  const [rights, answers] = await Promise.all([asked, tried]);
  const problems = [...found.problems, ...ofOrder, ...absent.problems, ...(rights ? [rights] : [])];
  if (given.length === 0) problems.push(emptySet(release.name));
  problems.push(...answers.filter((one): one is DeployError => one instanceof DeployError));
  const writes = answers.filter((one): one is Write => one !== undefined && !(one instanceof DeployError));
  const removed = await planRemovals(api, release, without(inventory, members), allowed, seen);
  const removals = removed.filter(isRemoval);
  if (!allowed.allowPrune) {
    const refusal = tooMany(
      removals.map(({ planned }) => planned),
      inventory.length,
    );
    if (refusal) problems.push(refusal);
  }
  const objects = [...writes.map(({ planned }) => planned), ...removed.map(({ planned }) => planned)];
  const keptKeys = new Set(objects.filter(({ action }) => ['prune', 'keep'].includes(action)).map(keyOf));
  return {
    plan: { release: release.name, namespace: release.namespace, objects, leftOut, problems },
    writes,
    removals,
    entries: members.map((member) => entryOf(member, known.get(keyOf(member.ref))?.digest)),
    kept: inventory.filter((entry) => keptKeys.has(keyOf(entry))),
    objects: members.map(({ object }) => object),
  };
}

/** Does what takes a while when the calls are on their way, so that the server works meanwhile. Who awaits them hears of their failure. */
async function whileAsked<Result>(calls: Promise<unknown>, work: () => Result): Promise<Result> {
  calls.catch(() => undefined);
  await new Promise(setImmediate);
  return work();
}

/**
 * What becomes of objects of the inventory that are to go, the last stage first.
 *
 * @param seen what lists of this plan have had already; of the others the metadata is listed, kind by kind
 */
export async function planRemovals(
  api: ClusterApi,
  release: Release,
  entries: readonly Entry[],
  { prune, ...allowed }: RemovalAllowed & { readonly prune: boolean },
  seen: Seen = new Map(),
): Promise<readonly PlannedRemoval[]> {
  const sorted = [...entries].sort((one, other) => stageOf(other) - stageOf(one) || byKey(one, other));
  const found = await findEntries(api, sorted);
  const unseen = placed(found.filter(({ entry }) => !seen.has(keyOf(entry))));
  const listed = await listedTogether(
    api,
    release,
    unseen.map(({ ref, resource }) => ({ ref, resource: metadataOnly(resource) })),
  );
  return inParallel(found, async (one) => {
    const key = keyOf(one.entry);
    const planned = await planRemoval(api, release, one, seen.get(key) ?? listed.get(key), allowed);
    if (prune || !isRemoval(planned)) return planned;
    return { planned: { ...planned.planned, action: 'keep', note: 'pruning is off' } };
  });
}

function without(inventory: readonly Entry[], members: readonly Member[]): Entry[] {
  const wanted = new Set(members.map(({ ref }) => keyOf(ref)));
  return inventory.filter((entry) => !wanted.has(keyOf(entry)));
}

function rightsToRemove(
  inventory: readonly Entry[],
  members: readonly Member[],
  { prune }: PlanAllowed,
): Right[] {
  return without(inventory, members).flatMap(({ apiVersion, plural, namespace }) =>
    (prune ? ['get', 'delete'] : ['get']).map((verb) => ({
      ...{ verb, group: groupOf(apiVersion), resource: plural },
      ...(namespace === undefined ? {} : { namespace }),
    })),
  );
}

function whyUntried({ member }: Ordered, coming: ReadonlySet<string>): string | undefined {
  if (member.kindComes) return 'not tried: its kind comes with this set';
  const { namespace } = member.ref;
  return namespace !== undefined && coming.has(namespace)
    ? 'not tried: its namespace comes with this set'
    : undefined;
}

function entryOf({ ref, object, resource: { plural } }: Member, digest: string | undefined): Entry {
  return { ...ref, apiVersion: object.apiVersion, plural, ...(digest === undefined ? {} : { digest }) };
}

/** The objects of the set that their digests prove to be as they are wanted, as they were seen. */
function provenIn(
  release: Release,
  wanted: ReadonlyMap<Member, string>,
  known: ReadonlyMap<string, Entry>,
  seen: ReadonlyMap<string, Live>,
  { adoptFrom = [] }: PlanAllowed,
): ReadonlyMap<string, Live> {
  const proven = new Map<string, Live>();
  for (const [member, text] of wanted) {
    const key = keyOf(member.ref);
    const live = seen.get(key);
    const digest = known.get(key)?.digest;
    if (!live || hasFieldsOf(live, adoptFrom)) continue;
    if (digest !== undefined && digest === proofOf(release, member, live, text)) proven.set(key, live);
  }
  return proven;
}
