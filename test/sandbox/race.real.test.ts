import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CiFixerAdminChart } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster, sharedCluster, until } from '../../cluster';
import { App } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { buildGate, GATE_IMAGE } from './gate-image';
import { AdminInstallation } from './installation';
import { Manager } from './manager';

jest.setTimeout(300_000);

const WORKERS = 4;
/** A policy that is deleted is in force for a second or two more. */
const AFTERWARDS_MS = 3000;

/** A manager who creates a forbidden Job over and over, from before there is anything to create it in. */
class Hammer {
  readonly created: string[] = [];
  tries = 0;
  private deniedByPolicy = 0;
  private isOn = true;
  private readonly workers: Promise<void>[];

  constructor(manager: Manager, { sandboxNamespace, policyName }: AdminInstallation) {
    this.workers = Array.from({ length: WORKERS }, async () => {
      while (this.isOn) {
        const name = `forbidden-${this.tries++}`;
        const { status, text } = await manager.createJob(sandboxNamespace, forbidden(name));
        if (status < 300) this.created.push(name);
        if (text.includes(policyName)) this.deniedByPolicy++;
      }
    });
  }

  get wasDenied(): boolean {
    return this.deniedByPolicy > 0;
  }

  async stop(): Promise<void> {
    this.isOn = false;
    await Promise.all(this.workers);
  }
}

function forbidden(name: string): JsonObject {
  const containers = [{ name: 'a', image: 'evil.example.com/miner:1' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  // Suspended, so that what gets in does not keep the node busy.
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { suspend: true, template } };
}

describe('a manager that creates forbidden Jobs from the first moment of the installation to the last', () => {
  let cluster: Cluster;
  let folder: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    await buildGate(cluster);
    folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-race-'));
    const app = new App({ outdir: path.join(folder, 'manifests') });
    new CiFixerAdminChart(app);
    app.synth();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** How the administrator installs the chart and takes it away again. */
  interface Way {
    install(installation: AdminInstallation): Promise<unknown>;
    uninstall(installation: AdminInstallation): Promise<unknown>;
  }

  const byHelm: Way = {
    install(installation) {
      const { releaseName, policyNamespace, values } = installation;
      const file = path.join(folder, `values-${randomBytes(3).toString('hex')}.json`);
      writeFileSync(file, JSON.stringify(values));
      const chart = path.join(folder, 'charts', 'ci-fixer-admin');
      return cluster.helm(['install', releaseName, chart, '-n', policyNamespace, '-f', file]);
    },
    uninstall: ({ releaseName, policyNamespace }) =>
      cluster.helm(['uninstall', releaseName, '-n', policyNamespace]),
  };

  const byKubectl: Way = {
    install: ({ objects }) => cluster.kubectl(['apply', '-f', '-'], { input: listOf(objects) }),
    uninstall: ({ objects }) =>
      cluster.kubectl(['delete', '--wait=false', '-f', '-'], { input: listOf(objects) }),
  };

  async function hammer(way: Way, gate: JsonObject): Promise<Hammer> {
    const installation = new AdminInstallation(cluster, BUSYBOX_IMAGE, { gate });
    await installation.createReleaseNamespace();
    const manager = await Manager.of(cluster, installation.policyNamespace);
    const hammering = new Hammer(manager, installation);
    try {
      await way.install(installation);
      await until('the manager to be let in', async () => {
        const { status } = await manager.createJob(
          installation.sandboxNamespace,
          installation.job({ name: 'good' }),
          '?dryRun=All',
        );
        return status === 201;
      });
      await pause(AFTERWARDS_MS);
      await way.uninstall(installation);
      await pause(AFTERWARDS_MS);
      return hammering;
    } finally {
      await hammering.stop();
      manager.close();
      await installation.remove();
    }
  }

  test.each([
    ['helm', byHelm],
    ['kubectl', byKubectl],
  ])('gets none in where %s installs', async (_, way) => {
    const { created, tries, wasDenied } = await hammer(way, { enabled: true, image: GATE_IMAGE });
    expect(created).toEqual([]);
    expect(wasDenied).toBe(true);
    expect(tries).toBeGreaterThan(500);
  });

  test('gets some in without the gate, or the test above could not fail', async () => {
    const { created } = await hammer(byHelm, { enabled: false });
    expect(created.length).toBeGreaterThan(0);
  });
});

function listOf(objects: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}
