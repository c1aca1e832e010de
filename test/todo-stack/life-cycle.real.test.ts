import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TodoStackChart } from '../../charts';
import { type Cluster, sharedCluster, until, withNamespace } from '../../cluster';
import { App } from '../../core/synth';
import { expectNothingLost, lifeCycle } from '../support/life-cycle';
import { buildImages, SECRETS, serviceNames, stackRelease, valuesFor } from './stack';

jest.setTimeout(600_000);

describe('the todo stack by helm', () => {
  let cluster: Cluster;
  let folder: string;
  let chart: string;
  let valuesFile: string;
  const nodePort = 30_091;

  beforeAll(async () => {
    cluster = await sharedCluster();
    await buildImages(cluster);
    folder = mkdtempSync(path.join(os.tmpdir(), 'todo-stack-'));
    const app = new App({ outdir: path.join(folder, 'manifests') });
    new TodoStackChart(app);
    app.synth();
    chart = path.join(folder, 'charts', 'todo-app');
    valuesFile = path.join(folder, 'values.json');
    writeFileSync(valuesFile, JSON.stringify(valuesFor(nodePort)));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is installed, upgraded, rolled back and scaled without losing a request', async () => {
    await withNamespace(cluster, async (namespace) => {
      const where = { cluster, namespace: namespace.name, chart };
      expectNothingLost(await lifeCycle(stackRelease(where, nodePort, valuesFile)));
    });
  });

  test('without its secrets is refused in one sentence, before anything is installed', async () => {
    await withNamespace(cluster, async (namespace) => {
      const { code, stderr } = await cluster.helm(['install', 'todo-app', chart, '-n', namespace.name], {
        allowFailure: true,
      });
      expect(code).not.toBe(0);
      expect(stderr).toContain(
        'Set frontend.secrets.BETTER_AUTH_SECRET, or set frontend.secrets.existingSecret',
      );
      expect((await namespace.kubectl(['get', 'deployments,secrets', '-o', 'name'])).stdout).toBe('');
    });
  });

  test('takes values-dev.yaml and values-prod.yaml, and every pod has the limits of its values', async () => {
    await withNamespace(cluster, async (namespace) => {
      const existing = Object.values(SECRETS).flatMap((keys) => Object.entries(keys));
      const literals = existing.map(([key, text]) => `--from-literal=${key}=${text}`);
      await namespace.kubectl(['create', 'secret', 'generic', 'todo-secrets', ...new Set(literals)]);
      const named = ['frontend', 'backend', 'ai-agent'].flatMap((name) => [
        '--set',
        `${name}.secrets.existingSecret=todo-secrets`,
      ]);
      const environment = (name: string) => ['-f', path.join(chart, `values-${name}.yaml`), '-f', valuesFile];
      const helm = (verb: string, ...args: readonly string[]) =>
        cluster.helm([verb, 'todo-app', chart, '-n', namespace.name, ...args, '--wait', '--timeout=180s']);
      await helm('install', ...environment('dev'), ...named);
      const pods = await podsOf(namespace.kubectl);
      expect(pods.map(({ service }) => service).sort()).toEqual([...serviceNames].sort());
      expect(pods.map(({ pullPolicy }) => pullPolicy)).toEqual(pods.map(() => 'Never'));
      const limit =
        'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true';
      const backend = ['exec', 'deployment/todo-app-backend', '--', 'sh', '-c', limit];
      expect((await namespace.kubectl(backend)).stdout.trim()).toBe(String(64 * 1024 * 1024));

      // The images of production are in no registry here.
      const ours = serviceNames.flatMap((name) => ['--set', `${name}.image.repository=todo-${name}`]);
      await helm('upgrade', ...environment('prod'), '--set', 'frontend.nodePort.enabled=false', ...ours);
      // helm waits for the one pod that was there; the autoscaler makes three of it.
      await until('three pods of each service', async () => {
        return (await podsOf(namespace.kubectl)).length === 3 * serviceNames.length;
      });
      const get = async (kind: string) => (await namespace.kubectl(['get', kind, '-o', 'name'])).stdout;
      for (const name of serviceNames) {
        expect(await get('poddisruptionbudgets')).toContain(`/todo-app-${name}\n`);
        expect(await get('horizontalpodautoscalers')).toContain(`/todo-app-${name}\n`);
      }
      const tls = ['get', 'ingress', 'todo-app-frontend', '-o', 'jsonpath={.spec.tls[0].secretName}'];
      expect((await namespace.kubectl(tls)).stdout).toBe('todo-tls');
      const type = ['get', 'service', 'frontend-svc', '-o', 'jsonpath={.spec.type}'];
      expect((await namespace.kubectl(type)).stdout).toBe('ClusterIP');
    });
  });
});

async function podsOf(
  kubectl: (args: readonly string[]) => Promise<{ readonly stdout: string }>,
): Promise<readonly { service: string; pullPolicy: string }[]> {
  const running = ['get', 'pods', '--field-selector=status.phase=Running', '-o', 'json'];
  const { items } = JSON.parse((await kubectl(running)).stdout) as { items: PodLike[] };
  return items
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata, spec }) => ({
      service: metadata.labels['app.kubernetes.io/component'] ?? '',
      pullPolicy: spec.containers[0]?.imagePullPolicy ?? '',
    }));
}

interface PodLike {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly imagePullPolicy: string }[] };
}
