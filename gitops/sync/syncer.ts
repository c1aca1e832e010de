import type { Context, Reconcile, Waker } from '../../controller';
import { changesAnything, DeployError, Deployer, type Report } from '../../deploy';
import { releaseOf } from '../../deploy/inventory/names';
import type { Connection, Stored } from '../../kube';
import type { Application } from '../api/application';
import { inWords, Judge, type Judgement, requireGood } from '../policy/judge';
import type { Rendered } from '../render/documents';
import { MANIFESTS, renderPlain } from '../render/plain';
import type { Source, SourceTree } from '../source/source';
import type { Sources } from '../source/sources';
import { actingAs, hasAccount, requireAccount } from './acting-as';
import { neighboursOf, waitsFor } from './dependencies';
import { type DriftListener, DriftWatch, type OpenKind, openBy } from './drift';
import { whenNewer } from './newer';
import { type Settings, settingsOf } from './settings';
import { Settled } from './settled';
import { SourceSecrets } from './source-secret';
import { POLICY, statusOf } from './status';
import {
  dependent,
  superseded,
  syncing,
  type Verdict,
  verdictAt,
  verdictOf,
  verdictOfFailure,
} from './verdict';

/** What waits is looked at again so soon. */
const SOON_MS = 5_000;
/** Even where watches tell of no change the cluster is asked so often: a net for what they might miss. */
const FULL_LOOK_MS = 10 * 60_000;
/** The commit that a person allows, where an Application is not applied by itself. */
export const SYNC_ANNOTATION = 'ajj.io/sync';

interface Run {
  readonly app: Stored<Application>;
  readonly context: Context;
  readonly settings: Settings;
}

/** What is to be applied, and where it came from. */
interface Wanted extends Rendered {
  readonly source: Source;
  readonly tree: SourceTree;
}

export interface SyncerOptions {
  /** Refuses Applications that name no account, so that none acts with the rights of the controller. @default false */
  readonly requireServiceAccount?: boolean;
  /** How a kind is followed. @default - by a watch of its metadata */
  readonly openKinds?: (connection: Connection) => OpenKind;
}

/** Brings what a branch says into the cluster, and says in the status what came of it. */
export class Syncer {
  readonly #sources: Pick<Sources, 'of'>;
  readonly #options: SyncerOptions;
  readonly #judge = new Judge();
  readonly #drifts = new WeakMap<Connection, DriftWatch>();
  readonly #settled = new Settled();
  readonly #secrets = new SourceSecrets();
  #wake: (key: string) => void = () => {};

  constructor(sources: Pick<Sources, 'of'>, options: SyncerOptions = {}) {
    this.#sources = sources;
    this.#options = options;
  }

  /** Drift wakes an Application while this process leads. */
  readonly waker: Waker = (wake) => {
    this.#wake = wake;
    return () => {
      this.#wake = () => {};
    };
  };

  readonly reconcile: Reconcile<Application> = async (app, context) => {
    const run: Run = { app, context, settings: settingsOf(app) };
    if (await this.#isQuiet(run)) return { afterMs: run.settings.intervalMs };
    const verdict = await this.#verdict(run);
    // It was changed meanwhile: what is found now is an answer to what was.
    if (context.changed.aborted) return { afterMs: 1 };
    await say(run, verdict);
    if (verdict.reason === 'Superseded') return { afterMs: 1 };
    const isWell = !verdict.again && (verdict.outcome === 'ready' || verdict.outcome === 'stalled');
    return { afterMs: isWell ? run.settings.intervalMs : Math.min(SOON_MS, run.settings.intervalMs) };
  };

  /** Deletes from what is remembered, without the repository: that may be gone as well. */
  readonly finalize: Reconcile<Application> = async (app, context) => {
    const settings = settingsOf(app);
    this.#driftOf(context.connection).forget(releaseIdOf(settings));
    this.#settled.forget(keyOf(app));
    if (!settings.prune) return;
    try {
      const { outcomes } = await deployerOf({ app, context, settings }, context.signal).delete(settings);
      const kept = outcomes
        .filter(({ result }) => result === 'kept')
        .map(({ kind, name }) => `${kind}/${name}`);
      if (kept.length > 0)
        context.tell({ type: 'Warning', reason: 'Kept', note: `not deleted: ${kept.join(', ')}` });
    } catch (error) {
      if (error instanceof DeployError && error.code === 'RELEASE_UNKNOWN') return;
      if (isEnd(context, error)) throw error;
      if (!(await hasAccount(context.connection, app))) {
        const note = 'its account has gone, so what it had applied was left as it is';
        context.tell({ type: 'Warning', reason: 'Left', note });
        return;
      }
      const verdict = verdictOfFailure(app.status, undefined, error);
      await say({ app, context, settings }, { ...verdict, phase: 'Degraded', outcome: 'failed' });
      throw error;
    }
  };

  async #sourceOf({ app, context, settings }: Run): Promise<Source> {
    const credentials = await this.#secrets.of(context.connection, app, settings.intervalMs / 2);
    return this.#sources.of(settings, credentials);
  }

  /** One for the time that a connection lasts. */
  #driftOf(connection: Connection): DriftWatch {
    const known = this.#drifts.get(connection);
    const { openKinds = openBy } = this.#options;
    const drift = known ?? new DriftWatch(openKinds(connection), this.#listener);
    this.#drifts.set(connection, drift);
    return drift;
  }

  readonly #listener: DriftListener = {
    changed: (key) => this.#settled.changed(key),
    drifted: (key) => this.#wake(key),
  };

  /**
   * Whether it is as it was when nothing was left to do: the same Application, the same commit, and no watch has told of a
   * change. Then the cluster is not asked at all. Now and then it is all the same.
   */
  async #isQuiet({ app, context, settings }: Run): Promise<boolean> {
    const key = keyOf(app);
    const quiet = this.#settled.get(key);
    if (!quiet) return false;
    const { generation, connection, source, tree, at } = quiet;
    const isOld = performance.now() - at > FULL_LOOK_MS;
    try {
      if (!isOld && generation === app.metadata.generation && connection === context.connection) {
        if ((await this.#sourceOf({ app, context, settings })) !== source) return false;
        const revision = await source.revision(settings.intervalMs / 2, context.signal);
        // Of another commit the folder may be the same, which is cheap to find out.
        return revision === tree.revision && this.#settled.get(key) === quiet;
      }
    } catch {
      // With the credentials of now it is asked again, and what is wrong is told.
    }
    this.#settled.unsettle(key);
    return false;
  }

  async #verdict(run: Run): Promise<Verdict> {
    const { app, context, settings } = run;
    const key = keyOf(app);
    const changes = this.#settled.changes(key);
    let revision: string | undefined;
    let policy: Judgement | undefined;
    try {
      if (this.#options.requireServiceAccount) requireAccount(app);
      const source = await this.#sourceOf(run);
      revision = await source.revision(settings.intervalMs / 2, context.signal);
      const tree = await source.tree(revision, settings.path, context.signal);
      const quiet = this.#settled.get(key);
      // A commit that touches other folders: it is noted, and the cluster is not asked.
      if (quiet?.tree.id === tree.id && quiet.source === source) {
        const noted = verdictAt(tree, quiet.verdict);
        this.#settled.settle(key, changes, { ...quiet, tree, verdict: noted });
        return noted;
      }
      const files = await source.files(tree, MANIFESTS, context.signal);
      const rendered = await renderPlain(files, context.signal);
      if (app.spec.policy) policy = this.#judge.judge(tree.id, rendered.objects, app.spec.policy, new Date());
      if (policy) requireGood(policy);
      const wanted = { ...rendered, source, tree };
      const drift = this.#driftOf(context.connection);
      const watch = drift.follow(key, releaseIdOf(settings), rendered.objects);
      const mayApply = settings.auto || app.metadata.annotations?.[SYNC_ANNOTATION] === revision;
      const verdict = { ...(await (mayApply ? apply(run, wanted) : compare(run, wanted))), policy };
      if (verdict.outcome !== 'ready') return verdict;
      // What somebody edits before the watch has begun is seen by the next look.
      if (watch === 'opening') return { ...verdict, again: true };
      if (watch === 'watching') {
        const { connection } = context;
        const { generation } = app.metadata;
        this.#settled.settle(key, changes, {
          generation,
          connection,
          source,
          tree,
          verdict,
          at: performance.now(),
        });
      }
      return verdict;
    } catch (error) {
      if (isEnd(context, error)) throw error;
      return { ...verdictOfFailure(app.status, revision, error), policy };
    }
  }
}

function keyOf({ metadata: { namespace = 'default', name } }: Stored<Application>): string {
  return `${namespace}/${name}`;
}

function releaseIdOf({ release, namespace }: Settings): string {
  return releaseOf(release, namespace).id;
}

async function apply(run: Run, { source, tree, objects, from }: Wanted): Promise<Verdict> {
  const { app, context, settings } = run;
  const { status: before, metadata } = app;
  const isTried =
    before?.lastAttemptedRevision === tree.revision && before.observedGeneration === metadata.generation;
  const isSame = before?.lastAppliedTree === tree.id && before.observedGeneration === metadata.generation;
  if (!isSame) {
    const namespace = metadata.namespace ?? 'default';
    const waits = await waitsFor(app, neighboursOf(context.connection, namespace));
    if (waits) return dependent(before, tree.revision, waits);
  }
  if (!isTried && !isSame) await say(run, syncing(before, tree.revision));
  const newer = new AbortController();
  const over = new AbortController();
  const end = AbortSignal.any([context.signal, context.changed, newer.signal]);
  const looking = whenNewer(
    source,
    { tree, path: settings.path, everyMs: settings.intervalMs },
    AbortSignal.any([end, over.signal]),
    () => newer.abort(),
  );
  try {
    const deployer = deployerOf(run, end);
    // The repository says how a field is to be; who edits by hand is put right.
    const report = await deployer.apply(objects, { ...settings, from, forceConflicts: true });
    if (report.changed) tellOf(run, tree, report);
    return verdictOf(tree, await deployer.status());
  } catch (error) {
    if (newer.signal.aborted) return superseded(before, tree.revision);
    throw error;
  } finally {
    over.abort();
    await looking;
  }
}

/** What an apply would do, where a person has to allow it. */
async function compare(run: Run, { tree, objects, from }: Wanted): Promise<Verdict> {
  const { app, context, settings } = run;
  const deployer = deployerOf(run, context.signal);
  const plan = await deployer.plan(objects, { ...settings, from, forceConflicts: true });
  const [problem] = plan.problems;
  if (problem) throw problem;
  if (!changesAnything(plan)) return verdictOf(tree, await deployer.status());
  const changes = plan.objects.filter(({ action }) => !['unchanged', 'keep'].includes(action));
  const shown = changes
    .slice(0, 20)
    .map(({ action, kind, namespace, name }) => `${action} ${kind} ${namespace ?? ''}/${name}`);
  return {
    ...{ phase: 'Pending', sync: 'OutOfSync', health: app.status?.health ?? 'Unknown', outcome: 'working' },
    reason: 'WaitsForPerson',
    message: `commit ${tree.revision} would change ${changes.length} object(s): ${shown.join(', ')}. To apply it: kubectl annotate --overwrite application ${app.metadata.name} ${SYNC_ANNOTATION}=${tree.revision}`,
    attempted: app.status?.lastAttemptedRevision,
  };
}

function deployerOf({ context, settings }: Run, signal: AbortSignal): Deployer {
  const { release, namespace, timeoutMs } = settings;
  const connection = actingAs(context.connection, settings);
  return new Deployer({ connection, signal, release, namespace, timeoutMs });
}

async function say({ app, context }: Run, verdict: Verdict): Promise<void> {
  const status = statusOf(app, verdict);
  const isNews = status.phase !== app.status?.phase || status.message !== app.status?.message;
  await context.status(status as Readonly<Record<string, unknown>>);
  const { outcome, reason, message, policy } = verdict;
  const found = policy?.mode === 'permissive' && policy.findings.length > 0 ? inWords(policy) : undefined;
  const toldBefore = app.status?.conditions?.find(({ type }) => type === POLICY)?.message;
  if (found && found !== toldBefore) context.tell({ type: 'Warning', reason: 'PolicyFound', note: found });
  if (isNews && (outcome === 'failed' || outcome === 'stalled'))
    context.tell({ type: 'Warning', reason, note: message });
}

function tellOf({ context }: Run, { revision }: SourceTree, { outcomes }: Report): void {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const words = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  context.tell({ reason: 'Applied', action: 'Apply', note: `commit ${revision}: ${words}` });
}

/** The term is over, or the process ends: whatever failed says nothing of the Application. */
function isEnd({ signal }: Context, error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return signal.aborted || ['FENCED', 'CLOSED', 'LEADERSHIP_LOST'].includes(String(code));
}
