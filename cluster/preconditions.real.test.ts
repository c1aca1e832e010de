import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asNobody } from '../test/support/as-nobody';
import { type ClusterOptions, startCluster } from '.';
import { cgroupRoots } from './machine/snapshot';

jest.setTimeout(240_000);

/** Tries to start a cluster in a process that was made poorer by setpriv. */
function tryAs(...setpriv: string[]): string {
  const script = path.join(__dirname, 'testing-only', 'try-start.ts');
  const node = [process.execPath, '--import', 'tsx', script];
  const run = spawnSync('setpriv', [...setpriv, ...node], { encoding: 'utf8', timeout: 120_000 });
  return `${run.stdout}${run.stderr}`;
}

function clusterCgroups(): string[] {
  return cgroupRoots().flatMap((root) => readdirSync(root).filter((name) => name.startsWith('drydock-')));
}

test('who is not root is told so', () => {
  expect(tryAs(...asNobody)).toContain('NOT_ROOT at startCluster');
});

test('a machine without iproute2 is told how to get it', async () => {
  const before = process.env.PATH;
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-path-'));
  try {
    symlinkSync('/usr/bin/nsenter', path.join(folder, 'nsenter'));
    process.env.PATH = folder;
    await expect(startCluster({ controlPlaneOnly: true })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      found: 'no ip',
      remedy: expect.stringContaining('drydock cluster setup'),
    });
  } finally {
    process.env.PATH = before;
    rmSync(folder, { recursive: true });
  }
});

test('where no namespace may be made it says so, and leaves nothing', () => {
  const before = clusterCgroups();
  expect(tryAs('--bounding-set=-sys_admin')).toContain('NO_NAMESPACES at cluster');
  expect(clusterCgroups().filter((name) => !before.includes(name))).toEqual([]);
  // The control: the same process with its rights starts one.
  expect(tryAs('--bounding-set=+all')).toContain('STARTED');
});

test('a port that is taken is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(startCluster({ controlPlaneOnly: true, apiPort: port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    found: expect.stringContaining(`127.0.0.1:${port}`),
  });
  server.close();
});

test('a name that is taken is refused, and the cluster that has it goes on', async () => {
  await using cluster = await startCluster({ controlPlaneOnly: true });
  await expect(startCluster({ controlPlaneOnly: true, name: cluster.id })).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  });
  expect((await cluster.api.send('GET', '/readyz')).status).toBe(200);
});

test('a component that cannot start is named with its own last lines', async () => {
  const start = startCluster({ controlPlaneOnly: true, apiserverArgs: ['--no-such-flag'] });
  await expect(start).rejects.toMatchObject({
    code: 'COMPONENT_FAILED',
    where: expect.stringContaining('apiserver'),
    found: expect.stringContaining('unknown flag: --no-such-flag'),
  });
});

test('what a control plane does not have is refused by name', async () => {
  await using cluster = await startCluster({ controlPlaneOnly: true });
  expect(cluster.nodes).toEqual([]);
  await expect(cluster.restart('kubelet')).rejects.toMatchObject({ code: 'NOT_IN_THIS_MODE' });
  await expect(cluster.registry()).rejects.toMatchObject({ code: 'NOT_IN_THIS_MODE' });
});

test.each<[string, ClusterOptions, string]>([
  ['three nodes', { nodes: 3 as 2 }, 'OPTION_INVALID'],
  ['a name with a slash', { name: '../etc' }, 'OPTION_INVALID'],
  ['no processes in a pod', { podPidsLimit: 0 }, 'OPTION_INVALID'],
  ['a node that is down before it is looked at', { nodeDownAfter: 5 }, 'OPTION_INVALID'],
  ['nodes of another version', { version: '1.33' }, 'OPTION_INVALID'],
  ['a version without pins', { version: '1.12' as '1.33' }, 'VERSION_UNKNOWN'],
])('%s are refused before anything is made', async (_title, options, code) => {
  await expect(startCluster(options)).rejects.toMatchObject({ code });
});
