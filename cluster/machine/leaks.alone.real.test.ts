import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { spawnRun } from '../testing-only/spawn-run';
import { until } from '../until';
import { compareSnapshots, leftovers, RUN_MARK, settledChanges } from './leaks';
import { cgroupRoots, type EntryKind, takeSnapshot } from './snapshot';

jest.setTimeout(300_000);

test('after stop nothing of the machine is more than before', async () => {
  const mark = randomBytes(8).toString('hex');
  const before = takeSnapshot();
  const run = await spawnRun(mark, 2);
  // The control: while it runs, the run is seen.
  const during = compareSnapshots(before, takeSnapshot(), mark);
  expect(during.processes.left.length).toBeGreaterThan(10);
  expect(during['network namespaces'].left.length).toBeGreaterThan(2);
  expect(during.cgroups.left.length).toBeGreaterThan(10);
  await run.stop();
  expect(leftovers(await settledChanges(before, mark))).toEqual([]);
  expect(existsSync(path.join(run.root, run.id))).toBe(false);
});

test('after kill -9 of the test process nothing is left, even before the next start', async () => {
  const mark = randomBytes(8).toString('hex');
  const before = takeSnapshot();
  const run = await spawnRun(mark, 1);
  await run.kill();
  expect(leftovers(await settledChanges(before, mark))).toEqual([]);
  expect(existsSync(path.join(run.root, run.id))).toBe(false);
});

test('after kill -9 of the test process and of the holder, the next start removes what they left', async () => {
  const mark = randomBytes(8).toString('hex');
  const before = takeSnapshot();
  const run = await spawnRun(mark, 1);
  process.kill(run.holder, 'SIGKILL');
  await run.kill();
  await until('the holder to be gone', () => !existsSync(`/proc/${run.holder}/ns/net`));
  // The control: now there is something to remove.
  const left = compareSnapshots(before, takeSnapshot(), mark);
  expect(left.cgroups.left.length).toBeGreaterThan(0);
  expect(existsSync(path.join(run.root, run.id))).toBe(true);
  const next = await spawnRun(mark, 1);
  await next.stop();
  expect(leftovers(await settledChanges(before, mark))).toEqual([]);
  expect(existsSync(path.join(run.root, run.id))).toBe(false);
});

describe('the comparison sees what a run would leave', () => {
  /** Leaves something, looks, and takes it away again. */
  async function expectSeen(kind: EntryKind, leave: (mark: string) => () => void): Promise<void> {
    const mark = randomBytes(8).toString('hex');
    const before = takeSnapshot();
    const remove = leave(mark);
    try {
      await until('the entry to be seen', () => {
        return compareSnapshots(before, takeSnapshot(), mark)[kind].left.length > 0;
      });
    } finally {
      remove();
    }
    expect(leftovers(await settledChanges(before, mark))).toEqual([]);
  }

  test('a process', () =>
    expectSeen('processes', (mark) => {
      // Through a shell that ends at once: the process is no child of ours any more.
      const env = { ...process.env, [RUN_MARK]: mark };
      const shell = spawnSync('sh', ['-c', 'sleep 600 >/dev/null 2>&1 & echo $!'], { env, encoding: 'utf8' });
      return () => process.kill(Number(shell.stdout.trim()));
    }));

  test('a mount', () =>
    expectSeen('mounts', () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-leak-'));
      spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
      return () => {
        spawnSync('umount', [folder]);
        rmdirSync(folder);
      };
    }));

  test('a network namespace', () =>
    expectSeen('network namespaces', (mark) => {
      const env = { ...process.env, [RUN_MARK]: mark };
      const child = spawn('unshare', ['--net', 'sleep', '600'], { env, stdio: 'ignore' });
      return () => child.kill();
    }));

  test('an interface', () =>
    expectSeen('interfaces', () => {
      spawnSync('ip', ['link', 'add', 'ddleak0', 'type', 'veth', 'peer', 'name', 'ddleak1']);
      return () => spawnSync('ip', ['link', 'del', 'ddleak0']);
    }));

  test('an iptables rule', () =>
    expectSeen('iptables rules', () => {
      spawnSync('iptables', ['-N', 'DRYDOCK-LEAK']);
      return () => spawnSync('iptables', ['-X', 'DRYDOCK-LEAK']);
    }));

  test('a cgroup', () =>
    expectSeen('cgroups', (mark) => {
      const folder = path.join(cgroupRoots()[0]!, `leak-${mark}`);
      mkdirSync(folder);
      return () => rmdirSync(folder);
    }));

  test('a socket', () =>
    expectSeen('sockets', (mark) => {
      const env = { ...process.env, [RUN_MARK]: mark };
      const script = "require('node:net').createServer().listen(0, '127.0.0.1')";
      const child = spawn(process.execPath, ['-e', script], { env, stdio: 'ignore' });
      return () => child.kill();
    }));

  test('but not what an unmarked process of somebody else holds', async () => {
    const before = takeSnapshot();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { sockets } = compareSnapshots(before, takeSnapshot(), 'some-other-run');
    server.close();
    // As the kernel writes it: the address backwards and the port, in hexadecimal.
    const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    expect(sockets.foreign.filter((words) => words.includes(address))).toHaveLength(1);
    expect(sockets.left.filter((words) => words.includes(address))).toEqual([]);
  });
});
