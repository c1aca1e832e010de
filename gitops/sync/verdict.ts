import { DeployError, type ReleaseStatus } from '../../deploy';
import type { ApplicationStatus, HistoryEntry, InCluster } from '../api/application';
import type { RolledBack } from '../api/rolled-back';
import { GitopsError } from '../errors';
import { toldFullDisk } from '../full-disk';
import type { Judgement } from '../policy/judge';
import { reasonOf } from '../reason';
import type { SourceTree } from '../source/source';
import type { Closed } from './gates';
import type { OwnWrites } from './own-writes';

/** What a reconcile has come to, before it is written as a status. */
export interface Verdict {
  readonly phase: NonNullable<ApplicationStatus['phase']>;
  readonly sync: NonNullable<ApplicationStatus['sync']>;
  readonly health: NonNullable<ApplicationStatus['health']>;
  /** As `outcomeConditions` has it. */
  readonly outcome: 'ready' | 'working' | 'failed' | 'stalled';
  readonly reason: string;
  readonly message: string;
  /** The commit that was tried. */
  readonly attempted?: string | undefined;
  /** The change of jj that this commit is a version of. */
  readonly change?: string | undefined;
  readonly applied?: SourceTree;
  readonly inventory?: number | undefined;
  /** By cluster; undefined where there is only that of the controller, or nothing new is known. */
  readonly clusters?: readonly InCluster[];
  /** The status says all of it but the commit already. */
  readonly isSaid?: boolean;
  /** Which changes that a watch tells of are what was done here. */
  readonly own?: OwnWrites;
  /** It is looked at again soon, though all is well. */
  readonly again?: boolean;
  /** What policies have found; undefined where there are none, or they were not asked. */
  readonly policy?: readonly Judgement[] | undefined;
  /** The gate that a wave waits for; null where none does, and undefined where that is not known. */
  readonly gate?: Closed | null;
  /** It was tried and taken back; undefined where nothing is known of that. */
  readonly rolledBack?: RolledBack | undefined;
  /** What history says of the attempt; undefined while it goes on, or where no commit was tried. */
  readonly history?: HistoryEntry['outcome'];
}

type Before = Pick<ApplicationStatus, 'health'> | undefined;

/** How the objects are, with the first that is not well. */
export function verdictOf(tree: SourceTree, { objects }: Pick<ReleaseStatus, 'objects'>): Verdict {
  const sick = objects.find(({ state }) => !['healthy', 'waiting'].includes(state));
  const waiting = objects.find(({ state }) => state === 'waiting');
  const common = {
    sync: 'Synced' as const,
    ...{ attempted: tree.revision, applied: tree, inventory: objects.length },
  };
  const told = sick ?? waiting;
  const words = told ? `${told.kind} ${told.namespace ?? ''}/${told.name} is ${told.state}: ${told.why}` : '';
  if (sick)
    return {
      ...{ ...common, phase: 'Degraded', health: 'Degraded', outcome: 'failed', history: 'Degraded' },
      ...{ reason: 'Unhealthy', message: words },
    };
  if (waiting)
    return {
      ...{ ...common, phase: 'Syncing', health: 'Progressing', outcome: 'working' },
      ...{ reason: 'Progressing', message: words },
    };
  const message = `${objects.length} object(s) are as commit ${tree.revision} says`;
  return {
    ...{ ...common, phase: 'Healthy', health: 'Healthy', outcome: 'ready', history: 'Applied' },
    ...{ reason: 'Applied', message },
  };
}

/** The same of another commit, whose folder is the same. */
export function verdictAt(tree: SourceTree, verdict: Verdict): Verdict {
  const message = `${verdict.inventory ?? 0} object(s) are as commit ${tree.revision} says`;
  return { ...verdict, attempted: tree.revision, applied: tree, message };
}

export function syncing(before: Before, revision: string): Verdict {
  return {
    ...{ phase: 'Syncing', sync: 'OutOfSync', outcome: 'working', reason: 'Syncing' },
    health: before?.health ?? 'Unknown',
    message: `commit ${revision} is being applied`,
    attempted: revision,
  };
}

/** Nothing was tried yet, as others have to be well before. */
export function dependent(before: Before, revision: string, on: string): Verdict {
  return {
    ...{ phase: 'Pending', sync: 'OutOfSync', outcome: 'working', reason: 'DependencyNotReady' },
    health: before?.health ?? 'Unknown',
    message: `commit ${revision} waits for ${on}`,
  };
}

export function superseded(before: Before, revision: string): Verdict {
  return {
    ...syncing(before, revision),
    ...{
      reason: 'Superseded',
      message: `commit ${revision} was left for a newer one`,
      history: 'Superseded',
    },
  };
}

/**
 * What has failed, and who has to do something: `Failed` is for what another commit or another Application mends, `Degraded`
 * for what may mend itself, and what runs and is not well.
 */
export function verdictOfFailure(before: Before, revision: string | undefined, thrown: unknown): Verdict {
  const error = toldFullDisk(thrown);
  const message = inWordsOfApplications(error instanceof Error ? error.message : String(error));
  const reason = reasonOf(error);
  const isIncomplete = error instanceof DeployError && error.code === 'APPLY_INCOMPLETE';
  const waits = error instanceof GitopsError ? error.waitsForPerson : error instanceof DeployError;
  const isFailed = waits && !isIncomplete && !isOfTheMoment(error);
  return {
    phase: isFailed ? 'Failed' : 'Degraded',
    sync: revision === undefined ? 'Unknown' : 'OutOfSync',
    health: isIncomplete ? 'Degraded' : (before?.health ?? 'Unknown'),
    outcome: isFailed ? 'stalled' : 'failed',
    ...{ reason, message, attempted: revision },
    ...(revision === undefined ? {} : { history: isFailed ? 'Failed' : 'Degraded' }),
  };
}

/** Refusals that end without a commit: another run, a namespace that is going. */
function isOfTheMoment(error: unknown): boolean {
  if (!(error instanceof DeployError)) return false;
  if (error.problems.length > 0) return error.problems.every(isOfTheMoment);
  return [
    'RELEASE_LOCKED',
    'LOCK_LOST',
    'NAMESPACE_TERMINATING',
    'NAMESPACE_MISSING',
    'RIGHTS_MISSING',
  ].includes(error.code);
}

const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/ \(`drydock diff --adopt` shows what changes hands\)/g, ''],
  [/--allow-prune-of( \S+\/\S+)?/g, '`spec.sync.allowPruneOf`'],
  [/--allow-prune\b/g, '`spec.sync.allowPrune`'],
  [/--adopt-from \S+|--adopt\b/g, '`spec.sync.adopt`'],
  [/--timeout\b/g, '`spec.sync.timeout`'],
  [/use drydock delete \S+/gi, 'delete the Application'],
  [
    /\b(?:then apply again|(?:and )?run the same again: it goes on from here)/gi,
    'and push again, or wait: it is tried again',
  ],
];

/** What `deploy/` says to who types commands, for who writes an Application. */
export function inWordsOfApplications(message: string): string {
  return WORDS.reduce((text, [from, to]) => text.replace(from, to), message);
}
