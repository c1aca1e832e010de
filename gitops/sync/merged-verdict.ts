import type { InCluster } from '../api/application';
import type { SourceTree } from '../source/source';
import { ROLLBACK_FAILED, rolledBackAfter } from './rollback';
import type { Target } from './targets';
import type { Verdict } from './verdict';

/** What has come of an Application in one cluster. */
export interface TargetVerdict {
  readonly target: Target;
  readonly verdict: Verdict;
}

const LONGEST = 2_048;
const TOLD = 5;
/** The worst first. */
const OUTCOMES: readonly Verdict['outcome'][] = ['stalled', 'failed', 'working', 'ready'];
const HEALTH: readonly Verdict['health'][] = ['Degraded', 'Unknown', 'Progressing', 'Healthy'];
const SYNC: readonly Verdict['sync'][] = ['Unknown', 'OutOfSync', 'Synced'];

/** What is said of one cluster. What was applied there before stays said while something else is tried. */
export function entryOf(
  { target: { cluster = '', known }, verdict }: TargetVerdict,
  now: Date = new Date(),
): InCluster {
  const { phase, sync, health, reason, message, applied, inventory = known.inventory } = verdict;
  const revision = applied?.revision ?? known.revision;
  const tree = applied?.id ?? known.tree;
  const rolledBack = rolledBackAfter(known, verdict);
  const isStill = known.phase === 'Healthy' && known.tree === tree && known.since !== undefined;
  const since = isStill ? known.since : `${now.toISOString().slice(0, 19)}Z`;
  return {
    ...{ name: cluster, phase, sync, health, reason, message: message.slice(0, LONGEST) },
    ...(revision === undefined ? {} : { revision }),
    ...(tree === undefined ? {} : { tree }),
    ...(inventory === undefined ? {} : { inventory }),
    ...(phase === 'Healthy' ? { since } : {}),
    ...(rolledBack === undefined ? {} : { rolledBack }),
  };
}

/**
 * What all clusters have come to, as one. It is synced when each of them has the whole of this folder, and its phase is that
 * of the worst.
 *
 * @param leaving those that are no longer meant, of which something is still there
 */
export function mergedVerdict(
  tree: SourceTree,
  all: readonly TargetVerdict[],
  leaving: readonly InCluster[],
): Verdict {
  const [first] = all;
  if (first && first.target.cluster === undefined) return first.verdict;
  const clusters = [...all.map((one) => entryOf(one)), ...leaving];
  const verdicts = all.map(({ verdict }) => verdict);
  const bad = worstOf(all);
  const worst = bad[0]!.verdict.outcome;
  // Those that wait for others say less than those that they wait for.
  const { phase, reason, history } = (bad.find(({ verdict }) => verdict.phase !== 'Pending') ?? bad[0]!)
    .verdict;
  const isEverywhere = verdicts.every(({ sync, applied }) => sync === 'Synced' && applied?.id === tree.id);
  const sync = SYNC.find((word) => verdicts.some((one) => one.sync === word))!;
  const inventory = clusters.reduce((sum, one) => sum + (one.inventory ?? 0), 0);
  const common = {
    ...{
      attempted: verdicts.find(({ attempted }) => attempted !== undefined)?.attempted,
      clusters,
      inventory,
    },
    health: HEALTH.find((word) => verdicts.some((one) => one.health === word))!,
    sync: isEverywhere ? ('Synced' as const) : sync === 'Synced' ? ('OutOfSync' as const) : sync,
    // Another try may mend the one, while the other waits for a person.
    again: verdicts.some(({ again, outcome }) => again || outcome === 'failed' || outcome === 'working'),
    ...(isEverywhere ? { applied: tree } : {}),
    ...(history === undefined ? {} : { history }),
  };
  if (worst !== 'ready')
    return { ...common, phase, reason, outcome: worst, message: wordsOf(all.length, bad) };
  if (leaving.length > 0) return { ...common, ...wordsOfLeaving(leaving), again: true };
  const message = `${inventory} object(s) in ${all.length} cluster(s) are as commit ${tree.revision} says`;
  return { ...common, phase, reason, outcome: 'ready', message };
}

/**
 * Those that are as bad as any. Where a commit could not be taken back, neither it nor what was before it is in force: that is
 * worse than all that waits for a person, such as the same commit taken back elsewhere.
 */
function worstOf(all: readonly TargetVerdict[]): readonly TargetVerdict[] {
  const between = all.filter(({ verdict }) => verdict.reason === ROLLBACK_FAILED);
  if (between.length > 0) return between;
  const worst = OUTCOMES.find((outcome) => all.some(({ verdict }) => verdict.outcome === outcome)) ?? 'ready';
  return all.filter(({ verdict }) => verdict.outcome === worst);
}

function wordsOf(count: number, bad: readonly TargetVerdict[]): string {
  const told = bad.slice(0, TOLD).map(({ target, verdict }) => `${target.cluster}: ${verdict.message}`);
  const more = bad.length > TOLD ? ` and ${bad.length - TOLD} more` : '';
  return `${bad.length} of ${count} cluster(s): ${told.join('; ')}${more}`;
}

function wordsOfLeaving(
  leaving: readonly InCluster[],
): Pick<Verdict, 'phase' | 'outcome' | 'reason' | 'message'> {
  const told = leaving.slice(0, TOLD).map(({ name, message }) => `${name}: ${message}`);
  return {
    ...{ phase: 'Pending', outcome: 'working', reason: 'ClusterLeaving' },
    message: `${leaving.length} cluster(s) are no longer meant: ${told.join('; ')}`,
  };
}
