import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HelloChart } from '../../charts';
import {
  BASE_IMAGE,
  type Cluster,
  sharedCluster,
  type TestNamespace,
  until,
  withNamespace,
} from '../../cluster';
import { App } from '../../core/synth';

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-install-'));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await sharedCluster();
  const context = path.join(__dirname, 'hello-image');
  await cluster.buildImage({ tag: 'registry.example.com/hello:1.0.0', context, args: { BASE: BASE_IMAGE } });
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new HelloChart(app);
  app.synth();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that a namespace holds, of every kind there is; events only tell what happened. */
async function contentOf({ kubectl }: TestNamespace): Promise<string[]> {
  const kinds = (await kubectl(['api-resources', '--namespaced', '--verbs=list,delete', '-o', 'name'])).stdout
    .split('\n')
    .filter((kind) => kind !== '' && !kind.startsWith('events'));
  const { stdout } = await kubectl(['get', kinds.join(','), '-o', 'name']);
  return stdout.split('\n').filter(Boolean).sort();
}

/** Installs a chart, lets its test pass, uninstalls it, and looks that nothing is left. */
async function comeAndGo(version: 3 | 4, source: string): Promise<void> {
  await withNamespace(
    cluster,
    async (namespace) => {
      const helm = (args: readonly string[]) =>
        cluster.helm([...args, '--namespace', namespace.name], { version });
      const before = await contentOf(namespace);
      const chart = path.join(folder, 'charts', source);
      await helm(['install', 'first', chart, '--set', 'replicas=1', '--wait', '--timeout=90s']);
      const during = await contentOf(namespace);
      for (const made of ['deployment.apps/first-hello-web', 'service/first-hello-web'])
        expect(during).toContain(made);

      expect((await helm(['test', 'first', '--timeout=90s'])).stdout).toMatch(/Phase:\s+Succeeded/);
      await helm(['uninstall', 'first', '--wait', '--timeout=90s']);
      await until('the namespace to be as it was', async () => {
        const left = (await contentOf(namespace)).filter((object) => !before.includes(object));
        return left.length === 0;
      });
    },
    { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  );
}

test.each([4, 3] as const)(
  'helm %i installs folder and archive, their tests pass, and nothing is left of them',
  async (version) => {
    // Beside each other: most of it is waiting for pods to begin and to end.
    await Promise.all(['hello', 'hello-0.1.0.tgz'].map((source) => comeAndGo(version, source)));
  },
);

test('the test of the chart fails where the service does not answer', async () => {
  await withNamespace(cluster, async (namespace) => {
    const helm = (...args: string[]) =>
      cluster.helm([...args, '--namespace', namespace.name], { allowFailure: true });
    const chart = path.join(folder, 'charts', 'hello');
    // Not waited for: no pod of it is ready within its first five seconds.
    expect((await helm('install', 'first', chart)).code).toBe(0);
    await namespace.kubectl(['scale', 'deployment/first-hello-web', '--replicas=0']);
    const { code, stderr } = await helm('test', 'first', '--timeout=5s');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('first-hello-ask') });
  });
});
