import { BUSYBOX_IMAGE, sharedCluster, until, withNamespace } from 'cdk8s-drydock/testing';

// The first test starts the cluster (seconds); on a new machine it builds the cluster's programs first (minutes).
jest.setTimeout(60 * 60_000);

const page =
  'mkdir /tmp/www && echo "hello from a pod" > /tmp/www/index.html && httpd -f -p 8080 -h /tmp/www';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'web', image: BUSYBOX_IMAGE, command: ['sh', '-c', page] }],
      },
    },
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

test('the page is served through a Service', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(deployment, service);
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);

    const { spec } = await namespace.get<{ spec: { ports: { nodePort: number }[] } }>('service', 'web');
    const port = await cluster.nodePort(spec.ports[0]!.nodePort);
    const text = await until('the page', async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
    expect(text).toBe('hello from a pod\n');
  });
});

test('a namespace that enforces Pod Security refuses the same Deployment', async () => {
  const cluster = await sharedCluster();
  await withNamespace(
    cluster,
    async (namespace) => {
      await namespace.apply(deployment);
      const events = await until('a refused pod', async () => {
        const { stdout } = await namespace.kubectl(['get', 'events']);
        return stdout.includes('FailedCreate') ? stdout : undefined;
      });
      expect(events).toContain('violates PodSecurity "restricted');
    },
    { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  );
});
