import { DeployError, type Deployer, type Revision } from '../../deploy';
import type { RolledBack } from '../api/rolled-back';
import type { SourceTree } from '../source/source';
import { inWordsOfApplications, type Verdict } from './verdict';

const LONGEST = 1_024;
/** Why an Application is not well where neither a commit nor what was before it is in force. */
export const ROLLBACK_FAILED = 'RollbackFailed';

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

/** What a revision of a release says of the commit that it was made of. */
export function sourceOf({ id, revision }: SourceTree): string {
  return `${id} ${revision}`;
}

/** The commit that a revision was made of; undefined for one that says nothing of it. */
function madeOf({ source = '' }: Revision): SourceTree | undefined {
  const end = source.lastIndexOf(' ');
  return end < 0 ? undefined : { id: source.slice(0, end), revision: source.slice(end + 1) };
}

/**
 * The revision of the release that was whole and healthy last and is not of this folder: a gate may refuse what has become
 * healthy. Where a commit has changed nothing in a cluster, that is the one in force.
 */
export function lastGood(revisions: readonly Revision[], not: SourceTree): Revision | undefined {
  return revisions.findLast((one) => one.state === 'good' && madeOf(one)?.id !== not.id);
}

export function rolledBackOf(tree: SourceTree, generation: number, error: DeployError): RolledBack {
  // What was skipped for another is not why.
  const causes = error.problems.filter(({ code }) => code !== 'APPLY_INCOMPLETE');
  const told = (causes.length > 0 ? causes : [error]).map(({ where, found }) => `${where}: ${found}`);
  return rolledBackFor(tree, generation, told.join('; '));
}

export function rolledBackFor(tree: SourceTree, generation: number, why: string): RolledBack {
  return { tree: tree.id, generation, message: why.slice(0, LONGEST) };
}

/** Puts the last good objects back, or keeps them as they are, and says so of the commit that is not in force. */
export async function goBack(
  deployer: Deployer,
  good: Revision,
  {
    tree,
    known,
    rolledBack,
    options,
  }: {
    readonly tree: SourceTree;
    /** The folder that was last applied whole there. */
    readonly known: string | undefined;
    readonly rolledBack: RolledBack;
    readonly options: Parameters<Deployer['rollback']>[1];
  },
): Promise<Verdict> {
  // What the commit has brought goes with it, however much that is.
  const { source } = good;
  await deployer.rollback(good.revision, {
    ...{ ...options, forceConflicts: true, allowPrune: true },
    ...(source === undefined ? {} : { source }),
  });
  // Where it had been applied whole, what is in force is no longer it.
  const applied = known === tree.id ? madeOf(good) : undefined;
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
    ...(applied ? { applied } : {}),
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
      reason: ROLLBACK_FAILED,
      history: 'Degraded',
    },
    health: 'Degraded',
    message: `commit ${tree.revision} is being taken back, which goes on: ${why} It had ${rolledBack.message}`,
    ...{ attempted: tree.revision, rolledBack },
  };
}
