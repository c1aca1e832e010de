import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster, until } from '../../cluster';
import { type Application, applications, clusters } from '../../gitops';
import { type BareRepository, GitServer } from '../../gitops/testing-only/git-server';
import { Connection, create, get, type KubeObject, resource } from '../../kube';
import { configMaps, ended, teachApplications } from '../../test/gitops/world';
import { bundled } from '../../test/support/bundled';

export interface ClusterTimes {
  /** From each push until all clusters have it. */
  readonly appliedMs: readonly number[];
  /** The most that the controller's process held. */
  readonly memoryMiB: number;
}

const secrets = resource<KubeObject & { stringData: Record<string, string> }>('v1', 'Secret');
const NAMESPACE = 'shop';
const WITHIN = { withinMs: 240_000, everyMs: 50 } as const;

/** A cluster with an Application and its controller, and others to which that goes. */
export class Clusters {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'drydock-ten-clusters-'));
  readonly #server = new GitServer();
  readonly #others: Cluster[] = [];
  #home: Cluster | undefined;
  #connection: Connection | undefined;
  #controller: ChildProcess | undefined;

  constructor(
    private readonly count: number,
    private readonly objects: number,
  ) {}

  async start(): Promise<void> {
    await this.#server.start();
    const home = await startCluster({ controlPlaneOnly: true });
    this.#home = home;
    const connection = new Connection({ kubeconfig: home.kubeconfig, namespace: NAMESPACE });
    this.#connection = connection;
    await teachApplications(home, connection);
    await home.kubectl(['create', 'namespace', NAMESPACE]);
    // One after the other: each start takes both processors.
    for (let at = 0; at < this.count; at += 1) await this.#add(`cluster-${at}`);
  }

  async #add(name: string): Promise<void> {
    const cluster = await startCluster({ controlPlaneOnly: true });
    this.#others.push(cluster);
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    const of = { name, namespace: NAMESPACE };
    const stringData = { kubeconfig: readFileSync(cluster.kubeconfig, 'utf8') };
    await create(this.#connection!, secrets, { apiVersion: 'v1', kind: 'Secret', metadata: of, stringData });
    await create(this.#connection!, clusters, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { ...of, labels: { tier: 'live' } } },
      spec: { kubeconfig: { secret: name } },
    } as never);
  }

  async measure(rounds: number): Promise<ClusterTimes> {
    const repository = this.#server.repository(NAMESPACE);
    let revision = repository.commit({ 'app/a.yaml': this.#files('0') });
    await this.#follow();
    const program = bundled('test/gitops/controller.ts', this.#folder);
    const store = path.join(this.#folder, 'store');
    const controller = spawn(process.execPath, [program, this.#home!.kubeconfig, store, '', ''], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.#controller = controller;
    await this.#everywhere(revision);
    const appliedMs: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const before = performance.now();
      revision = this.#push(repository, String(round));
      await this.#everywhere(revision);
      appliedMs.push(performance.now() - before);
      await this.#haveAll(String(round));
    }
    const status = readFileSync(`/proc/${controller.pid}/status`, 'utf8');
    const memoryMiB = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
    return { appliedMs, memoryMiB };
  }

  #push(repository: BareRepository, value: string): string {
    return repository.commit({ 'app/a.yaml': this.#files(value) });
  }

  #files(value: string): string {
    const names = Array.from({ length: this.objects }, (_, at) => `map-${at}`);
    return configMaps(Object.fromEntries(names.map((name) => [name, value])));
  }

  async #follow(): Promise<void> {
    const { username, password, ca } = this.#server;
    const stringData = { username, password, 'ca.crt': ca };
    const metadata = { name: 'git', namespace: NAMESPACE };
    await create(this.#connection!, secrets, { apiVersion: 'v1', kind: 'Secret', metadata, stringData });
    await create(this.#connection!, applications, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name: 'shop', namespace: NAMESPACE } },
      spec: {
        source: { url: this.#server.urlOf(NAMESPACE), path: 'app', secret: 'git' },
        destination: { clusterSelector: { matchLabels: { tier: 'live' } } },
        sync: { interval: '1s' },
      },
    } as Application);
  }

  /** Until the Application says of each cluster that it has the commit. */
  async #everywhere(revision: string): Promise<void> {
    const at = { name: 'shop', namespace: NAMESPACE };
    const read = () => get(this.#connection!, applications, at);
    await until(
      `commit ${revision} to be everywhere`,
      async () => {
        const { status } = await read();
        const have = status?.clusters?.filter((one) => one.revision === revision && one.phase === 'Healthy');
        return have?.length === this.count && status?.lastAppliedRevision === revision;
      },
      { ...WITHIN, explain: async () => JSON.stringify((await read()).status) },
    );
  }

  /** What the status says is asked of each cluster itself. */
  async #haveAll(value: string): Promise<void> {
    for (const cluster of this.#others) {
      const args = ['get', 'configmaps', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].data.x}'];
      const values = (await cluster.kubectl(args)).stdout.split(' ');
      if (values.length !== this.objects || values.some((one) => one !== value))
        throw new Error(`a cluster has ${values.length} objects with ${[...new Set(values)]}`);
    }
  }

  async stop(): Promise<void> {
    if (this.#controller?.exitCode === null) await ended(this.#controller, 'SIGKILL');
    this.#connection?.close();
    for (const cluster of this.#others) await cluster.stop();
    await this.#home?.stop();
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
