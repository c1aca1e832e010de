import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesAnything } from '../../deploy';
import { DrydockError } from '../../errors';
import { Connection, type ConnectOptions, get, list, type Stored } from '../../kube';
import { type Application, applications } from '../api/application';
import { clusters } from '../api/cluster';
import { Fleet, type OpenClusters } from '../clusters/fleet';
import { ClusterLinks } from '../clusters/links';
import { GitopsError } from '../errors';
import { Gate, type PolicyOptions } from '../policy/gate';
import { type Judgement, requireGood } from '../policy/judge';
import { Renderer, type RendererOptions } from '../render/renderer';
import { inWords, type Point } from '../source/point';
import type { Source, SourceLimits } from '../source/source';
import { Sources } from '../source/sources';
import { actingAs, requireAccount } from '../sync/acting-as';
import { all } from '../sync/all';
import { awayFrom } from '../sync/away';
import { deployerOf, planIn } from '../sync/in-cluster';
import { type Settings, settingsOf } from '../sync/settings';
import { SourceSecrets } from '../sync/source-secret';
import { keyOf, type Target, Targets } from '../sync/targets';
import { costOf } from './cost';
import { onlyDryRuns } from './only-dry-runs';
import type { ClusterPreview, Preview, Refusal } from './preview';
import { refuseSecretValues, withoutValuesOfOthers } from './strangers';

export interface PreviewOptions
  extends Pick<
      ConnectOptions,
      'kubeconfig' | 'context' | 'inCluster' | 'allowExecPlugin' | 'deadlineMs' | 'hooks'
    >,
    RendererOptions {
  /** The Application, as it is in the cluster now. */
  readonly name: string;
  /** @default - the context's or the pod's namespace, else `default` */
  readonly namespace?: string;
  /** What is looked at. @default - the branch that the Application follows */
  readonly point?: Point;
  /**
   * Whoever has written the commit may see the Secrets that `spec.render.helm.valuesFrom` names: a chart can put what is in
   * them into any object, and a preview shows objects. Without it such an Application is refused.
   * @default false
   */
  readonly trustAuthor?: boolean;
  /** The controller refuses Applications that name no account. @default false */
  readonly requireServiceAccount?: boolean;
  /** Policies that the controller holds all Applications to. @default - those of the Application alone */
  readonly policies?: PolicyOptions;
  /** What a repository may cost. @default - see `LIMITS` */
  readonly limits?: Partial<SourceLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Says what a commit would do to each cluster of an Application, and writes nothing: the one thing that is made anywhere is
 * the sandbox of a program, where `programs` is given. Rejects where the commit or the Application cannot be had; what would
 * be refused of it is told.
 *
 * @example
 * const found = await preview({ name: 'shop', namespace: 'shop', point: { pullRequest: 12 } });
 * console.log(previewMarkdown(found));
 */
export async function preview(options: PreviewOptions): Promise<Preview> {
  const { kubeconfig, context, inCluster, allowExecPlugin, deadlineMs, hooks, namespace, name } = options;
  const connection = new Connection({
    ...{ kubeconfig, context, inCluster, allowExecPlugin, deadlineMs, hooks, namespace },
    mayWrite: onlyDryRuns,
  });
  const folder = mkdtempSync(join(tmpdir(), 'drydock-preview-'));
  const { limits } = options;
  const sources = new Sources({ folder, ...(limits ? { limits } : {}) });
  try {
    const app = await get(connection, applications, { namespace: connection.namespace, name });
    return await new Previewer(connection, sources, options).of(app, options.point);
  } finally {
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type PreviewerOptions = RendererOptions &
  Pick<PreviewOptions, 'trustAuthor' | 'signal' | 'policies' | 'requireServiceAccount'>;

/** What previews of one connection share. */
export class Previewer {
  readonly #connection: Connection;
  readonly #sources: Pick<Sources, 'of'>;
  readonly #options: PreviewerOptions;
  readonly #renderer: Renderer;
  readonly #gate: Gate;
  readonly #secrets = new SourceSecrets();
  readonly #targets: Targets;

  /** @param connection one that lets nothing be written */
  constructor(
    connection: Connection,
    sources: Pick<Sources, 'of'>,
    options: PreviewerOptions = {},
    { links = new ClusterLinks(), open = listedOnce as OpenClusters } = {},
  ) {
    this.#connection = connection;
    this.#sources = sources;
    this.#options = options;
    this.#renderer = new Renderer(options);
    this.#gate = new Gate(options.policies);
    this.#targets = new Targets(new Fleet(open, { changed: () => {}, gone: () => {} }), links);
  }

  async of(app: Stored<Application>, point?: Point): Promise<Preview> {
    const { signal, trustAuthor = false } = this.#options;
    const settings = settingsOf(app);
    const isStranger = point !== undefined && !trustAuthor;
    if (isStranger) refuseSecretValues(app);
    const source = this.#sourceOf(settings, point, await this.#secrets.of(this.#connection, app, 0));
    const revision = await source.revision(point ? 0 : settings.intervalMs / 2, signal);
    const about = {
      application: keyOf(app),
      repository: settings.url,
      asked: inWords(point ?? { branch: settings.branch }),
      revision,
    };
    try {
      if (this.#options.requireServiceAccount) requireAccount(app);
      const tree = await source.tree(revision, settings.path, signal);
      return await this.#rendered({
        app,
        settings,
        source,
        tree,
        isStranger,
        about: { ...about, change: tree.change },
      });
    } catch (error) {
      // What another commit mends is an answer to who has written this one.
      if (!(error instanceof GitopsError && error.waitsForPerson)) throw error;
      return { ...about, outcome: 'refused', refused: refusalOf(error), policy: [], clusters: [] };
    }
  }

  #sourceOf(settings: Settings, point: Point | undefined, credentials: Parameters<Sources['of']>[1]): Source {
    const { url, branch } = settings;
    if (!point) return this.#sources.of(settings, credentials);
    if ('branch' in point) return this.#sources.of({ ...settings, branch: point.branch }, credentials);
    const type = 'change' in point ? 'jj' : settings.type;
    return this.#sources.of({ url, branch, type, point }, credentials);
  }

  async #rendered({ app, settings, source, tree, isStranger, about }: Looked): Promise<Preview> {
    const connection = actingAs(this.#connection, settings);
    const { namespace } = settings;
    const { signal } = this.#options;
    const rendered = await this.#renderer.render({ app, source, tree, namespace, connection, signal });
    const judgements = await this.#gate.judge({ app, rendered, namespace, signal });
    const refused = refusalIn(() => requireGood(judgements));
    const policy = judgements.map(toldOf);
    const { wanted: targets } = await this.#targets.of(app, this.#connection);
    const looks = await all(targets.map((target) => this.#inCluster(settings, target, rendered)));
    const found = isStranger ? looks.map(withoutValuesOfOthers) : looks;
    const isRefused =
      refused !== undefined || found.some((one) => one.refused || (one.plan?.problems ?? []).length > 0);
    const isChange = found.some(({ plan }) => plan && changesAnything(plan));
    const outcome = isRefused ? 'refused' : isChange ? 'changes' : 'nothing';
    return { ...about, outcome, refused, policy, clusters: found };
  }

  async #inCluster(
    settings: Settings,
    target: Target,
    rendered: Parameters<typeof planIn>[2],
  ): Promise<ClusterPreview> {
    const { cluster } = target;
    let link: Awaited<ReturnType<Target['reach']>> | undefined;
    try {
      link = await target.reach();
      const ends = [link.lost, ...(this.#options.signal ? [this.#options.signal] : [])];
      const place = { target, link, signal: AbortSignal.any(ends) };
      const plan = await planIn({ settings }, place, rendered);
      const before = costOf(await deployerOf({ settings }, place).applied());
      return { cluster, plan, cost: { before, after: costOf(rendered.objects) } };
    } catch (error) {
      const cause = awayFrom(target, link, error);
      if (cause instanceof DrydockError && cluster !== undefined)
        return { cluster, refused: refusalOf(cause) };
      if (cause instanceof DrydockError && cause.name === 'DeployError') return { refused: refusalOf(cause) };
      throw cause;
    }
  }
}

interface Looked {
  /** The author of the commit may be anybody. */
  readonly isStranger: boolean;
  readonly app: Stored<Application>;
  readonly settings: Settings;
  readonly source: Source;
  readonly tree: Awaited<ReturnType<Source['tree']>>;
  readonly about: Pick<Preview, 'application' | 'repository' | 'asked' | 'revision' | 'change'>;
}

/** One list and no watch: what changes while it is looked at is for the next look. */
async function listedOnce(home: Connection): ReturnType<OpenClusters> {
  const { items } = await list(home, clusters, { namespace: home.namespace });
  return {
    inNamespace: (namespace) => items.filter(({ metadata }) => metadata.namespace === namespace),
    onChange: () => () => {},
  };
}

function refusalIn(act: () => void): Refusal | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof DrydockError) return refusalOf(error);
    throw error;
  }
}

function toldOf({ by, mode, findings, failure }: Judgement): Preview['policy'][number] {
  return { by, mode, findings, ...(failure ? { failure: refusalOf(failure) } : {}) };
}

function refusalOf({ code, where, found, expected, remedy }: DrydockError): Refusal {
  return { code, where, found, expected, remedy };
}
