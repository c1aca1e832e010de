import { text } from 'node:stream/consumers';
import { refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

let runtime: ScriptedRuntime;
beforeEach(async () => {
  runtime = await scriptedRuntime({ hasShell: false });
});
afterEach(() => runtime.end());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a sandbox that has ended is not followed any more, while others are, by one watch', async () => {
  const { sandboxes, cluster } = runtime;
  const [one, other] = await Promise.all([sandboxes.claim(), sandboxes.claim()]);
  await until(() => cluster.pods.watches === 1);
  cluster.evict(one.id);
  expect(await one.ended).toMatchObject({ code: 'Evicted' });
  // What asks for its pod afterwards looks again.
  await one.close({ wait: true });
  expect(cluster.pods.all.map(({ metadata }) => metadata.name)).toEqual([`${other.id}-pod`]);
  expect(cluster.pods.watches).toBe(1);
  await other.close();
  await sandboxes.close();
  await until(() => cluster.pods.watches === 0);
});

test('a Job that timed out and has lost its pod is found with its outcome, and not waited for', async () => {
  const { sandboxes, cluster } = runtime;
  const sandbox = await sandboxes.claim();
  cluster.timeOut(sandbox.id);
  expect(await sandbox.ended).toMatchObject({ code: 'DeadlineExceeded' });
  await until(() => cluster.pods.all.length === 0);
  const job = await sandboxes.findJob(sandbox.id);
  expect(await job.outcome()).toMatchObject({ outcome: 'timedOut', cause: { code: 'DeadlineExceeded' } });
  expect(await text(job.log)).toBe('');
  // To enter it is no better.
  expect(await refusal(sandboxes.attach(sandbox.id))).toMatchObject({
    code: 'DeadlineExceeded',
    sandboxId: sandbox.id,
  });
  await job.close();
  expect(cluster.jobs.all).toEqual([]);
});

test('end() by the program that has the sandbox is told as that', async () => {
  const { sandboxes } = runtime;
  const sandbox = await sandboxes.claim();
  await sandboxes.end(sandbox.id);
  expect(await sandbox.ended).toMatchObject({
    code: 'PodLost',
    found: 'its deletion by this program: end() of its Sandboxes',
  });
});

test('a deletion by another is told as that', async () => {
  const { sandboxes, cluster } = runtime;
  const sandbox = await sandboxes.claim();
  cluster.jobs.remove(sandbox.id);
  cluster.pods.remove(`${sandbox.id}-pod`);
  const error = await sandbox.ended;
  expect(error).toMatchObject({ code: 'PodLost', found: 'a Job that was deleted' });
  expect(error?.remedy).toContain('who deleted it');
});
