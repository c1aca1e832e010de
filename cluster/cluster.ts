import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiClient } from './api-client';
import type { Berth, Component } from './berth';
import { type CommandOptions, type CommandResult, runAttached, runCommand } from './command';
import { type ComponentName, heldName } from './components/names';
import { ClusterError } from './errors';
import { type ImageBuild, withBuiltImage } from './images/build';
import { importArchive } from './images/import';
import type { Layout, NodeLayout } from './layout';
import { pushArchive, type Registry, registryComponent } from './registry';
import { registryAddress, registryFiles } from './registry-access';
import { tool } from './tools/tool';
import { until } from './until';

// What `await using` needs, for consumers whose `lib` does not have it. A reference to the library esnext.disposable
// would bring it too, and with it iterators that the old @types/node of a fresh cdk8s project does not fit.
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}

/** Which node a call is about. */
export interface OnNode {
  /** @default 'node1' */
  readonly node?: string;
}

/** One line of the API server's audit log, as far as tests look at it. */
export interface AuditEvent {
  /** The same of all events of one call: a watch has one at its begin and one at its end. */
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

/**
 * A running cluster. `stop()` ends all of it; `await using` does so by itself.
 *
 * @example
 * await using cluster = await startCluster();
 * await cluster.helm(['install', 'shop', './dist/charts/shop', '--wait']);
 * console.log((await cluster.kubectl(['get', 'pods'])).stdout);
 */
export class Cluster {
  /** The name of the cluster. */
  readonly id: string;
  /** A kubeconfig for the administrator that works on this machine: its server is a port on 127.0.0.1. */
  readonly kubeconfig: string;
  /** The same for programs inside the cluster's network (`run`). */
  readonly internalKubeconfig: string;
  /** Where the components log, one file each. */
  readonly logsDirectory: string;

  /** @internal use `startCluster` or `attachCluster` */
  constructor(
    /** @internal */ readonly layout: Layout,
    /** @internal */ readonly berth: Berth,
    /** Raw requests to the API as the administrator. */
    readonly api: ApiClient,
    private readonly components: Map<string, Component>,
  ) {
    this.id = layout.id;
    this.kubeconfig = path.join(layout.directory, 'admin.kubeconfig');
    this.internalKubeconfig = path.join(layout.directory, 'internal.kubeconfig');
    this.logsDirectory = layout.logs;
  }

  /** The names of the nodes; empty for a control plane. */
  get nodes(): readonly string[] {
    return this.layout.controlPlaneOnly ? [] : this.layout.nodes.map((node) => node.name);
  }

  /** The address of a node inside the cluster's network. */
  nodeAddress(options: OnNode = {}): string {
    return this.nodeLayout(options).address;
  }

  /** Runs kubectl against this cluster, whatever the user's current context is. */
  async kubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand(await tool('kubectl'), args, this.withKubeconfig(options));
  }

  /** Runs helm (4, or 3 on request) against this cluster, with caches of its own. */
  async helm(
    args: readonly string[],
    options: CommandOptions & { readonly version?: 3 | 4 } = {},
  ): Promise<CommandResult> {
    // What helm writes must not bring back the folder of a cluster that is gone.
    this.berth.requireRunning();
    const folder = path.join(this.layout.directory, 'helm');
    const env = {
      HELM_CACHE_HOME: path.join(folder, 'cache'),
      HELM_CONFIG_HOME: path.join(folder, 'config'),
      HELM_DATA_HOME: path.join(folder, 'data'),
      ...options.env,
    };
    return runCommand(await tool(`helm-${options.version ?? 4}`), args, {
      ...this.withKubeconfig(options),
      env: { ...this.withKubeconfig(options).env, ...env },
    });
  }

  /** Runs a program of this machine inside a node's network, where cluster addresses answer. */
  async run(
    file: string,
    args: readonly string[] = [],
    options: CommandOptions & OnNode = {},
  ): Promise<CommandResult> {
    const network = this.berth.networkFile(this.nodeLayout(options).name);
    return runCommand('nsenter', [`--net=${network}`, '--', file, ...args], {
      ...options,
      env: { KUBECONFIG: this.internalKubeconfig, ...options.env },
    });
  }

  /** Like `run`, with this process's own terminal; resolves to the program's status. */
  async runAttached(
    file: string,
    args: readonly string[] = [],
    options: Pick<CommandOptions, 'env'> & OnNode = {},
  ): Promise<number> {
    const network = this.berth.networkFile(this.nodeLayout(options).name);
    const env = { KUBECONFIG: this.internalKubeconfig, ...options.env };
    return runAttached('nsenter', [`--net=${network}`, '--', file, ...args], env);
  }

  /** Opens a port on 127.0.0.1 that leads to an address inside the cluster; it closes with the cluster. */
  forward(address: string, port: number, options: OnNode = {}): Promise<number> {
    return this.berth.forward(this.nodeLayout(options).name, `${address}:${port}`);
  }

  /** Opens a port on 127.0.0.1 that leads to a node port. */
  nodePort(port: number, options: OnNode = {}): Promise<number> {
    return this.forward(this.nodeAddress(options), port, options);
  }

  /** Puts an image archive (docker or OCI) into the store of every node. */
  async importImage(archive: string): Promise<void> {
    this.requireNodes('importImage');
    await Promise.all(this.layout.nodes.map((node) => importArchive(node, archive)));
  }

  /** Builds a Dockerfile and puts the image on every node. Returns the image's name. */
  async buildImage(build: ImageBuild): Promise<string> {
    this.requireNodes('buildImage');
    await withBuiltImage(build, (archive) => this.importImage(archive));
    return build.tag;
  }

  /** The image registry inside the cluster, started when first asked for. */
  async registry(): Promise<Registry> {
    this.requireNodes('registry');
    const node = this.layout.nodes[0]!.name;
    const address = registryAddress(this.layout);
    if ((await this.berth.statuses()).registry !== '') {
      const component = await registryComponent(this.layout);
      this.components.set(component.name, component);
      await this.berth.start(component).catch(async (error: unknown) => {
        // Another test of this cluster was a moment faster.
        if ((await this.berth.statuses()).registry !== '') throw error;
      });
    }
    await until('the registry to listen', () => this.berth.answers(node, address));
    return {
      address,
      files: registryFiles(this.layout),
      push: async (archive, name) => pushArchive(this.layout, this.berth.networkFile(node), archive, name),
    };
  }

  /** Ends a component at once, as a crash would. It stays down until `restart`. */
  async kill(component: ComponentName, options: OnNode = {}): Promise<void> {
    const name = this.held(component, options);
    await this.berth.signal(name, 'SIGKILL');
    await this.berth.wait(name);
  }

  /** Stops a component's process where it is, without ending it, until `resume`. */
  async pause(component: ComponentName, options: OnNode = {}): Promise<void> {
    await this.berth.signal(this.held(component, options), 'SIGSTOP');
  }

  /** Lets a paused component go on. */
  async resume(component: ComponentName, options: OnNode = {}): Promise<void> {
    await this.berth.signal(this.held(component, options), 'SIGCONT');
  }

  /** Ends a component if it runs and starts it again with the same arguments. */
  async restart(component: ComponentName, options: OnNode = {}): Promise<void> {
    const name = this.held(component, options);
    if ((await this.berth.statuses())[name] === '') {
      await this.berth.signal(name, 'SIGCONT');
      await this.berth.signal(name, 'SIGTERM');
      await this.berth.wait(name);
    }
    await this.berth.start(this.components.get(name)!);
    if (component === 'apiserver' || component === 'etcd') await this.apiReady();
  }

  /** Waits until the API server says that it is ready. */
  async apiReady(): Promise<void> {
    await until('the API server to be ready', async () => {
      return (await this.api.send('GET', '/readyz')).status === 200;
    });
  }

  /** Which components run: '' while one does, else how it ended. */
  statuses(): Promise<Readonly<Record<string, string>>> {
    return this.berth.statuses();
  }

  /** The log of a component. */
  logs(component: ComponentName, options: OnNode = {}): string {
    return readFileSync(path.join(this.layout.logs, `${this.held(component, options)}.log`), 'utf8');
  }

  /** Every request that the API server has answered so far: who, what, which object, with which status. */
  auditLog(): AuditEvent[] {
    const lines = readFileSync(this.layout.auditLog, 'utf8').split('\n');
    // The last piece is empty, or a line that is just being written.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEvent);
  }

  /** Whether the process that holds the cluster is alive. */
  isRunning(): boolean {
    return this.berth.isRunning();
  }

  /** Ends every process of the cluster and removes all it made. */
  async stop(): Promise<void> {
    this.api.close();
    await this.berth.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private nodeLayout(options: OnNode): NodeLayout {
    const wanted = options.node ?? 'node1';
    const node = this.layout.nodes.find((candidate) => candidate.name === wanted);
    if (node) return node;
    throw new ClusterError('OPTION_INVALID', {
      where: `cluster ${this.id}, option node`,
      found: JSON.stringify(wanted),
      expected: `one of ${this.layout.nodes.map((candidate) => candidate.name).join(', ')}`,
      remedy: 'start the cluster with `nodes: 2` for a second node',
    });
  }

  private held(component: ComponentName, options: OnNode): string {
    const name = heldName(component, this.nodeLayout(options).name);
    if (this.components.has(name)) return name;
    throw new ClusterError('NOT_IN_THIS_MODE', {
      where: `cluster ${this.id}`,
      found: `no component "${name}"`,
      expected: `one of ${[...this.components.keys()].join(', ')}`,
      remedy: 'start the cluster without `controlPlaneOnly` or with the option that adds the component',
    });
  }

  private requireNodes(where: string): void {
    if (!this.layout.controlPlaneOnly) return;
    throw new ClusterError('NOT_IN_THIS_MODE', {
      where: `${where} of cluster ${this.id}`,
      found: 'a control plane without nodes',
      expected: 'a cluster with nodes',
      remedy: 'start it without `controlPlaneOnly`',
    });
  }

  private withKubeconfig(options: CommandOptions): CommandOptions {
    return { ...options, env: { KUBECONFIG: this.kubeconfig, ...options.env } };
  }
}
