import type { Told } from '../../controller';
import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { KubeObject, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import { mergedStatus } from '../testing-only/merged-status';
import { ModelSource } from '../testing-only/model-source';
import type { Followed } from './drift';
import { releaseName } from './settings';
import { statusOf } from './status';
import { SYNC_ANNOTATION, Syncer } from './syncer';
import { verdictOfFailure } from './verdict';

// What people read of an Application, word by word, beside what is done (syncer.test.ts).

const facts = { where: 'w', found: 'f', expected: 'e', remedy: 'r' };
let model: ModelApi;
let server: ScriptedServer;
let source: ModelSource;
let app: Stored<Application>;
let told: Told[];

beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
  source = new ModelSource();
  told = [];
  app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { source: { url: 'https://example.com/x' } },
  } as Stored<Application>;
});
afterEach(() => server.close());

const map = (name: string, x = '1', annotations = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, annotations: { ${annotations} } }\ndata: { x: "${x}" }\n`;
const KEEP = 'helm.sh/resource-policy: keep';
const context = () => ({
  connection: server.connect(),
  signal: new AbortController().signal,
  changed: new AbortController().signal,
  failures: 0,
  tell: (one: Told) => void told.push(one),
  status: async (status: Readonly<Record<string, unknown>>) => {
    app = { ...app, status: mergedStatus(app.status, status) };
  },
});
const unwatched = () =>
  new Syncer({ of: () => source }, { openKinds: () => () => Promise.reject(new Error('no')) });
const reconcile = () => unwatched().reconcile(app, context());
const spec = (more: object) => {
  const generation = (app.metadata.generation ?? 0) + 1;
  app = { ...app, metadata: { ...app.metadata, generation }, spec: { ...app.spec, ...more } };
};
const allow = (revision: string) => {
  app = { ...app, metadata: { ...app.metadata, annotations: { [SYNC_ANNOTATION]: revision } } };
};

test('what a deletion keeps is told by its name, and nothing where nothing is kept', async () => {
  source.push({ 'a.yaml': map('a') });
  await reconcile();
  await unwatched().finalize(app, context());
  expect(told.map(({ reason }) => reason)).toEqual(['Applied']);
  const claim =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { accessModes: [ReadWriteOnce] }\n';
  source.push({ 'a.yaml': map('a'), 'b.yaml': claim });
  await reconcile();
  await unwatched().finalize(app, context());
  expect(told.at(-1)).toEqual({
    ...{ type: 'Warning', reason: 'Kept' },
    note: 'not deleted: PersistentVolumeClaim/data',
  });
});

test('a commit that a person has to allow is told with what it changes, and how it is allowed', async () => {
  spec({ sync: { auto: false, allowPrune: true } });
  const first = source.push({ 'a.yaml': map('a'), 'b.yaml': map('b'), 'k.yaml': map('k', '1', KEEP) });
  allow(first);
  await reconcile();
  expect(app.status?.phase).toBe('Healthy');
  const next = source.push({ 'a.yaml': map('a', '2'), 'b.yaml': map('b'), 'c.yaml': map('c') });
  await reconcile();
  expect(app.status).toMatchObject({
    ...{ phase: 'Pending', sync: 'OutOfSync', health: 'Healthy', lastAttemptedRevision: next },
    message: expect.stringContaining(`commit ${next} would change 2 object(s): `),
  });
  const { message } = app.status!;
  for (const change of ['change ConfigMap here/a', 'create ConfigMap here/c'])
    expect(message).toContain(change);
  expect(message).not.toMatch(/ConfigMap here\/[bk]/);
  expect(message).toMatch(
    new RegExp(`To apply it: kubectl annotate --overwrite application shop ${SYNC_ANNOTATION}=${next}$`),
  );
});

test('what somebody has edited is put right by a commit that is allowed, so it is no problem of its plan', async () => {
  spec({ sync: { auto: false } });
  allow(source.push({ 'a.yaml': map('a') }));
  await reconcile();
  model.edit('kubectl-edit', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'here' } },
    data: { x: 'by hand' },
  } as KubeObject);
  source.push({ 'a.yaml': map('a', '2') });
  await reconcile();
  expect([app.status?.phase, app.status?.message]).toEqual([
    'Pending',
    expect.stringContaining('change ConfigMap here/a'),
  ]);
});

test('what no server takes is told before a person allows it', async () => {
  spec({ sync: { auto: false } });
  source.push({ 'a.yaml': 'apiVersion: v1\nkind: Confg\nmetadata: { name: z }\n' });
  await reconcile();
  expect([app.status?.phase, app.status?.message]).toEqual([
    'Failed',
    expect.stringContaining('OBJECT_KIND_UNKNOWN'),
  ]);
});

test('trouble is told once, as an event with its reason, for as long as it is the same', async () => {
  source.trouble = new GitopsError('SOURCE_UNREACHABLE', facts);
  await reconcile();
  await reconcile();
  expect(told).toEqual([
    {
      type: 'Warning',
      reason: 'SourceUnreachable',
      note: expect.stringContaining('SOURCE_UNREACHABLE at w'),
    },
  ]);
  source.trouble = new GitopsError('SOURCE_INVALID', facts);
  await reconcile();
  expect(told.map(({ reason }) => reason)).toEqual(['SourceUnreachable', 'SourceInvalid']);
});

test('a status without conditions, as another version may have left it, is gone on from', async () => {
  app = { ...app, status: { phase: 'Pending' } };
  spec({ policy: { mode: 'permissive' } });
  source.push({ 'a.yaml': map('a') });
  await reconcile();
  expect(app.status?.phase).toBe('Healthy');
});

test('a dependency that is added to what was applied is waited for', async () => {
  source.push({ 'a.yaml': map('a') });
  await reconcile();
  spec({ dependsOn: ['db'] });
  await reconcile();
  expect([app.status?.phase, app.status?.message]).toEqual([
    'Pending',
    expect.stringContaining('waits for Application db, which is not there'),
  ]);
});

test('where nothing changes the folder is not read, and other credentials ask a repository of their own', async () => {
  let current = source;
  const onChange: Followed['onChange'] = () => () => {};
  const openKinds = () => async (): Promise<Followed> => ({ all: () => [], onChange });
  const one = new Syncer({ of: () => current }, { openKinds });
  const held = context();
  source.push({ 'a.yaml': map('a') });
  for (let time = 0; time < 2; time += 1) await one.reconcile(app, held);
  const [revision, tree] = [jest.spyOn(source, 'revision'), jest.spyOn(source, 'tree')];
  await one.reconcile(app, held);
  expect([revision.mock.calls, tree.mock.calls]).toEqual([[[15_000, held.signal]], []]);
  current = new ModelSource();
  current.trouble = new GitopsError('SOURCE_DENIED', facts);
  await one.reconcile(app, held);
  expect([app.status?.phase, told.at(-1)?.reason]).toEqual(['Degraded', 'SourceDenied']);
});

describe('a status', () => {
  const failed = (code: 'SOURCE_REFUSED' | 'SOURCE_DENIED', found = 'f') =>
    verdictOfFailure(undefined, 'commit', new GitopsError(code, { ...facts, found }));

  test('names the release of its own namespace', () => {
    expect(statusOf(app, failed('SOURCE_DENIED')).release).toBe(releaseName('here', 'shop'));
  });

  test('has a history whose words are cut, and in which another outcome of one commit takes the place of the last', () => {
    const first = statusOf(app, failed('SOURCE_DENIED', 'x'.repeat(5_000)));
    expect(first.history).toEqual([
      {
        revision: 'commit',
        at: expect.any(String),
        outcome: 'Degraded',
        message: expect.stringMatching(/^.{1024}$/s),
      },
    ]);
    const { message } = failed('SOURCE_DENIED');
    const again = statusOf(
      { ...app, status: statusOf(app, failed('SOURCE_DENIED')) },
      { ...failed('SOURCE_REFUSED'), message },
    );
    expect(again.history?.map(({ outcome }) => outcome)).toEqual(['Failed']);
  });
});
