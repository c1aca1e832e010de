import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, sharedCluster, type TestNamespace, until, withNamespace } from '../../cluster';
import { App, Testing } from '../../core/synth';
import { Reader, Team } from './team';

/** A worker, crons, a task and an agent, installed together at Pod Security "restricted", are seen to run. */

jest.setTimeout(400_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-family-'));
let cluster: Cluster;

beforeAll(async () => {
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new Team(app);
  app.synth();
  cluster = await sharedCluster();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const level = (enforced: string) => ({ labels: { 'pod-security.kubernetes.io/enforce': enforced } });
const WAIT = { everyMs: 500, withinMs: 120_000 } as const;
/** Of the kubectl calls that wait by themselves. */
const IN_TIME = '--timeout=120s';

/** What the pods of a component say. */
async function saidBy({ kubectl }: TestNamespace, component: string): Promise<string> {
  const selector = `app.kubernetes.io/component=${component}`;
  const { stdout } = await kubectl(['logs', '-l', selector, '--tail=-1'], { allowFailure: true });
  return stdout;
}

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly reason?: string;
    readonly message?: string;
    readonly involvedObject?: { readonly name?: string };
  }[];
}

async function listed({ kubectl }: TestNamespace, kind: string): Promise<Listed['items']> {
  return (JSON.parse((await kubectl(['get', kind, '-o', 'json'])).stdout) as Listed).items;
}

/** As a cron table says it, three minutes ago, in a zone that is half an hour off everybody else's. */
function threeMinutesAgoInIndia(): string {
  const then = new Date(Date.now() - 3 * 60_000 + 5.5 * 3_600_000);
  return `${then.getUTCMinutes()} ${then.getUTCHours()} * * *`;
}

async function install(namespace: TestNamespace, verb: string, more: readonly string[]): Promise<void> {
  const chart = path.join(folder, 'charts', 'team');
  await cluster.helm([verb, 'team', chart, '-n', namespace.name, ...more]);
}

async function worksUnlessItIsSilent(namespace: TestNamespace): Promise<void> {
  const { kubectl } = namespace;
  await kubectl(['rollout', 'status', 'deployment/team-worker', IN_TIME]);
  await until(
    'the silent worker to be asked in vain',
    async () =>
      (await listed(namespace, 'events')).some(
        ({ message = '', involvedObject }) =>
          involvedObject?.name?.startsWith('team-silent-') && message.includes('Startup probe failed'),
      ),
    WAIT,
  );
  const { stdout } = await kubectl([
    'get',
    'deployment',
    'team-silent',
    '-o',
    'jsonpath={.status.readyReplicas}',
  ]);
  expect(stdout).toBe('');
}

/** Both crons are told that they last ran ten minutes ago, and have missed the run of three minutes ago. */
async function runsWhatItMissed(namespace: TestNamespace): Promise<void> {
  const { kubectl } = namespace;
  const lastScheduleTime = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
  const status = JSON.stringify({ status: { lastScheduleTime } });
  for (const name of ['team-strict', 'team-late'])
    await kubectl(['patch', 'cronjob', name, '--subresource=status', '--type=merge', '-p', status]);
  await until(
    'the run that was missed to be over',
    async () => (await saidBy(namespace, 'late')).includes('runs as 10001'),
    WAIT,
  );
  const jobs = (await listed(namespace, 'jobs')).map(({ metadata }) => metadata.name);
  expect(jobs.filter((name) => name.startsWith('team-late-'))).toHaveLength(1);
  expect(jobs.filter((name) => name.startsWith('team-strict-'))).toEqual([]);
  // Whoever wants it now runs it now.
  await kubectl(['create', 'job', 'now', '--from=cronjob/team-strict']);
  await kubectl(['wait', '--for=condition=Complete', 'job/now', IN_TIME]);
}

async function runsOnceForEachRun(namespace: TestNamespace, values: readonly string[]): Promise<void> {
  const { kubectl } = namespace;
  const tasks = async () =>
    (await listed(namespace, 'jobs'))
      .map(({ metadata }) => metadata.name)
      .filter((name) => /-task-/.test(name));
  const [first, ...others] = await tasks();
  expect(others).toEqual([]);
  await kubectl(['wait', '--for=condition=Complete', `job/${first}`, IN_TIME]);
  const pieces = (run: string) => ['0', '1'].map((piece) => `piece ${piece} of run ${run}`);
  expect((await saidBy(namespace, 'task')).trim().split('\n').sort()).toEqual(pieces('first'));
  await install(namespace, 'upgrade', values);
  expect(await tasks()).toEqual([first]);
  await install(namespace, 'upgrade', [...values, '--set', 'run=second']);
  const [second, ...more] = await tasks();
  expect([second === first, more]).toEqual([false, []]);
  await kubectl(['wait', '--for=condition=Complete', `job/${second}`, IN_TIME]);
  expect(await saidBy(namespace, 'task')).toContain('of run second');
}

async function runsOnEveryNode(namespace: TestNamespace): Promise<void> {
  await namespace.kubectl(['rollout', 'status', 'daemonset/team-agent', IN_TIME]);
  const nodes = (await listed(namespace, 'nodes')).map(({ metadata }) => `on ${metadata.name}`);
  expect((await saidBy(namespace, 'agent')).trim().split('\n').sort()).toEqual(nodes.sort());
}

test('a worker, crons, a task and an agent run together at Pod Security "restricted"', async () => {
  await withNamespace(
    cluster,
    async (namespace) => {
      const values = ['--set', `schedule=${threeMinutesAgoInIndia()}`, '--set', 'zone=Asia/Kolkata'];
      await install(namespace, 'install', values);
      await runsWhatItMissed(namespace);
      await runsOnEveryNode(namespace);
      await worksUnlessItIsSilent(namespace);
      await runsOnceForEachRun(namespace, values);
    },
    level('restricted'),
  );
});

test('an agent that takes a folder of its node reads it and does not write it; "restricted" refuses its pods', async () => {
  const objects = Testing.synth(new Reader(Testing.app())) as object[];
  await withNamespace(
    cluster,
    async (namespace) => {
      await namespace.apply(...objects);
      await until(
        'the agent to have read',
        async () => (await saidBy(namespace, 'reader')).includes('root'),
        WAIT,
      );
      const said = await until(
        'the agent to have tried to write',
        async () => {
          const all = await saidBy(namespace, 'reader');
          return all.includes('touch') && all;
        },
        WAIT,
      );
      expect(said).toMatch(/Read-only file system/);
    },
    level('privileged'),
  );
  await withNamespace(
    cluster,
    async (namespace) => {
      await namespace.apply(...objects);
      const { message } = await until(
        'its pods to be refused',
        async () => (await listed(namespace, 'events')).find(({ reason }) => reason === 'FailedCreate'),
        WAIT,
      );
      expect(message).toMatch(/violates PodSecurity "restricted.*hostPath/);
    },
    level('restricted'),
  );
});
