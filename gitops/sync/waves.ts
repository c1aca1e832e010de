import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { milliseconds } from '../api/duration';
import type { Gate } from '../api/gate';
import { selects } from '../api/selector';
import type { SourceTree } from '../source/source';
import type { Closed } from './gates';
import type { Target } from './targets';
import type { Verdict } from './verdict';

/** Which clusters have to wait, and what for. */
export interface HeldBack {
  readonly targets: readonly Target[];
  readonly waits: string;
  /** The wave that they wait for, from 1 on. */
  readonly wave: number;
  /** Where that is a gate. */
  readonly closed: Closed | undefined;
}

/** Asks the gate of a wave. Undefined for one that is open. */
export type AskGate = (gate: Gate, wave: number) => Promise<Closed | undefined>;

/**
 * Which clusters do not get a commit yet: those of a wave wait until all of the waves before have been healthy with it for as
 * long as those say, and until their gates are open. Clusters that no wave selects come last. A gate is asked for as long as
 * there is somebody behind it.
 */
export async function heldBack(
  { spec }: Pick<Stored<Application>, 'spec'>,
  targets: readonly Target[],
  tree: SourceTree,
  askGate: AskGate,
  now: Date = new Date(),
): Promise<HeldBack | undefined> {
  const { waves = [] } = spec.destination ?? {};
  let left = targets;
  for (const [index, { selector, soak = '0s', gate }] of waves.entries()) {
    const of = left.filter(({ labels }) => selects(selector, labels));
    left = left.filter((target) => !of.includes(target));
    // What has it already keeps being looked after.
    const behind = left.filter(({ known }) => known.tree !== tree.id);
    if (behind.length === 0) return undefined;
    const wave = index + 1;
    const waits = of.map((target) => waitsOf(target, tree, milliseconds(soak), now)).find(Boolean);
    if (waits !== undefined)
      return { targets: behind, waits: `wave ${wave}: ${waits}`, wave, closed: undefined };
    const closed = gate && (await askGate(gate, wave));
    if (closed) return { targets: behind, waits: `the gate of wave ${wave}: ${closed.cause}`, wave, closed };
  }
  return undefined;
}

/** Nothing is done there yet, and what is there stays. */
export function heldVerdict(
  { known }: Target,
  { revision }: SourceTree,
  { waits, closed }: Pick<HeldBack, 'waits' | 'closed'>,
): Verdict {
  const common = {
    sync: 'OutOfSync' as const,
    health: known.health ?? ('Unknown' as const),
    message: `commit ${revision} waits for ${waits}`,
    attempted: revision,
  };
  // It may come within its bounds again, so that it is asked on.
  if (closed?.hasFailed)
    return { ...common, phase: 'Degraded', outcome: 'failed', reason: 'GateFailed', history: 'Degraded' };
  const reason = !closed ? 'WaveWaits' : closed.outOfBounds ? 'GateClosed' : 'GateUnanswered';
  return { ...common, phase: 'Pending', outcome: 'working', reason };
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
