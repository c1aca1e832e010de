import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { startCluster, until, withNamespace } from '.';
import { answersHttp } from './testing-only/answers-http';
import { httpServer, idle, pod, podSpec, service } from './testing-only/pods';
import { reaches } from './testing-only/reach';

jest.setTimeout(300_000);

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}

const configMaps = '/api/v1/namespaces/default/configmaps';

test('several control planes run at once and do not see each other', async () => {
  const clusters = await Promise.all([1, 2, 3].map(() => startCluster({ controlPlaneOnly: true })));
  try {
    const [first, ...others] = clusters;
    await first!.api.call('POST', configMaps, { body: configMap('mine') });
    expect((await first!.api.send('GET', `${configMaps}/mine`)).status).toBe(200);
    for (const other of others) {
      expect((await other.api.send('GET', `${configMaps}/mine`)).status).toBe(404);
    }
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  }
});

test('the audit log names who did what, for calls of the API and of kubectl', async () => {
  await using cluster = await startCluster({ controlPlaneOnly: true });
  await cluster.api.call('POST', configMaps, { body: configMap('noted') });
  await cluster.kubectl(['get', 'configmap', 'noted']);
  const noted = await until('the requests to be logged', () => {
    const events = cluster.auditLog().filter((event) => event.objectRef?.name === 'noted');
    return events.length >= 2 ? events : undefined;
  });
  expect(noted.map((event) => [event.verb, event.user.username, event.responseStatus?.code])).toEqual(
    expect.arrayContaining([
      ['create', 'drydock-admin', 201],
      ['get', 'drydock-admin', 200],
    ]),
  );
});

test('helm 4 and helm 3 install into it', async () => {
  await using cluster = await startCluster({ controlPlaneOnly: true });
  const versions = await Promise.all(
    ([3, 4] as const).map(
      async (version) => (await cluster.helm(['version', '--short'], { version })).stdout,
    ),
  );
  expect(versions[0]).toMatch(/^v3\.22\.0/);
  expect(versions[1]).toMatch(/^v4\.3\.1/);
  expect(JSON.parse((await cluster.helm(['list', '-A', '-o', 'json'])).stdout)).toEqual([]);
});

test('nothing inside reaches this machine or anything beyond it', async () => {
  const server = createServer((_request, response) => response.end('outside'));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === 'IPv4')
    .map((one) => one!.address);
  try {
    await using cluster = await startCluster({ controlPlaneOnly: true });
    expect(addresses).toContain('127.0.0.1');
    for (const address of addresses) {
      const script = `exec 3<>/dev/tcp/${address}/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`;
      const inside = await cluster.run('timeout', ['5', 'bash', '-c', script], { allowFailure: true });
      expect([address, inside.code === 0, inside.stdout]).toEqual([address, false, '']);
    }
    // The control: the server does answer, and the same way of asking works inside.
    expect(await answersHttp(port, '/')).toBe(true);
    const own = await cluster.run('bash', ['-c', 'exec 3<>/dev/tcp/10.89.0.2/6443 && echo open']);
    expect(own.stdout).toBe('open\n');
  } finally {
    server.close();
  }
});

test('two nodes: pods spread, Services and node ports work across, a drained node hands its pods over', async () => {
  await using cluster = await startCluster({ nodes: 2 });
  await withNamespace(cluster, async (namespace) => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: podSpec(httpServer, {
            spec: {
              topologySpreadConstraints: [
                {
                  maxSkew: 1,
                  topologyKey: 'kubernetes.io/hostname',
                  whenUnsatisfiable: 'ScheduleAnyway',
                  labelSelector: { matchLabels: { app: 'web' } },
                },
              ],
            },
          }),
        },
      },
    };
    const onNode = (node: string) => ({ spec: { nodeName: node } });
    await namespace.apply(
      deployment,
      service('front', 'web', { type: 'NodePort' }),
      pod('one', idle, onNode('node1')),
      pod('two', idle, onNode('node2')),
    );
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/one', 'pod/two', '--timeout=60s']);
    const list = async () => {
      const { stdout } = await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'json']);
      return JSON.parse(stdout).items as {
        metadata: { deletionTimestamp?: string };
        spec: { nodeName: string };
        status: { podIP: string; phase: string };
      }[];
    };
    const web = await list();
    expect(web.map((one) => one.spec.nodeName).sort()).toEqual(['node1', 'node2']);
    for (const client of ['one', 'two']) {
      for (const { status } of web) expect(await reaches(namespace, client, status.podIP, 8080)).toBe(true);
    }
    const { spec } = await namespace.get<{ spec: { ports: { nodePort: number }[] } }>('service', 'front');
    for (const node of cluster.nodes) {
      const outside = await cluster.nodePort(spec.ports[0]!.nodePort, { node });
      // The server has no page; a connection that gets any answer is what counts.
      await until(
        `the node port of ${node}`,
        async () => (await fetch(`http://127.0.0.1:${outside}/`)).status === 404,
      );
    }
    await cluster.kubectl(['drain', 'node2', '--ignore-daemonsets', '--delete-emptydir-data', '--force']);
    await until('all pods to be on the other node', async () => {
      const now = await list();
      const running = now.filter((one) => one.status.phase === 'Running' && !one.metadata.deletionTimestamp);
      return running.length === 2 && running.every((one) => one.spec.nodeName === 'node1');
    });
  });
});
