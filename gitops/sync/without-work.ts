import { GitopsError } from '../errors';
import type { Source, SourceTree } from '../source/source';
import { all } from './all';
import { failureIn } from './away';
import type { Gates } from './gates';
import { type Run, takenBackIn } from './in-cluster';
import type { Settled } from './settled';
import type { Target } from './targets';
import type { Verdict } from './verdict';
import { type AskGate, type HeldBack, heldBack, heldVerdict } from './waves';

/** Who waits for a wave. Asks the gates that somebody waits for. */
export async function heldByGates(
  gates: Gates,
  { app, context, settings: { intervalMs: everyMs } }: Run,
  targets: readonly Target[],
  tree: SourceTree,
): Promise<HeldBack | undefined> {
  const now = new Date();
  const ask: AskGate = (gate, wave) => {
    const signal = AbortSignal.any([context.signal, context.changed]);
    return gates.closed(gate, wave, { app, tree, everyMs, signal, now });
  };
  const held = await heldBack(app, targets, tree, ask, now);
  if (!held?.closed) gates.forget(app, held?.wave);
  return held;
}

interface Known {
  readonly source: Source;
  readonly tree: SourceTree;
  readonly held: HeldBack | undefined;
  /** By target, how many changes there were before it is looked at. */
  readonly changes: ReadonlyMap<string, number>;
}

/** What is known already: where the commit touches other folders it is noted; a later wave waits; what is away cannot be worked on. */
export async function withoutWork(
  settled: Settled,
  run: Run,
  targets: readonly Target[],
  { source, tree, held, changes }: Known,
): Promise<ReadonlyMap<Target, Verdict>> {
  const { app } = run;
  const found = new Map<Target, Verdict>();
  const look = async (target: Target) => {
    const before = { source, tree, changes: changes.get(target.key) ?? 0 };
    const noted = await settled.noted(app, target, before);
    if (noted) found.set(target, noted);
    else if (held?.targets.includes(target) && !takenBackIn(run, target, tree))
      found.set(target, heldVerdict(target, tree, held));
    else
      await target.reach().catch((error: unknown) => {
        if (!(error instanceof GitopsError)) throw error;
        const rolledBack = takenBackIn(run, target, tree);
        found.set(target, { ...failureIn(target, undefined, tree, error), rolledBack });
      });
  };
  await all(targets.map(look));
  return found;
}
