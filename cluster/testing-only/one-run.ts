import { createInterface } from 'node:readline';
import { startCluster, withNamespace } from '..';
import { clustersRoot } from '../layout';
import { httpServer, idle, pod, service } from './pods';

/**
 * A test run of its own, for tests that look at what it leaves: starts a cluster, puts something of everything into
 * it, says so, and stops it when told. Being killed instead is the other thing that tests do to it.
 */
async function main(): Promise<void> {
  const cluster = await startCluster({ nodes: process.argv[2] === '2' ? 2 : 1 });
  const claim = pod('shifted', idle, {
    spec: { hostUsers: false, volumes: [{ name: 'memory', emptyDir: { medium: 'Memory' } }] },
    container: { volumeMounts: [{ name: 'memory', mountPath: '/memory' }] },
  });
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(
      pod('web', httpServer),
      claim,
      service('front', 'web', { type: 'NodePort' }),
      policy,
    );
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=90s']);
    const { holder } = cluster.berth;
    process.stdout.write(`${JSON.stringify({ id: cluster.id, holder: holder.pid, root: clustersRoot() })}\n`);
    for await (const line of createInterface({ input: process.stdin })) if (line === 'stop') break;
    // The cluster goes with all that is in it; deleting the namespace first would only hide what stop must do.
    await cluster.stop();
    process.exit(0);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
