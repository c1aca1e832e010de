import { DeployError, type Deployer } from '../../deploy';
import { DrydockError } from '../../errors';
import {
  type Connection,
  type KubeObject,
  type Store,
  type Stored,
  Stores,
  withoutManagedFields,
} from '../../kube';
import { type Application, applications } from '../api/application';
import { Fleet, openClusters } from '../clusters/fleet';
import { ClusterLinks } from '../clusters/links';
import type { Preview } from '../preview/preview';
import { Previewer, type PreviewOptions } from '../preview/previewer';
import type { Sources } from '../source/sources';
import { all } from '../sync/all';
import { deployerOf } from '../sync/in-cluster';
import { settingsOf } from '../sync/settings';
import { type Target, Targets } from '../sync/targets';
import { referencesIn } from './references';
import type { InOneCluster } from './views';

/** What was read so lately is read for nobody again, however many look. */
const FRESH_MS = 4_000;
const DIFF_FRESH_MS = 20_000;
/** So many are read at once, and so many wait. */
const AT_ONCE = 2;
const MOST_WAITING = 16;
const MOST_REMEMBERED = 256;

/** As the controller has them, so that a look comes to the same. */
export type LookOptions = Pick<PreviewOptions, 'renderLimits' | 'policies' | 'requireServiceAccount'>;

/** Too many ask for what is dear. */
export class Busy extends Error {}

/** What the page shows, by a connection that writes nothing: from a watch where there is one, else asked for and remembered for seconds. */
export class PageData {
  readonly #connection: Connection;
  readonly #apps: Store<Application>;
  readonly #targets: Targets;
  readonly #previewer: Previewer;
  readonly #known = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  #running = 0;
  readonly #waiting: Array<() => void> = [];

  static async open(
    connection: Connection,
    namespace: string,
    sources: Pick<Sources, 'of'>,
    options: LookOptions,
    signal: AbortSignal,
  ): Promise<PageData> {
    const apps = await new Stores(connection, { keep: withoutManagedFields }).open(
      applications,
      { namespace },
      signal,
    );
    return new PageData(connection, apps, namespace, sources, options);
  }

  private constructor(
    connection: Connection,
    apps: Store<Application>,
    namespace: string,
    sources: Pick<Sources, 'of'>,
    options: LookOptions,
  ) {
    this.#connection = connection;
    this.#apps = apps;
    const links = new ClusterLinks();
    const open = openClusters(namespace);
    const gone = (home: Connection, key: string) => links.forget(home, key);
    this.#targets = new Targets(new Fleet(open, { changed: () => {}, gone }), links);
    // Programs are not run for a look: who has pushed one has a preview for that.
    this.#previewer = new Previewer(connection, sources, options, { links, open });
  }

  all(): readonly Stored<Application>[] {
    return this.#apps.all();
  }

  get(namespace: string, name: string): Stored<Application> | undefined {
    return this.#apps.get(name, namespace);
  }

  clustersOf(app: Stored<Application>): Promise<readonly InOneCluster[]> {
    return this.#fresh('objects', app, FRESH_MS, async () => {
      const { wanted, leaving } = await this.#targets.of(app, this.#connection);
      return all([...wanted, ...leaving].map((target) => this.#inCluster(app, target)));
    });
  }

  diffOf(app: Stored<Application>): Promise<Preview> {
    return this.#fresh('diff', app, DIFF_FRESH_MS, () => this.#previewer.of(app));
  }

  close(): void {
    this.#apps.close();
  }

  async #inCluster(app: Stored<Application>, target: Target): Promise<InOneCluster> {
    const { cluster } = target;
    try {
      const link = await target.reach();
      const deployer = deployerOf({ settings: settingsOf(app) }, { target, link, signal: link.lost });
      const [{ objects }, applied] = await Promise.all([deployer.status(), deployer.applied()]);
      return { cluster, objects, edges: edgesBetween(objects, applied) };
    } catch (error) {
      const isNew = error instanceof DeployError && error.code === 'RELEASE_UNKNOWN';
      if (isNew) return { cluster, objects: [], edges: [] };
      if (error instanceof DrydockError) return { cluster, objects: [], edges: [], trouble: error.message };
      throw error;
    }
  }

  #fresh<Answer>(
    what: string,
    app: Stored<Application>,
    forMs: number,
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const { uid, resourceVersion } = app.metadata;
    const key = `${what} ${uid} ${resourceVersion}`;
    const now = performance.now();
    const known = this.#known.get(key);
    if (known && now - known.at < forMs) return known.answer as Promise<Answer>;
    const answer = this.#inTurn(read);
    this.#known.delete(key);
    this.#known.set(key, { at: now, answer });
    answer.catch(() => this.#known.delete(key));
    if (this.#known.size > MOST_REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    return answer;
  }

  async #inTurn<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) throw new Busy();
      await new Promise<void>((go) => this.#waiting.push(go));
    } else this.#running += 1;
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** Lines between what there is, by what was applied: of that the contents go no further than here. */
export function edgesBetween(
  objects: Awaited<ReturnType<Deployer['status']>>['objects'],
  applied: readonly KubeObject[],
): InOneCluster['edges'] {
  // By name first: a release may have thousands.
  const named = new Map<string, number[]>();
  for (const [place, { kind, name }] of objects.entries()) {
    const key = `${kind}/${name}`;
    const known = named.get(key);
    if (known) known.push(place);
    else named.set(key, [place]);
  }
  const placeOf = ({ kind, metadata }: KubeObject) =>
    named.get(`${kind}/${metadata?.name}`)?.find((place) => {
      const { namespace } = objects[place]!;
      return namespace === undefined || metadata?.namespace === undefined || namespace === metadata.namespace;
    }) ?? -1;
  const places = applied.map(placeOf);
  return referencesIn(applied)
    .map(([from, to]) => [places[from]!, places[to]!] as const)
    .filter(([from, to]) => from >= 0 && to >= 0);
}
