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
    ['first', false],
    ['next', true],
  ] as const) {
    const app = new App({ outdir: path.join(folder, version, 'manifests') });
    new Shop(app, withExtra);
    app.synth();
  }
  cluster = await sharedCluster();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Version = 'first' | 'next';
const chartOf = (version: Version) => path.join(folder, version, 'charts', 'shop');

interface LiveJob {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
  };
}

async function jobsIn({ kubectl }: TestNamespace): Promise<readonly LiveJob[]> {
  const { items } = JSON.parse((await kubectl(['get', 'jobs', '-o', 'json'])).stdout) as {
    readonly items: readonly LiveJob[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The one Job that there is. */
async function theJob(namespace: TestNamespace): Promise<LiveJob['metadata']> {
  const jobs = (await jobsIn(namespace)).map(({ metadata }) => metadata);
  expect(jobs.map(({ name }) => name)).toEqual([expect.stringMatching(/^shop-migrate-[0-9a-f]{10}$/)]);
  return jobs[0] as LiveJob['metadata'];
}

/** What all pods of the Job said, once it has ended well. */
async function saidBy({ kubectl }: TestNamespace, { name }: LiveJob['metadata']): Promise<string> {
  await kubectl(['wait', '--for=condition=Complete', `job/${name}`, '--timeout=90s']);
  return (await kubectl(['logs', '-l', `batch.kubernetes.io/job-name=${name}`, '--tail=-1'])).stdout;
}

/** Everything of the kinds that the chart has. */
async function objectsIn({ kubectl }: TestNamespace): Promise<string[]> {
  const kinds =
    'deployments,replicasets,jobs,pods,services,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets';
  return (await kubectl(['get', kinds, '-o', 'name'])).stdout.split('\n').filter(Boolean).sort();
}

const given = (values: JsonObject) =>
  Object.entries(values).flatMap(([key, one]) => ['--set-json', `${key}=${JSON.stringify(one)}`]);

const ONE = { database: { url: 'http://shop-one' } };
const TWO = { database: { url: 'http://shop-two' } };
const WAIT = ['--wait', '--wait-for-jobs', '--timeout=90s'];

/** A release of the shop in a namespace, by one version of helm. */
function releaseIn({ name }: TestNamespace, version: 3 | 4) {
  const helm = (...args: readonly string[]) => cluster.helm([...args, '-n', name], { version });
  const ofChart =
    (verb: string) =>
    (values: JsonObject, chart: Version = 'first') =>
      helm(verb, 'shop', chartOf(chart), ...given(values), ...WAIT);
  return { helm, install: ofChart('install'), upgrade: ofChart('upgrade') };
}

/** A pod of one of the databases does something. */
const inDatabase = ({ kubectl }: TestNamespace, id: string, ...command: readonly string[]) =>
  kubectl(['exec', `deployment/shop-${id}`, '--', ...command]);

async function byHelm4(namespace: TestNamespace): Promise<void> {
  const { helm, install, upgrade } = releaseIn(namespace, 4);
  const before = await objectsIn(namespace);

  // The Secret, the ConfigMap and the database of the same chart are there, the database late: it is tried again.
  await install(ONE);
  const first = await theJob(namespace);
  expect(await saidBy(namespace, first)).toMatch(/reads http:\/\/shop-one, info,.*from 0 to 1/s);

  await upgrade(ONE);
  expect(await theJob(namespace)).toMatchObject({ uid: first.uid, generation: 1 });

  // A changed Secret is what this release says: the new database is migrated.
  const two = { ...TWO, schema: 2 };
  await upgrade(two);
  const second = await theJob(namespace);
  expect(await saidBy(namespace, second)).toMatch(/reads http:\/\/shop-two, info,.*from 0 to 2/s);
  expect((await inDatabase(namespace, 'one', 'cat', '/tmp/www/version')).stdout).toBe('1\n');

  // Resources, which no Job can change; another content of the ConfigMap, and a key that it is the first to have.
  await upgrade({ ...TWO, schema: 3, level: 'debug', memory: '64Mi' }, 'next');
  expect(await saidBy(namespace, await theJob(namespace))).toMatch(/shop-two, debug, more.*from 2 to 3/s);

  await failsAndIsRepeated(namespace);

  // An earlier release again: its Job, which finds a database that is ahead of it.
  await helm('rollback', 'shop', '3', '--wait', '--wait-for-jobs', '--timeout=90s');
  const back = await theJob(namespace);
  expect(back.name).toBe(second.name);
  expect(await saidBy(namespace, back)).toMatch(/shop-two, info,.*nothing to do at 4/s);

  await helm('uninstall', 'shop', '--wait', '--timeout=90s');
  await until('nothing of the release to be left', async () => {
    return (await objectsIn(namespace)).join() === before.join();
  });
}

/** The old pods serve on, and it runs again when its cause is mended and it is deleted. */
async function failsAndIsRepeated(namespace: TestNamespace): Promise<void> {
  const { kubectl, name } = namespace;
  await inDatabase(namespace, 'two', 'touch', '/tmp/locked');
  const values = given({ ...TWO, schema: 4, tries: 0 });
  const args = ['upgrade', 'shop', chartOf('next'), ...values, ...WAIT, '-n', name];
  const { code, stderr } = await cluster.helm(args, { allowFailure: true });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('shop-migrate-') });
  const failed = await theJob(namespace);
  await kubectl(['wait', '--for=condition=Failed', `job/${failed.name}`, '--timeout=10s']);
  await kubectl(['wait', '--for=condition=Available', 'deployment/shop-api', '--timeout=10s']);

  await inDatabase(namespace, 'two', 'rm', '/tmp/locked');
  await kubectl(['delete', 'job', failed.name]);
  await cluster.helm(args);
  const again = await theJob(namespace);
  expect(again.name).toBe(failed.name);
  expect(await saidBy(namespace, again)).toContain('from 3 to 4');
}

async function byHelm3(namespace: TestNamespace): Promise<void> {
  const { helm, install, upgrade } = releaseIn(namespace, 3);
  await install(ONE);
  const first = await theJob(namespace);
  await upgrade(ONE);
  expect(await theJob(namespace)).toMatchObject({ uid: first.uid, generation: 1 });
  await upgrade({ ...TWO, schema: 2, memory: '64Mi' });
  expect(await saidBy(namespace, await theJob(namespace))).toMatch(/shop-two.*from 0 to 2/s);
  await helm('rollback', 'shop', '1', '--wait', '--wait-for-jobs', '--timeout=90s');
  const back = await theJob(namespace);
  expect(back.name).toBe(first.name);
  expect(await saidBy(namespace, back)).toMatch(/shop-one.*nothing to do at 1/s);
  await helm('uninstall', 'shop', '--wait', '--timeout=90s');
  expect(await jobsIn(namespace)).toEqual([]);
}

/** The plain YAML for some values, as it is committed. */
function plain(values: JsonObject): string {
  return Testing.synth(new Shop(Testing.app()), { values })
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

/** What a render of the chart gives, as a GitOps tool applies it. */
async function rendered(values: JsonObject): Promise<string> {
  const args = ['template', 'shop', chartOf('first'), ...given(values)];
  return (await cluster.run(await tool('helm-4'), args)).stdout;
}

const PRUNE = ['--prune', '-l', 'app.kubernetes.io/instance=shop', '--prune-allowlist=batch/v1/Job'];

/** Once for each content, however often it is applied; a pruning apply removes the Job before. */
async function byKubectl(
  namespace: TestNamespace,
  objectsFor: (values: JsonObject) => string | Promise<string>,
  how: readonly string[],
): Promise<void> {
  const { kubectl } = namespace;
  const apply = async (values: JsonObject, more: readonly string[] = []) => {
    const input = await objectsFor(values);
    await kubectl(['apply', '-f', '-', ...how, ...more], { input });
  };
  const existing = { database: { existingSecret: 'theirs' } };
  await kubectl(['create', 'secret', 'generic', 'theirs', '--from-literal=url=http://shop-one']);
  await apply(existing);
  const first = await theJob(namespace);
  expect(await saidBy(namespace, first)).toContain('from 0 to 1');
  await apply(existing);
  if (how.length === 0) await apply(existing, PRUNE);
  expect(await theJob(namespace)).toMatchObject({ uid: first.uid, generation: 1 });

  // What a Job cannot change does not meet the old one.
  const changed = { ...existing, memory: '64Mi', schema: 2 };
  await apply(changed);
  const [second, ...others] = (await jobsIn(namespace))
    .map(({ metadata }) => metadata)
    .filter(({ uid }) => uid !== first.uid);
  expect(others).toEqual([]);
  expect(await saidBy(namespace, second as LiveJob['metadata'])).toContain('from 1 to 2');
  expect(await jobsIn(namespace)).toHaveLength(2);
  await kubectl(['wait', '--for=condition=Available', 'deployment', '--all', '--timeout=60s']);

  // Server-side apply does not prune; who applies by it deletes what is no longer rendered.
  if (how.length > 0) await kubectl(['delete', 'job', first.name]);
  await apply(changed, how.length > 0 ? [] : PRUNE);
  expect((await theJob(namespace)).uid).toBe(second?.uid);
}

test('each way of installing migrates once for each content, what that content names, and leaves nothing', async () => {
  const onServer = ['--server-side', '--force-conflicts'];
  const ways: readonly ((namespace: TestNamespace) => Promise<void>)[] = [
    byHelm4,
    byHelm3,
    (namespace) => byKubectl(namespace, plain, []),
    // As GitOps tools do.
    (namespace) => byKubectl(namespace, rendered, onServer),
  ];
  // Beside each other: most of it is waiting.
  await Promise.all(ways.map((way) => withNamespace(cluster, way)));
});
