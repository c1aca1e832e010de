import fc from 'fast-check';
import { Inventory, podSecurityViolations } from '../../check';
import { type Cluster, startCluster, until } from '../../cluster';
import { generatedPod } from '../support/generated-pods';

jest.setTimeout(600_000);

/** `DRYDOCK_POD_RUNS=10000` for the long run. */
const PODS = Number(process.env.DRYDOCK_POD_RUNS ?? 2_000);
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;

test(`the levels of Pod Security are decided as the API server decides them, over ${PODS} pods`, async () => {
  const cluster: Cluster = await startCluster({ controlPlaneOnly: true });
  try {
    for (const level of LEVELS) await namespaceAt(cluster, level);
    const seen = { invalid: 0, privileged: 0, baseline: 0, restricted: 0 };
    const pods = fc.sample(generatedPod, { numRuns: PODS, seed: 1234 });
    for (const pod of pods) {
      if (!(await isAdmitted(cluster, 'privileged', pod))) {
        seen.invalid++;
        continue;
      }
      const decided = await Promise.all(LEVELS.map((level) => isAdmitted(cluster, level, pod)));
      const inventory = new Inventory([pod]);
      const ours = LEVELS.map((level) =>
        inventory.pods.every((one) => podSecurityViolations(one, level).length === 0),
      );
      expect({ pod, decided: ours }).toEqual({ pod, decided });
      seen[LEVELS[decided.lastIndexOf(true)] as 'baseline']++;
    }
    // Each outcome has to be there often, or the comparison says nothing of it.
    for (const level of LEVELS) expect(seen[level]).toBeGreaterThan(PODS / 20);
    expect(seen.invalid).toBeLessThan(PODS / 3);
  } finally {
    await cluster.stop();
  }
});

async function namespaceAt(cluster: Cluster, level: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels } };
  await cluster.api.send('POST', '/api/v1/namespaces', { body });
  await until(`the service account of ${level}`, async () => {
    const path = `/api/v1/namespaces/${level}/serviceaccounts/default`;
    return (await cluster.api.send('GET', path)).status === 200;
  });
}

async function isAdmitted(cluster: Cluster, namespace: string, pod: object): Promise<boolean> {
  const { status, body } = await cluster.api.send('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
    body: pod,
  });
  if (status === 201) return true;
  if (status === 422 || status === 403) return false;
  throw new Error(`the API server answered ${status}: ${JSON.stringify(body)}`);
}
