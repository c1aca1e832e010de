import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { listClusters, startCluster, tool } from '../../cluster';
import { clusterStates, removeCluster } from '../../cluster/attach';
import { hold } from '../../cluster/berth';
import { clustersRoot, layoutOf } from '../../cluster/layout';

// Nothing below may be called where the guard is missing: it would act on this machine.
beforeAll(() => {
  expect(clustersRoot()).toMatch(/^\/dev\/null\//);
  expect(process.env.DRYDOCK_TOOLS_DIR).toMatch(/^\/dev\/null\//);
});

test('a unit test can start no cluster, however it tries', async () => {
  await expect(startCluster({ controlPlaneOnly: true, owner: 'none' })).rejects.toThrow();
  await expect(hold(layoutOf('one', 1, '1.34', true), { pods: false, owner: undefined })).rejects.toThrow(
    /TOOL_MISSING .*no-tools-in-unit-tests/,
  );
});

test('it gets no tool, and none is built or installed for it', async () => {
  for (const name of ['berth', 'kubectl', 'helm-4'])
    await expect(tool(name)).rejects.toThrow(/^TOOL_MISSING .*no-tools-in-unit-tests/);
});

test('clusters that people use are not there for it: it neither sees nor ends one', async () => {
  expect(listClusters()).toEqual([]);
  expect(await clusterStates()).toEqual([]);
  await expect(removeCluster('drydock')).rejects.toThrow(/TOOL_MISSING/);
});

test('a program that it runs with its environment is under the same guard', () => {
  const main = path.join(__dirname, '../../cli/main.ts');
  const up = ['cluster', 'up', '--control-plane-only', '--name', 'guarded'];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...up], {
    encoding: 'utf8',
    env: process.env,
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/no-tools-in-unit-tests|NOT_LINUX|NOT_ROOT/);
}, 60_000);
