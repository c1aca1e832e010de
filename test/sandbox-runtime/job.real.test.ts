import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { sharedCluster, until } from '../../cluster';
import type { Job } from '../../imports/k8s';
import { SandboxError, type Sandboxes, type SandboxJob } from '../../sandbox';
import { type Relay, relayTo } from '../support/relay';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(150_000);

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  sandboxes = installation.sandboxes();
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
});

const run = (line: string, more: object = {}): Promise<SandboxJob> =>
  sandboxes.job({ values: installation.run(), command: ['sh', '-c', line], ttl: 120, ...more });

test('gives the log and the exit code, and leaves what is left to its time to live', async () => {
  const job = await run('echo out; echo err >&2; exit 3');
  // The node reads two pipes: which line it writes down first, nobody can say.
  const lines = (await within('its log', text(job.log))).split('\n');
  expect(lines.sort()).toEqual(['', 'err', 'out']);
  expect(await within('its outcome', job.outcome())).toMatchObject({ outcome: 'exited', exitCode: 3 });
  const path = `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs/${job.id}`;
  const { spec } = await installation.cluster.api.call<Job>('GET', path);
  expect(spec).toMatchObject({ ttlSecondsAfterFinished: 300, backoffLimit: 0 });
  // The outcome is that of the pod; that the Job is finished is noted some moments later.
  await until('the finished Job to be collected', async () => (await sandboxes.collect()).includes(job.id));
});

test('has its files before it starts', async () => {
  const files = { 'one/two.txt': 'text\n', bytes: Buffer.from([0, 255, 10, 13]) };
  const job = await run('cat one/two.txt; wc -c <bytes; sha256sum <bytes; pwd', { files });
  const log = await within('its log', text(job.log));
  const sum = createHash('sha256').update(files.bytes).digest('hex');
  expect(log).toBe(`text\n4\n${sum}  -\n/workspace\n`);
  expect(await job.outcome()).toMatchObject({ outcome: 'exited', exitCode: 0 });
  await job.close();
});

test('a command that is over at once has its files, its log and its outcome like any other', async () => {
  const jobs = Array.from({ length: 4 }, () => run('cat input; exit 4', { files: { input: 'here\n' } }));
  for (const job of await Promise.all(jobs)) {
    expect(await within('its log', text(job.log))).toBe('here\n');
    expect(await within('its outcome', job.outcome())).toMatchObject({ outcome: 'exited', exitCode: 4 });
    await job.close();
  }
});

test('outlives the program that made it, and is found again with its whole log', async () => {
  const first = installation.sandboxes();
  const command = ['sh', '-c', 'echo one; sleep 3; echo two; exit 7'];
  const job = await first.job({ values: installation.run(), command, ttl: 120 });
  const outcome = job.outcome().catch((error: unknown) => error);
  await first.close();
  expect(await within('the outcome for who closed', outcome)).toMatchObject({ code: 'Closed' });
  const found = await sandboxes.findJob(job.id);
  expect(await within('its log', text(found.log))).toBe('one\ntwo\n');
  expect(await within('its outcome', found.outcome())).toMatchObject({ outcome: 'exited', exitCode: 7 });
  // And after its end, as long as it is there.
  const again = await sandboxes.findJob(job.id);
  expect(await within('its log', text(again.log))).toBe('one\ntwo\n');
  await again.close();
});

test('whoever lets go of it hears no guess about its end', async () => {
  const job = await run('sleep 600');
  const outcome = job.outcome().catch((error: unknown) => error);
  job.release();
  const error = await within('the outcome', outcome);
  expect(error).toBeInstanceOf(SandboxError);
  expect(error).toMatchObject({ code: 'Closed', sandboxId: job.id });
  const found = await sandboxes.findJob(job.id);
  await found.close();
  expect(sandboxes.metrics()).not.toContain('cause="PodLost"');
});

test('ends at its deadline', async () => {
  const job = await run('echo begun; sleep 600', { ttl: 6 });
  expect(await within('its outcome', job.outcome())).toMatchObject({
    outcome: 'timedOut',
    exitCode: undefined,
    cause: { code: 'DeadlineExceeded' },
  });
  await job.close();
});

describe('over a network that is cut', () => {
  let relay: Relay;
  let streams: string[];
  let far: Sandboxes;

  beforeEach(async () => {
    relay = await relayTo(installation.apiPort);
    streams = [];
    far = installation.sandboxes({
      kubeconfig: installation.kubeconfigOverPort(relay.port),
      hooks: {
        onEvent: (event) => {
          if (event.type === 'stream' && event.resource === 'pods/log') streams.push(event.what);
        },
      },
    });
  });
  afterEach(async () => {
    await far.close();
    await relay.close();
  });

  const counting = 'i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i+1)); sleep 0.1; done; exit 5';

  test('every line of the log comes once, and the outcome is the one that was', async () => {
    const job = await far.job({ values: installation.run(), command: ['sh', '-c', counting], ttl: 120 });
    let log = '';
    const cuts = [5, 20, 40];
    for await (const chunk of job.log) {
      log += String(chunk);
      if (cuts.length > 0 && log.includes(`line ${cuts[0]}\n`)) {
        cuts.shift();
        expect(relay.cut()).toBeGreaterThan(0);
      }
    }
    expect(cuts).toEqual([]);
    expect(log).toBe(Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join(''));
    expect(await within('its outcome', job.outcome())).toMatchObject({ outcome: 'exited', exitCode: 5 });
    await job.close();
  });

  test('a reader that turns away leaves no connection behind', async () => {
    const job = await far.job({ values: installation.run(), command: ['yes'], ttl: 120 });
    for await (const _ of job.log) break;
    await until('the end of the stream', () => streams.includes('closed'));
    expect(streams).toEqual(['opened', 'closed']);
    await job.close();
  });
});
