import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { type Cluster, startCluster, until, withNamespace } from '.';
import { linkOf } from './machine/leaks';
import { idle, pod } from './testing-only/pods';

jest.setTimeout(300_000);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

const configMaps = '/api/v1/namespaces/default/configmaps';

async function create(name: string): Promise<void> {
  await cluster.api.call('POST', configMaps, { body: { metadata: { name } } });
}

async function exists(name: string): Promise<boolean> {
  return (await cluster.api.send('GET', `${configMaps}/${name}`)).status === 200;
}

/** The ports of this machine that the holder of a cluster listens at. */
function doors({ berth }: Cluster): number[] {
  const folder = `/proc/${berth.holder.pid}/fd`;
  const links = readdirSync(folder).map((name) => linkOf(path.join(folder, name)));
  const held = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && held.has(fields[9]))
    .map((fields) => Number.parseInt(fields[1]!.split(':')[1]!, 16));
}

test('the one port of this machine that leads into a cluster is that of its API server', async () => {
  await cluster.registry();
  const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'));
  expect(doors(cluster)).toEqual([Number(new URL(config.clusters[0].cluster.server).port)]);
  // The control: one that a test asks for is seen.
  const opened = await cluster.nodePort(30080);
  expect(doors(cluster)).toContain(opened);
});

test('more connections than the holder has files for come in when others have gone', async () => {
  const { pid } = cluster.berth.holder;
  const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const port = Number(new URL(config.clusters[0].cluster.server).port);
  const limit = (soft: string) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
  const files = () => readdirSync(`/proc/${pid}/fd`).length;
  const before = /Max open files +(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))![1]!;
  const most = files() + 20;
  limit(String(most));
  const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await until('all its files to be in use', async () => files() >= most - 1);
  for (const socket of sockets) socket.destroy();
  limit(before);
  await until(
    'the API server to be reached again',
    async () => (await cluster.api.send('GET', '/readyz')).status === 200,
  );
});

test('a killed API server does not answer, and what was written is there after its restart', async () => {
  await create('before-apiserver');
  await cluster.kill('apiserver');
  await expect(cluster.api.send('GET', '/readyz')).rejects.toThrow();
  expect((await cluster.statuses()).apiserver).toBe('signal SIGKILL');
  await cluster.restart('apiserver');
  expect(await exists('before-apiserver')).toBe(true);
});

test('without etcd the API server is not ready, and what was written is there after its restart', async () => {
  await create('before-etcd');
  await cluster.kill('etcd');
  await until('the API server to notice', async () => {
    return (await cluster.api.send('GET', '/readyz')).status !== 200;
  });
  await cluster.restart('etcd');
  expect(await exists('before-etcd')).toBe(true);
});

test('a paused API server leaves a request hanging, and answers it once it goes on', async () => {
  await cluster.pause('apiserver');
  let answered = false;
  const asked = cluster.api.send('GET', '/version').then((answer) => {
    answered = true;
    return answer.status;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(answered).toBe(false);
  await cluster.resume('apiserver');
  expect(await asked).toBe(200);
});

test('without a kubelet a pod is placed but not started, and started after its restart', async () => {
  await withNamespace(cluster, async (namespace) => {
    await cluster.kill('kubelet');
    await namespace.apply(pod('late', idle));
    interface Placed {
      readonly spec: { readonly nodeName?: string };
      readonly status: { readonly phase: string };
    }
    const placed = await until('the pod to be placed', async () => {
      const found = await namespace.get<Placed>('pod', 'late');
      return found.spec.nodeName ? found : undefined;
    });
    expect(placed.status.phase).toBe('Pending');
    await cluster.restart('kubelet');
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/late', '--timeout=60s']);
  });
});

test('a container outlives containerd, and is reached again after its restart', async () => {
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(pod('steady', idle));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/steady', '--timeout=60s']);
    await cluster.kill('containerd');
    const refused = await namespace.kubectl(['exec', 'steady', '--', 'true'], { allowFailure: true });
    expect(refused.code).not.toBe(0);
    await cluster.restart('containerd');
    await until('exec to work again', async () => {
      return (await namespace.kubectl(['exec', 'steady', '--', 'true'], { allowFailure: true })).code === 0;
    });
    const { status } = await namespace.get<{ status: { containerStatuses: { restartCount: number }[] } }>(
      'pod',
      'steady',
    );
    expect(status.containerStatuses[0]!.restartCount).toBe(0);
  });
});

test('each component has a log', () => {
  expect(cluster.logs('apiserver')).toContain('Serving securely');
  expect(cluster.logs('kubelet', { node: 'node1' })).toContain('Successfully registered node');
  expect(() => cluster.logs('kubelet', { node: 'node2' })).toThrow(/OPTION_INVALID/);
});
