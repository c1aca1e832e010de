import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { tool, until } from '../../cluster';
import { freePort } from '../../gitops/testing-only/free-port';
import { create, type KubeObject, patch, resource, type Store } from '../../kube';
import { goModule } from '../../scripts/imports/go-module';
import { ended } from '../../test/gitops/world';
import type { Artifact, Artifacts } from './artifacts';
import { callsOf } from './calls';
import { type Cost, costOf } from './cost';
import { type App, appsOf, filesOf, manifests } from './fleet';
import type { Cold } from './ours';
import { createAll, each, follow, type Place, untilAll, type Waited } from './place';

interface Kustomization extends KubeObject {
  readonly spec: object;
  readonly status?: {
    readonly lastAppliedRevision?: string;
    readonly lastHandledReconcileAt?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const repositoryKind = resource<KubeObject & { spec: object }>(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  {
    ...{ plural: 'gitrepositories', namespaced: true },
  },
);
const kustomizations = resource<Kustomization>('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', {
  ...{ plural: 'kustomizations', namespaced: true },
});
const pins = path.join(__dirname, '..', '..', 'cluster', 'tools', 'kustomize-controller');
const REQUESTED = 'reconcile.fluxcd.io/requestedAt';

/** As its makers measure it, and with no limit of calls that it would meet here. */
const ARGS = [
  '--concurrent=20',
  '--kube-api-qps=500',
  '--kube-api-burst=1000',
  '--watch-all-namespaces=false',
];

/** What it takes for each that has not changed. */
export interface Again {
  readonly done: number;
  readonly cpuMs: number;
  readonly calls: number;
}

export interface FluxAbout {
  readonly count: number;
  readonly repositories: number;
  /** One folder for all, which differ in the prefix of their names: the least that an artifact can be. */
  readonly isOneFolder?: boolean;
}

/** Brings Flux's kinds into a cluster, as their makers define them. */
export async function teachFlux({ cluster }: Place): Promise<void> {
  const of = async (module: string, pinned: string, names: readonly string[]) => {
    const { Dir } = await goModule(`github.com/fluxcd/${module}`, pinned);
    return names.map((name) => path.join(Dir, 'config', 'crd', 'bases', `${name}.yaml`));
  };
  const sources = ['gitrepositories', 'ocirepositories', 'buckets', 'externalartifacts'];
  const files = [
    ...(await of('kustomize-controller', pins, ['kustomize.toolkit.fluxcd.io_kustomizations'])),
    ...(await of(
      'source-controller',
      path.join(__dirname, 'source-controller'),
      sources.map((plural) => `source.toolkit.fluxcd.io_${plural}`),
    )),
  ];
  await cluster.kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', file])]);
  await until('the API server to know the kinds of Flux', async () => {
    const kinds = 'kustomizations.kustomize.toolkit.fluxcd.io,gitrepositories.source.toolkit.fluxcd.io';
    return (await cluster.kubectl(['get', kinds, '-A'], { allowFailure: true })).code === 0;
  });
}

/** Flux's kustomize-controller with Kustomizations of its own namespace. */
export class Flux {
  readonly #apps: readonly App[];
  readonly #repositoryOf: ReadonlyMap<string, number>;
  readonly #calls;
  readonly #said: string[] = [];
  #process: ChildProcess | undefined;
  #store: Store<Kustomization> | undefined;
  #revisions: string[] = [];

  constructor(
    readonly place: Place,
    readonly artifacts: Artifacts,
    readonly namespace: string,
    readonly about: FluxAbout,
  ) {
    this.#apps = appsOf(about.count, about.repositories);
    this.#repositoryOf = new Map(this.#apps.map((one) => [one.name, one.repository]));
    this.#calls = callsOf(place.cluster, 'flux');
  }

  #filesOf(
    repository: number,
    changed?: ReadonlySet<string>,
    value?: string,
  ): Readonly<Record<string, string>> {
    if (this.about.isOneFolder) return { 'app/all.yaml': manifests('app', '0') };
    const apps = this.#apps.filter((app) => app.repository === repository);
    return filesOf(apps, changed, value);
  }

  async prepare(): Promise<void> {
    const { place, namespace, about } = this;
    const { connection, cluster } = place;
    await cluster.kubectl(['create', 'namespace', namespace]);
    for (let at = 0; at < about.repositories; at += 1) {
      const { apiVersion, kind } = repositoryKind;
      const metadata = { name: `r-${at}`, namespace };
      const spec = { interval: '24h', url: 'https://127.0.0.1/none' };
      await create(connection, repositoryKind, { apiVersion, kind, metadata, spec });
      const artifact = this.artifacts.pack(`${namespace}-${at}`, this.#filesOf(at));
      await this.#publish(at, artifact);
    }
    const all = this.#apps.map(({ name, repository, folder }): Kustomization => {
      const { apiVersion, kind } = kustomizations;
      const sourceRef = { kind: 'GitRepository', name: `r-${repository}` };
      const where = about.isOneFolder ? { path: './app', namePrefix: `${name}-` } : { path: `./${folder}` };
      // An interval that never comes: what is measured is asked for.
      const spec = { interval: '24h', prune: true, targetNamespace: namespace, sourceRef, ...where };
      return { apiVersion, kind, metadata: { name, namespace }, spec };
    });
    await createAll(connection, kustomizations, all);
    this.#store = await follow(place, kustomizations, namespace);
  }

  /** Says, as source-controller does, that a repository is at this commit. */
  async #publish(repository: number, artifact: Artifact): Promise<void> {
    const condition = {
      ...{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'stored artifact' },
      ...{ lastTransitionTime: artifact.lastUpdateTime, observedGeneration: 1 },
    };
    const at = { name: `r-${repository}`, namespace: this.namespace, subresource: 'status' };
    const status = { observedGeneration: 1, artifact, conditions: [condition] };
    await patch(this.place.connection, repositoryKind, at, { merge: { status } });
    this.#revisions[repository] = artifact.revision;
  }

  readonly #isReady = ({ metadata, status }: Kustomization): boolean => {
    const repository = this.#repositoryOf.get(metadata?.name ?? '') ?? -1;
    const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
    return isReady === true && status?.lastAppliedRevision === this.#revisions[repository];
  };

  /** Starts the controller, and waits until all are ready or the time is over. */
  async cold(withinSeconds: number): Promise<Cold> {
    this.#calls.since();
    const began = performance.now();
    const program = await tool('kustomize-controller');
    const ports = [
      `--metrics-addr=127.0.0.1:${await freePort()}`,
      `--health-addr=127.0.0.1:${await freePort()}`,
    ];
    const env = {
      ...process.env,
      KUBECONFIG: this.place.cluster.kubeconfig,
      RUNTIME_NAMESPACE: this.namespace,
    };
    this.#process = spawn(program, [...ARGS, ...ports], { stdio: ['ignore', 'ignore', 'pipe'], env });
    createInterface({ input: this.#process.stderr! }).on('line', (line) => {
      this.#said.push(line);
      this.#said.splice(0, this.#said.length - 20);
    });
    const waited = await untilAll(this.#store!, this.#apps.length, withinSeconds, this.#isReady, began);
    if (waited.done === 0) throw new Error(`Flux has made nothing ready:\n${this.#said.join('\n')}`);
    return { ...waited, cost: this.cost(), calls: this.#calls.since() };
  }

  cost(): Cost {
    return costOf(this.#process!.pid!);
  }

  /** Gives up what is not ready yet, so that nothing waits behind it; ends once that which has begun has ended. */
  async leaveOpen(): Promise<void> {
    const open = this.#store!.all().filter((one) => !this.#isReady(one));
    const at = (name: string) => ({ name, namespace: this.namespace });
    const merge = { spec: { suspend: true } };
    await each(open, ({ metadata }) =>
      patch(this.place.connection, kustomizations, at(metadata.name), { merge }),
    );
    let before = this.cost().cpuMs;
    const isIdle = () => {
      const took = this.cost().cpuMs - before;
      before += took;
      return took < 100;
    };
    await until('Flux to end what it has begun', isIdle, { everyMs: 2_000, withinMs: 120_000 });
  }

  /** Has it look at some that are ready and have not changed, as it does at each interval: what each of them takes. */
  async again(most: number): Promise<Again> {
    const ready = this.#store!.all().filter(this.#isReady).slice(0, most);
    const names = new Set(ready.map(({ metadata }) => metadata.name));
    const requestedAt = new Date().toISOString();
    this.#calls.since();
    const before = this.cost();
    const merge = { metadata: { annotations: { [REQUESTED]: requestedAt } } };
    const at = (name: string) => ({ name, namespace: this.namespace });
    await each([...names], (name) => patch(this.place.connection, kustomizations, at(name), { merge }));
    const { done } = await untilAll(this.#store!, names.size, 120, ({ metadata, status }) => {
      return names.has(metadata?.name ?? '') && status?.lastHandledReconcileAt === requestedAt;
    });
    const cpuMs = this.cost().cpuMs - before.cpuMs;
    return { done, cpuMs: cpuMs / done, calls: this.#calls.since() / done };
  }

  /** A commit that touches some of one repository, from when source-controller would have told it until it is applied. */
  async push(touched: number, value: string, withinSeconds: number): Promise<Waited> {
    const names = new Set(
      this.#apps
        .filter(({ repository }) => repository === 0)
        .slice(0, touched)
        .map(({ name }) => name),
    );
    const artifact = this.artifacts.pack(`${this.namespace}-0`, this.#filesOf(0, names, value));
    const began = performance.now();
    await this.#publish(0, artifact);
    const isApplied = (one: Kustomization) => names.has(one.metadata?.name ?? '') && this.#isReady(one);
    return untilAll(this.#store!, names.size, withinSeconds, isApplied, began);
  }

  async stop(): Promise<void> {
    this.#store?.close();
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
  }
}
