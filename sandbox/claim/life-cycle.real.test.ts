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

test('a stream that is cut while the pod lives: the command says so, nothing of it runs on, and the sandbox is given up', async () => {
  const sandbox = await runtime.sandboxes.claim();
  const env = mark();
  const handle = await sandbox.commands.start(['sleep', '600'], { env });
  await until(() => livingWith(env).length > 0);
  cluster.cut(sandbox.id);
  expect((await handle.wait()).outcome).toBe('connectionLost');
  await until(() => livingWith(env).length === 0);
  expect(await sandbox.ended).toMatchObject({ code: 'PodLost' });
  expect(cluster.jobs.all).toEqual([]);
});

test('a guest whose stream is cut loses its way alone: the sandbox stays, and its owner works on', async () => {
  const sandbox = await runtime.sandboxes.claim();
  const guest = await runtime.sandboxes.attach(sandbox.id);
  cluster.cutNewest(sandbox.id);
  expect((await guest.commands.run(['true'])).outcome).toBe('connectionLost');
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  expect(cluster.jobs.all).toHaveLength(1);
});
