import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type KubernetesMinor, startCluster, until } from '../../cluster';
import { accountsOfPods, DRY_RUN, exampleObjects, listOf, misspelt, RESTRICTED } from './dry-run';
import { objectsOf, subjects } from './subjects';

jest.setTimeout(900_000);
// The examples import the package by its name, as their readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-accepted-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each<KubernetesMinor>(['1.33', '1.36'])(
  'a strict dry-run on Kubernetes %s takes every object, those of examples too',
  async (version) => {
    const cluster = await startCluster({ controlPlaneOnly: true, version });
    try {
      const dryRun = (input: string, allowFailure = false) =>
        cluster.kubectl(['-n', 'restricted', ...DRY_RUN], { input, allowFailure });
      const metadata = { name: 'restricted', labels: RESTRICTED };
      await cluster.api.send('POST', '/api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata },
      });
      const account = '/api/v1/namespaces/restricted/serviceaccounts/default';
      await until('the service account', async () => (await cluster.api.send('GET', account)).status === 200);
      const objects = subjects().flatMap(objectsOf);
      const examples = exampleObjects(folder);
      for (const name of accountsOfPods([...objects, ...examples]))
        await cluster.kubectl(['-n', 'restricted', 'create', 'serviceaccount', name]);
      const ours = listOf(objects);
      expect((await dryRun(listOf(examples))).stderr).toBe('');
      expect((await dryRun(ours)).stderr).toBe('');
      expect((await dryRun(misspelt(ours), true)).code).not.toBe(0);
    } finally {
      await cluster.stop();
    }
  },
);
