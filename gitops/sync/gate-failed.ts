import type { RolledBack } from '../api/rolled-back';
import type { SourceTree } from '../source/source';
import { type Run, takenBackIn } from './in-cluster';
import { rolledBackFor } from './rollback';
import type { Target } from './targets';
import type { Teller } from './teller';
import type { HeldBack } from './waves';

/**
 * Decides that a commit is taken back wherever it is, as its gate has been out of bounds for too long, and says so of each
 * cluster before anything is done there: no process after this one may take it for good. Answers with the clusters.
 */
export async function takeBackEverywhere(
  run: Run & { readonly teller: Teller },
  targets: readonly Target[],
  tree: SourceTree,
  { closed, wave }: HeldBack,
): Promise<readonly Target[]> {
  const { app, settings, takenBack } = run;
  if (!closed?.hasFailed || !settings.rollback) return [];
  const { lastAppliedTree: last } = app.status ?? {};
  // It was everywhere once: then it waits for a cluster that came later, and the others have long been served by it. And of the
  // first commit there is nothing to go back to.
  if (last === tree.id || last === undefined) return [];
  // Also where the status does not say it yet, as a process was killed in between: there is nothing to do where it is not.
  const having = targets.filter(
    (target) => target.known.tree !== undefined && !takenBackIn(run, target, tree),
  );
  const why = `the gate of wave ${wave} against it: ${closed.message}, for longer than it may be`;
  const rolledBack = rolledBackFor(tree, app.metadata.generation ?? 0, why);
  for (const { key } of having) takenBack.set(key, rolledBack);
  // In one write: a half of them would leave the commit in the other half.
  await run.teller.sayOf(...having.map((target) => undoing(target, rolledBack)));
  return having;
}

function undoing({ cluster: name = '', known }: Target, rolledBack: RolledBack) {
  const { since: _over, ...others } = known;
  const message = `the commit is being taken back: it had ${rolledBack.message}`;
  return {
    ...{
      health: 'Unknown' as const,
      ...others,
      name,
      phase: 'Degraded' as const,
      sync: 'OutOfSync' as const,
    },
    ...{ reason: 'GateFailed', message, rolledBack },
  };
}
