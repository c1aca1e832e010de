import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { listClusters, sharedCluster, startCluster, testCluster, withNamespace } from '.';
import { clustersRoot } from './layout';
import { RUN_VARIABLE, sharedName } from './shared';
import { until } from './until';

jest.setTimeout(240_000);

/** Asks for the shared cluster in another process of the same run and prints its name. */
async function askElsewhere(run: number): Promise<string> {
  const script = path.join(__dirname, 'testing-only', 'ask-shared.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, [RUN_VARIABLE]: String(run) },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'close');
  return said.trim();
}

test('two workers of one run that ask at once get the same cluster, and it ends with the run', async () => {
  // In place of the process of a test run.
  const run = spawn('sleep', ['600']);
  const names = await Promise.all([askElsewhere(run.pid!), askElsewhere(run.pid!)]);
  const name = sharedName(run.pid!, 1);
  expect(names).toEqual([name, name]);
  expect(listClusters().map((cluster) => cluster.id)).toContain(name);
  run.kill('SIGKILL');
  await until('the cluster to end with the run', () => !existsSync(path.join(clustersRoot(), name)));
});

test('a cluster of the user is used only when DRYDOCK_TEST_KUBECONFIG names it', async () => {
  await using theirs = await startCluster({ controlPlaneOnly: true });
  const before = { ...process.env };
  try {
    // The current context of the user is no reason to use anything.
    process.env.KUBECONFIG = theirs.kubeconfig;
    expect((await testCluster()).kubeconfig).toBe((await sharedCluster()).kubeconfig);
    process.env.DRYDOCK_TEST_KUBECONFIG = theirs.kubeconfig;
    const named = await testCluster();
    await withNamespace(named, async (namespace) => {
      const { status } = await theirs.api.send('GET', `/api/v1/namespaces/${namespace.name}`);
      expect(status).toBe(200);
    });
  } finally {
    process.env = before;
  }
});
