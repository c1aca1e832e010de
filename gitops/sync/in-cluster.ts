import type { Context } from '../../controller';
import {
  changesAnything,
  DeployError,
  Deployer,
  type ObjectStatus,
  type Plan,
  type Report,
} from '../../deploy';
import { isPaused } from '../../deploy/errors';
import { releaseOf, secrets } from '../../deploy/inventory/names';
import { bareRef, keyOf } from '../../deploy/objects/object-ref';
import { goneIn } from '../../deploy/run/prune';
import { type Connection, getIfThere, type Stored } from '../../kube';
import type { Application } from '../api/application';
import type { RolledBack } from '../api/rolled-back';
import type { Link } from '../clusters/links';
import type { Rendered } from '../render/documents';
import type { Source, SourceTree } from '../source/source';
import { actingAs } from './acting-as';
import { all } from './all';
import { ownWrites } from './own-writes';
import { goBack, isIncomplete, lastGood, notBack, rolledBackOf, sourceOf } from './rollback';
import { asksFor, pausedVerdict, rolloutsIn, steer, wishOf } from './rollouts';
import type { Settings } from './settings';
import type { Target } from './targets';
import { type Verdict, verdictOf } from './verdict';

/**
 * The annotation with the commit that a person allows, where an Application is not applied by itself.
 *
 * @example
 * console.log(`kubectl annotate --overwrite application shop ${SYNC_ANNOTATION}=3f2a1bc0`);
 */
export const SYNC_ANNOTATION = 'ajj.io/sync';
/** So few objects are deleted without more in a cluster that is no longer meant, as they are of a folder. */
const FEW = 3;

export interface Run {
  readonly app: Stored<Application>;
  readonly context: Context;
  readonly settings: Settings;
  /** By target, what was taken back since the status was read, or a moment before. */
  readonly takenBack: Map<string, RolledBack>;
}

/** What is enough to look. */
type Looking = Pick<Run, 'settings'>;

/** What is to be applied, and where it came from. */
export interface Wanted extends Rendered {
  readonly source: Source;
  readonly tree: SourceTree;
}

/** One target, as it is reached. */
export interface Place {
  readonly target: Target;
  readonly link: Link;
  /** Ends what goes on there. */
  readonly signal: AbortSignal;
}

export async function apply(run: Run, place: Place, wanted: Wanted): Promise<Verdict> {
  const { tree, objects, from } = wanted;
  const deployer = deployerOf(run, place);
  const { target } = place;
  const before = takenBackIn(run, target, tree);
  if (before) return takeBack(run, place, tree, before);
  // Once another one was tried, it may be tried again.
  run.takenBack.delete(target.key);
  let report: Report;
  try {
    await steerAll(run, place, wanted);
    // The repository says how a field is to be; who edits by hand is put right. `planIn` has to say the same.
    const how = { ...run.settings, from, forceConflicts: true };
    report = await deployer.apply(objects, { ...how, source: sourceOf(tree) });
    if (report.changed) tellOf(run, place, tree, report);
  } catch (error) {
    if (isPaused(error)) return pausedVerdict(run.app, tree, error);
    // A folder that was whole and healthy there is not what has to be taken back.
    const isGood = target.known.tree === tree.id;
    if (!run.settings.rollback || isGood || !isIncomplete(error) || place.signal.aborted) throw error;
    if (lastGood(await deployer.history(), tree) === undefined) throw error;
    const rolledBack = rolledBackOf(tree, run.app.metadata.generation ?? 0, error);
    run.takenBack.set(target.key, rolledBack);
    return takeBack(run, place, tree, rolledBack);
  }
  return verdictOfRun(tree, report, healthyIn(report) ?? (await deployer.status()).objects);
}

/** All objects of a release that a run has just written, and waited for until they were healthy. Undefined where it has others too. */
function healthyIn({ outcomes }: Report): readonly ObjectStatus[] | undefined {
  const left = outcomes.filter(({ result }) => result !== 'pruned');
  if (left.length === 0 || left.some(({ result }) => result !== 'applied')) return undefined;
  return left.map((one) => ({ ...bareRef(one), state: 'healthy', why: '' }));
}

/** What is gone and remembered for one run more, as a run that has died may still make it, is no object that is missing. */
function verdictOfRun(tree: SourceTree, report: Report, objects: readonly ObjectStatus[]): Verdict {
  const gone = goneIn(report.outcomes);
  const left = objects.filter((one) => !gone.has(keyOf(one)));
  const verdict = { ...verdictOf(tree, { objects: left }), own: ownWrites(report) };
  return left.length === objects.length ? verdict : { ...verdict, again: true };
}

/** Lets Rollouts of this commit go on or back, as a person has said. Those that do not have it yet are left alone. */
async function steerAll(run: Run, place: Place, wanted: Wanted): Promise<void> {
  const wish = wishOf(run.app, wanted.tree);
  if (!wish) return;
  const found = rolloutsIn(wanted.objects, run.settings.namespace);
  if (found.length === 0) return;
  const connection = actingAs(place.link.connection, run.settings);
  const asked = await all(found.map((at) => asksFor(connection, at, wish)));
  const open = found.filter((_one, index) => asked[index]);
  // The annotation stays, and a plan costs as much as all that is looked at.
  if (open.length === 0) return;
  const { objects } = await planIn(run, place, wanted);
  const isThere = ({ namespace, name }: (typeof found)[number]) =>
    objects.some(
      (one) =>
        one.kind === 'Rollout' &&
        one.name === name &&
        one.namespace === namespace &&
        one.action === 'unchanged',
    );
  await all(open.filter(isThere).map((at) => steer(connection, at, wish)));
}

/** What is known of this folder there, where it was tried by the Application as it is, and taken back. */
export function takenBackIn(
  { app, settings, takenBack }: Run,
  { key, known }: Target,
  { id }: SourceTree,
): RolledBack | undefined {
  const rolledBack = takenBack.get(key) ?? known.rolledBack;
  const isOf = rolledBack?.tree === id && rolledBack.generation === (app.metadata.generation ?? 0);
  return settings.rollback && isOf ? rolledBack : undefined;
}

async function takeBack(run: Run, place: Place, tree: SourceTree, rolledBack: RolledBack): Promise<Verdict> {
  const deployer = deployerOf(run, place);
  try {
    const good = lastGood(await deployer.history(), tree);
    const known = place.target.known.tree;
    // Revisions of before they said what they are of: where the commit was whole, the last good one may be it.
    const isSure = good?.source !== undefined || known !== tree.id;
    // There was one; a person may have deleted what remembers it.
    if (good === undefined || !isSure)
      return notBack(tree, rolledBack, new Error('no good revision of another commit is remembered.'));
    return await goBack(deployer, good, { tree, known, rolledBack, options: run.settings });
  } catch (error) {
    if (place.signal.aborted || !(error instanceof DeployError)) throw error;
    return notBack(tree, rolledBack, error);
  }
}

/** What an apply would do, where a person has to allow it. */
export async function compare(run: Run, place: Place, { tree, objects, from }: Wanted): Promise<Verdict> {
  const { app } = run;
  const plan = await planIn(run, place, { objects, from });
  const [problem] = plan.problems;
  if (problem) throw problem;
  if (!changesAnything(plan)) return verdictOf(tree, await deployerOf(run, place).status());
  const changes = plan.objects.filter(({ action }) => !['unchanged', 'keep'].includes(action));
  const shown = changes
    .slice(0, 20)
    .map(({ action, kind, namespace, name }) => `${action} ${kind} ${namespace ?? ''}/${name}`);
  return {
    ...{ phase: 'Pending', sync: 'OutOfSync', outcome: 'working', reason: 'WaitsForPerson' },
    health: place.target.known.health ?? 'Unknown',
    message: `commit ${tree.revision} would change ${changes.length} object(s): ${shown.join(', ')}. To apply it: kubectl annotate --overwrite application ${app.metadata.name} ${SYNC_ANNOTATION}=${tree.revision}`,
    attempted: tree.revision,
  };
}

/** What an apply would do, whether or not it is allowed. Writes nothing. */
export function planIn({ settings }: Looking, place: Place, { objects, from }: Rendered): Promise<Plan> {
  return deployerOf({ settings }, place).plan(objects, { ...settings, from, forceConflicts: true });
}

/** What tells the release there from that of every other cluster; nothing where there is none. */
export async function recordOf({ settings }: Run, connection: Connection): Promise<string | undefined> {
  const { release, namespace } = settings;
  const at = { namespace, name: releaseOf(release, namespace).parent };
  return (await getIfThere(actingAs(connection, settings), secrets, at))?.metadata.uid;
}

/** How many objects are there. */
export async function countOf(run: Run, place: Place): Promise<number> {
  try {
    return (await deployerOf(run, place).status()).objects.length;
  } catch (error) {
    if (isUnknown(error)) return 0;
    throw error;
  }
}

/** Deletes all that is remembered there, and says what is kept, as it is precious. */
export async function deleteAll(run: Run, place: Place): Promise<void> {
  try {
    const { outcomes } = await deployerOf(run, place).delete(run.settings);
    const kept = outcomes
      .filter(({ result }) => result === 'kept')
      .map(({ kind, name }) => `${kind}/${name}`);
    if (kept.length === 0) return;
    const note = `${prefixOf(place.target)}not deleted: ${kept.join(', ')}`;
    run.context.tell({ type: 'Warning', reason: 'Kept', note });
  } catch (error) {
    if (!isUnknown(error)) throw error;
  }
}

/** Whether a cluster that is no longer meant may be emptied without a word of a person. */
export function mayEmpty({ allowPrune }: Settings, count: number): boolean {
  return allowPrune || count <= FEW;
}

/** Begins what is told of one cluster; nothing where there is no other. */
export function prefixOf({ cluster }: Pick<Target, 'cluster'>): string {
  return cluster === undefined ? '' : `${cluster}: `;
}

export function deployerOf({ settings }: Looking, { link, signal }: Place): Deployer {
  const { release, namespace, timeoutMs } = settings;
  const connection = actingAs(link.connection, settings);
  return new Deployer({ connection, signal, release, namespace, timeoutMs });
}

function isUnknown(error: unknown): boolean {
  return error instanceof DeployError && error.code === 'RELEASE_UNKNOWN';
}

function tellOf({ context }: Run, { target }: Place, { revision }: SourceTree, { outcomes }: Report): void {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const words = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  const note = `${prefixOf(target)}commit ${revision}: ${words}`;
  context.tell({ reason: 'Applied', action: 'Apply', note });
}
