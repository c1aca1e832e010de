import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, sharedCluster, type TestNamespace, tool, until, withNamespace } from '../../cluster';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { Shop } from './shop';

/** The table of docs/decisions/0021-migrations.md, row by row, on one cluster. */

jest.setTimeout(600_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-migration-'));
let cluster: Cluster;

beforeAll(async () => {
  for (const [version, withExtra] of [
    ['one', false],
    ['two', true],
  ] as const) {
    const app = new App({ outdir: path.join(folder, version, 'manifests') });
    new Shop(app, withExtra);
    app.synth();
  }
  cluster = await sharedCluster();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chartOf = (version: 'one' | 'two') => path.join(folder, version, 'charts', 'shop');

interface LiveJob {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function jobsIn({ kubectl }: TestNamespace): Promise<readonly LiveJob[]> {
  const { items } = JSON.parse((await kubectl(['get', 'jobs', '-o', 'json'])).stdout) as {
    readonly items: readonly (LiveJob & { readonly metadata: { readonly deletionTimestamp?: string } })[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The one Job that there is. */
async function theJob(namespace: TestNamespace): Promise<LiveJob> {
  const jobs = await jobsIn(namespace);
  expect(jobs.map(({ metadata }) => metadata.name)).toHaveLength(1);
  return jobs[0] as LiveJob;
}

/** What the Job said, once it has ended well. */
async function outcomeOf({ kubectl }: TestNamespace, { metadata: { name } }: LiveJob): Promise<string> {
  await kubectl(['wait', '--for=condition=Complete', `job/${name}`, '--timeout=60s']);
  const of = `batch.kubernetes.io/job-name=${name}`;
  return (await kubectl(['logs', '-l', of, '--tail=-1'])).stdout;
}

async function failed(namespace: TestNamespace, name: string): Promise<void> {
  const wait = ['wait', '--for=condition=Failed', `job/${name}`, '--timeout=60s'];
  await namespace.kubectl(wait);
}

async function podsAreGone({ kubectl }: TestNamespace): Promise<void> {
  await until(
    'every pod to be gone',
    async () => {
      return (await kubectl(['get', 'pods', '-o', 'name'])).stdout.trim() === '';
    },
    { withinMs: 120_000 },
  );
}

const given = (values: JsonObject) =>
  Object.entries(values).flatMap(([key, one]) => ['--set-json', `${key}=${JSON.stringify(one)}`]);

const FIRST = { database: { url: 'postgres://first' } };
const SECOND = { database: { url: 'postgres://second' } };
const WAIT = ['--wait', '--wait-for-jobs', '--timeout=60s'];

describe.each([4, 3] as const)('helm %i', (version) => {
  test('migrates at each install, upgrade and roll back by what that release says, and leaves nothing', async () => {
    await withNamespace(cluster, async (namespace) => {
      const helm = (...args: readonly string[]) => cluster.helm([...args, '-n', namespace.name], { version });
      const upgrade = (values: JsonObject, chart: 'one' | 'two' = 'one', more: readonly string[] = WAIT) =>
        helm('upgrade', 'shop', chartOf(chart), ...given(values), ...more);

      // The database of the same chart is late: the Job tries again, the service becomes ready after it.
      await helm('install', 'shop', chartOf('one'), ...given(FIRST), ...WAIT);
      const first = await theJob(namespace);
      const said = await outcomeOf(namespace, first);
      expect(said).toContain('reads postgres://first, info,');
      expect(said).toContain('from 0 to 1');

      // Nothing changed: the same object, untouched.
      await upgrade(FIRST);
      expect((await theJob(namespace)).metadata).toMatchObject({ uid: first.metadata.uid, generation: 1 });

      // A changed Secret is the new one to the Job of the same release.
      await upgrade({ ...SECOND, schema: 2 });
      const second = await theJob(namespace);
      expect(second.metadata.name).not.toBe(first.metadata.name);
      expect(await outcomeOf(namespace, second)).toContain('reads postgres://second');

      // A changed ConfigMap, and resources, which no Job can change.
      await upgrade({ ...SECOND, schema: 2, level: 'debug', memory: '48Mi' });
      expect(await outcomeOf(namespace, await theJob(namespace))).toContain('second, debug');

      // The next program reads a key that the ConfigMap of this release is the first to have.
      await upgrade({ ...SECOND, schema: 3 }, 'two');
      expect(await outcomeOf(namespace, await theJob(namespace))).toContain('info, more');

      // One that fails: the old pods serve on, and it runs again when it is deleted and its cause is mended.
      await upgrade({ ...SECOND, schema: 4, broken: true }, 'two', []);
      const broken = await theJob(namespace);
      const { stdout } = await namespace.kubectl([
        ...['wait', '--for=condition=Available', 'deployment/shop-api', '--timeout=30s'],
      ]);
      expect(stdout).toContain('condition met');
      await namespace.kubectl(['patch', 'job', broken.metadata.name, '-p', '{"spec":{"backoffLimit":0}}']);
      await failed(namespace, broken.metadata.name);
      await namespace.kubectl(['delete', 'job', broken.metadata.name]);
      await upgrade({ ...SECOND, schema: 4, broken: true }, 'two', []);
      const again = await theJob(namespace);
      expect(again.metadata.name).toBe(broken.metadata.name);
      expect(again.metadata.uid).not.toBe(broken.metadata.uid);
      await upgrade({ ...SECOND, schema: 4 }, 'two');
      expect(await outcomeOf(namespace, await theJob(namespace))).toContain('from 3 to 4');

      // The first release again: its Job, which finds a database that is ahead of it.
      await helm('rollback', 'shop', '1', '--wait', '--timeout=60s');
      const back = await theJob(namespace);
      expect(back.metadata.name).toBe(first.metadata.name);
      const atRollback = await outcomeOf(namespace, back);
      expect(atRollback).toContain('reads postgres://first');
      expect(atRollback).toContain('nothing to do at 4');

      await helm('uninstall', 'shop', '--wait', '--timeout=120s');
      expect(await jobsIn(namespace)).toEqual([]);
      await podsAreGone(namespace);
    });
  });
});

/** What a render of the chart gives, as a GitOps tool applies it. */
async function rendered(values: JsonObject): Promise<string> {
  const args = ['template', 'shop', chartOf('one'), ...given(values)];
  return (await cluster.run(await tool('helm-4'), args)).stdout;
}

/** The plain YAML for some values, as it is committed. */
function plain(values: JsonObject): string {
  return Testing.synth(new Shop(Testing.app()), { values })
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

const PRUNE = ['--prune', '-l', 'app.kubernetes.io/instance=shop', '--prune-allowlist=batch/v1/Job'];

describe.each<[string, (values: JsonObject) => string | Promise<string>, readonly string[]]>([
  ['plain YAML, by kubectl apply', plain, []],
  [
    "a chart, rendered and applied on the server's side as GitOps tools do",
    rendered,
    ['--server-side', '--force-conflicts'],
  ],
])('%s', (_, objectsFor, how) => {
  test('migrates once for each content, also when it is applied again, and a pruning apply removes the one before', async () => {
    await withNamespace(cluster, async (namespace) => {
      const { kubectl } = namespace;
      const apply = async (values: JsonObject, more: readonly string[] = []) => {
        const input = await objectsFor(values);
        await kubectl(['apply', '-f', '-', ...how, ...more], { input });
      };
      const secret = { database: { existingSecret: 'theirs' } };
      await kubectl(['create', 'secret', 'generic', 'theirs', '--from-literal=url=postgres://theirs']);
      await apply(secret);
      const first = await theJob(namespace);
      expect(await outcomeOf(namespace, first)).toContain('from 0 to 1');
      await apply(secret);
      await apply(secret, PRUNE);
      expect((await theJob(namespace)).metadata).toMatchObject({ uid: first.metadata.uid, generation: 1 });

      // What a Job cannot change does not meet the old one.
      const changed = { ...secret, memory: '48Mi', schema: 2 };
      await apply(changed);
      const jobs = await jobsIn(namespace);
      expect(jobs).toHaveLength(2);
      const second = jobs.find(({ metadata }) => metadata.name !== first.metadata.name) as LiveJob;
      expect(await outcomeOf(namespace, second)).toContain('from 1 to 2');
      await kubectl(['wait', '--for=condition=Available', 'deployment', '--all', '--timeout=60s']);

      await apply(changed, PRUNE);
      expect((await theJob(namespace)).metadata.uid).toBe(second.metadata.uid);
    });
  });
});
