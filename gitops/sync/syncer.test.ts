import type { Told } from '../../controller';
import { Deployer } from '../../deploy';
import { releaseOf } from '../../deploy/inventory/names';
import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import { type Connection, get, type KubeObject, pause, remove, resource, type Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import { mergedStatus } from '../testing-only/merged-status';
import { ModelSource } from '../testing-only/model-source';
import type { Followed } from './drift';
import { SYNC_ANNOTATION, Syncer } from './syncer';

/** A reconcile over a model of a cluster; test/gitops has a real one. */

let model: ModelApi;
let server: ScriptedServer;
let connection: Connection;
let source: ModelSource;
let app: Stored<Application>;
let told: Told[];
let statusWrites: number;

beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
  connection = server.connect();
  source = new ModelSource();
  told = [];
  statusWrites = 0;
  app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { source: { url: 'https://example.com/x' } },
  } as Stored<Application>;
});
afterEach(() => server.close());

const map = (name: string, x = '1') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { image: a } }\n';
const set = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${name}.yaml`, map(name)]));

function contextOf(changed = new AbortController()) {
  return {
    connection,
    signal: new AbortController().signal,
    changed: changed.signal,
    failures: 0,
    tell: (one: Told) => void told.push(one),
    status: async (status: Readonly<Record<string, unknown>>) => {
      if (JSON.stringify(app.status) !== JSON.stringify(status)) statusWrites += 1;
      app = { ...app, status: mergedStatus(app.status, status) };
    },
  };
}
/** One that may watch nothing, so that it asks the cluster each time. */
const syncer = () =>
  new Syncer({ of: () => source }, { openKinds: () => () => Promise.reject(new Error('no')) });

/** One that watches all kinds, and what a test lets those watches tell. */
function watching() {
  const listeners: Array<Parameters<Followed['onChange']>[0]> = [];
  const onChange: Followed['onChange'] = (listener) => {
    listeners.push(listener);
    return () => {};
  };
  const openKinds = () => async (): Promise<Followed> => ({ all: () => [], onChange });
  const one = new Syncer({ of: () => source }, { openKinds });
  const tell = (type: 'modified' | 'deleted', name: string, more: object = {}) => {
    const found = [...model.objects.values()].find(({ metadata }) => metadata.name === name);
    const object = { ...found, metadata: { ...found?.metadata, ...more } } as Stored<KubeObject>;
    for (const listener of listeners) listener({ type, object, finalStateUnknown: false } as never);
  };
  return { one, tell };
}
const reconcile = (context = contextOf()) => syncer().reconcile(app, context);
const change = (sync: object) => {
  app = {
    ...app,
    metadata: { ...app.metadata, generation: (app.metadata.generation ?? 0) + 1 },
    spec: { ...app.spec, sync: { ...app.spec.sync, ...sync } },
  };
};
const maps = () =>
  [...model.objects.values()]
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name)
    .sort();
const phase = () => app.status?.phase;

test('a commit is applied, told and remembered, and the same again writes nothing', async () => {
  const first = source.push(set('a', 'b'));
  await reconcile();
  expect(maps()).toEqual(['a', 'b']);
  expect(app.status).toMatchObject({
    ...{ phase: 'Healthy', sync: 'Synced', health: 'Healthy', inventory: 2, lastAppliedRevision: first },
    release: expect.stringMatching(/^shop-[0-9a-f]{8}$/),
  });
  expect(told).toEqual([{ reason: 'Applied', action: 'Apply', note: `commit ${first}: 2 applied` }]);
  const { writes } = model;
  const before = statusWrites;
  await reconcile();
  expect([model.writes - writes, statusWrites - before, told.length]).toEqual([0, 0, 1]);

  // Another commit with the same folder: it is noted, and nothing else is written.
  const second = source.push(set('a', 'b'));
  await reconcile();
  expect([model.writes - writes, statusWrites - before, app.status?.lastAppliedRevision]).toEqual([
    0,
    1,
    second,
  ]);
});

test('what the next commit has not is pruned, unless that is off', async () => {
  source.push(set('a', 'b'));
  await reconcile();
  change({ prune: false });
  // All that the commit has is written, and what it no longer has is still remembered.
  source.push({ 'b.yaml': map('b', '2'), 'c.yaml': map('c') });
  await reconcile();
  expect([maps(), app.status?.inventory]).toEqual([['a', 'b', 'c'], 3]);
  change({ prune: true });
  await reconcile();
  expect([maps(), app.status?.inventory]).toEqual([['b', 'c'], 2]);
});

test('what a controller that has died had deleted is not missing, and the next look forgets it', async () => {
  source.push(set('a', 'b'));
  await reconcile();
  const { parent } = releaseOf(app.status?.release ?? '', 'here');
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2000-01-01T00:00:00.000000Z' };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec };
  model.edit('dead', { ...lease, metadata: { name: parent, namespace: 'here' } } as KubeObject);
  model.drop([...model.objects].find(([, { metadata }]) => metadata.name === 'b')![0]);
  source.push(set('a', 'c'));
  await reconcile();
  expect(app.status).toMatchObject({ phase: 'Healthy', sync: 'Synced', inventory: 2 });
  // What it might still make is remembered until then.
  const at = { connection: server.connect(), release: app.status?.release ?? '', namespace: 'here' };
  const remembered = async () => (await new Deployer(at).status()).objects.map(({ name }) => name).sort();
  expect(await remembered()).toEqual(['a', 'b', 'c']);
  await reconcile();
  expect(await remembered()).toEqual(['a', 'c']);
  at.connection.close();
});

test.each<[string, () => void]>([
  ['a broken file', () => source.push({ 'a.yaml': 'a: [' })],
  ['an empty folder', () => source.push({})],
  ['nearly nothing', () => source.push(set('a'))],
  [
    'an object of another',
    () => {
      model.edit('somebody', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'z', namespace: 'here' },
      });
      source.push(set('a', 'b', 'c', 'd', 'e', 'z'));
    },
  ],
])('%s is refused, told once, and changes nothing', async (_what, push) => {
  const good = source.push(set('a', 'b', 'c', 'd', 'e'));
  await reconcile();
  push();
  const before = maps();
  await reconcile();
  expect([phase(), app.status?.health, app.status?.lastAppliedRevision]).toEqual(['Failed', 'Healthy', good]);
  expect(app.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  const count = told.length;
  const writes = statusWrites;
  await reconcile();
  expect([told.length, statusWrites]).toEqual([count, writes]);
  expect(maps()).toEqual(before);
  source.push(set('a', 'b', 'c', 'd', 'e', 'f'));
  await reconcile();
  expect([phase(), app.status?.history?.map(({ outcome }) => outcome)]).toEqual([
    'Healthy',
    ['Applied', 'Failed', 'Applied'],
  ]);
});

test('a repository that cannot be asked is told, tried again soon, and deletes nothing', async () => {
  source.push(set('a'));
  await reconcile();
  const facts = { where: 'w', found: 'f', expected: 'e', remedy: 'r' };
  source.trouble = new GitopsError('SOURCE_UNREACHABLE', facts);
  expect(await reconcile()).toEqual({ afterMs: 5_000 });
  expect([phase(), app.status?.sync, app.status?.health, maps()]).toEqual([
    'Degraded',
    'Unknown',
    'Healthy',
    ['a'],
  ]);
  source.trouble = undefined;
  await reconcile();
  expect(phase()).toBe('Healthy');
});

test('a wait ends for a newer commit, and for a change of the Application', async () => {
  model.jobStatus = { active: 1 };
  change({ interval: '1s', timeout: '2h' });
  const first = source.push({ ...set('a'), 'job.yaml': job });
  const waiting = reconcile();
  while (
    !model.objects.has('batch/Job/here/job') &&
    ![...model.objects.keys()].some((key) => key.includes('Job'))
  )
    await new Promise((resolve) => setTimeout(resolve, 5));
  const second = source.push(set('a'));
  expect(await waiting).toEqual({ afterMs: 1 });
  expect(app.status?.history?.[0]).toMatchObject({ revision: first, outcome: 'Superseded' });
  await reconcile();
  expect([phase(), app.status?.lastAppliedRevision]).toEqual(['Healthy', second]);
  expect([...model.objects.values()].some(({ kind }) => kind === 'Job')).toBe(false);

  source.push({ ...set('a'), 'job.yaml': job });
  const changed = new AbortController();
  const again = reconcile(contextOf(changed));
  while (phase() !== 'Syncing') await new Promise((resolve) => setTimeout(resolve, 5));
  changed.abort();
  expect(await again).toEqual({ afterMs: 1 });
  // What is found is an answer to what the Application was.
  expect(phase()).toBe('Syncing');
});

test('what does not become healthy in time is degraded, and well again by the next commit', async () => {
  model.jobStatus = { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] };
  source.push({ ...set('a'), 'job.yaml': job });
  expect(await reconcile()).toEqual({ afterMs: 5_000 });
  expect([phase(), app.status?.health, app.status?.lastAppliedRevision]).toEqual([
    'Degraded',
    'Degraded',
    undefined,
  ]);
  expect(app.status?.message).toContain('Job here/job');
  source.push(set('a'));
  await reconcile();
  expect(phase()).toBe('Healthy');
});

test('without `auto` a commit is told, and applied when the annotation names it, and no other', async () => {
  change({ auto: false });
  const first = source.push(set('a'));
  await reconcile();
  expect([phase(), app.status?.sync, maps()]).toEqual(['Pending', 'OutOfSync', []]);
  expect(app.status?.message).toContain('create ConfigMap here/a');
  const allow = (revision: string) => {
    app = { ...app, metadata: { ...app.metadata, annotations: { [SYNC_ANNOTATION]: revision } } };
  };
  allow('commit-0');
  await reconcile();
  expect(maps()).toEqual([]);
  allow(first);
  await reconcile();
  expect([phase(), maps()]).toEqual(['Healthy', ['a']]);
  source.push(set('a', 'b'));
  await reconcile();
  expect([app.status?.sync, maps()]).toEqual(['OutOfSync', ['a']]);
  source.push({ 'a.yaml': map('a') });
  await reconcile();
  expect([phase(), app.status?.sync]).toEqual(['Healthy', 'Synced']);
});

test('a deletion takes all that was made, without the repository, and nothing else', async () => {
  model.edit('somebody', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'foreign', namespace: 'here' },
  });
  source.push(set('a', 'b'));
  await reconcile();
  source.trouble = new GitopsError('SOURCE_UNREACHABLE', {
    where: 'w',
    found: 'f',
    expected: 'e',
    remedy: 'r',
  });
  const before = model.objects.size;
  await syncer().finalize(app, contextOf());
  expect(maps()).toEqual(['foreign']);
  expect(model.objects.size).toBeLessThan(before);
  // Once more, as after a kill between the deletion and the finalizer; and for one that was never applied.
  await syncer().finalize(app, contextOf());
  change({ prune: false });
  source.trouble = undefined;
  await reconcile();
  await syncer().finalize(app, contextOf());
  expect(maps()).toEqual(['a', 'b', 'foreign']);
});

test('what ends because the process ends says nothing of the Application', async () => {
  model.jobStatus = { active: 1 };
  source.push({ 'job.yaml': job });
  const ending = new AbortController();
  const working = syncer().reconcile(app, { ...contextOf(), signal: ending.signal });
  while (phase() !== 'Syncing') await new Promise((resolve) => setTimeout(resolve, 5));
  ending.abort();
  await expect(working).rejects.toThrow();
  expect([phase(), app.status?.history, told]).toEqual(['Syncing', [], []]);
});

test('what an Application names an account for is done in the name of that account, and what is about itself is not', async () => {
  app = {
    ...app,
    spec: { ...app.spec, serviceAccount: 'deployer', source: { ...app.spec.source, secret: 'git' } },
  };
  const password = Buffer.from('x').toString('base64');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'git', namespace: 'here' },
    data: { password },
  };
  model.edit('somebody', secret);
  source.push(set('a'));
  await reconcile();
  expect(phase()).toBe('Healthy');
  const users = (path: RegExp) =>
    new Set(
      server.seen.filter((one) => path.test(one.path)).map(({ headers }) => headers['impersonate-user']),
    );
  expect(users(/secrets\/git$/)).toEqual(new Set([undefined]));
  const writes = server.seen.filter(({ method, path }) => method !== 'GET' && !/accessreviews$/.test(path));
  expect(writes.length).toBeGreaterThan(2);
  expect(new Set(writes.map(({ headers }) => headers['impersonate-user']))).toEqual(
    new Set(['system:serviceaccount:here:deployer']),
  );
});

test('where each has to name an account, one that does not is refused, and one that does is applied', async () => {
  source.push(set('a'));
  const strict = new Syncer(
    { of: () => source },
    {
      requireServiceAccount: true,
      openKinds: () => () => Promise.reject(new Error('no')),
    },
  );
  await strict.reconcile(app, contextOf());
  expect([phase(), maps()]).toEqual(['Failed', []]);
  expect(app.status?.conditions?.find(({ type }) => type === 'Ready')?.reason).toBe('AccountMissing');
  app = { ...app, spec: { ...app.spec, serviceAccount: 'deployer' } };
  await strict.reconcile(app, contextOf());
  expect([phase(), maps()]).toEqual(['Healthy', ['a']]);
});

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: main, image: ${image}, securityContext: { privileged: true } }] }\n`;
const policyCondition = () => app.status?.conditions?.find(({ type }) => type === 'Policy');
const underPolicy = (policy: object) => {
  app = {
    ...app,
    spec: { ...app.spec, policy: { level: 'baseline', ...policy } as never, sync: { timeout: '1s' } },
  };
};

test.each([
  ['strict', [], true],
  ['permissive', ['a'], true],
  ['audit', ['a'], false],
] as const)('a %s policy with findings applies %j', async (mode, applied, warns) => {
  underPolicy({ mode });
  source.push({ 'a.yaml': map('a'), 'p.yaml': pod('shop:1') });
  await reconcile();
  expect([phase() === 'Failed', maps()]).toEqual([mode === 'strict', applied]);
  expect(policyCondition()).toMatchObject({ status: 'False', message: expect.stringContaining('Pod/p') });
  const warnings = () => told.filter(({ reason }) => /^Policy/.test(reason)).length;
  expect(warnings()).toBe(warns ? 1 : 0);
  await reconcile();
  expect(warnings()).toBe(warns ? 1 : 0);
  source.push(set('a'));
  await reconcile();
  expect([phase(), policyCondition()?.status]).toEqual(['Healthy', 'True']);
  app = { ...app, spec: { source: app.spec.source } };
  await reconcile();
  expect(policyCondition()).toBeUndefined();
});

test('an exception holds until its day, for its object and its rule', async () => {
  source.push({ 'p.yaml': pod('shop:1') });
  for (const [rule, object, until, isRefused] of [
    ['pod-security', 'Pod/other', '2999-01-01', true],
    ['latest-tag', 'Pod/p', '2999-01-01', true],
    ['pod-security', 'Pod/p', '2020-01-01', true],
    ['pod-security', 'Pod/p', '2999-01-01', false],
  ] as const) {
    underPolicy({ mode: 'strict', exceptions: [{ rule, object, reason: 'a driver', until }] });
    await reconcile();
    expect([rule, object, until, phase() === 'Failed']).toEqual([rule, object, until, isRefused]);
  }
});

test('a dependency that is not there holds back the first commit, and no repair of what was applied', async () => {
  const first = source.push(set('a'));
  app = { ...app, spec: { ...app.spec, dependsOn: ['database'] } };
  expect(await reconcile()).toEqual({ afterMs: 5_000 });
  expect([phase(), app.status?.message, maps()]).toEqual([
    'Pending',
    `commit ${first} waits for Application database, which is not there`,
    [],
  ]);
  app = { ...app, spec: { source: app.spec.source } };
  await reconcile();
  app = { ...app, spec: { ...app.spec, dependsOn: ['database'] } };
  await connectionRemoves('a');
  await reconcile();
  expect([phase(), maps()]).toEqual(['Healthy', ['a']]);
});

async function connectionRemoves(name: string): Promise<void> {
  await remove(connection, resource('v1', 'ConfigMap'), { name, namespace: 'here' }, await uidOf(name));
}

async function uidOf(name: string) {
  const { metadata } = await get(connection, resource('v1', 'ConfigMap'), { name, namespace: 'here' });
  return { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
}

test('a status that could not be written is written by the next reconcile, though nothing is left to do', async () => {
  const { one } = watching();
  source.push(set('a'));
  await one.reconcile(app, contextOf());
  // The next one finds all of it well, and cannot say so.
  const before = { ...app, status: { ...app.status, phase: 'Syncing' as const } };
  app = before;
  const failing = { ...contextOf(), status: () => Promise.reject(new Error('the API server is busy')) };
  await expect(one.reconcile(app, failing)).rejects.toThrow('busy');
  expect(phase()).toBe('Syncing');
  await one.reconcile(app, contextOf());
  expect(phase()).toBe('Healthy');
});

test('where nothing has changed the cluster is not asked, and of a commit elsewhere nothing is written', async () => {
  const { one, tell } = watching();
  const woken: string[] = [];
  const stop = one.waker((key) => woken.push(key));
  source.push(set('a'));
  // The watch has only begun: what is edited in these moments is seen by the next look.
  expect(await one.reconcile(app, contextOf())).toEqual({ afterMs: 5_000 });
  expect(await one.reconcile(app, contextOf())).toEqual({ afterMs: 30_000 });
  const calls = () => server.seen.length;
  const before = calls();
  for (let time = 0; time < 5; time += 1) await one.reconcile(app, contextOf());
  expect([calls() - before, phase()]).toEqual([0, 'Healthy']);

  const applied = app.status?.lastAppliedRevision;
  const elsewhere = source.push(set('a'));
  const writes = statusWrites;
  await one.reconcile(app, contextOf());
  await one.reconcile(app, contextOf());
  expect([calls() - before, statusWrites - writes, app.status?.lastAppliedRevision]).toEqual([0, 0, applied]);

  // A status that moves on is looked at the next time; drift at once.
  tell('modified', 'a', { resourceVersion: '900' });
  expect(woken).toEqual(['here/shop']);
  await one.reconcile(app, contextOf());
  expect(calls()).toBeGreaterThan(before);
  // With the next look at the cluster the commit is said too.
  expect(app.status?.lastAppliedRevision).toBe(elsewhere);
  tell('deleted', 'a');
  await connectionRemoves('a');
  await one.reconcile(app, contextOf());
  expect(maps()).toEqual(['a']);

  // Another generation, and a repository that answers otherwise, are looked at too.
  await one.reconcile(app, contextOf());
  const settled = calls();
  change({ interval: '10s' });
  await one.reconcile(app, contextOf());
  expect(calls()).toBeGreaterThan(settled);
  source.trouble = new GitopsError('SOURCE_DENIED', { where: 'w', found: 'f', expected: 'e', remedy: 'r' });
  await one.reconcile(app, contextOf());
  expect(phase()).toBe('Degraded');
  source.trouble = undefined;
  await one.reconcile(app, contextOf());
  expect(phase()).toBe('Healthy');
  stop();
});

describe('while this process leads', () => {
  const MINUTES_10 = { afterMs: 600_000 };
  const AWAY = new GitopsError('SOURCE_UNREACHABLE', { where: 'w', found: 'f', expected: 'e', remedy: 'r' });
  /** Quiet, and asked for with others every few milliseconds. */
  async function quiet() {
    const { one, tell } = watching();
    const woken: string[] = [];
    const stop = one.waker((key) => woken.push(key));
    app = { ...app, spec: { ...app.spec, sync: { interval: '20ms' } } };
    source.push(set('a'));
    await one.reconcile(app, contextOf());
    await one.reconcile(app, contextOf());
    const again = await one.reconcile(app, contextOf());
    return { one, tell, woken, stop, again };
  }
  const untilWoken = async (woken: readonly string[]) => {
    for (const began = performance.now(); woken.length === 0; await pause(2))
      if (performance.now() - began > 30_000) throw new Error('never woken');
  };

  const commit = () => void source.push(set('b'));
  const goAway = () => {
    source.trouble = AWAY;
  };
  /** At the same commit. */
  const takeOther = () => {
    source = new ModelSource();
    source.push(set('a'));
  };

  test.each([
    ['there is a new commit', commit],
    ['the repository is away', goAway],
    ['its credentials are others', takeOther],
  ])('who is quiet is not looked at until %s', async (_what, happen) => {
    const { woken, stop, again } = await quiet();
    expect(again).toEqual(MINUTES_10);
    await pause(200);
    expect(woken).toEqual([]);
    happen();
    await untilWoken(woken);
    expect(woken).toEqual(['here/shop']);
    stop();
  });

  test('a new status wakes it at the next interval', async () => {
    const { tell, woken, stop } = await quiet();
    // Of a kind with a generation, as a ConfigMap has none.
    tell('modified', 'a', { generation: 1 });
    woken.splice(0);
    tell('modified', 'a', { generation: 1, resourceVersion: '900' });
    expect(woken).toEqual([]);
    await untilWoken(woken);
    stop();
  });

  test('once it leads no longer nothing is asked', async () => {
    const { woken, stop } = await quiet();
    stop();
    source.push(set('b'));
    await pause(100);
    expect(woken).toEqual([]);
  });
});

test('a change that comes while it is looked at is not forgotten', async () => {
  const { one, tell } = watching();
  source.push(set('a'));
  const context = contextOf();
  const looking = one.reconcile(app, {
    ...context,
    status: async (status) => {
      tell('modified', 'a', { resourceVersion: '901' });
      await context.status(status);
    },
  });
  await looking;
  const before = server.seen.length;
  await one.reconcile(app, contextOf());
  expect(server.seen.length).toBeGreaterThan(before);
});
