import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster, until } from '../../../cluster';
import { GitServer } from '../../../gitops/testing-only/git-server';
import { Connection } from '../../../kube';
import { teachApplications } from '../../../test/gitops/world';
import type { Planted } from '../../../test/laws/fresh-modules';
import { type Relay, relayTo } from '../../../test/support/relay';
import { Controllers } from './controllers';
import { Delivered } from './delivered';
import { program } from './program';
import { Witness } from './witness';

/** Enough for both controllers, and soon full. */
const STORES_BYTES = 16 * 1024 * 1024;

/** Two clusters with an API server each, a git server, two controllers, and Applications that go to either. */
export class Ground {
  readonly server = new GitServer();
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'drydock-gitops-faults-'));
  /** A file system of its own, in which the controllers keep repositories. */
  readonly stores = path.join(this.#folder, 'stores');
  home!: Cluster;
  /** To the API server of the other cluster. */
  relay!: Relay;
  controllers!: Controllers;
  witness!: Witness;
  apps: readonly Delivered[] = [];
  #east!: Cluster;
  #connections!: { readonly home: Connection; readonly east: Connection };
  #rounds = 0;

  async start(): Promise<this> {
    mkdirSync(this.stores);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${STORES_BYTES}`, 'tmpfs', this.stores]);
    await this.server.start();
    this.home = await startCluster({ controlPlaneOnly: true });
    this.#east = await startCluster({ controlPlaneOnly: true });
    this.#connections = {
      home: new Connection({ kubeconfig: this.home.kubeconfig }),
      east: new Connection({ kubeconfig: this.#east.kubeconfig }),
    };
    this.relay = await relayTo(Number(this.#connections.east.server.port));
    await teachApplications(this.home, this.#connections.home);
    return this;
  }

  /** Applications and controllers of their own, which are well. */
  async begin(planted?: Planted): Promise<void> {
    await this.end();
    this.#rounds += 1;
    const { home, east } = this.#connections;
    const port = String(east.server.port);
    const kubeconfig = readFileSync(this.#east.kubeconfig, 'utf8').replace(port, String(this.relay.port));
    const make = (name: string, elsewhere?: Parameters<typeof Delivered.make>[3]) =>
      Delivered.make(`${name}-${this.#rounds}`, this.server, home, elsewhere);
    this.apps = [await make('one'), await make('two'), await make('east', { connection: east, kubeconfig })];
    this.witness = new Witness(this.apps, home, east).start();
    const bundle = await program(planted, this.#folder);
    this.controllers = await Controllers.start(bundle, this.home.kubeconfig, this.stores);
    await this.untilWell();
  }

  /** Waits until all Applications are as their heads say; answers with the seconds that it took. */
  async untilWell(apps: readonly Delivered[] = this.apps): Promise<number> {
    const from = performance.now();
    const explain = () =>
      `${apps.map((one) => JSON.stringify(this.witness.said(one))).join('\n')}\n${this.controllers.said}`;
    const how = { withinMs: 300_000, everyMs: 20, explain };
    await until('all to be well', () => apps.every((one) => this.witness.isWell(one)), how);
    return (performance.now() - from) / 1_000;
  }

  /** The Applications and controllers of now have had their time. */
  async end(): Promise<void> {
    if (this.apps.length === 0) return;
    await this.controllers.close();
    await this.witness.stop();
    for (const { name } of this.apps)
      await this.home.kubectl(
        ['-n', name, 'patch', 'application.ajj.io', 'shop', '--type=merge'].concat([
          '-p',
          '{"metadata":{"finalizers":null}}',
        ]),
      );
    for (const { name } of this.apps)
      await this.home.kubectl(['-n', name, 'delete', 'application.ajj.io', 'shop', '--wait=false']);
    this.apps = [];
  }

  async stop(): Promise<void> {
    await this.end().catch(() => {});
    await this.relay?.close();
    this.#connections?.home.close();
    this.#connections?.east.close();
    await this.#east?.stop();
    await this.home?.stop();
    await this.server.stop();
    execFileSync('umount', ['--lazy', this.stores]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
