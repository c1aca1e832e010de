import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BUSYBOX_IMAGE, sharedCluster, until, withNamespace } from '../../cluster';
import { Connection, exec } from '../../kube';
import { DirectCommands, SupervisedCommands } from '../commands';
import { SupervisedFiles } from '../files';
import type { SandboxPodProps } from '../spec/pod';
import { WatchedHost } from './testing-only/local-supervisor';
import { type PodSupervisor, podSupervisor, runSandboxPod } from './testing-only/pod-supervisor';

jest.setTimeout(300_000);

interface InPod extends PodSupervisor {
  readonly connection: Connection;
  readonly commands: SupervisedCommands;
  readonly files: SupervisedFiles;
}

async function inPod(
  body: (pod: InPod) => Promise<void>,
  props: Partial<SandboxPodProps> = {},
): Promise<void> {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async ({ name: namespace }) => {
    const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace });
    try {
      await runSandboxPod(connection, 'one', BUSYBOX_IMAGE, props);
      const opened = await podSupervisor(connection, 'one');
      const commands = new SupervisedCommands(opened.supervisor);
      await body({ ...opened, connection, commands, files: new SupervisedFiles(opened.supervisor) });
      await opened.supervisor.close();
    } finally {
      connection.close();
    }
  });
}

async function text(stream: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What runs in the pod, as another exec sees it. */
async function processes(connection: Connection): Promise<string[]> {
  const run = await exec(connection, { pod: 'one', command: ['ps', '-o', 'args'], stderr: false });
  const lines = (await text(run.stdout)).split('\n').slice(1);
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('ps '));
}

test('the supervisor runs commands in a sandbox with the rights of the sandbox and no others', () =>
  inPod(async ({ commands, files, host, connection }) => {
    const result = await commands.shell(
      'pwd; id -u; grep -E "NoNewPrivs|CapEff|Seccomp:" /proc/self/status; exit 3',
    );
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3 });
    const direct = await exec(connection, {
      pod: 'one',
      command: ['sh', '-c', 'pwd; id -u; grep -E "NoNewPrivs|CapEff|Seccomp:" /proc/self/status'],
    });
    expect(result.stdout.text).toBe(await text(direct.stdout));
    expect(result.stdout.text).toMatch(/^\/workspace\n10001\nCapEff:\t0{16}\nNoNewPrivs:\t1\nSeccomp:\t2\n$/);
    // Nothing of it lies about.
    expect(await files.list('.')).toEqual([]);
    expect(host.destroyed).toEqual([]);
  }));

test('a timeout ends a stubborn tree in a sandbox, and the end of the stream ends everything', () =>
  inPod(async ({ commands, connection, stream, supervisor, host }) => {
    const stubborn = `trap '' TERM; setsid sh -c 'trap "" TERM HUP; (sleep 1001 &) ; sleep 1002' & sleep 1003`;
    const timed = await commands.shell(stubborn, { timeoutMs: 300 });
    expect(timed.outcome).toBe('timedOut');
    expect((await processes(connection)).filter((line) => line.includes('sleep 100'))).toEqual([]);
    const left = await commands.start(['sh', '-c', stubborn]);
    await until('the tree to stand', async () => (await processes(connection)).includes('sleep 1001'));
    stream.close();
    expect(await left.wait()).toMatchObject({ outcome: 'connectionLost' });
    expect(await supervisor.ended).toMatchObject({ why: 'lost' });
    expect(host.destroyed).toHaveLength(1);
    // Only what the pod itself runs is left: no command, no supervisor, no reaper.
    await until('everything to be gone', async () => (await processes(connection)).join() === 'sleep 3600');
  }));

test('100 MB go up and come back as they were', () =>
  inPod(async ({ files, commands }) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-transfer-'));
    try {
      fs.mkdirSync(path.join(folder, 'up'));
      for (const index of [1, 2, 3, 4])
        fs.writeFileSync(path.join(folder, 'up', `part${index}`), randomBytes(25 << 20));
      const up = await files.upload(path.join(folder, 'up'), 'data');
      expect(up).toEqual({ entries: 4, bytes: 100 << 20, skipped: [] });
      const sums = await commands.shell('cd data && sha256sum part*');
      const expected = [1, 2, 3, 4].map((index) => {
        const bytes = fs.readFileSync(path.join(folder, 'up', `part${index}`));
        return `${createHash('sha256').update(bytes).digest('hex')}  part${index}\n`;
      });
      expect(sums.stdout.text).toBe(expected.join(''));
      await files.download('data', path.join(folder, 'down'));
      for (const index of [1, 2, 3, 4]) {
        const [sent, came] = ['up', 'down'].map((side) =>
          fs.readFileSync(path.join(folder, side, `part${index}`)),
        );
        expect(came!.equals(sent!)).toBe(true);
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }));

test('a child beyond the memory of the sandbox is oomKilled, not merely killed', () =>
  inPod(
    async ({ commands, host }) => {
      const cause = { code: 'OOMKilled', found: '', expected: '', remedy: '', retryable: false } as const;
      // Where the kernel ends the whole container, the pod says so; this is what the pod would say.
      host.answer = { outcome: 'oomKilled', cause };
      const killed = await commands.run(['sh', '-c', 'kill -9 $$']);
      expect(killed).toMatchObject({ outcome: 'signaled', signal: 'SIGKILL' });
      const hungry = await commands.run(['sh', '-c', 'tail -c 200000000 /dev/zero']);
      expect(hungry.outcome).toBe('oomKilled');
    },
    { memory: '64Mi' },
  ));

test('without a supervisor commands run, and what an exec cannot do is Unsupported', () =>
  inPod(async ({ connection }) => {
    const host = new WatchedHost();
    const commands = new DirectCommands((request) => exec(connection, { pod: 'one', ...request }), host);
    const run = await commands.run(['sh', '-c', 'cat; echo err >&2; exit 9'], { stdin: 'in' });
    expect(run).toMatchObject({ outcome: 'exited', exitCode: 9 });
    expect([run.stdout.text, run.stderr.text]).toEqual(['in', 'err\n']);
    await expect(commands.run(['no-such-program'])).rejects.toMatchObject({ code: 'CommandNotStarted' });
    for (const options of [{ cwd: '/tmp' }, { env: { A: 'b' } }]) {
      await expect(commands.run(['true'], options)).rejects.toMatchObject({ code: 'Unsupported' });
    }
    const handle = await commands.start(['sh', '-c', 'while read -r line; do echo "got $line"; done'], {
      stdin: 'pipe',
    });
    handle.stdin!.write('one\n');
    expect((await handle.events.next()).value).toMatchObject({
      type: 'stdout',
      bytes: Buffer.from('got one\n'),
    });
    expect(() => handle.kill('SIGINT')).toThrow(expect.objectContaining({ code: 'Unsupported' }));
    handle.stdin!.end();
    expect(await handle.wait()).toMatchObject({ outcome: 'exited', exitCode: 0 });
    expect(host.destroyed).toEqual([]);
    const timed = await commands.run(['sleep', '1000'], { timeoutMs: 200 });
    expect(timed).toMatchObject({ outcome: 'timedOut', exitCode: undefined });
    const abort = new AbortController();
    const aborting = commands.run(['sh', '-c', 'echo ready; sleep 1000'], {
      signal: abort.signal,
      onStdout: () => abort.abort(),
    });
    expect(await aborting).toMatchObject({ outcome: 'aborted', exitCode: undefined });
    expect(host.destroyed).toHaveLength(2);
  }));
