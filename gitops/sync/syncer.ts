import type { Context, Reconcile, Waker } from '../../controller';
import type { Connection, Stored } from '../../kube';
import type { Application } from '../api/application';
import type { RolledBack } from '../api/rolled-back';
import { Fleet, type OpenClusters, openClusters } from '../clusters/fleet';
import { ClusterLinks, type Link } from '../clusters/links';
import type { Measures } from '../measure/answer';
import { Gate, type PolicyOptions } from '../policy/gate';
import { type Judgement, requireGood } from '../policy/judge';
import { Renderer, type RendererOptions, readsCluster } from '../render/renderer';
import { markOf } from '../source/mark';
import type { Source, SourceTree } from '../source/source';
import type { Sources } from '../source/sources';
import type { Followers } from '../webhook/followers';
import { actingAs, requireAccount } from './acting-as';
import { all } from './all';
import { failureIn } from './away';
import { neighboursOf, waitsFor } from './dependencies';
import type { OpenKind } from './drift';
import { Drifts } from './drifts';
import { takeBackEverywhere } from './gate-failed';
import { type ClosedGates, type GateAnswer, Gates } from './gates';
import { apply, compare, type Run as Job, SYNC_ANNOTATION, takenBackIn, type Wanted } from './in-cluster';
import { isEnd } from './is-end';
import { isSaid } from './is-said';
import { deletionWaits, leave, tellForgotten, waitsForOthers } from './leaving';
import { entryOf, mergedVerdict, type TargetVerdict } from './merged-verdict';
import { whenNewer } from './newer';
import { QuietPolls } from './quiet-polls';
import { namespaceOf, releaseIdOf, settingsOf } from './settings';
import { FULL_LOOK_MS, type Quiet, Settled } from './settled';
import { sideBySide } from './side-by-side';
import { SourceSecrets } from './source-secret';
import { hasClusters, keyOf, type Target, type TargetSet, Targets, targetKeysOf } from './targets';
import { Teller } from './teller';
import { dependent, superseded, syncing, type Verdict, verdictOfFailure } from './verdict';
import { heldByGates, withoutWork } from './without-work';

export { SYNC_ANNOTATION } from './in-cluster';

/** What waits is looked at again so soon. */
const SOON_MS = 5_000;

interface Followed {
  readonly source: Source;
  readonly revision: string;
}

interface Run extends Job {
  readonly teller: Teller;
}

export interface SyncerOptions extends RendererOptions {
  /** Refuses Applications that name no account, so that none acts with the rights of the controller. @default false */
  readonly requireServiceAccount?: boolean;
  /** Policies that all Applications are held to. @default - those of the Applications alone */
  readonly policies?: PolicyOptions;
  /** Whom gates between waves ask. @default - nobody, and they stay closed */
  readonly measures?: Measures;
  /** Is told what came of each time that a gate was asked. @default - nobody is told */
  readonly onGate?: (answer: GateAnswer) => void;
  /** Is told which Application follows what, to be woken when it is pushed. @default - nothing is told */
  readonly followers?: Followers;
  /** How a kind is followed. @default - by a watch of its metadata */
  readonly openKinds?: (connection: Connection) => OpenKind;
  /** How other clusters are reached. @default - by the Secrets of their Clusters */
  readonly links?: ClusterLinks;
  /** How Clusters are followed. @default - by a watch of those of all namespaces */
  readonly openClusters?: OpenClusters;
}

/** Brings what a branch says into clusters, and says in the status what came of it. */
export class Syncer {
  readonly #sources: Pick<Sources, 'of'>;
  readonly #options: SyncerOptions;
  readonly #targets: Targets;
  readonly #drifts: Drifts;
  readonly #settled = new Settled();
  /** By target, what was taken back: the status that says so is seen a moment after it was written. */
  readonly #takenBack = new Map<string, RolledBack>();
  readonly #secrets = new SourceSecrets();
  /** By namespace, the Applications that go to clusters of theirs. */
  readonly #followers = new Map<string, Set<string>>();
  readonly #renderer: Renderer;
  readonly #gate: Gate;
  readonly #gates: Gates;
  /** Asks for those that are quiet, while this process leads. */
  readonly #polls = new QuietPolls({
    isQuiet: (key) => this.#settled.isSure(key),
    wake: (key) => this.#wake?.(key),
  });
  #policies = '';
  /** There while this process leads. */
  #wake: ((key: string) => void) | undefined;

  constructor(sources: Pick<Sources, 'of'>, options: SyncerOptions = {}) {
    this.#sources = sources;
    this.#options = options;
    const { links = new ClusterLinks(), openClusters: open = openClusters('*') } = options;
    const fleet = new Fleet(open, {
      changed: (namespace) => this.wakeAll(namespace),
      gone: (home, key) => links.forget(home, key),
    });
    this.#targets = new Targets(fleet, links);
    this.#drifts = new Drifts(this.#settled, (key) => this.#wake?.(key), options.openKinds);
    this.#renderer = new Renderer(options);
    this.#gate = new Gate(options.policies);
    this.#gates = new Gates(options.measures, options.onGate);
  }

  /** Drift wakes an Application while this process leads. */
  readonly waker: Waker = (wake) => {
    this.#wake = wake;
    return () => {
      this.#wake = undefined;
      this.#polls.stop();
    };
  };

  /** How many gates between waves hold a commit back, for metrics. */
  closedGates(): ClosedGates {
    return this.#gates.closedNow();
  }

  /** A cluster of this namespace is there again, has gone, or is meant for others. */
  wakeAll(namespace: string): void {
    for (const key of this.#followers.get(namespace) ?? []) this.#wake?.(key);
  }

  readonly reconcile: Reconcile<Application> = async (app, context) => {
    const run = this.#begin(app, context);
    const { intervalMs, url, branch } = run.settings;
    this.#options.followers?.follow(keyOf(app), markOf(url, branch));
    this.#lookAtPolicies();
    this.#polls.remove(keyOf(app));
    const followed = await this.#quiet(run);
    if (followed) return { afterMs: this.#askTogether(run, followed) };
    const verdict = await this.#verdict(run);
    // It was changed meanwhile: what is found now is an answer to what was.
    if (context.changed.aborted) return { afterMs: 1 };
    // Of a commit that touches other folders nothing is new but its id, which is said with the next look at the cluster.
    if (!verdict.isSaid) await run.teller.say(verdict);
    if (verdict.reason === 'Superseded') return { afterMs: 1 };
    const isWell = !verdict.again && (verdict.outcome === 'ready' || verdict.outcome === 'stalled');
    // A person may take days, and whoever says so on the Application wakes it.
    const waits = isWell || verdict.reason === 'Paused';
    return { afterMs: waits ? intervalMs : Math.min(SOON_MS, intervalMs) };
  };

  /** Deletes from what is remembered, without the repository: that may be gone as well. */
  readonly finalize: Reconcile<Application> = async (app, context) => {
    const run = this.#begin(app, context);
    const { settings, teller } = run;
    this.#drifts.of(context.connection).forget(releaseIdOf(settings));
    for (const key of targetKeysOf(app)) {
      this.#settled.forget(key);
      this.#takenBack.delete(key);
    }
    this.#options.followers?.forget(keyOf(app));
    this.#gates.forget(app);
    this.#polls.remove(keyOf(app));
    try {
      const { leaving, forgotten } = await this.#targets.ofDeletion(app, context.connection);
      const how = { isDeletion: true, meant: [], onGone: this.#drifts.onGone(settings) };
      const left = await all(leaving.map((target) => leave(run, target, how)));
      const clusters = left.filter((one) => one !== undefined);
      if (clusters.length > 0) {
        await teller.say(deletionWaits(clusters));
        return { afterMs: SOON_MS };
      }
      for (const name of forgotten) tellForgotten(run, name);
    } catch (error) {
      if (isEnd(context, error)) throw error;
      const verdict = verdictOfFailure(app.status, undefined, error);
      await teller.say({ ...verdict, phase: 'Degraded', outcome: 'failed' });
      throw error;
    }
    this.#followers.get(namespaceOf(app))?.delete(keyOf(app));
    return undefined;
  };

  #begin(app: Stored<Application>, context: Context): Run {
    const namespace = namespaceOf(app);
    const followers = this.#followers.get(namespace) ?? new Set();
    this.#followers.set(namespace, followers);
    if (hasClusters(app)) followers.add(keyOf(app));
    const takenBack = this.#takenBack;
    return { app, context, settings: settingsOf(app), teller: new Teller(app, context), takenBack };
  }

  async #sourceOf({ app, context, settings }: Run): Promise<Source> {
    const credentials = await this.#secrets.of(context.connection, app, settings.intervalMs / 2);
    return this.#sources.of(settings, credentials);
  }

  /**
   * What it follows, where it is as it was when nothing was left to do: the same Application, the same commit, the same clusters,
   * and no watch has told of a change. Then no cluster is asked at all. Now and then they are all the same.
   */
  async #quiet(run: Run): Promise<Followed | undefined> {
    const { app, context, settings } = run;
    if (!targetKeysOf(app).some((key) => this.#settled.get(key))) return undefined;
    try {
      const { wanted, leaving, forgotten } = await this.#targets.of(app, context.connection);
      if (leaving.length + forgotten.length > 0) return undefined;
      const source = await this.#sourceOf(run);
      const quiet = await all(wanted.map((target) => this.#settled.of(app, target, source)));
      if (!quiet.every((one): one is Quiet => one !== undefined && isSaid(app, one.tree))) return undefined;
      const revision = await source.revision(settings.intervalMs / 2, context.signal);
      // Of another commit the folder may be the same, which is cheap to find out.
      const isQuiet = quiet.every(
        (one, index) => one.tree.revision === revision && this.#settled.get(wanted[index]!.key) === one,
      );
      return isQuiet ? { source, revision } : undefined;
    } catch {
      // With the credentials of now it is asked again, and what is wrong is told.
      this.#unsettle(app);
      return undefined;
    }
  }

  /** From now on its repository is asked for all who follow it. Where other clusters are in it, each asks for itself whether they are there. */
  #askTogether(run: Run, { source, revision }: Followed): number {
    const { app, settings } = run;
    const { intervalMs: everyMs, url, branch, type, secret } = settings;
    if (hasClusters(app) || !this.#wake) return everyMs;
    const isSame = async (signal: AbortSignal) => {
      if (this.#lookAtPolicies() || (await this.#sourceOf(run)) !== source) return false;
      return (await source.revision(everyMs / 2, signal)) === revision;
    };
    const id = JSON.stringify([namespaceOf(app), secret, type, url, branch, revision]);
    this.#polls.add(keyOf(app), { id, everyMs, isSame });
    return FULL_LOOK_MS;
  }

  /** By other policies all is judged again. */
  #lookAtPolicies(): boolean {
    const version = this.#gate.version();
    const isNew = version !== this.#policies;
    if (isNew) this.#settled.unsettleAll();
    this.#policies = version;
    return isNew;
  }

  #unsettle(app: Stored<Application>): void {
    for (const key of targetKeysOf(app)) this.#settled.unsettle(key);
  }

  async #verdict(run: Run): Promise<Verdict> {
    const { app, context, settings } = run;
    let revision: string | undefined;
    let policy: readonly Judgement[] | undefined;
    try {
      if (this.#options.requireServiceAccount) requireAccount(app);
      const source = await this.#sourceOf(run);
      revision = await source.revision(settings.intervalMs / 2, context.signal);
      const tree = await source.tree(revision, settings.path, context.signal);
      run.teller.readsOf(tree);
      const set = await this.#targets.of(app, context.connection);
      const changes = new Map(set.wanted.map(({ key }) => [key, this.#settled.changes(key)]));
      const held = await heldByGates(this.#gates, run, set.wanted, tree);
      const gate = held?.closed ?? null;
      const mayApply = settings.auto || app.metadata.annotations?.[SYNC_ANNOTATION] === revision;
      const undone = held && mayApply ? await takeBackEverywhere(run, set.wanted, tree, held) : [];
      for (const { key } of undone) this.#settled.unsettle(key);
      const known = { source, tree, held, changes };
      const found = await withoutWork(this.#settled, run, set.wanted, known);
      const open = set.wanted.filter((target) => !found.has(target));
      // What was found of these before is an answer to another commit, which may come back.
      for (const { key } of open) this.#settled.unsettle(key);
      if (open.length === 0) {
        const verdict = await this.#merged(run, tree, set, found);
        const hasEnded = set.leaving.length + set.forgotten.length === 0 && verdict.outcome === 'ready';
        return { ...verdict, gate, isSaid: hasEnded && isSaid(app, tree) };
      }
      const { namespace } = settings;
      const connection = actingAs(context.connection, settings);
      const { signal } = context;
      const rendered = await this.#renderer.render({ app, source, tree, namespace, connection, signal });
      policy = await this.#gate.judge({ app, rendered, namespace, signal });
      requireGood(policy);
      // What was taken back is neither begun again nor held back by others.
      const begun = open.filter((target) => !takenBackIn(run, target, tree));
      const waits = mayApply && begun.length > 0 && (await this.#beforeApply(run, begun, tree));
      if (waits) return { ...waits, gate, policy };
      const wanted = { ...rendered, source, tree };
      const worked = await this.#inTargets(run, open, wanted, { mayApply, changes });
      return { ...(await this.#merged(run, tree, set, new Map([...found, ...worked]))), gate, policy };
    } catch (error) {
      if (isEnd(context, error)) throw error;
      this.#unsettle(app);
      return { ...verdictOfFailure(app.status, revision, error), policy };
    }
  }

  /** In all at once; drift in one is mended while others are still waited for. */
  async #inTargets(
    run: Run,
    targets: readonly Target[],
    wanted: Wanted,
    { mayApply, changes }: { readonly mayApply: boolean; readonly changes: Map<string, number> },
  ): Promise<ReadonlyMap<Target, Verdict>> {
    const { context, settings } = run;
    const { tree, source } = wanted;
    const newer = new AbortController();
    const over = new AbortController();
    const end = AbortSignal.any([context.signal, context.changed, newer.signal]);
    const looking = whenNewer(
      source,
      { tree, path: settings.path, everyMs: settings.intervalMs },
      AbortSignal.any([end, over.signal]),
      () => mayApply && newer.abort(),
    );
    try {
      const one = async (target: Target): Promise<Verdict> => {
        // What was written here calls as well, as drift does.
        const settled = this.#settled.get(target.key);
        if (settled?.tree === wanted.tree) return settled.verdict;
        const known = this.#settled.changes(target.key);
        const verdict = await this.#inTarget(run, target, wanted, {
          ...{ end, newer: newer.signal, mayApply, changes: changes.get(target.key) ?? known },
        });
        // Whoever is worked for again is asked for what has changed since now.
        changes.delete(target.key);
        if (target.cluster !== undefined && targets.length > 1 && !context.changed.aborted)
          await run.teller.sayOf(entryOf({ target, verdict }));
        return verdict;
      };
      return await sideBySide(targets, one, this.#drifts.listen);
    } finally {
      over.abort();
      await looking;
    }
  }

  /** Waits for others, and remembers where something is going to be before it is there. */
  async #beforeApply(run: Run, targets: readonly Target[], tree: SourceTree): Promise<Verdict | undefined> {
    const { app, context } = run;
    const { status: before, metadata } = app;
    const isSeen = before?.observedGeneration === metadata.generation;
    const isSame = isSeen && targets.every(({ known }) => known.tree === tree.id);
    if (!isSame) {
      const waits = await waitsFor(app, neighboursOf(context.connection, namespaceOf(app)));
      if (waits) return dependent(before, tree.revision, waits);
    }
    // What has waited so far is news when it begins.
    const isBegun = isSeen && before?.phase !== 'Pending' && before?.lastAttemptedRevision === tree.revision;
    const isNew = ({ cluster, known }: Target) => cluster !== undefined && known.name === undefined;
    if ((isBegun || isSame) && !targets.some(isNew)) return undefined;
    const verdict = syncing(before, tree.revision);
    const added = targets.filter(isNew).map((target) => entryOf({ target, verdict }));
    const clusters = [...(before?.clusters ?? []), ...added];
    await run.teller.say(hasClusters(app) ? { ...verdict, clusters } : verdict);
    return undefined;
  }

  async #inTarget(
    run: Run,
    target: Target,
    wanted: Wanted,
    how: {
      readonly end: AbortSignal;
      readonly newer: AbortSignal;
      readonly mayApply: boolean;
      readonly changes: number;
    },
  ): Promise<Verdict> {
    const { app, context, settings } = run;
    const { tree, source, objects } = wanted;
    let link: Link | undefined;
    try {
      link = await target.reach();
      const { connection } = link;
      const watch = this.#drifts.of(connection).follow(target.key, releaseIdOf(settings), objects);
      const place = { target, link, signal: AbortSignal.any([how.end, link.lost]) };
      const verdict = await (how.mayApply ? apply : compare)(run, place, wanted);
      if (verdict.outcome !== 'ready') return verdict;
      // What somebody edits before the watch has begun is seen by the next look.
      if (watch === 'opening') return { ...verdict, again: true };
      if (watch === 'watching' && !verdict.again && !readsCluster(app)) {
        const { generation } = app.metadata;
        const at = performance.now();
        this.#settled.settle(target.key, how.changes, { generation, connection, source, tree, verdict, at });
      }
      return verdict;
    } catch (error) {
      if (isEnd(context, error)) throw error;
      if (how.newer.aborted) return superseded(app.status, tree.revision);
      if (target.cluster === undefined) throw error;
      target.doubt();
      return { ...failureIn(target, link, tree, error), rolledBack: takenBackIn(run, target, tree) };
    }
  }

  /** Empties what is no longer meant, once all that is meant is well: what runs is not taken away before its successor is there. */
  async #merged(
    run: Run,
    tree: SourceTree,
    { wanted, leaving, forgotten }: TargetSet,
    found: ReadonlyMap<Target, Verdict>,
  ): Promise<Verdict> {
    const verdicts: TargetVerdict[] = wanted.map((target) => ({ target, verdict: found.get(target)! }));
    for (const name of forgotten) tellForgotten(run, name);
    if (leaving.length === 0) return mergedVerdict(tree, verdicts, []);
    const areWell = verdicts.every(({ verdict }) => verdict.outcome === 'ready');
    if (!areWell) return mergedVerdict(tree, verdicts, leaving.map(waitsForOthers));
    const links = await all(wanted.map((target) => target.reach()));
    const meant = links.map(({ connection }) => connection);
    const how = { isDeletion: false, meant, onGone: this.#drifts.onGone(run.settings) };
    const left = await all(leaving.map((target) => leave(run, target, how)));
    return mergedVerdict(
      tree,
      verdicts,
      left.filter((one) => one !== undefined),
    );
  }
}
