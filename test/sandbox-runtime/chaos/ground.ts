import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Cluster, until } from '../../../cluster';
import type { JsonObject } from '../../../core/template';
import type { Pod } from '../../../imports/k8s';
import type { Sandboxes } from '../../../sandbox';
import { bundled } from '../../support/bundled';
import { Seen, Witness } from '../pool-killed';
import type { ManagerOptions } from '../pool-manager';
import { RuntimeInstallation } from '../runtime';
import { Census } from './census';
import type { Fault } from './fault';
import type { Way } from './life';
import { FaultyWay } from './way';
import { type Workspace, Workspaces } from './workspace';

/** What callers use of a manager. */
export type Manager = Pick<Sandboxes, 'claim' | 'job' | 'warmUp' | 'close'>;

/** Members that the manager keeps ready, for as many callers at a time. */
const SHARE = 4;
const FULL_WITHIN_MS = 240_000;

/**
 * One manager with a pool on a cluster, over a way that goes wrong; beside it another process that shares the pool and claims
 * all the time; and who looks at all of it from outside.
 */
export class Ground {
  readonly census: Census;
  readonly rival = new Seen();
  readonly witness: Witness;
  readonly workspaces: Workspaces;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-chaos-'));
  readonly #managers: Manager[] = [];
  #rival: ChildProcess | undefined;
  #tokens = 0;
  /** Counts what has met a fault. */
  hit: (way: Way) => void = () => {};

  private constructor(
    readonly installation: RuntimeInstallation,
    readonly way: FaultyWay,
    /** Replaced where another one is looked at. */
    public manager: Manager,
    private readonly tokenFile: string,
    private readonly share: number,
  ) {
    const { cluster, sandboxNamespace } = installation;
    this.census = new Census(cluster, sandboxNamespace);
    this.witness = new Witness(installation);
    this.workspaces = new Workspaces(cluster);
    this.#managers.push(manager);
  }

  static async on(cluster: Cluster, share = SHARE): Promise<Ground> {
    const installation = await new RuntimeInstallation(cluster).install();
    const { url, ca } = installation.apiServer;
    const way = await FaultyWay.to(url, ca);
    const tokenFile = path.join(path.dirname(installation.kubeconfig), 'token');
    writeFileSync(tokenFile, await installation.tokenOfAccount(), { mode: 0o600 });
    const kubeconfig = installation.kubeconfigOver({ url: way.url, ca: way.ca, tokenFile });
    const pool = { warm: share, values: installation.run() };
    const manager = installation.sandboxes({ kubeconfig, pool, startTimeoutMs: 120_000 });
    const ground = new Ground(installation, way, manager, tokenFile, share);
    await manager.warmUp(FULL_WITHIN_MS);
    return ground;
  }

  get cluster(): Cluster {
    return this.installation.cluster;
  }

  /** Another manager of the same pool, straight to the API server. */
  another(warm: number): Sandboxes {
    const manager = this.installation.sandboxes({ pool: { warm, values: this.installation.run() } });
    this.#managers.push(manager);
    return manager;
  }

  /** Starts the process that claims all the time. */
  load(): void {
    const { template, sandboxNamespace: namespace, kubeconfig } = this.installation;
    const values = this.installation.run() as ManagerOptions['values'];
    const options: ManagerOptions = { template, namespace, kubeconfig, values, warm: 1, callers: 1 };
    const program = bundled('test/sandbox-runtime/pool-manager.ts', this.#folder);
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    this.#rival = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: [...stdio] });
    this.rival.follow(this.#rival);
  }

  values({ values = {} }: Fault): JsonObject {
    return this.installation.run(values as JsonObject);
  }

  async workspace(sandbox: string): Promise<Workspace> {
    return this.workspaces.of((await this.#pod(sandbox)).metadata!.uid!);
  }

  async podOf(sandbox: string): Promise<string> {
    return (await this.#pod(sandbox)).metadata!.name!;
  }

  /** As an administrator does who has reason to: the new one is there, then the old one is worth nothing. */
  async rotateToken(): Promise<void> {
    const namespace = this.installation.policyNamespace;
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    this.#tokens += 1;
    const name = `token-${this.#tokens}`;
    const { metadata } = await this.cluster.api.call<{ metadata: { uid: string } }>('POST', secrets, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
    });
    const bound = { apiVersion: 'v1', kind: 'Secret', name, uid: metadata.uid };
    writeFileSync(this.tokenFile, await this.installation.tokenOfAccount(bound), { mode: 0o600 });
    if (this.#tokens > 1) await this.cluster.api.call('DELETE', `${secrets}/token-${this.#tokens - 1}`);
  }

  /** How long it takes until the pool is full again while nobody claims; `undefined` where it does not become so. */
  async fullAgain(withinMs = FULL_WITHIN_MS): Promise<number | undefined> {
    const began = performance.now();
    const isFull = async () => {
      await this.manager.warmUp(withinMs);
      if (Math.max(0, ...(await this.census.warm()).values()) < this.share) throw new Error('not full');
      return true;
    };
    // Which claims from this pool too while its own member starts, and on a busy machine faster than both are filled.
    this.#rival?.kill('SIGSTOP');
    try {
      await until('the pool to be full again', isFull, { withinMs, everyMs: 500 });
      return performance.now() - began;
    } catch {
      return undefined;
    } finally {
      this.#rival?.kill('SIGCONT');
    }
  }

  async close(): Promise<void> {
    if (this.#rival) {
      const ended = once(this.#rival, 'exit');
      this.#rival.kill('SIGKILL');
      await ended;
    }
    this.way.follow(() => undefined);
    await Promise.all(this.#managers.map((one) => one.close()));
    await this.census.close();
    this.witness.close();
    this.workspaces.close();
    this.way.close();
    await this.installation.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #pod(sandbox: string): Promise<Pod> {
    const path = `/api/v1/namespaces/${this.installation.sandboxNamespace}/pods?labelSelector=job-name%3D${sandbox}`;
    const { items } = await this.cluster.api.call<{ items: Pod[] }>('GET', path);
    if (!items[0]) throw new Error(`no pod of ${sandbox}`);
    return items[0];
  }
}
