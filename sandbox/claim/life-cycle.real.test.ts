import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { localProgram } from '../supervisor/testing-only/local-supervisor';
import { livingWith, mark } from '../supervisor/testing-only/marked-processes';
import type { ScriptedCluster } from '../testing-only/scripted-cluster';
import { type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

// A stand-in for the cluster, and the real supervisor in it, which Go compiles.

let runtime: ScriptedRuntime;
let cluster: ScriptedCluster;
beforeAll(() => localProgram());
beforeEach(async () => {
  runtime = await scriptedRuntime();
  cluster = runtime.cluster;
});
afterEach(() => runtime.end());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a claim brings the supervisor in, runs commands, carries files, and close() leaves no process', async () => {
  const sandbox = await runtime.sandboxes.claim();
  expect(sandbox.isSupervised).toBe(true);
  await sandbox.files.write('input.txt', 'one\ntwo\n');
  const { exitCode, stdout } = await sandbox.commands.run(['wc', '-l', 'input.txt']);
  expect([exitCode, stdout.text.trim()]).toEqual([0, '2 input.txt']);
  const env = mark();
  await sandbox.commands.start(['sh', '-c', 'sleep 600 & sleep 600'], { env });
  await until(() => livingWith(env).length > 0);
  await sandbox.close();
  expect(cluster.jobs.all).toEqual([]);
  await until(() => livingWith(env).length === 0);
});

test('while the files of a Job are carried it is told how long to live on without its client', async () => {
  // A container has a /tmp of its own; its stand-in has that of this machine, where another may have left its gate.
  const withoutGate = () => rmSync('/tmp/.drydock-gate', { force: true });
  withoutGate();
  const job = await runtime.sandboxes.job({ command: ['cat', 'a'], files: { a: 'carried' } });
  expect(await text(job.log)).toBe('carried\n');
  withoutGate();
  expect(cluster.execs.map((command) => command.slice(5))).toEqual([['20000']]);
});

// Both wait five seconds for a reason that does not come, so they wait together.
test('a stream that is cut while the pod lives: the sandbox of an owner is given up, and a guest loses its way alone', async () => {
  await Promise.all([ownerIsCut(runtime), scriptedRuntime().then(guestIsCut)]);
});

/** The command says so, and nothing of it runs on. */
async function ownerIsCut({ sandboxes, cluster }: ScriptedRuntime): Promise<void> {
  const sandbox = await sandboxes.claim();
  const env = mark();
  const handle = await sandbox.commands.start(['sleep', '600'], { env });
  await until(() => livingWith(env).length > 0);
  cluster.cut(sandbox.id);
  expect((await handle.wait()).outcome).toBe('connectionLost');
  await until(() => livingWith(env).length === 0);
  expect(await sandbox.ended).toMatchObject({ code: 'PodLost' });
  expect(cluster.jobs.all).toEqual([]);
}

/** The sandbox stays, and its owner works on. */
async function guestIsCut(its: ScriptedRuntime): Promise<void> {
  try {
    const sandbox = await its.sandboxes.claim();
    const guest = await its.sandboxes.attach(sandbox.id);
    its.cluster.cutNewest(sandbox.id);
    expect((await guest.commands.run(['true'])).outcome).toBe('connectionLost');
    expect((await sandbox.commands.run(['true'])).ok).toBe(true);
    expect(its.cluster.jobs.all).toHaveLength(1);
  } finally {
    await its.end();
  }
}
