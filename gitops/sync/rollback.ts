import { DeployError, type Deployer, type Revision } from '../../deploy';
import type { RolledBack } from '../api/rolled-back';
import type { SourceTree } from '../source/source';
import { inWordsOfApplications, type Verdict } from './verdict';

const LONGEST = 1_024;

interface Known {
  readonly rolledBack?: RolledBack;
}

/** What stays said of it while another verdict says nothing of it: such as that a repository cannot be asked. */
export function rolledBackAfter(known: Known, verdict: Verdict): RolledBack | undefined {
  if (verdict.rolledBack) return verdict.rolledBack;
  const isOver = verdict.outcome === 'ready' || verdict.reason === 'Syncing';
  return isOver ? undefined : known.rolledBack;
}

/** A commit that was begun, and whose objects were refused or did not become healthy. */
export function isIncomplete(error: unknown): error is DeployError {
  return error instanceof DeployError && error.code === 'APPLY_INCOMPLETE';
}

/** The revision of the release that was whole and healthy last; undefined where there was none. */
export function lastGood(revisions: readonly Revision[]): number | undefined {
  return revisions.findLast(({ state }) => state === 'good')?.revision;
}

export function rolledBackOf(tree: SourceTree, generation: number, error: DeployError): RolledBack {
  // What was skipped for another is not why.
  const causes = error.problems.filter(({ code }) => code !== 'APPLY_INCOMPLETE');
  const told = (causes.length > 0 ? causes : [error]).map(({ where, found }) => `${where}: ${found}`);
  return { tree: tree.id, generation, message: told.join('; ').slice(0, LONGEST) };
}

/** Puts the last good objects back, or keeps them as they are, and says so of the commit that is not in force. */
export async function goBack(
  deployer: Deployer,
  good: number,
  {
    tree,
    rolledBack,
    options,
  }: {
    readonly tree: SourceTree;
    readonly rolledBack: RolledBack;
    readonly options: Parameters<Deployer['rollback']>[1];
  },
): Promise<Verdict> {
  // What the commit has brought goes with it, however much that is.
  await deployer.rollback(good, { ...options, forceConflicts: true, allowPrune: true });
  const { objects } = await deployer.status();
  const sick = objects.find(({ state }) => state !== 'healthy');
  const words = sick
    ? `; ${sick.kind} ${sick.namespace ?? ''}/${sick.name} is ${sick.state}: ${sick.why}`
    : '';
  return {
    ...{
      phase: 'Failed',
      sync: 'OutOfSync',
      outcome: 'stalled',
      reason: 'RolledBack',
      history: 'RolledBack',
    },
    health: sick ? 'Degraded' : 'Healthy',
    message: `commit ${tree.revision} was taken back, and what was healthy before is in force; push another commit. It had ${rolledBack.message}${words}`,
    ...{ attempted: tree.revision, inventory: objects.length, rolledBack },
  };
}

/** Neither the commit nor what was before it is well: the next look goes on with what was before. */
export function notBack(tree: SourceTree, rolledBack: RolledBack, error: unknown): Verdict {
  const why = inWordsOfApplications(error instanceof Error ? error.message : String(error));
  return {
    ...{
      phase: 'Degraded',
      sync: 'OutOfSync',
      outcome: 'failed',
      reason: 'RollbackFailed',
      history: 'Degraded',
    },
    health: 'Degraded',
    message: `commit ${tree.revision} is being taken back, which goes on: ${why} It had ${rolledBack.message}`,
    ...{ attempted: tree.revision, rolledBack },
  };
}
