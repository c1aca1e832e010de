import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { milliseconds } from '../api/duration';
import { selects } from '../api/selector';
import type { SourceTree } from '../source/source';
import type { Target } from './targets';
import type { Verdict } from './verdict';

/** Targets that have to wait, each with what it waits for. */
export type Held = ReadonlyMap<Target, string>;

/**
 * Which clusters do not get a commit yet: those of a wave wait until all of the waves before have been healthy with it for as
 * long as those say. Clusters that no wave selects come last.
 */
export function heldBack(
  { spec }: Pick<Stored<Application>, 'spec'>,
  targets: readonly Target[],
  tree: SourceTree,
  now: Date = new Date(),
): Held {
  const { waves = [] } = spec.destination ?? {};
  const held = new Map<Target, string>();
  let left = targets;
  for (const [index, { selector, soak = '0s' }] of waves.entries()) {
    const of = left.filter(({ labels }) => selects(selector, labels));
    left = left.filter((target) => !of.includes(target));
    const waits = of.map((target) => waitsOf(target, tree, milliseconds(soak), now)).find(Boolean);
    if (waits === undefined) continue;
    // What has it already keeps being looked after.
    for (const target of left.filter(({ known }) => known.tree !== tree.id))
      held.set(target, `wave ${index + 1}: ${waits}`);
    return held;
  }
  return held;
}

/** Nothing is done there yet, and what is there stays. */
export function heldVerdict({ known }: Target, { revision }: SourceTree, waits: string): Verdict {
  return {
    ...{ phase: 'Pending', sync: 'OutOfSync', outcome: 'working', reason: 'WaveWaits' },
    health: known.health ?? 'Unknown',
    message: `commit ${revision} waits for ${waits}`,
    attempted: revision,
  };
}

function waitsOf(
  { cluster, known }: Target,
  tree: SourceTree,
  soakMs: number,
  now: Date,
): string | undefined {
  const isWell = known.phase === 'Healthy' && known.sync === 'Synced' && known.tree === tree.id;
  if (!isWell) return `${cluster} has to be healthy with it`;
  const leftMs = Date.parse(known.since ?? '') + soakMs - now.getTime();
  // A clock that was put back must not make it longer than it is.
  return leftMs > 0
    ? `${cluster} has to be healthy for ${Math.ceil(Math.min(leftMs, soakMs) / 1_000)} s more`
    : undefined;
}
