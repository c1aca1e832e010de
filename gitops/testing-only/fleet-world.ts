import type { Context, Told } from '../../controller';
import { ModelApi, refusal } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Connection, KubeObject, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application, ApplicationStatus } from '../api/application';
import type { Cluster } from '../api/cluster';
import type { FollowedClusters } from '../clusters/fleet';
import { ClusterLinks } from '../clusters/links';
import type { Answer, Measures } from '../measure/answer';
import { onlyDryRuns } from '../preview/only-dry-runs';
import type { Preview } from '../preview/preview';
import { Previewer, type PreviewOptions } from '../preview/previewer';
import type { Point } from '../source/point';
import type { Followed } from '../sync/drift';
import { Syncer } from '../sync/syncer';
import { mergedStatus } from './merged-status';
import { ModelSource } from './model-source';
import type { Begin, World } from './world';

export const NAMESPACE = 'here';
export const HOME = 'home';

/** One API server in memory. */
export interface ModelPlace {
  readonly model: ModelApi;
  readonly server: ScriptedServer;
  isAway: boolean;
  /** The kubeconfig that it takes now. */
  kubeconfig: string | undefined;
}

/** A Cluster with a Secret that leads to it. */
const clusterObject = (name: string, labels: Readonly<Record<string, string>>, generation = 1) =>
  ({
    ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster' },
    metadata: { name, namespace: NAMESPACE, uid: `uid-${name}`, resourceVersion: '1', generation, labels },
    spec: { kubeconfig: { secret: name } },
  }) as unknown as Stored<Cluster>;

/** The cluster of a controller and others beside it, one Application, and a controller that looks at it. */
export class FleetWorld implements World {
  /** For what hangs, not for what is slow on a busy machine. */
  readonly patienceMs = 10_000;
  readonly mostLooks = 4;
  readonly source = new ModelSource();
  readonly told: Told[] = [];
  readonly woken: string[] = [];
  readonly statuses: ApplicationStatus[] = [];
  readonly places = new Map<string, ModelPlace>();
  readonly doubted: string[] = [];
  links: ClusterLinks;
  syncer: Syncer;
  app: Stored<Application>;
  beforeWrite: () => void = () => {};
  #endWaking = () => {};
  /** What the Prometheus of gates answers, and what it was asked. */
  measured: (query: string, signal: AbortSignal) => Answer | Promise<Answer> = () => ({ number: 0 });
  readonly questions: string[] = [];
  /** What the gates have come to, each time that they were asked. */
  readonly gates: string[] = [];
  /** By name, the Clusters that there are. */
  readonly clusters = new Map<string, Stored<Cluster>>();
  #home: Connection;
  #listeners: Array<Parameters<FollowedClusters['onChange']>[0]> = [];
  /** What is done now is told at once. */
  #isByHand = false;
  /** By address, who follows the objects of a cluster. */
  readonly #drift = new Map<string, Array<Parameters<Followed['onChange']>[0]>>();

  /** @param names of clusters beside that of the controller, which is `HOME` */
  static async start(names: readonly string[], destination: object): Promise<FleetWorld> {
    const home = await newPlace();
    const world = new FleetWorld(home, destination);
    world.#add(HOME, home);
    for (const name of names) await world.addCluster(name);
    return world;
  }

  /** A world for the steps of a schedule. */
  static readonly begin: Begin = async ({ others, destination, sync }) => {
    const world = await FleetWorld.start(others, destination);
    world.change({ sync: { ...sync, interval: '20ms' } });
    return world;
  };

  private constructor(
    readonly home: ModelPlace,
    destination: object,
  ) {
    this.#home = this.#connect();
    this.links = this.#newLinks();
    this.syncer = this.newSyncer();
    this.app = {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
      metadata: { name: 'shop', namespace: NAMESPACE, uid: 'u', resourceVersion: '1', generation: 1 },
      spec: { source: { url: 'https://example.com/x' }, destination, sync: { timeout: '1s' } },
    } as Stored<Application>;
  }

  get status(): ApplicationStatus {
    return this.app.status ?? {};
  }

  get homeConnection(): Connection {
    return this.#home;
  }

  async addCluster(name: string, labels: Readonly<Record<string, string>> = { tier: 'live' }): Promise<void> {
    if (!this.places.has(name)) this.#add(name, await newPlace());
    this.rotate(name, name);
    this.label(name, labels);
  }

  /** A cluster that is another one by another address. */
  async addAlias(name: string, of: string): Promise<void> {
    this.#add(name, await newPlace(this.places.get(of)!.model));
    await this.addCluster(name);
  }

  #add(name: string, place: ModelPlace): void {
    this.places.set(name, place);
    this.#watchOf(place);
  }

  /** Writes the Secret of a cluster anew, as somebody does who changes its credentials. */
  writeSecret(name: string, text = name): void {
    const kubeconfig = Buffer.from(text).toString('base64');
    this.home.model.edit('somebody', {
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { name, namespace: NAMESPACE },
      data: { kubeconfig },
    } as KubeObject);
  }

  /** From now on a cluster takes this kubeconfig, and no other. */
  rotate(name: string, kubeconfig: string): void {
    this.places.get(name)!.kubeconfig = kubeconfig;
    this.writeSecret(name, kubeconfig);
  }

  label(name: string, labels: Readonly<Record<string, string>>): void {
    const object = clusterObject(name, labels);
    this.clusters.set(name, object);
    this.#tell('modified', object);
  }

  removeCluster(name: string): void {
    const object = this.clusters.get(name);
    this.clusters.delete(name);
    if (object) this.#tell('deleted', object);
  }

  change(spec: object): void {
    const generation = (this.app.metadata.generation ?? 0) + 1;
    this.app = {
      ...this.app,
      metadata: { ...this.app.metadata, generation },
      spec: { ...this.app.spec, ...spec },
    };
  }

  plant(cluster: string, name: string, x: string): void {
    const metadata = { name, namespace: NAMESPACE };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { x } } as KubeObject;
    this.places.get(cluster)!.model.edit('somebody', object);
  }

  setAway(cluster: string, isAway: boolean): void {
    this.places.get(cluster)!.isAway = isAway;
  }

  setStuck(isStuck: boolean): void {
    const status = isStuck ? { active: 1 } : { conditions: [{ type: 'Complete', status: 'True' }] };
    for (const { model } of this.places.values()) model.jobStatus = status;
  }

  hasJob(): boolean {
    const all = [...this.places.values()].flatMap(({ model }) => [...model.objects.values()]);
    return all.some(({ kind }) => kind === 'Job');
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.app = { ...this.app, metadata: { ...this.app.metadata, annotations } };
  }

  /** The ConfigMaps of a cluster with their value. */
  maps(name: string): Readonly<Record<string, string>> {
    const all = [...this.places.get(name)!.model.objects.values()].filter(({ kind }) => kind === 'ConfigMap');
    const xOf = (one: unknown) => (one as { data?: { x?: string } }).data?.x ?? '';
    return Object.fromEntries(all.map((one) => [one.metadata.name, xOf(one)] as const).sort());
  }

  context(): Context {
    const never = new AbortController().signal;
    return {
      ...{ connection: this.#home, signal: never, changed: never, failures: 0 },
      tell: (one) => void this.told.push(one),
      status: async (status) => {
        this.beforeWrite();
        if (JSON.stringify(status) !== JSON.stringify(this.app.status))
          this.statuses.push(status as ApplicationStatus);
        this.app = { ...this.app, status: mergedStatus(this.app.status, status) };
      },
    };
  }

  /** As the controller of Clusters does it, each at its time. */
  async lookAtClusters(): Promise<void> {
    for (const cluster of this.clusters.values()) await this.links.of(this.#home, cluster, 0).catch(() => {});
  }

  /** It is the finalizer that does what there is to do. */
  beginDeletion(): void {}

  /** The Application has gone, and another one of its name is there. */
  makeAgain(): void {
    const { status: _gone, ...app } = this.app;
    this.app = { ...app, metadata: { ...app.metadata, generation: 1 } };
  }

  reconcile() {
    return this.syncer.reconcile(this.app, this.context());
  }

  /** Says what a reconcile would do, by a connection that lets nothing be written. */
  async preview(
    point?: Point,
    options: Pick<PreviewOptions, 'trustAuthor' | 'requireServiceAccount'> = {},
  ): Promise<Preview> {
    const connection = this.home.server.connect({ mayWrite: onlyDryRuns });
    const open = async () => ({ inNamespace: () => [...this.clusters.values()], onChange: () => () => {} });
    const links = this.#newLinks();
    const sources = { of: () => this.source };
    try {
      return await new Previewer(connection, sources, options, { links, open }).of(this.app, point);
    } finally {
      connection.close();
    }
  }

  finalize() {
    return this.syncer.finalize(this.app, this.context());
  }

  /** Somebody edits a ConfigMap, and watches tell of it. */
  edit(cluster: string, name: string, x: string): void {
    const { model } = this.places.get(cluster)!;
    const metadata = { name, namespace: NAMESPACE };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { x } } as KubeObject;
    this.#byHand(() => model.edit('kubectl', object));
  }

  /** Somebody deletes one. */
  remove(cluster: string, name: string): void {
    const { model } = this.places.get(cluster)!;
    const key = [...model.objects].find(([, one]) => isMap(one, name))?.[0];
    if (key !== undefined) this.#byHand(() => model.drop(key));
  }

  #byHand(change: () => void): void {
    this.#isByHand = true;
    change();
    this.#isByHand = false;
  }

  /** What the controller writes itself is told before it has its answer, or a moment after. Nothing is told out of order. */
  #watchOf({ model, server }: ModelPlace): void {
    const { origin } = new URL(server.url);
    const waiting: Array<() => void> = [];
    const tellAll = () => {
      for (const tell of waiting.splice(0)) tell();
    };
    model.followers.add((type, object) => {
      waiting.push(() => {
        for (const listener of this.#drift.get(origin) ?? [])
          listener({ type, object, finalStateUnknown: false } as never);
      });
      if (!this.#isByHand && Number(object.metadata.resourceVersion) % 2 === 0) setImmediate(tellAll);
      else tellAll();
    });
  }

  /** All that this process knows is gone, and another one begins. */
  restart(): void {
    this.#home.close();
    this.#home = this.#connect();
    this.#listeners = [];
    this.#drift.clear();
    this.links = this.#newLinks();
    this.syncer = this.newSyncer();
  }

  /** The Leases of processes that are gone run out. */
  expireLeases(): void {
    for (const { model } of this.places.values()) {
      for (const live of model.objects.values()) {
        if (live.kind !== 'Lease') continue;
        const { apiVersion, kind, metadata, spec } = live as unknown as KubeObject & {
          readonly metadata: { readonly name: string };
          readonly spec: object;
        };
        const expired = { ...spec, renewTime: '2000-01-01T00:00:00.000000Z' };
        const at = { name: metadata.name, namespace: NAMESPACE };
        model.edit('time', { apiVersion, kind, metadata: at, spec: expired } as KubeObject);
      }
    }
  }

  async close(): Promise<void> {
    this.#endWaking();
    for (const { server } of this.places.values()) await server.close();
  }

  #connect(): Connection {
    return this.home.server.connect({ mayWrite: () => this.beforeWrite() });
  }

  #newLinks(): ClusterLinks {
    return new ClusterLinks({
      open: ({ kubeconfigText = '', ...options }) => {
        const place = [...this.places.values()].find(({ kubeconfig }) => kubeconfig === kubeconfigText);
        if (!place) throw refusal(401, 'Unauthorized', 'no such cluster');
        // What it is reached with is seen by its server.
        return place.server.connect({ ...options, userAgent: kubeconfigText });
      },
      onDoubt: (key) => this.doubted.push(key),
    });
  }

  readonly #measures: Measures = {
    ask: async (query, signal) => {
      this.questions.push(query);
      return this.measured(query, signal);
    },
  };

  /** @param isMeasured whether its gates have somebody to ask */
  newSyncer(isMeasured = true): Syncer {
    const openKinds =
      ({ server: { origin } }: Connection) =>
      async (): Promise<Followed> => ({
        all: () => [],
        onChange: (listener) => {
          this.#drift.set(origin, [...(this.#drift.get(origin) ?? []), listener]);
          return () => {};
        },
      });
    const syncer = new Syncer(
      { of: () => this.source },
      {
        links: this.links,
        openKinds,
        onGate: (answer) => this.gates.push(answer),
        ...(isMeasured ? { measures: this.#measures } : {}),
        openClusters: async () => ({
          inNamespace: () => [...this.clusters.values()],
          onChange: (listener) => {
            this.#listeners.push(listener);
            return () => {};
          },
        }),
      },
    );
    this.#endWaking();
    this.#endWaking = syncer.waker((key) => this.woken.push(key));
    return syncer;
  }

  #tell(type: 'modified' | 'deleted', object: Stored<Cluster>): void {
    for (const listener of this.#listeners) listener({ type, object, finalStateUnknown: false } as never);
  }
}

function isMap(
  { kind, metadata }: { readonly kind: string; readonly metadata: { readonly name: string } },
  name: string,
) {
  return kind === 'ConfigMap' && metadata.name === name;
}

async function newPlace(model = new ModelApi()): Promise<ModelPlace> {
  const place: Omit<ModelPlace, 'model' | 'server'> = { isAway: false, kubeconfig: undefined };
  const server = await serveModel(model, ({ headers }) => {
    const isTaken = place.kubeconfig === undefined || headers['user-agent'] === place.kubeconfig;
    if (place.isAway || !isTaken) throw refusal(401, 'Unauthorized', 'away');
  });
  return Object.assign(place, { model, server });
}
