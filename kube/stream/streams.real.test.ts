import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BUSYBOX_IMAGE, sharedCluster, withNamespace } from '../../cluster';
import { Connection } from '../connection';
import { remove } from '../delete';
import { pods, runPod } from '../testing-only/real-pod';
import { type UpgradeFault, upgradeProxy } from '../testing-only/upgrade-proxy';
import { exec } from './exec';
import { followLog, readLog } from './log';

jest.setTimeout(300_000);

async function inPod(
  script: string,
  body: (connection: Connection, namespace: string, kubeconfig: string) => Promise<void>,
): Promise<void> {
  const cluster = await sharedCluster();
  const { kubeconfig } = cluster;
  await withNamespace(cluster, async ({ name: namespace }) => {
    const connection = new Connection({ kubeconfig, namespace });
    try {
      await runPod(connection, 'one', BUSYBOX_IMAGE, script);
      await body(connection, namespace, kubeconfig);
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

test('commands end with their own output, code, or the reason why they did not start', () =>
  inPod('sleep 3600', async (connection) => {
    const run = await exec(connection, {
      pod: 'one',
      command: ['sh', '-c', 'echo out; echo err >&2; exit 7'],
    });
    expect(await Promise.all([text(run.stdout), text(run.stderr)])).toEqual(['out\n', 'err\n']);
    expect(await run.ended).toEqual({ type: 'exited', exitCode: 7, outputComplete: true });
    const killed = await exec(connection, { pod: 'one', command: ['sh', '-c', 'kill -9 $$'] });
    expect(await killed.ended).toMatchObject({ type: 'exited', exitCode: 137 });
    const missing = await exec(connection, { pod: 'one', command: ['no-such-program'] });
    expect(await missing.ended).toMatchObject({ type: 'failed' });
    await expect(exec(connection, { pod: 'none', command: ['true'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const elsewhere = exec(connection, { pod: 'one', container: 'none', command: ['true'] });
    await expect(elsewhere).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }));

test('a command reads its input to the end, and a terminal has a size', () =>
  inPod('sleep 3600', async (connection) => {
    const digest = await exec(connection, { pod: 'one', command: ['sha256sum'], stdin: true });
    const input = randomBytes(3_000_000);
    digest.stdin!.end(input);
    expect(await text(digest.stdout)).toBe(`${createHash('sha256').update(input).digest('hex')}  -\n`);
    const terminal = await exec(connection, { pod: 'one', command: ['sh'], stdin: true, tty: true });
    terminal.resize(132, 43);
    terminal.stdin!.write('sleep 0.3; stty size; exit 3\n');
    expect(await text(terminal.stdout)).toContain('43 132');
    expect(await terminal.ended).toMatchObject({ type: 'exited', exitCode: 3 });
  }));

test.each(['out', 'in'])('100 MB through a slow stream (%s) grow memory by less than 32 MB', (direction) =>
  inPod('sleep 3600', async (_connection, namespace, kubeconfig) => {
    const script = path.join(__dirname, '../testing-only/slow-stream.ts');
    const args = ['--expose-gc', '--import', 'tsx', script, direction, kubeconfig, namespace, 'one'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { bytes, grownBytes } = JSON.parse(await text(child.stdout));
    expect(bytes).toBe(100 << 20);
    expect(grownBytes).toBeLessThan(32_000_000);
  }),
);

const broken: Record<string, UpgradeFault> = {
  'a reset before the first byte': { afterBytes: 0, breakBy: 'cut' },
  'a reset inside the output': { afterBytes: 5000, breakBy: 'cut' },
  'silence inside the output': { afterBytes: 5000, breakBy: 'silence' },
};

test('a broken way to a real pod ends as unknown, never as success', () =>
  inPod('sleep 3600', async (real) => {
    for (const [name, fault] of Object.entries(broken)) {
      const proxy = await upgradeProxy(real, fault);
      const connection = proxy.connect({ namespace: real.namespace });
      const command = ['sh', '-c', 'seq 1 20000; exit 0'];
      const liveness = { pingMs: 100, silenceMs: 2000 };
      const run = await exec(connection, { pod: 'one', command, liveness });
      const output = text(run.stdout).then(
        () => 'read to the end',
        (error) => error.effect,
      );
      expect([name, (await run.ended).type, await output]).toEqual([name, 'unknown', 'unknown']);
      await proxy.close();
    }
    const refusing = await upgradeProxy(real, { refuse: 'cut' });
    const opening = exec(refusing.connect({ namespace: real.namespace }), { pod: 'one', command: ['true'] });
    await expect(opening).rejects.toMatchObject({ code: 'CONNECTION_LOST', effect: 'unknown' });
    await refusing.close();
  }));

test('a server of the older protocol runs commands, and is refused when input must end', () =>
  inPod('sleep 3600', async (real) => {
    const proxy = await upgradeProxy(real, { protocols: ['v4.channel.k8s.io'] });
    const connection = proxy.connect({ namespace: real.namespace });
    const run = await exec(connection, { pod: 'one', command: ['sh', '-c', 'echo old; exit 4'] });
    expect(await text(run.stdout)).toBe('old\n');
    expect(await run.ended).toMatchObject({ type: 'exited', exitCode: 4 });
    const echo = await exec(connection, {
      pod: 'one',
      command: ['head', '-n', '1'],
      stdin: true,
      stdinEnd: false,
    });
    echo.stdin!.write('line\n');
    expect(await text(echo.stdout)).toBe('line\n');
    await proxy.close();
  }));

test('the deletion of the pod ends its commands without a success', () =>
  inPod('sleep 3600', async (connection) => {
    const run = await exec(connection, {
      pod: 'one',
      command: ['sleep', '3600'],
      liveness: { pingMs: 500, silenceMs: 20_000 },
    });
    await remove(connection, pods, { name: 'one' });
    const end = await Promise.race([
      run.ended,
      new Promise<'freezes'>((resolve) => setTimeout(resolve, 60_000, 'freezes')),
    ]);
    run.close();
    expect(end === 'freezes' || end.type !== 'exited' || end.exitCode !== 0).toBe(true);
    expect((await run.ended).type === 'exited' && end === 'freezes').toBe(false);
  }));

test('a log is followed to its end, and read as it is', () =>
  inPod('for i in 1 2 3; do echo line $i; sleep 0.3; done', async (connection) => {
    const log = await followLog(connection, { pod: 'one' });
    expect(await text(log.output)).toBe('line 1\nline 2\nline 3\n');
    expect(await log.ended).toEqual({ type: 'complete' });
    expect((await readLog(connection, { pod: 'one', tailLines: 1 })).toString()).toBe('line 3\n');
    await expect(followLog(connection, { pod: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }));

test('a broken way to a log ends as unknown', () =>
  inPod('while true; do echo some line of a log; sleep 0.01; done', async (real) => {
    for (const breakBy of ['cut', 'silence'] as const) {
      const proxy = await upgradeProxy(real, { afterBytes: 2000, breakBy });
      const connection = proxy.connect({ namespace: real.namespace });
      const log = await followLog(connection, { pod: 'one', liveness: { pingMs: 100, silenceMs: 2000 } });
      const output = text(log.output).catch((error) => error.code);
      expect(await output).toBe('CONNECTION_LOST');
      expect((await log.ended).type).toBe('unknown');
      await proxy.close();
    }
  }));

test('a log that grows faster than it is read waits in the cluster', () =>
  inPod('yes 0123456789012345678901234567890123456789 | head -c 30000000', async (connection) => {
    const log = await followLog(connection, { pod: 'one' });
    const memory = process.memoryUsage().arrayBuffers;
    let most = 0;
    let bytes = 0;
    for await (const chunk of log.output) {
      bytes += chunk.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - memory);
      if (bytes % (1 << 20) < chunk.length) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await log.ended).type).toBe('complete');
    expect(bytes).toBe(30_000_000);
    expect(most).toBeLessThan(16 << 20);
  }));
