import type { Connection } from '../../kube';
import type { InCluster } from '../api/application';
import type { Link } from '../clusters/links';
import { hasAccount } from './acting-as';
import { all } from './all';
import { awayFrom } from './away';
import { countOf, deleteAll, mayEmpty, prefixOf, type Run, recordOf } from './in-cluster';
import { isEnd } from './is-end';
import { entryOf } from './merged-verdict';
import { FORGET_ANNOTATION, type Target } from './targets';
import { type Verdict, verdictOfFailure } from './verdict';

export interface LeavingHow {
  /** A person has deleted the Application: how much it is need not be asked. */
  readonly isDeletion: boolean;
  /** Connections to clusters that are still meant; one may be the same by another name and another address. */
  readonly meant: readonly Connection[];
  /** Is called when nothing of the Application is there any more. */
  readonly onGone: (target: Target, link: Link) => void;
}

/**
 * Deletes what is in a cluster that is no longer meant. Answers with what is left to say of it; nothing once it is done with.
 */
export async function leave(run: Run, target: Target, how: LeavingHow): Promise<InCluster | undefined> {
  const { settings, context } = run;
  if (!settings.prune) {
    if (!how.isDeletion) tellLeft(run, target, '`spec.sync.prune` is off');
    return undefined;
  }
  let link: Link | undefined;
  try {
    link = await target.reach();
    if (await isMeant(run, link, how.meant)) return undefined;
    const place = { target, link, signal: AbortSignal.any([context.signal, link.lost]) };
    const count = how.isDeletion ? 0 : await countOf(run, place);
    if (!mayEmpty(settings, count)) return waitsForPerson(run, target, count);
    await deleteAll(run, place);
    how.onGone(target, link);
    return undefined;
  } catch (error) {
    if (isEnd(context, error)) throw error;
    if (link && (await isAccountGone(link.connection, run))) {
      tellLeft(run, target, 'its account has gone');
      return undefined;
    }
    if (target.cluster === undefined) throw error;
    const cause = awayFrom(target, link, error);
    target.doubt();
    const verdict = verdictOfFailure(target.known, undefined, cause);
    const message = `${verdict.message}. To leave what is there as it is: ${forgetCommand(run, target)}`;
    return entryOf({ target, verdict: { ...verdict, phase: 'Degraded', outcome: 'failed', message } });
  }
}

/** Whether what is there is the release of another name of the same cluster: deleting it would delete what is meant. */
async function isMeant(run: Run, { connection }: Link, meant: readonly Connection[]): Promise<boolean> {
  const record = await recordOf(run, connection);
  if (record === undefined) return false;
  return (await all(meant.map((one) => recordOf(run, one)))).includes(record);
}

/** What is said of one that is emptied once the others have what they should have. */
export function waitsForOthers(target: Target): InCluster {
  return entryOf({ target, verdict: leavingVerdict(target, 'emptied once the other clusters are well') });
}

function waitsForPerson(run: Run, target: Target, inventory: number): InCluster {
  const message = `${inventory} object(s) are still there. Set \`spec.sync.allowPrune\` to delete them, or leave them as they are: ${forgetCommand(run, target)}`;
  return entryOf({ target, verdict: { ...leavingVerdict(target, message), inventory } });
}

function leavingVerdict({ known }: Target, message: string): Verdict {
  return {
    ...{ phase: 'Pending', sync: 'OutOfSync', outcome: 'working', reason: 'ClusterLeaving', message },
    health: known.health ?? 'Unknown',
  };
}

function forgetCommand({ app }: Run, { cluster }: Target): string {
  const { name, namespace } = app.metadata;
  return `kubectl annotate --overwrite -n ${namespace ?? 'default'} application ${name} ${FORGET_ANNOTATION}=${cluster}`;
}

export function tellLeft({ context }: Run, target: Pick<Target, 'cluster'>, why: string): void {
  const note = `${prefixOf(target)}${why}, so what it had applied was left as it is`;
  context.tell({ type: 'Warning', reason: 'Left', note });
}

/** With an account that has gone nothing can be deleted in its name. Where that cannot be asked it is not said. */
async function isAccountGone(connection: Connection, { app }: Run): Promise<boolean> {
  try {
    return !(await hasAccount(connection, app));
  } catch {
    return false;
  }
}

/** What is said of a deleted Application while clusters keep it. */
export function deletionWaits(clusters: readonly InCluster[]): Verdict {
  const words = clusters.map(({ name, message }) => `${name}: ${message}`).join('; ');
  return {
    ...{ phase: 'Degraded', sync: 'Unknown', health: 'Unknown', outcome: 'failed', clusters },
    ...{ reason: 'DeletionWaits', message: `its deletion waits for ${clusters.length} cluster(s): ${words}` },
  };
}

export function tellForgotten(run: Run, cluster: string): void {
  tellLeft(run, { cluster }, 'a person has said to forget it');
}
