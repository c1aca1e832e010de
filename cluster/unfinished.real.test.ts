import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '.';
import { clusterStates, findCluster } from './attach';
import { Berth, end, type Holder, hold, list, sweep } from './berth';
import { makeFolder } from './folder';
import { isAlive, type ProcessIdentity } from './identity';
import { type Layout, layoutOf } from './layout';
import { writePki } from './pki';
import { ClustersRoot } from './testing-only/clusters-root';
import { tool } from './tools/tool';
import { until } from './until';

jest.setTimeout(120_000);

let root: ClustersRoot;
const strangers: ChildProcess[] = [];
beforeEach(() => {
  root = new ClustersRoot();
});
afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  await root.remove();
});

function layout(id: string): Layout {
  return layoutOf(id, 1, '1.34', false);
}

function held(of: Layout): Promise<Holder> {
  return hold(of, { pods: true, owner: undefined });
}

/** A process that has nothing to do with clusters. */
function stranger(): ChildProcess {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  strangers.push(child);
  return child;
}

function identityOf(pid: number): ProcessIdentity {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { pid, start: fields[19]!, boot };
}

describe('a start that is killed', () => {
  /** Starts as `startCluster` does, in processes that can be killed. */
  async function begin(of: Layout) {
    const starter = stranger();
    const args = ['hold', `--root=${root.folder}`, `--id=${of.id}`, `--cgroup=${of.cgroup}`];
    const holding = spawn(
      await tool('berth'),
      [...args, `--starter=${starter.pid}`, `--owner=${process.pid}`],
      {
        stdio: 'ignore',
      },
    );
    return { starter, holding, ended: once(holding, 'close') };
  }

  // The whole of it takes about 30 ms on a quiet machine. Killed are the one that asks, the one that makes, or both; in
  // the last case of each moment the holder too, if there is one by then.
  const moments = [0, 4, 10, 18, 32];

  test('at any moment: what is there is listed, it is removed whole, and its name is free at once', async () => {
    for (const [round, moment] of moments.flatMap((ms) => [ms, ms, ms, ms]).entries()) {
      const first = layout('cut');
      const { starter, holding, ended } = await begin(first);
      await sleep(moment);
      if (round % 4 !== 1) starter.kill('SIGKILL');
      if (round % 4 !== 2) holding.kill('SIGKILL');
      if (round % 4 === 3) {
        const holder = JSON.parse(readOrEmpty(path.join(root.of('cut'), 'holder.json')));
        if (holder.pid && isAlive(holder)) process.kill(holder.pid, 'SIGKILL');
      }
      await ended;
      const states = await list(root.folder);
      expect([[], ['cut']]).toContainEqual(states.map(({ id }) => id));
      if (round % 4 === 1) {
        // The one that asked lives and may ask for the removal, which takes all of it.
        await end(root.folder, 'cut', first.cgroup);
        expect(root.remains('cut')).toEqual([]);
      }
      const second = layout('cut');
      const holder = await held(second);
      expect(await list(root.folder)).toEqual([{ id: 'cut', state: 'starting' }]);
      await end(root.folder, 'cut');
      expect(isAlive(holder)).toBe(false);
      expect(root.remains('cut')).toEqual([]);
    }
  });

  test.each<[string, (folder: string) => void]>([
    ['before its folder has a marker', (folder) => mkdirSync(path.join(folder, '.making'))],
    [
      'before its folder has its name',
      (folder) => {
        mkdirSync(path.join(folder, '.making'));
        writeFileSync(path.join(folder, '.making', 'lock'), '');
      },
    ],
    [
      'at the end of its removal, with what a start that was given up wrote meanwhile',
      (folder) => {
        mkdirSync(path.join(folder, '.making', 'logs'), { recursive: true });
        writeFileSync(path.join(folder, '.making', 'lock'), '');
        writeFileSync(path.join(folder, '.making', 'logs', 'etcd.log'), '');
      },
    ],
    [
      'before it has a holder, or at the end of its removal',
      (folder) => {
        mkdirSync(path.join(folder, 'cut'));
        writeFileSync(
          path.join(folder, 'cut', 'lock'),
          JSON.stringify({ cluster: 'cut', cgroup: layout('cut').cgroup }),
        );
      },
    ],
  ])('%s: the name is free, and nothing stays', async (_when, leave) => {
    leave(root.folder);
    await held(layout('cut'));
    await end(root.folder, 'cut');
    expect(root.remains('cut')).toEqual([]);
  });

  test('a start that is given up leaves nothing when it rejects', async () => {
    const control = new AbortController();
    const start = startCluster({ controlPlaneOnly: true, name: 'given-up', signal: control.signal });
    const outcome = expect(start).rejects.toMatchObject({ code: 'ABORTED' });
    await until('the start to have begun', () => existsSync(path.join(root.of('given-up'), 'logs')), {
      everyMs: 5,
    });
    control.abort(new Error('enough'));
    await outcome;
    expect(root.remains('given-up')).toEqual([]);
  });
});

test('stop resolves when folder, cgroups and holder are gone, for all that ask at once', async () => {
  const of = layout('busy');
  const holder = await held(of);
  // Enough files that their removal takes a while.
  for (let index = 0; index < 3000; index++) writeFileSync(path.join(of.directory, `file${index}`), '');
  const seen: unknown[] = [];
  const stop = async () => {
    await new Berth(of, holder).stop();
    seen.push([isAlive(holder), ...root.remains('busy')]);
  };
  await Promise.all([stop(), stop(), sleep(20).then(stop)]);
  await stop();
  expect(seen).toEqual([[false], [false], [false], [false]]);
});

test('what is written into the folder while it is removed keeps neither it nor the next cluster', async () => {
  for (let round = 0; round < 5; round++) {
    const of = layout('written');
    const holder = await held(of);
    const write = 'i=0; while : > "$1/file$i"; do i=$((i + 1)); done';
    const writer = spawn('sh', ['-c', write, 'sh', of.directory], { stdio: 'ignore' });
    strangers.push(writer);
    const written = once(writer, 'close');
    await until('something to be written', () => existsSync(path.join(of.directory, 'file9')), {
      everyMs: 1,
    });
    await new Berth(of, holder).stop();
    await written;
    expect(root.remains('written')).toEqual([]);
  }
});

test('a handle of a cluster that has ended says so, and does not bring its folder back', async () => {
  const of = layout('ended');
  const berth = new Berth(of, await held(of));
  expect(berth.networkFile('node1')).toMatch(/^\/proc\/\d+\/fd\/\d+$/);
  await berth.stop();
  expect(() => berth.networkFile('node1')).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  expect(() => makeFolder(path.join(of.directory, 'registry'))).toThrow(/ENOENT/);
  expect(root.remains('ended')).toEqual([]);
});

test('an old handle does not stop a later cluster of the same name', async () => {
  const first = layout('again');
  const old = new Berth(first, await held(first));
  await old.stop();
  const second = layout('again');
  const holder = await held(second);
  await old.stop();
  expect(isAlive(holder)).toBe(true);
  expect(await list(root.folder)).toEqual([{ id: 'again', state: 'starting' }]);
});

describe('a record whose process number another process has by now', () => {
  async function recordOf(change: (holder: Holder) => object): Promise<void> {
    const of = layout('old');
    const holder = await held(of);
    writePki(of, await tool('berth'));
    const record = { layout: of, holder, port: 1, components: [], startedAt: '' };
    await new Berth(of, holder).ready(record);
    expect(findCluster('old')?.id).toBe('old');
    await root.killHolder('old', holder);
    const later = { ...record, holder: { ...holder, ...change(holder) } };
    writeFileSync(path.join(of.directory, 'cluster.json'), JSON.stringify(later));
    writeFileSync(path.join(of.directory, 'holder.json'), JSON.stringify(later.holder));
  }

  test('is no running cluster: it is listed as left and removed, and that process lives on', async () => {
    const other = stranger();
    await recordOf(() => ({ pid: other.pid }));
    expect(findCluster('old')).toBeUndefined();
    expect(await clusterStates()).toEqual([{ id: 'old', state: 'left' }]);
    await end(root.folder, 'old');
    expect(root.remains('old')).toEqual([]);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  test('nor after a restart of the machine, with the same number at the same moment', async () => {
    const other = stranger();
    await recordOf(() => ({ ...identityOf(other.pid!), boot: 'another boot' }));
    expect(findCluster('old')).toBeUndefined();
    await end(root.folder, 'old');
    expect(other.exitCode ?? other.signalCode).toBeNull();
    // The control: this boot, and it counts.
    expect(isAlive(identityOf(other.pid!))).toBe(true);
  });

  test('nor one that cannot be read', async () => {
    await recordOf(() => ({}));
    writeFileSync(path.join(root.of('old'), 'cluster.json'), '{"layout":');
    expect(findCluster('old')).toBeUndefined();
    expect(await clusterStates()).toEqual([{ id: 'old', state: 'left' }]);
  });
});

describe('only what a marker says is a cluster’s is ever removed', () => {
  /** What a killed holder leaves. */
  async function left(id: string): Promise<Layout> {
    const of = layout(id);
    await root.killHolder(id, await held(of));
    return of;
  }

  test('not a folder of others, a copy of a cluster, or what a link leads to', async () => {
    const { directory } = await left('mine');
    const photos = root.of('photos');
    mkdirSync(photos);
    writeFileSync(path.join(photos, 'lock'), '');
    writeFileSync(path.join(photos, 'holiday.jpg'), 'precious');
    cpSync(directory, root.of('backup'), { recursive: true, filter: (name) => !name.endsWith('.sock') });
    const elsewhere = path.join(root.folder, 'deep', 'linked');
    mkdirSync(elsewhere, { recursive: true });
    writeFileSync(path.join(elsewhere, 'lock'), readFileSync(path.join(directory, 'lock')));
    symlinkSync(elsewhere, root.of('linked'));

    expect(await sweep(root.folder)).toEqual(['mine']);
    expect(existsSync(directory)).toBe(false);
    await expect(held(layout('photos'))).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await expect(end(root.folder, 'photos')).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(readFileSync(path.join(photos, 'holiday.jpg'), 'utf8')).toBe('precious');
    expect(existsSync(path.join(root.of('backup'), 'lock'))).toBe(true);
    expect(existsSync(path.join(elsewhere, 'lock'))).toBe(true);
    expect(await list(root.folder)).toEqual([]);
  });

  test('not what is mounted below one', async () => {
    const { directory } = await left('mounted');
    const disk = path.join(directory, 'disk');
    mkdirSync(disk);
    spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
    try {
      writeFileSync(path.join(disk, 'file'), 'precious');
      await expect(end(root.folder, 'mounted')).rejects.toMatchObject({
        code: 'STOP_FAILED',
        found: expect.stringContaining(disk),
      });
      expect(readFileSync(path.join(disk, 'file'), 'utf8')).toBe('precious');
    } finally {
      spawnSync('umount', [disk]);
    }
    await end(root.folder, 'mounted');
    expect(root.remains('mounted')).toEqual([]);
  });
});

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '{}';
  }
}
