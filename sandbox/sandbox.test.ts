import { KubernetesSandbox } from './kubernetes-sandbox';
import { Sandboxes } from './sandboxes';
import type { ScriptedClusterOptions } from './testing-only/scripted-cluster';
import { refusal, type ScriptedRuntime, scriptedRuntime, template } from './testing-only/scripted-runtime';

// What a program that has a sandbox sees of it; the images of the stand-in have no shell.

let runtime: ScriptedRuntime;
afterEach(() => runtime.end());

async function starting(options: ScriptedClusterOptions = {}): Promise<ScriptedRuntime> {
  runtime = await scriptedRuntime({ hasShell: false, ...options });
  return runtime;
}

test('a sandbox says who it is, and its claim how far it was', async () => {
  const { sandboxes } = await starting();
  const phases: string[] = [];
  const sandbox = await sandboxes.claim({
    values: { name: 'one' },
    onProgress: ({ phase, sandboxId }) => phases.push(`${phase} ${sandboxId}`),
  });
  expect([sandbox.id, sandbox.namespace, sandbox.podName]).toEqual(['one', 'boxes', 'one-pod']);
  expect(sandbox.isSupervised).toBe(false);
  expect(phases).toEqual(['created one', 'scheduled one', 'ready one']);
  expect(await sandbox.logs()).toEqual(Buffer.alloc(0));
});

test('after close() nothing of a sandbox can be used, and each call says which it was', async () => {
  const { sandboxes } = await starting();
  const sandbox = await sandboxes.claim({ values: { name: 'one' } });
  await sandbox.close();
  for (const [what, call] of [
    ['logs', () => sandbox.logs()],
    ['extend', () => sandbox.extend(60)],
  ] as const) {
    expect(await refusal(call())).toMatchObject({
      code: 'Closed',
      where: `${what} of one`,
      sandboxId: 'one',
      retryable: false,
    });
  }
  expect(await sandbox.ended).toBeUndefined();
});

test('a released sandbox lives on, and is entered again by its name', async () => {
  const { sandboxes, cluster } = await starting();
  const first = await sandboxes.claim({ values: { name: 'one' } });
  await first.release();
  expect(cluster.jobs.all).toHaveLength(1);
  const second = await sandboxes.attach('one');
  expect((await second.commands.run(['echo', 'here'])).stdout.text).toBe('here\n');
  // What was attached is not closed with the others.
  await sandboxes.close();
  expect(cluster.jobs.all).toHaveLength(1);
});

test('a deadline of a released sandbox can still be moved, and a wrong one is refused', async () => {
  const { sandboxes, cluster } = await starting();
  const sandbox = await sandboxes.claim({ values: { name: 'one' }, ttl: 30 });
  await sandbox.release();
  await sandbox.extend(600);
  expect(cluster.jobs.get('one')?.spec?.activeDeadlineSeconds).toBeGreaterThanOrEqual(600);
  expect(await refusal(sandbox.extend(0.5))).toMatchObject({
    code: 'ArgumentInvalid',
    where: 'extend of one',
    sandboxId: 'one',
  });
});

test('a Job that took the name meanwhile is not prolonged, nor is one that has finished', async () => {
  const { sandboxes, cluster } = await starting();
  const sandbox = await sandboxes.claim({ values: { name: 'one' } });
  const job = cluster.jobs.get('one')!;
  const before = job.spec?.activeDeadlineSeconds;
  const conditions = [{ type: 'Complete', status: 'True' }];
  cluster.jobs.put({ ...job, status: { ...job.status, conditions } });
  expect(await refusal(sandbox.extend(60))).toMatchObject({
    code: 'Ended',
    found: 'a Job that has finished',
  });
  cluster.jobs.put({ ...job, metadata: { ...job.metadata, uid: 'another' } });
  expect(await refusal(sandbox.extend(60))).toMatchObject({
    code: 'PodLost',
    found: 'another Job of this name',
  });
  expect(cluster.jobs.get('one')?.spec?.activeDeadlineSeconds).toBe(before);
});

test('a sandbox of another template is not entered', async () => {
  const { sandboxes, cluster } = await starting();
  await (await sandboxes.claim({ values: { name: 'one' } })).release();
  const { kubeconfig } = cluster;
  const others = new Sandboxes({ template, namespace: 'boxes', kubeconfig, hash: 'abc' });
  expect(await refusal(others.attach('one'))).toMatchObject({
    code: 'TemplateMismatch',
    where: 'sandbox one',
    found: 'no template hash',
    expected: 'hash abc',
    sandboxId: 'one',
  });
  await others.close();
});

test('only what a template has made is listed', async () => {
  const { sandboxes, cluster } = await starting();
  await sandboxes.claim({ values: { name: 'one' } });
  const { apiVersion, kind, spec } = cluster.jobs.get('one')!;
  cluster.jobs.put({ apiVersion, kind, metadata: { name: 'backup', uid: 'u', namespace: 'boxes' }, spec });
  expect((await sandboxes.list()).map(({ id, image, state }) => [id, image, state])).toEqual([
    ['one', 'tools:1', 'running'],
  ]);
  expect(await sandboxes.collect()).toEqual([]);
});

test('what is under way when everything is closed is told as that', async () => {
  const { sandboxes, cluster } = await starting({ podStatus: { phase: 'Pending' } });
  const claiming = refusal(sandboxes.claim());
  while (cluster.pods.all.length === 0) await new Promise(setImmediate);
  await sandboxes.close();
  expect(await claiming).toMatchObject({ code: 'Closed', found: 'close() of its Sandboxes' });
  expect(cluster.jobs.all).toEqual([]);
});

test('metrics count what is made, lives, ends and fails, and the time of commands', async () => {
  const { sandboxes, cluster } = await starting();
  const lines = () => sandboxes.metrics().split('\n');
  const first = await sandboxes.claim({ values: { name: 'one' } });
  const second = await sandboxes.claim({ values: { name: 'two' } });
  await first.commands.run(['true']);
  await first.commands.shell('true').catch(() => {});
  for (const line of [
    'drydock_sandbox_jobs_spawned_total 2',
    'drydock_sandboxes_live 2',
    'drydock_sandbox_claim_seconds_count 2',
  ])
    expect(lines()).toContain(line);
  expect(sandboxes.metrics()).toMatch(/drydock_sandbox_command_seconds_count [12]\n/);
  await first.close();
  await first.ended;
  cluster.evict('two');
  expect(await second.ended).toMatchObject({ code: 'Evicted' });
  expect(lines()).toContain('drydock_sandboxes_live 0');
  expect(lines()).toContain('drydock_sandbox_jobs_failed_total{cause="Evicted"} 1');
});

test('five verbs are one sandbox: a list is a program, a text a line of shell, and the end leaves nothing', async () => {
  const { cluster } = await starting();
  const { kubeconfig } = cluster;
  const claim = { values: { name: 'one' } };
  const box = new KubernetesSandbox({ template, namespace: 'boxes', kubeconfig, claim });
  expect(await refusal(box.exec(['true']).then())).toMatchObject({
    code: 'ArgumentInvalid',
    found: 'a call before init()',
  });
  await box.init();
  await box.init();
  expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual(['one']);
  expect((await box.exec(['echo', 'a b'])).stdout.text).toBe('a b\n');
  // The image has no shell.
  expect(await refusal(box.exec('echo a b'))).toMatchObject({ code: 'CommandNotStarted' });
  expect((await refusal(box.readFile('x'))).message).toContain('files.read');
  expect((await refusal(box.writeFile('x', 'y'))).message).toContain('files.write');
  await box.cleanup();
  expect(cluster.jobs.all).toEqual([]);
});
