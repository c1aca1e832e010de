import type { ScriptedServer } from '../kube/testing-only/scripted-server';
import { configTo } from '../kube/testing-only/scripted-server';
import { Deployer } from './deployer';
import { DeployError } from './errors';
import type { ApplyOptions, DeployerOptions } from './options';
import type { DeployEvent } from './run/progress';
import { ModelApi } from './testing-only/model-api';
import { serveModel } from './testing-only/model-server';

/** What the options of a Deployer come to, asked through HTTP of a model; test/deploy asks a real API server. */

let model: ModelApi;
let server: ScriptedServer;
const open: Deployer[] = [];
beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
});
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await server.close();
});

function deployer(options: Partial<DeployerOptions> = {}): Deployer {
  const one = new Deployer({ release: 'shop', kubeconfig: configTo(server.url), ...options });
  open.push(one);
  return one;
}

const configMap = (name: string, x = '1', metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data: { x },
});
const configMaps = (count: number) => [...Array(count).keys()].map((at) => configMap(`c${at}`));
const job = (image: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'job' },
  spec: { template: { image } },
});
const isThere = (key: string) => model.objects.has(key);
const failureOf = (run: Promise<unknown>): Promise<DeployError> =>
  run.then(
    () => Promise.reject(new Error('it went well')),
    (error: DeployError) => error,
  );

test('a plan writes nothing, an apply does what it says, and again it does nothing', async () => {
  const shop = deployer();
  const set = [configMap('a'), configMap('b')];
  const { writes } = model;
  expect(await shop.plan(set)).toMatchObject({
    release: 'shop',
    namespace: 'here',
    objects: [
      { action: 'create', name: 'a' },
      { action: 'create', name: 'b' },
    ],
    problems: [],
  });
  expect(model.writes).toBe(writes);
  expect(await shop.apply(set)).toMatchObject({
    release: 'shop',
    namespace: 'here',
    revision: 1,
    changed: true,
  });
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: '1' } });
  expect(await shop.apply(set)).toMatchObject({ revision: 1, changed: false });
  expect(await shop.apply([configMap('a')])).toMatchObject({ revision: 2, changed: true });
  expect(isThere('/ConfigMap/here/b')).toBe(false);
});

test('a release lives in the namespace that was named, else in that of the context', async () => {
  await deployer({ namespace: 'there' }).apply([configMap('a')]);
  expect(isThere('/ConfigMap/there/a')).toBe(true);
  expect(isThere('/Secret/there/drydock.shop')).toBe(true);
  await deployer().apply([configMap('a')]);
  expect(isThere('/Secret/here/drydock.shop')).toBe(true);
});

test('the name of a release is looked at before anything is opened', () => {
  expect(() => deployer({ release: 'no_name' })).toThrow(expect.objectContaining({ code: 'RELEASE_NAME' }));
  expect(server.seen).toEqual([]);
});

test('objects have the place that was given for them in every message, and the group that was given', async () => {
  const { problems } = await deployer().plan([{ ...configMap('a'), kind: 'Nothing' }], {
    from: ['one.yaml'],
  });
  expect(problems.map(({ where }) => where)).toEqual(['one.yaml, Nothing a']);
  expect((await failureOf(deployer().apply([7], { from: ['two.yaml'] }))).where).toBe('two.yaml');
  await expect(deployer().plan([7], { from: ['two.yaml'] })).rejects.toMatchObject({ where: 'two.yaml' });
  const told: string[] = [];
  const onEvent = (event: DeployEvent) => {
    if (event.type === 'object') told.push(event.outcome.name);
  };
  await deployer({ onEvent }).apply([configMap('last'), configMap('first')], { groups: [1, 0] });
  expect(told).toEqual(['first', 'last']);
  const plan = await deployer().plan([configMap('last'), configMap('first')], { groups: [1, 0] });
  expect(plan.objects.map(({ name }) => name)).toEqual(['first', 'last']);
});

test('what is not ours is taken over when that is asked for, and else not', async () => {
  model.edit('somebody', { ...configMap('a', '2', { namespace: 'here' }) } as never);
  expect((await failureOf(deployer().apply([configMap('a')]))).code).toBe('OBJECT_NOT_OURS');
  const { objects } = await deployer().plan([configMap('a')], { adopt: true });
  expect(objects).toMatchObject([{ action: 'adopt', changes: expect.arrayContaining([]) }]);
  await deployer().apply([configMap('a')], { adopt: true });
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: '1' } });
});

test('a field of another is taken by force when that is asked for, and else not', async () => {
  await deployer().apply([configMap('a')]);
  model.edit('somebody', { ...configMap('a', '2', { namespace: 'here' }) } as never);
  expect((await failureOf(deployer().apply([configMap('a')]))).code).toBe('FIELD_CONFLICT');
  await deployer().apply([configMap('a')], { forceConflicts: true });
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: '1' } });
});

test('the fields of a named manager become ours', async () => {
  model.edit('helm', { ...configMap('a', '1', { namespace: 'here' }) } as never);
  expect((await failureOf(deployer().apply([configMap('a')]))).code).toBe('OBJECT_NOT_OURS');
  const { objects } = await deployer().plan([configMap('a')], { adoptFrom: ['helm'] });
  expect(objects).toMatchObject([
    { action: 'adopt', taken: [{ path: 'data.x', owner: { manager: 'helm' } }] },
  ]);
});

test('what cannot be changed is made anew when its kind is named, and else not', async () => {
  await deployer().apply([job('1')]);
  expect((await failureOf(deployer().apply([job('2')]))).code).toBe('FIELD_IMMUTABLE');
  await deployer().apply([job('2')], { recreate: ['Job'] });
  expect(model.objects.get('batch/Job/here/job')).toMatchObject({ spec: { template: { image: '2' } } });
});

test('every object is asked about when that is asked for, and else only what has changed', async () => {
  await deployer().apply([configMap('a')]);
  const applies = async (options: ApplyOptions) => {
    const before = model.applies;
    await deployer().apply([configMap('a')], options);
    return model.applies - before;
  };
  expect([
    await applies({}),
    await applies({ dryRunAll: false }),
    await applies({ dryRunAll: true }),
  ]).toEqual([0, 0, 1]);
});

test('what the set no longer has is pruned unless that is off, and many objects only when that is allowed', async () => {
  await deployer().apply(configMaps(8));
  await deployer().apply(configMaps(7), { prune: false });
  expect(isThere('/ConfigMap/here/c7')).toBe(true);
  expect((await failureOf(deployer().apply(configMaps(2)))).code).toBe('PRUNE_TOO_MANY');
  await deployer().apply(configMaps(2), { allowPrune: true });
  expect([isThere('/ConfigMap/here/c1'), isThere('/ConfigMap/here/c2')]).toEqual([true, false]);
});

test('a claim is pruned by its name alone', async () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };
  await deployer().apply([configMap('a'), claim]);
  await deployer().apply([configMap('a')]);
  expect(isThere('/PersistentVolumeClaim/here/data')).toBe(true);
  await deployer().apply([configMap('a')], { allowPruneOf: ['PersistentVolumeClaim/data'] });
  expect(isThere('/PersistentVolumeClaim/here/data')).toBe(false);
});

test('what changed is waited for, so long as was said, unless it is not to be', async () => {
  model.jobStatus = { active: 1 };
  const told: DeployEvent[] = [];
  const slow = deployer({ timeoutMs: 0, onEvent: (event) => told.push(event) });
  const failure = await failureOf(slow.apply([job('1')]));
  expect(failure.problems).toMatchObject([{ code: 'OBJECT_UNHEALTHY' }]);
  expect(told.map(({ type }) => type)).toContain('waiting');
  expect(await slow.apply([job('1')], { wait: false })).toMatchObject({ changed: true });
});

test('the order of a deletion is what was asked for', async () => {
  const orders = () =>
    server.seen
      .filter(({ method, path }) => method === 'DELETE' && path.includes('/configmaps/'))
      .map(({ body }) => JSON.parse(body).propagationPolicy);
  await deployer().apply([configMap('a'), configMap('b'), configMap('c'), configMap('d')]);
  await deployer().apply([configMap('a'), configMap('b'), configMap('c')]);
  await deployer().apply([configMap('a'), configMap('b')], { foreground: true });
  expect(orders()).toEqual(['Background', 'Foreground']);
  await deployer().delete();
  expect(orders().slice(2)).toEqual(['Background', 'Background']);
  await deployer().apply([configMap('a')]);
  await deployer().delete({ foreground: true });
  expect(orders().slice(4)).toEqual(['Foreground']);
});

test('ten revisions are kept, or as many as was said', async () => {
  const shop = deployer();
  for (let x = 1; x <= 12; x += 1) await shop.apply([configMap('a', String(x))]);
  expect((await shop.history()).map(({ revision }) => revision)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  await shop.apply([configMap('a', 'x')], { history: 2 });
  expect((await shop.history()).map(({ revision }) => revision)).toEqual([12, 13]);
});

test('a revision says what it was made of, and the last good one of something else outlives any history', async () => {
  const shop = deployer();
  await shop.apply([configMap('a', '1')], { source: 'one' });
  for (const x of ['2', '3', '4']) await shop.apply([configMap('a', x)], { source: 'two', history: 2 });
  const kept = async () => (await shop.history()).map(({ revision, source }) => [revision, source]);
  expect(await kept()).toEqual([
    [1, 'one'],
    [3, 'two'],
    [4, 'two'],
  ]);
  // The same objects of something else are no new revision: what is in force was made of what made it.
  expect((await shop.apply([configMap('a', '4')], { source: 'three', history: 2 })).changed).toBe(false);
  expect((await kept()).at(-1)).toEqual([4, 'two']);
  // The control: who says nothing of it has none, and keeps no more than is asked for.
  for (const x of ['5', '6', '7']) await shop.apply([configMap('a', x)], { history: 1 });
  expect(await kept()).toEqual([[7, undefined]]);
});

test.each([0, -1, 1.5, '3', null])(
  'a history of %j is refused before anything is asked of the cluster',
  async (history) => {
    const failure = await failureOf(deployer().apply([configMap('a')], { history } as never));
    expect(failure).toMatchObject({
      code: 'OBJECT_INVALID',
      where: 'options history',
      found: String(history),
      expected: 'a whole number from 1 on',
      remedy: 'Correct it, or leave it out.',
    });
    expect(server.seen).toEqual([]);
    await deployer().apply([configMap('a')], { history: 1 });
  },
);

test('a rollback goes to the last good revision before the newest, or to the one that is named', async () => {
  const shop = deployer();
  for (const x of ['1', '2', '3']) await shop.apply([configMap('a', x)]);
  expect(await shop.rollback()).toMatchObject({ revision: 4, changed: true });
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: '2' } });
  expect(await shop.rollback(1)).toMatchObject({ revision: 5 });
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: '1' } });
});

test('a rollback prunes as many objects as it takes, unless that is refused', async () => {
  const shop = deployer();
  await shop.apply(configMaps(1));
  await shop.apply(configMaps(9));
  expect((await failureOf(shop.rollback(1, { allowPrune: false }))).code).toBe('PRUNE_TOO_MANY');
  await shop.rollback(1);
  expect(isThere('/ConfigMap/here/c8')).toBe(false);
});

test('a set that does not become healthy is gone back from when that is asked for', async () => {
  const shop = deployer({ timeoutMs: 0 });
  await shop.apply([configMap('a', 'good')]);
  model.jobStatus = { conditions: [{ type: 'Failed', status: 'True' }] };
  const bad = [configMap('a', 'bad'), job('1')];
  const failure = await failureOf(shop.apply(bad, { rollbackOnFailure: true }));
  expect(failure).toMatchObject({
    code: 'APPLY_INCOMPLETE',
    where: 'release shop in namespace here',
    found: '1 of 2 objects that did not go well',
    expected: 'all of them applied and healthy',
    remedy: expect.stringMatching(
      /^The objects of the last good revision are back, as revision 3\. Mend what is listed, then apply again\.\n {2}- Job here\/job unhealthy: OBJECT_UNHEALTHY/,
    ),
    problems: [expect.objectContaining({ code: 'OBJECT_UNHEALTHY' })],
  });
  expect(failure).toBeInstanceOf(DeployError);
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: 'good' } });
  expect(isThere('batch/Job/here/job')).toBe(false);
  // Without it, what was applied stays as it is.
  expect((await failureOf(shop.apply(bad))).remedy).toContain('run the same again');
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { x: 'bad' } });
});

test('what is refused before it is written is not gone back from', async () => {
  const shop = deployer();
  await shop.apply([configMap('a', '1')]);
  await shop.apply([configMap('a', '2')]);
  const failure = await failureOf(shop.apply([], { rollbackOnFailure: true }));
  expect(failure.code).toBe('SET_EMPTY');
  expect((await shop.history()).map(({ revision }) => revision)).toEqual([1, 2]);
});

test('the status tells each object, and a deletion takes all of them', async () => {
  const shop = deployer();
  await expect(shop.status()).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
  await shop.apply([configMap('a'), configMap('b')]);
  expect(await shop.status()).toMatchObject({
    release: 'shop',
    namespace: 'here',
    objects: [
      { name: 'a', state: 'healthy' },
      { name: 'b', state: 'healthy' },
    ],
  });
  expect(await shop.delete()).toMatchObject({ release: 'shop', revision: undefined, changed: true });
  expect([...model.objects.keys()].filter((key) => !key.startsWith('/Namespace/'))).toEqual([]);
});

test('a deletion leaves what is precious until it is named', async () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };
  const shop = deployer();
  await shop.apply([configMap('a'), claim]);
  expect(await shop.delete()).toMatchObject({ revision: 1 });
  expect(isThere('/PersistentVolumeClaim/here/data')).toBe(true);
  await shop.delete({ allowPruneOf: ['PersistentVolumeClaim/data'] });
  expect(isThere('/PersistentVolumeClaim/here/data')).toBe(false);
});

test('another run is waited for so long as was said', async () => {
  const holder = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'drydock.shop', namespace: 'here' },
  };
  const renewTime = new Date(Date.now() + 3_600_000).toISOString();
  const spec = { holderIdentity: 'another', leaseDurationSeconds: 15, renewTime };
  model.edit('another', { ...holder, spec } as never);
  const told: DeployEvent[] = [];
  const shop = deployer({ lockWaitMs: 0, onEvent: (event) => told.push(event) });
  expect((await failureOf(shop.apply([configMap('a')]))).code).toBe('RELEASE_LOCKED');
  expect(told).toEqual([{ type: 'locked', by: 'another' }]);
});

test('what is going on ends when it is closed', async () => {
  model.jobStatus = { active: 1 };
  const shop: Deployer = deployer({ onEvent: ({ type }) => type === 'waiting' && shop.close() });
  // It would wait for five minutes.
  expect((await failureOf(shop.apply([job('1')]))).code).toBe('CLOSED');
});

test('through a lent connection the namespace that was named holds, and the connection stays open', async () => {
  const lent = server.connect();
  const shop = deployer({ connection: lent, namespace: 'there', kubeconfig: '/no/such/file' });
  await shop.apply([configMap('a')]);
  expect([...model.objects.keys()].filter((key) => key.includes('ConfigMap'))).toEqual([
    expect.stringContaining('there'),
  ]);
  shop.close();
  expect(lent.closing.aborted).toBe(false);
  const other = deployer({ connection: lent, release: 'other', namespace: 'there' });
  expect((await other.plan([configMap('a')])).problems.map(({ code }) => code)).toEqual(['OBJECT_NOT_OURS']);
});

test('an aborted signal ends the wait, and the same set goes on from there', async () => {
  model.jobStatus = { active: 1 };
  const ending = new AbortController();
  const lent = server.connect();
  const onEvent = ({ type }: DeployEvent) => type === 'waiting' && ending.abort();
  const shop = deployer({ connection: lent, signal: ending.signal, onEvent });
  expect((await failureOf(shop.apply([configMap('a'), job('a')]))).code).toBe('APPLY_INCOMPLETE');
  expect(lent.closing.aborted).toBe(false);
  const again = await deployer({ connection: lent }).apply([configMap('a'), job('a')], { wait: false });
  expect(again.revision).toBe(1);
});

test('a set that stands still on purpose is not gone back from', async () => {
  const shop = deployer({ timeoutMs: 0 });
  const names = { kind: 'Rollout', plural: 'rollouts' };
  model.edit('admin', {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: 'rollouts.argoproj.io' },
    ...({ spec: { group: 'argoproj.io', scope: 'Namespaced', names } } as object),
  });
  const rollout = (spec: object) => ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } },
    spec: { strategy: { canary: { steps: [{ pause: {} }] } }, ...spec },
  });
  await shop.apply([rollout({ version: '1' })]);
  model.rolloutStatus = {
    ...{ phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 0 },
    pauseConditions: [{ reason: 'CanaryPauseStep' }],
  };
  const failure = await failureOf(shop.apply([rollout({ version: '2' })], { rollbackOnFailure: true }));
  expect(failure.problems).toMatchObject([{ code: 'OBJECT_PAUSED' }]);
  expect(model.objects.get('argoproj.io/Rollout/here/web')).toMatchObject({ spec: { version: '2' } });
});
