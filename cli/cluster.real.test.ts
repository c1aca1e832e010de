import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hold } from '../cluster/berth';
import { layoutOf } from '../cluster/layout';
import { ClustersRoot } from '../cluster/testing-only/clusters-root';
import { until } from '../cluster/until';
import { asNobody } from '../test/support/as-nobody';
import { bundled } from '../test/support/bundled';
import { clusterCommand } from './cluster';
import { run } from './run';
import { listener } from './testing-only/listener';

jest.setTimeout(300_000);

const commands = { cluster: { summary: 'Runs a cluster.', load: async () => clusterCommand } };
const name = `cli-${randomBytes(3).toString('hex')}`;

async function drydock(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, said } = listener();
  return { code: await run(argv, commands, io, process), ...said };
}

const main = path.join(__dirname, 'main.ts');

test('up leaves a cluster running that the other commands find, and down removes it', async () => {
  const up = await drydock('cluster', 'up', '--name', name, '--control-plane-only');
  expect(up).toMatchObject({ code: 0, out: expect.stringContaining(`cluster ${name} is ready after`) });
  try {
    expect((await drydock('cluster', 'status')).out).toContain(`cluster ${name} (control plane only)`);
    const kubeconfig = (await drydock('cluster', 'kubeconfig', '--name', name)).out.trim();
    expect(up.out).toContain(`export KUBECONFIG=${kubeconfig}`);
    const again = await drydock('cluster', 'up', '--name', name);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('NAME_TAKEN') });
    // In a process of its own: exec hands its terminal to the command.
    const inside = ['cluster', 'exec', '--name', name, '--', 'kubectl', 'get', '--raw', '/version'];
    const said = execFileSync(process.execPath, ['--import', 'tsx', main, ...inside], { encoding: 'utf8' });
    expect(JSON.parse(said).gitVersion).toBe('v1.34.4');
    expect((await drydock('cluster', 'exec', '--name', name, '--', 'sh', '-c', 'exit 3')).code).toBe(3);
  } finally {
    expect(await drydock('cluster', 'down', '--name', name)).toMatchObject({ code: 0 });
  }
  const gone = await drydock('cluster', 'kubeconfig', '--name', name);
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('NOT_RUNNING') });
});

describe('a cluster that is not whole', () => {
  let root: ClustersRoot;
  beforeEach(() => {
    root = new ClustersRoot();
  });
  afterEach(() => root.remove());

  /** `up` in a process of its own, as soon as it has begun. */
  async function begunUp(): Promise<{ child: ChildProcess; ended: Promise<unknown[]> }> {
    const args = ['cluster', 'up', '--control-plane-only', '--name', 'cut'];
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
      stdio: 'ignore',
      // The one of this test, which jest keeps from what it starts.
      env: process.env,
    });
    const ended = once(child, 'exit');
    await until('the start to have begun', () => existsSync(root.of('cut')), { everyMs: 2 });
    return { child, ended };
  }

  test('up that is killed is shown until it is gone, down removes it, and up works again', async () => {
    for (const moment of [0, 300]) {
      const { child, ended } = await begunUp();
      await sleep(moment);
      child.kill('SIGKILL');
      await ended;
      const { out } = await drydock('cluster', 'status');
      expect(out).toMatch(/no cluster is running|cluster cut is .* `drydock cluster down --name cut`/);
      const { err } = await drydock('cluster', 'down', '--name', 'cut');
      expect(err).toMatch(/^$|NOT_RUNNING/);
      await until('all of it to be gone', () => root.remains('cut').length === 0);
    }
    const { child, ended } = await begunUp();
    child.kill('SIGKILL');
    await ended;
    expect(await drydock('cluster', 'up', '--control-plane-only', '--name', 'cut')).toMatchObject({
      code: 0,
    });
    expect((await drydock('cluster', 'status')).out).toContain('apiserver: running');
    expect(await drydock('cluster', 'down', '--name', 'cut')).toMatchObject({ code: 0 });
    expect(root.remains('cut')).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('up that gets %s takes away what it made, and ends with %i', async (signal, code) => {
    const { child, ended } = await begunUp();
    await sleep(300);
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(root.remains('cut')).toEqual([]);
  });

  test('another user than root is told so, and not that there is none', async () => {
    await hold(layoutOf('theirs', 1, '1.34', true), { pods: false, owner: undefined });
    chmodSync(root.folder, 0o755);
    // In one file: what looks for modules asks by access(2), which knows nothing of the right to read everywhere.
    const program = bundled('cli/main.ts', root.folder);
    for (const words of [['status'], ['kubeconfig', '--name', 'theirs'], ['down', '--name', 'theirs']]) {
      const node = [process.execPath, program, 'cluster', ...words];
      const asked = spawnSync('setpriv', [...asNobody, ...node], { encoding: 'utf8', env: process.env });
      expect([words[0], asked.status, asked.stderr]).toEqual([
        words[0],
        1,
        expect.stringContaining('NOT_ROOT'),
      ]);
    }
  });

  test('where there was never a cluster, status says so without a tool', async () => {
    rmSync(root.folder, { recursive: true });
    const before = process.env.DRYDOCK_TOOLS_DIR;
    process.env.DRYDOCK_TOOLS_DIR = '/nowhere';
    try {
      expect(await drydock('cluster', 'status')).toMatchObject({
        code: 0,
        out: expect.stringContaining('no cluster is running'),
      });
    } finally {
      if (before === undefined) delete process.env.DRYDOCK_TOOLS_DIR;
      else process.env.DRYDOCK_TOOLS_DIR = before;
      mkdirSync(root.folder);
    }
  });

  test('one whose holder was killed is shown, has no kubeconfig, and is removed', async () => {
    const holder = await hold(layoutOf('cut', 1, '1.34', false), { pods: true, owner: undefined });
    await root.killHolder('cut', holder);
    expect((await drydock('cluster', 'status')).out).toBe(
      'cluster cut is unfinished: nothing of it runs, its files are left; `drydock cluster down --name cut` removes it\n',
    );
    const { code, err } = await drydock('cluster', 'kubeconfig', '--name', 'cut');
    expect([code, err]).toEqual([1, expect.stringContaining('NOT_RUNNING')]);
    expect(await drydock('cluster', 'down', '--name', 'cut')).toMatchObject({ code: 0 });
    expect(root.remains('cut')).toEqual([]);
    expect((await drydock('cluster', 'down', '--name', 'cut')).err).toContain('NOT_RUNNING');
  });
});

test.each([
  [['cluster', 'uq'], 'unknown command cluster uq'],
  [['cluster', 'up', '--nodes', '3'], '--nodes takes one of 1, 2, found "3"'],
  [['cluster', 'up', '--port', 'many'], '--port takes a number'],
  [['cluster', 'exec'], 'two dashes'],
  [['cluster', 'down', '--nmae', 'x'], 'did you mean --name?'],
])('a mistake in %j is named and ends with 2', async (argv, words) => {
  const { code, err } = await drydock(...argv);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
