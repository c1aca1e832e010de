import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import { mergedStatus } from '../testing-only/merged-status';
import { ModelSource } from '../testing-only/model-source';
import { ABORT_ANNOTATION, PROMOTE_ANNOTATION } from './rollouts';
import { Syncer } from './syncer';

/** A Rollout that stands still, and what a person says, over a model of a cluster; test/gitops has its real controller. */

let model: ModelApi;
let server: ScriptedServer;
let source: ModelSource;
let app: Stored<Application>;

beforeEach(async () => {
  model = new ModelApi();
  const names = { kind: 'Rollout', plural: 'rollouts' };
  model.edit('admin', {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: 'rollouts.argoproj.io' },
    ...({ spec: { group: 'argoproj.io', scope: 'Namespaced', names } } as object),
  });
  server = await serveModel(model);
  source = new ModelSource();
  app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { source: { url: 'https://example.com/x' }, sync: { rollback: true, timeout: '1s' } },
  } as Stored<Application>;
});
afterEach(() => server.close());

const never = new AbortController().signal;
const reconcile = () =>
  new Syncer({ of: () => source }, { openKinds: () => () => Promise.reject(new Error('no')) }).reconcile(
    app,
    {
      ...{ connection: server.connect(), signal: never, changed: never, failures: 0 },
      tell: () => {},
      status: async (status) => {
        app = { ...app, status: mergedStatus(app.status, status) };
      },
    },
  );
const annotate = (annotations: Readonly<Record<string, string>>) => {
  app = { ...app, metadata: { ...app.metadata, annotations } };
};
const files = (version: string) => ({
  'web.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec: { version: "${version}", strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } }
`,
});
const moving = { currentPodHash: 'new', stableRS: 'old', currentStepIndex: 1, observedGeneration: '1' };
const paused = {
  ...{ ...moving, phase: 'Paused', message: 'CanaryPauseStep' },
  pauseConditions: [{ reason: 'CanaryPauseStep' }],
};
const steered = () =>
  server.seen
    .filter(({ method, path }) => method === 'PATCH' && path.endsWith('/rollouts/web/status'))
    .map(({ body }) => JSON.parse(body).status);
const version = () =>
  (model.objects.get('argoproj.io/Rollout/here/web') as { readonly spec?: { readonly version: string } }).spec
    ?.version;
const ready = () => app.status?.conditions?.find(({ type }) => type === 'Ready')?.reason;

async function standingAt(content: string): Promise<string> {
  source.push(files('one'));
  await reconcile();
  expect(app.status?.phase).toBe('Healthy');
  model.rolloutStatus = paused;
  const second = source.push(files(content));
  await reconcile();
  return second;
}

test('what stands still is neither in force nor taken back, however often it is looked at', async () => {
  const second = await standingAt('two');
  for (let look = 0; look < 2; look += 1) {
    expect(app.status).toMatchObject({ phase: 'Syncing', sync: 'OutOfSync', health: 'Progressing' });
    expect([ready(), version(), app.status?.lastAppliedRevision === second]).toEqual([
      'Paused',
      'two',
      false,
    ]);
    // It is no hurry: each look writes what is remembered.
    expect(await reconcile()).toEqual({ afterMs: 30_000 });
  }
  expect([steered(), app.status?.history?.map(({ outcome }) => outcome)]).toEqual([[], ['Applied']]);
  // Its controller gives up: now the commit has failed, and goes back.
  model.rolloutStatus = { ...moving, phase: 'Degraded', message: 'RolloutAborted: two', abort: true };
  model.edit('argo', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', labels: { a: 'b' } },
  });
  await reconcile();
  expect(version()).toBe('one');
});

test('a person speaks of one commit, and of a Rollout that is as that commit says', async () => {
  const second = await standingAt('two');
  annotate({ [PROMOTE_ANNOTATION]: 'another' });
  await reconcile();
  annotate({ [PROMOTE_ANNOTATION]: `${second}@0` });
  await reconcile();
  expect(steered()).toEqual([]);
  annotate({ [PROMOTE_ANNOTATION]: `${second}@1` });
  await reconcile();
  expect(steered()).toEqual([{ pauseConditions: null }]);
  annotate({ [PROMOTE_ANNOTATION]: second });
  await reconcile();
  expect(steered().slice(1)).toEqual([{ promoteFull: true }]);

  // Said before the commit is there: what is on its way of another one is left alone.
  annotate({ [ABORT_ANNOTATION]: source.push(files('three')) });
  await reconcile();
  expect([steered().slice(2), version()]).toEqual([[], 'three']);
  await reconcile();
  expect(steered().slice(2)).toEqual([{ abort: true }]);
});

test('an annotation that names the commit on its way costs no second plan where there is nothing to do', async () => {
  const second = await standingAt('two');
  /** How often a look reads what is remembered of the release: each plan does. */
  const readsWith = async (annotations: Readonly<Record<string, string>>) => {
    annotate(annotations);
    const before = server.seen.length;
    await reconcile();
    return server.seen
      .slice(before)
      .filter(({ method, path }) => method === 'GET' && /\/secrets\/[^/]+$/.test(path)).length;
  };
  const plain = await readsWith({});
  expect(plain).toBeGreaterThan(0);
  expect(await readsWith({ [PROMOTE_ANNOTATION]: `${second}@0` })).toBe(plain);
  expect(steered()).toEqual([]);
  // The control: where there is something to do it is planned, for it may be a Rollout of another commit.
  expect(await readsWith({ [PROMOTE_ANNOTATION]: `${second}@1` })).toBeGreaterThan(plain);
  expect(steered()).toEqual([{ pauseConditions: null }]);
});
