import type { Told } from '../../controller';
import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Connection, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import { mergedStatus } from '../testing-only/merged-status';
import { ModelSource } from '../testing-only/model-source';
import { Syncer } from './syncer';

/** A commit that does not become healthy, and what was before it, over a model of a cluster; test/gitops has a real one. */

let model: ModelApi;
let server: ScriptedServer;
let connection: Connection;
let source: ModelSource;
let app: Stored<Application>;
let told: Told[];

beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
  connection = server.connect();
  source = new ModelSource();
  told = [];
  app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { source: { url: 'https://example.com/x' }, sync: { rollback: true, timeout: '1s' } },
  } as Stored<Application>;
});
afterEach(() => server.close());

const never = new AbortController().signal;
const started = () =>
  new Syncer({ of: () => source }, { openKinds: () => () => Promise.reject(new Error('no')) });
/** By a controller that was just started: it knows what the status says, and no more. */
const reconcile = (by = started()) =>
  by.reconcile(app, {
    ...{ connection, signal: never, changed: never, failures: 0 },
    tell: (one: Told) => void told.push(one),
    status: async (status) => {
      app = { ...app, status: mergedStatus(app.status, status) };
    },
  });
const change = (sync: object) => {
  const generation = (app.metadata.generation ?? 0) + 1;
  app = {
    ...app,
    metadata: { ...app.metadata, generation },
    spec: { ...app.spec, sync: { ...app.spec.sync, ...sync } },
  };
};
const map = (name: string, x: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { image: a } }\n';
const good = { 'a.yaml': map('a', 'good') };
const added = ['b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.yaml`, map(name, 'bad')] as const);
const bad = { 'a.yaml': map('a', 'bad'), 'job.yaml': job, ...Object.fromEntries(added) };
const there = () =>
  [...model.objects.values()]
    .filter(({ kind }) => ['ConfigMap', 'Job'].includes(kind))
    .map((one) =>
      `${one.metadata.name} ${(one as { readonly data?: { readonly x: string } }).data?.x ?? ''}`.trim(),
    );
const failing = { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] };
const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
/** What the controller of Jobs says of the one that is there. */
const jobIs = (status: ModelApi['jobStatus']) => {
  model.jobStatus = status;
  // The model writes it with the next write.
  const annotations = { seen: JSON.stringify(status) };
  model.edit('jobs', {
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', namespace: 'here', annotations } },
  });
};
const outcomes = () => app.status?.history?.map(({ outcome }) => outcome);
const ready = () => app.status?.conditions?.find(({ type }) => type === 'Ready')?.reason;

/** A good commit that is in force, and a bad one that was taken back. */
async function takenBack(): Promise<{ readonly first: string; readonly second: string }> {
  const first = source.push(good);
  await reconcile();
  model.jobStatus = failing;
  const second = source.push(bad);
  await reconcile();
  return { first, second };
}

test('a commit that does not become healthy is taken back with all that it has brought, and told', async () => {
  const { first, second } = await takenBack();
  expect(there()).toEqual(['a good']);
  expect(app.status).toMatchObject({
    ...{ phase: 'Failed', sync: 'OutOfSync', health: 'Healthy', inventory: 1 },
    ...{ lastAttemptedRevision: second, lastAppliedRevision: first },
    rolledBack: { generation: 1, message: 'Job here/job: Failed is True (BackoffLimitExceeded)' },
  });
  expect(app.status?.message).toMatch(/commit-2 was taken back.*push another commit.*Job here\/job/s);
  expect([outcomes(), ready()]).toEqual([['RolledBack', 'Applied'], 'RolledBack']);
  expect(told.filter(({ reason }) => reason === 'RolledBack')).toHaveLength(1);
});

test('it is not tried again, by another controller neither, and what is edited is put right', async () => {
  await takenBack();
  const status = app.status;
  // Now it would be healthy: nobody tries.
  model.jobStatus = complete;
  await reconcile();
  expect([there(), app.status]).toEqual([['a good'], status]);
  model.edit('somebody', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'here' } },
    ...({ data: { x: 'hand' } } as object),
  });
  await reconcile();
  expect(there()).toEqual(['a good']);
  // The same content by another commit, as after an amended message.
  source.push({ ...bad });
  await reconcile();
  expect([there(), ready()]).toEqual([['a good'], 'RolledBack']);
});

test('a controller that does not yet see the status that it has written does not try it again, until there was another', async () => {
  const one = started();
  source.push(good);
  await reconcile(one);
  const seen = app;
  model.jobStatus = failing;
  source.push(bad);
  await reconcile(one);
  model.jobStatus = complete;
  app = seen;
  await reconcile(one);
  expect([there(), ready()]).toEqual([['a good'], 'RolledBack']);
  source.push(good);
  await reconcile(one);
  source.push(bad);
  await reconcile(one);
  expect([there().length, app.status?.phase]).toEqual([7, 'Healthy']);
});

test.each([
  ['another content', () => source.push({ 'a.yaml': map('a', 'next') }), ['a next']],
  ['the good content, as of a revert', () => source.push(good), ['a good']],
])('%s is applied, and what was taken back is forgotten', async (_what, push, is) => {
  await takenBack();
  const revision = push();
  await reconcile();
  expect([there(), app.status?.phase, app.status?.lastAppliedRevision]).toEqual([is, 'Healthy', revision]);
  expect(app.status?.rolledBack).toBeUndefined();
});

test('after a change of the Application it is tried again', async () => {
  await takenBack();
  model.jobStatus = complete;
  change({ timeout: '2s' });
  await reconcile();
  expect([there().length, app.status?.phase, app.status?.rolledBack]).toEqual([7, 'Healthy', undefined]);
});

test('with `rollback` taken out it is tried again, and stays', async () => {
  await takenBack();
  change({ rollback: false });
  await reconcile();
  expect([there().length, app.status?.phase]).toEqual([7, 'Degraded']);
});

test('a repository that cannot be asked meanwhile does not make it be tried again', async () => {
  await takenBack();
  source.trouble = new GitopsError('SOURCE_UNREACHABLE', {
    ...{ where: 'w', found: 'f', expected: 'e', remedy: 'r' },
  });
  await reconcile();
  expect([app.status?.sync, there()]).toEqual(['Unknown', ['a good']]);
  source.trouble = undefined;
  model.jobStatus = complete;
  await reconcile();
  expect([there(), ready()]).toEqual([['a good'], 'RolledBack']);
});

test('the first commit has nothing before it: it stays, and is told', async () => {
  model.jobStatus = failing;
  source.push(bad);
  await reconcile();
  expect([app.status?.phase, ready(), there().length]).toEqual(['Degraded', 'ApplyIncomplete', 7]);
});

test('what was healthy, and no longer is, is not taken back for what was before it', async () => {
  source.push(good);
  await reconcile();
  const second = source.push(bad);
  await reconcile();
  expect(app.status?.lastAppliedRevision).toBe(second);
  jobIs(failing);
  await reconcile();
  expect([app.status?.phase, there().length]).toEqual(['Degraded', 7]);
});

test('a commit that is refused before anything is written has nothing to take back', async () => {
  source.push(good);
  await reconcile();
  source.push({ 'a.yaml': 'a: [' });
  await reconcile();
  expect([app.status?.phase, ready(), app.status?.rolledBack]).toEqual(['Failed', 'RenderFailed', undefined]);
});

const labelled = job.replace('name: job', 'name: job, labels: { of: bad }');

test('where what was before is not well either that is told, and goes on without the commit', async () => {
  source.push({ ...good, 'job.yaml': job });
  await reconcile();
  jobIs(failing);
  source.push({ ...bad, 'job.yaml': labelled });
  await reconcile();
  expect([app.status?.phase, app.status?.health, ready()]).toEqual([
    'Degraded',
    'Degraded',
    'RollbackFailed',
  ]);
  expect(app.status?.message).toMatch(/is being taken back, which goes on: .*Job here\/job/s);
  jobIs(complete);
  await reconcile();
  expect([app.status?.phase, app.status?.health, ready(), there()]).toEqual([
    ...['Failed', 'Healthy', 'RolledBack', ['a good', 'job']],
  ]);
  // What is in force may be sick without the commit.
  jobIs(failing);
  await reconcile();
  expect([app.status?.phase, app.status?.health, ready()]).toEqual(['Failed', 'Degraded', 'RolledBack']);
  expect(app.status?.message).toContain('Job here/job is failed');
});
