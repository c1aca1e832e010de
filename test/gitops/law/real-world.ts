import type { Context } from '../../../controller';
import { addFinalizer, hasFinalizer, removeFinalizer, writeStatus } from '../../../controller/objects/writes';
import {
  type Application,
  type ApplicationStatus,
  applications,
  type Cluster,
  clusters,
} from '../../../gitops';
import { ClusterLinks } from '../../../gitops/clusters/links';
import { FINALIZER } from '../../../gitops/operator';
import { Syncer } from '../../../gitops/sync/syncer';
import { HOME } from '../../../gitops/testing-only/fleet-world';
import type { Maps } from '../../../gitops/testing-only/gitops-schedule';
import { ModelSource } from '../../../gitops/testing-only/model-source';
import type { Beginning, World } from '../../../gitops/testing-only/world';
import {
  apply,
  Connection,
  create,
  getIfThere,
  type KubeObject,
  patch,
  remove,
  resource,
  type Stored,
} from '../../../kube';
import { RealPlace } from './real-place';
import { Watches } from './watches';

/** Kubeconfigs of administrators, by the name of the cluster. The first of them knows Applications. */
export interface Servers {
  readonly home: string;
  readonly east: string;
  readonly west: string;
}

const AT = { name: 'shop' };
const secrets = resource<KubeObject & { readonly stringData: object }>('v1', 'Secret');

/** Real API servers. The controller is the one of the model: what it does is begun and killed by the schedule. */
export class RealWorld implements World {
  readonly patienceMs = 180_000;
  readonly mostLooks = 12;
  readonly source = new ModelSource();
  beforeWrite: () => void = () => {};
  readonly #places: ReadonlyMap<string, RealPlace>;
  readonly #beginning: Beginning;
  readonly #clusters = new Map<string, Stored<Cluster>>();
  #areClustersUnseen = false;
  #app!: Stored<Application>;
  #connection!: Connection;
  #links!: ClusterLinks;
  #watches!: Watches;
  #syncer!: Syncer;

  static async begin(servers: Servers, namespace: string, beginning: Beginning): Promise<RealWorld> {
    const names = [HOME, ...beginning.others] as ReadonlyArray<keyof Servers>;
    const place = async (name: keyof Servers) =>
      [name, await RealPlace.begin(servers[name], namespace)] as const;
    const world = new RealWorld(servers, new Map(await Promise.all(names.map(place))), beginning);
    for (const name of beginning.others) {
      await world.rotate(name, name);
      await world.label(name, beginning.labels);
    }
    await world.makeAgain();
    return world;
  }

  private constructor(
    private readonly servers: Servers,
    places: ReadonlyMap<string, RealPlace>,
    beginning: Beginning,
  ) {
    this.#places = places;
    this.#beginning = beginning;
    this.#start();
  }

  get status(): ApplicationStatus {
    return this.#app.status ?? {};
  }

  maps(cluster: string): Promise<Maps> {
    return this.#place(cluster).maps();
  }

  plant(cluster: string, name: string, x: string): Promise<void> {
    return this.#place(cluster).plant(name, x);
  }

  edit(cluster: string, name: string, x: string): Promise<void> {
    return this.#place(cluster).edit(name, x);
  }

  remove(cluster: string, name: string): Promise<void> {
    return this.#place(cluster).remove(name);
  }

  setAway(cluster: string, isAway: boolean): void {
    this.#place(cluster).setAway(isAway);
  }

  async label(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const gone = Object.keys(this.#beginning.labels).map((label) => [label, null] as const);
    const merge = { metadata: { labels: { ...Object.fromEntries(gone), ...labels } } };
    const known = this.#clusters.get(name);
    this.#areClustersUnseen = true;
    this.#clusters.set(
      name,
      known ? await patch(this.#admin, clusters, { name }, { merge }) : await this.#makeCluster(name, labels),
    );
  }

  /** The account of before is deleted. */
  async rotate(name: string, as: string): Promise<void> {
    await this.#place(name).rotate(as, async (kubeconfig) => {
      const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { kubeconfig } };
      await apply(this.#admin, secrets, object, { fieldManager: 'somebody', force: true });
    });
  }

  /** There are no nodes: no Job ever completes. */
  setStuck(): void {}

  async hasJob(): Promise<boolean> {
    const all = [...this.#places.values()].map((place) => place.hasJob());
    return (await Promise.all(all)).includes(true);
  }

  async lookAtClusters(): Promise<void> {
    const all = [...this.#clusters.values()];
    await Promise.all(all.map((one) => this.#links.of(this.#connection, one, 0).catch(() => {})));
    for (const [name, place] of this.#places) {
      if (!place.isUnseen || place.isAway) continue;
      const origin = name === HOME ? this.#connection.server.origin : place.origin;
      await this.#watches.haveTold(place, origin);
      place.isUnseen = false;
    }
    if (this.#areClustersUnseen) await this.#watches.haveToldOfClusters(this.#home);
    this.#areClustersUnseen = false;
  }

  async reconcile(): Promise<unknown> {
    await this.#read();
    const app = this.#app;
    const isHeld = hasFinalizer(app, FINALIZER);
    this.#app = isHeld ? app : await addFinalizer(this.#connection, applications, app, FINALIZER);
    return this.#syncer.reconcile(this.#app, this.#context());
  }

  async beginDeletion(): Promise<void> {
    await remove(this.#admin, applications, AT);
  }

  async finalize(): Promise<unknown> {
    // One that was never looked at has no finalizer.
    if (!(await this.#read())) return undefined;
    const again = await this.#syncer.finalize(this.#app, this.#context());
    if (again) return again;
    await removeFinalizer(this.#connection, applications, this.#app, FINALIZER);
    return undefined;
  }

  async makeAgain(): Promise<void> {
    const { destination, sync } = this.#beginning;
    this.#app = await create(this.#admin, applications, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: AT },
      spec: { source: { url: 'https://example.com/x.git' }, destination, sync: { ...sync, interval: '1s' } },
    });
  }

  async restart(): Promise<void> {
    this.#connection.close();
    this.#start();
    await this.#read();
  }

  async expireLeases(): Promise<void> {
    await Promise.all([...this.#places.values()].map((place) => place.expireLeases()));
  }

  async close(): Promise<void> {
    this.#connection.close();
    for (const name of this.#clusters.keys()) await remove(this.#admin, clusters, { name });
    await Promise.all([...this.#places.values()].map((place) => place.close()));
  }

  get #home(): RealPlace {
    return this.#place(HOME);
  }

  get #admin(): Connection {
    return this.#home.admin;
  }

  #place(cluster: string): RealPlace {
    return this.#places.get(cluster)!;
  }

  /** A process that knows nothing yet. */
  #start(): void {
    this.#connection = new Connection({
      kubeconfig: this.servers.home,
      namespace: this.#admin.namespace,
      mayWrite: () => this.beforeWrite(),
    });
    this.#links = new ClusterLinks();
    this.#watches = new Watches();
    const { openKinds, openClusters } = this.#watches;
    this.#syncer = new Syncer({ of: () => this.source }, { links: this.#links, openKinds, openClusters });
  }

  #context(): Context {
    const never = new AbortController().signal;
    return {
      ...{ connection: this.#connection, signal: never, changed: never, failures: 0, tell: () => {} },
      status: async (status) => {
        this.#app = await writeStatus(this.#connection, applications, this.#app, status);
      },
    };
  }

  /** Whether there is one. */
  async #read(): Promise<boolean> {
    const app = await getIfThere(this.#admin, applications, AT);
    this.#app = app ?? this.#app;
    return app !== undefined;
  }

  #makeCluster(name: string, labels: Readonly<Record<string, string>>): Promise<Stored<Cluster>> {
    return create(this.#admin, clusters, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { name, labels } },
      spec: { kubeconfig: { secret: name }, timeout: '30s' },
    });
  }
}
