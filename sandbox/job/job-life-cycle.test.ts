import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxesOptions } from '../options';
import type { ScriptedClusterOptions } from '../testing-only/scripted-cluster';
import { refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';
import type { SandboxJob } from './sandbox-job';

// One-shot Jobs on a stand-in for a cluster, whose first processes are processes of this machine.

let runtime: ScriptedRuntime;
afterEach(() => runtime.end());

async function starting(
  options: ScriptedClusterOptions = {},
  more: Pick<SandboxesOptions, 'startTimeoutMs'> = {},
): Promise<ScriptedRuntime> {
  runtime = await scriptedRuntime(options, more);
  return runtime;
}

const node = (script: string) => ['node', '-e', script];

async function logOf(job: SandboxJob): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of job.log) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

test('a Job prints what it prints, ends with its code, and stays until it is closed', async () => {
  const { cluster, sandboxes } = await starting();
  const job = await sandboxes.job({ command: node('console.log("one"); console.log("two")') });
  expect(await logOf(job)).toBe('one\ntwo\n');
  expect(await job.outcome()).toMatchObject({ outcome: 'exited', exitCode: 0, cause: undefined });
  expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual([job.id]);
  await job.close();
  expect(cluster.jobs.all).toEqual([]);
});

test('a command arrives byte for byte, dollars too', async () => {
  const { sandboxes } = await starting();
  const job = await sandboxes.job({ command: node('console.log("pa$$word $(HOME) $!")') });
  expect(await logOf(job)).toBe('pa$$word $(HOME) $!\n');
});

test('another exit code is the outcome, and no error', async () => {
  const { sandboxes } = await starting();
  const job = await sandboxes.job({ command: node('process.exit(3)') });
  const { outcome, exitCode, durationMs } = await job.outcome();
  expect([outcome, exitCode]).toEqual(['exited', 3]);
  expect(durationMs).toBeGreaterThanOrEqual(0);
});

test('a log that breaks in the middle is taken up again: every line comes once', async () => {
  const { cluster, sandboxes } = await starting();
  // It prints a line when the one before was read: on a machine that is slow they would come together.
  const folder = mkdtempSync(join(tmpdir(), 'drydock-lines-'));
  const script = `
    const fs = require('node:fs');
    let i = 0;
    const t = setInterval(() => {
      if (i > 0 && !fs.existsSync(${JSON.stringify(folder)} + '/' + i)) return;
      if (i === 12) clearInterval(t); else console.log(i++);
    }, 10)`;
  const job = await sandboxes.job({ command: node(script) });
  let lines = 0;
  job.log.on('data', () => {
    lines += 1;
    if (lines === 2 || lines === 5) cluster.cut(job.id);
    writeFileSync(join(folder, `${lines}`), '');
  });
  expect(await logOf(job)).toBe(Array.from({ length: 12 }, (_, index) => `${index}\n`).join(''));
  expect(lines).toBe(12);
  rmSync(folder, { recursive: true });
});

test('a Job that is found has its whole log and its outcome, while it runs and afterwards', async () => {
  const { sandboxes } = await starting();
  const mine = await sandboxes.job({
    command: node('console.log("one"); setTimeout(() => console.log("two"), 200)'),
  });
  const found = await sandboxes.findJob(mine.id);
  expect(await logOf(found)).toBe('one\ntwo\n');
  expect((await found.outcome()).exitCode).toBe(0);
  const later = await sandboxes.findJob(mine.id);
  expect(await logOf(later)).toBe('one\ntwo\n');
  expect((await later.outcome()).exitCode).toBe(0);
});

test('a Job whose time is over is timed out, and one that is evicted says so', async () => {
  const { cluster, sandboxes } = await starting();
  const late = await sandboxes.job({ command: ['sleep', '600'] });
  cluster.timeOut(late.id);
  const evicted = await sandboxes.job({ command: ['sleep', '600'] });
  cluster.evict(evicted.id);
  expect(await evicted.outcome()).toMatchObject({ outcome: 'evicted', cause: { code: 'Evicted' } });
  expect(await late.outcome()).toMatchObject({ outcome: 'timedOut', cause: { code: 'DeadlineExceeded' } });
});

test('one that is let go of runs on, and does not say how it ended; one that is closed does not run on', async () => {
  const { cluster, sandboxes } = await starting();
  const job = await sandboxes.job({ command: ['sleep', '600'] });
  job.release();
  expect((await refusal(job.outcome())).code).toBe('Closed');
  expect(cluster.jobs.all).toHaveLength(1);
  const again = await sandboxes.findJob(job.id);
  await again.close();
  expect((await refusal(again.outcome())).code).toBe('Closed');
  expect(cluster.jobs.all).toEqual([]);
});

test('a Job that no node takes is an error with the reason, and is deleted', async () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }];
  const podStatus = { phase: 'Pending', conditions };
  const { cluster, sandboxes } = await starting({ podStatus }, { startTimeoutMs: 1_000 });
  expect((await refusal(sandboxes.job({ command: ['true'] }))).code).toBe('Unschedulable');
  expect(cluster.jobs.all).toEqual([]);
});

test('list() and collect() tell what runs from what has finished', async () => {
  const { cluster, sandboxes } = await starting();
  const done = await sandboxes.job({ command: node('process.exit(1)') });
  const running = await sandboxes.job({ command: ['sleep', '600'] });
  await done.outcome();
  expect((await sandboxes.list()).map(({ id, state }) => [id, state]).sort()).toEqual(
    [
      [done.id, 'finished'],
      [running.id, 'running'],
    ].sort(),
  );
  expect(await sandboxes.collect()).toEqual([done.id]);
  expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual([running.id]);
});

test('how far a Job is is told: made, on a node, and ready to be read', async () => {
  const { sandboxes } = await starting();
  const phases: string[] = [];
  const onProgress = ({ phase }: { readonly phase: string }) => phases.push(phase);
  const job = await sandboxes.job({ command: ['true'], onProgress });
  expect([phases[0], phases.at(-1)]).toEqual(['created', 'ready']);
  const again: string[] = [];
  await sandboxes.findJob(job.id, { onProgress: ({ phase }) => again.push(phase) });
  expect(again.at(-1)).toBe('ready');
});

test('a Job whose pod was over before its container began has an empty log, and says why', async () => {
  const podStatus = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
  const { sandboxes } = await starting({ podStatus, nodeOfPod: 'node-1' });
  const job = await sandboxes.job({ command: ['true'] });
  expect(await logOf(job)).toBe('');
  expect(await job.outcome()).toMatchObject({ outcome: 'evicted' });
});

test('a Job begins with no checkpoint', async () => {
  const { cluster, sandboxes } = await starting();
  const given = { command: ['true'], from: {} } as never;
  expect(await refusal(sandboxes.job(given))).toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining('from'),
    expected: 'none: a claim alone begins with one',
  });
  expect(cluster.jobs.all).toEqual([]);
});
