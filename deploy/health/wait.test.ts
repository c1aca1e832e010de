import type { KubeObject } from '../../kube';
import { resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import type { DeployEvent } from '../run/progress';
import { ModelApi } from '../testing-only/model-api';
import { causeOf } from './cause';
import { waitUntilHealthy } from './wait';

const jobs = resource('batch/v1', 'Job');
const awaited = (name: string) => ({
  ref: { group: 'batch', kind: 'Job', namespace: 'here', name },
  resource: jobs,
});
const done = { conditions: [{ type: 'Complete', status: 'True' }] };

const jobNamed = (name: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'here' },
});

function jobsIn(model: ModelApi, ...names: readonly string[]): void {
  for (const name of names) {
    model.edit('somebody', jobNamed(name) as KubeObject);
  }
}

test('it ends when all are healthy, and tells what it waits for until then', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'a', 'b');
  let looks = 0;
  const slow: ClusterApi = {
    ...model,
    get: async (of, at) => {
      looks += 1;
      const live = await model.get(of, at);
      return live && looks > 3 ? { ...live, status: done } : live;
    },
  };
  const told: DeployEvent[] = [];
  const patience = { timeoutMs: 10_000, onEvent: (event: DeployEvent) => told.push(event) };
  expect(await waitUntilHealthy(slow, [awaited('a'), awaited('b')], patience)).toEqual([]);
  expect(told[0]).toMatchObject({
    type: 'waiting',
    left: 2,
    first: { name: 'a' },
    why: expect.stringContaining('1 pods run'),
  });
});

test('one that has failed ends it at once; one that is only slow, when the time is over', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'slow');
  const patience = { timeoutMs: 50, onEvent: () => {} };
  const [late] = await waitUntilHealthy(model, [awaited('slow')], patience);
  expect(late?.error).toMatchObject({
    code: 'OBJECT_UNHEALTHY',
    remedy: expect.stringContaining('--timeout'),
  });
  model.jobStatus = { conditions: [{ type: 'Failed', status: 'True', message: 'too often' }] };
  jobsIn(model, 'bad');
  const began = performance.now();
  const all = await waitUntilHealthy(model, [awaited('slow'), awaited('bad')], {
    ...patience,
    timeoutMs: 60_000,
  });
  expect(all.map(({ error }) => error.where)).toEqual(['Job here/bad']);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('one that somebody deletes has failed', async () => {
  const [gone] = await waitUntilHealthy(new ModelApi(), [awaited('gone')], {
    timeoutMs: 60_000,
    onEvent: () => {},
  });
  expect(gone?.error.found).toBe('it was deleted by somebody else');
});

/** A cluster whose watch has begun, and tells what `told` says; looks by calls are counted. */
function watched(model: ModelApi, told: (live: Live | undefined) => Live | undefined) {
  const looks: string[] = [];
  const listeners: (() => void)[] = [];
  const open = { followed: 0, closed: 0 };
  const api: ClusterApi = {
    ...model,
    get: async (of, at) => {
      looks.push(at.name);
      return model.get(of, at);
    },
    follow: async (of, namespace) => {
      open.followed += 1;
      const held = () => model.objects;
      return {
        get: ({ name }) =>
          told([...held().values()].find((one) => one.kind === of.kind && one.metadata.name === name)),
        onChange: (listener) => listeners.push(listener),
        close: () => {
          open.closed += 1;
          expect(namespace).toBe('here');
        },
      };
    },
  };
  return { api, looks, open, change: () => listeners.forEach((listener) => void listener()) };
}
const follows = { timeoutMs: 60_000, labelSelector: 'x=y' };

test('a kind that can be followed is looked at in what its watch has told, and a change is seen at once', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'a', 'b');
  const { api, looks, open, change } = watched(model, (live) => live);
  let waits = 0;
  const onEvent = () => {
    waits += 1;
    if (waits < 3) return change();
    if (waits > 3) return;
    model.jobStatus = done;
    for (const name of ['a', 'b']) {
      model.edit('somebody', {
        ...jobNamed(name),
        metadata: { name, namespace: 'here', labels: { now: '1' } },
      } as KubeObject);
    }
    change();
  };
  expect(await waitUntilHealthy(api, [awaited('a'), awaited('b')], { ...follows, onEvent })).toEqual([]);
  // The first look is by calls, before anything is followed.
  expect(looks.sort()).toEqual(['a', 'b']);
  expect(open).toEqual({ followed: 1, closed: 1 });
});

test('a state that is older than our write, or a gap, is not believed: then a call looks', async () => {
  const model = new ModelApi();
  jobsIn(model, 'old', 'gap');
  const live = (name: string) => model.get(jobs, { namespace: 'here', name });
  const answers = { old: (await live('old'))!, gap: (await live('gap'))! };
  const unready = (one: Live): Live => ({ ...one, status: { active: 1 } });
  const { api, looks } = watched(model, (one) =>
    one?.metadata.name === 'gap'
      ? undefined
      : one && { ...one, status: done, metadata: { ...one.metadata, resourceVersion: '0' } },
  );
  const all = (['old', 'gap'] as const).map((name) => ({ ...awaited(name), answer: unready(answers[name]) }));
  expect(await waitUntilHealthy(api, all, { ...follows, onEvent: () => {} })).toEqual([]);
  expect(looks.sort()).toEqual(['gap', 'old']);
});

test('what a watch has not told in time is looked at once more before it is called unhealthy', async () => {
  const model = new ModelApi();
  jobsIn(model, 'a');
  const { api } = watched(model, (live) => live && { ...live, status: { active: 1 } });
  const answer = { ...(await model.get(jobs, { namespace: 'here', name: 'a' }))!, status: { active: 1 } };
  const patience = { ...follows, timeoutMs: 300, onEvent: () => {} };
  expect(await waitUntilHealthy(api, [{ ...awaited('a'), answer }], patience)).toEqual([]);
});

test('without the right to watch, or with a watch that fails, calls look as long as it takes', async () => {
  for (const follow of [async () => undefined, () => Promise.reject(new Error('no way'))]) {
    const model = new ModelApi();
    model.jobStatus = { active: 1 };
    jobsIn(model, 'a');
    let looks = 0;
    const get: ClusterApi['get'] = async (of, at) => {
      looks += 1;
      const live = await model.get(of, at);
      return live && looks > 3 ? { ...live, status: done } : live;
    };
    const patience = { ...follows, onEvent: () => {} };
    expect(await waitUntilHealthy({ ...model, get, follow }, [awaited('a')], patience)).toEqual([]);
    expect(looks).toBe(4);
  }
});

const container = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: 'main', ready: false, state, ...more }],
});
test.each([
  [
    'an image that cannot be had',
    container({ waiting: { reason: 'ImagePullBackOff', message: 'not found' } }),
    'pod web-1: container main is in ImagePullBackOff: not found',
  ],
  [
    'a program that ends',
    container(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
    ),
    'pod web-1: container main is in CrashLoopBackOff: back-off: ended with 137 (OOMKilled)',
  ],
  ['a probe that says no', container({ running: {} }), 'pod web-1: container main runs and is not ready'],
  [
    'no node for it',
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    'pod web-1: not scheduled: 0/1 nodes are available',
  ],
  ['a pod that only starts', container({ waiting: { reason: 'ContainerCreating' } }), undefined],
])('the cause of a workload that is not healthy is told by its pods: %s', async (_what, status, cause) => {
  const metadata = { name: 'web', namespace: 'here', uid: '1', resourceVersion: '1' };
  const live: Live = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels: { app: 'web' } } },
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'web-1' }, status };
  const cluster: ClusterApi = {
    ...new ModelApi(),
    list: async (_of, namespace, selector) => (namespace === 'here' && selector === 'app=web' ? [pod] : []),
  };
  expect(await causeOf(cluster, live)).toBe(cause);
});

test('what is not healthy is told with what it lacks, with the cause, and after which time', async () => {
  const told = async (status: object, timeoutMs: number) => {
    const api: ClusterApi = {
      ...new ModelApi(),
      get: async () => ({
        ...{ apiVersion: 'v1', kind: 'Pod', status },
        metadata: { name: 'p', namespace: 'here', uid: '1', resourceVersion: '1' },
      }),
    };
    const pod = {
      ref: { group: '', kind: 'Pod', namespace: 'here', name: 'p' },
      resource: resource('v1', 'Pod'),
    };
    const [one] = await waitUntilHealthy(api, [pod], { timeoutMs, onEvent: () => {} });
    const { code, where, found, expected, remedy } = one!.error;
    return { ref: one!.ref.name, code, where, found, expected, remedy };
  };
  const facts = {
    ref: 'p',
    code: 'OBJECT_UNHEALTHY',
    where: 'Pod here/p',
    expected: 'an object that becomes healthy',
  };
  expect(await told({ phase: 'Pending', ...container({ waiting: { reason: 'ErrImagePull' } }) }, 0)).toEqual({
    ...facts,
    found: 'it is Pending and not ready; pod p: container main is in ErrImagePull (after 0 s)',
    remedy: 'Mend what is told, then apply again; --timeout gives it longer.',
  });
  expect(await told({ phase: 'Failed', reason: 'Evicted' }, 60_000)).toEqual({
    ...facts,
    found: 'Evicted',
    remedy: 'Mend what is told, then apply again.',
  });
});

test('the answer to a write is the first look, and only what is not healthy is looked at again', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'a', 'b');
  const asked: string[] = [];
  let looks = 0;
  const api: ClusterApi = {
    ...model,
    get: async (of, at) => {
      asked.push(at.name);
      looks += 1;
      const live = await model.get(of, at);
      return live && looks > 1 ? { ...live, status: done } : live;
    },
  };
  const answer = async (name: string, status: object) => ({
    ...(await model.get(jobs, { namespace: 'here', name }))!,
    status,
  });
  const all = [
    { ...awaited('a'), answer: await answer('a', done) },
    { ...awaited('b'), answer: await answer('b', { active: 1 }) },
  ];
  expect(await waitUntilHealthy(api, all, { timeoutMs: 60_000, onEvent: () => {} })).toEqual([]);
  expect(asked).toEqual(['b', 'b']);
});

test('who is told to end waits no longer', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'slow');
  const patience = { timeoutMs: 3_600_000, onEvent: () => {}, signal: AbortSignal.abort() };
  expect(await waitUntilHealthy(model, [awaited('slow')], patience)).toMatchObject([
    { ref: { name: 'slow' } },
  ]);
});

test('nothing is waited for where nothing is given', async () => {
  expect(await waitUntilHealthy(new ModelApi(), [], { timeoutMs: 0, onEvent: () => {} })).toEqual([]);
});

/** A Rollout that stands still at its only step. */
const standing = (pause: object): Live =>
  ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
    metadata: { name: 'web', namespace: 'here', uid: '1', resourceVersion: '1', generation: 1 },
    spec: { strategy: { canary: { steps: [{ pause }] } } },
    status: {
      ...{ observedGeneration: '1', phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 0 },
      pauseConditions: [{ reason: 'CanaryPauseStep' }],
    },
  }) as unknown as Live;
const rollouts = {
  ref: { group: 'argoproj.io', kind: 'Rollout', namespace: 'here', name: 'web' },
  resource: resource('argoproj.io/v1alpha1', 'Rollout', { plural: 'rollouts', namespaced: true }),
};

test('what waits for a person is told at once, once nothing else is waited for; what stands for a time is waited for', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  jobsIn(model, 'slow');
  const onlyOf = (live: Live): ClusterApi => ({
    ...model,
    get: async (of, at) => (of.kind === 'Rollout' ? live : model.get(of, at)),
  });
  const patience = { timeoutMs: 60_000, onEvent: () => {} };
  const began = performance.now();
  const [told] = await waitUntilHealthy(onlyOf(standing({})), [rollouts], patience);
  expect(told?.error).toMatchObject({
    ...{ code: 'OBJECT_PAUSED', where: 'Rollout here/web' },
    found: 'it is Paused: CanaryPauseStep, at step 0 of 1',
  });
  expect(performance.now() - began).toBeLessThan(10_000);

  const short = { ...patience, timeoutMs: 300 };
  const both = await waitUntilHealthy(onlyOf(standing({})), [rollouts, awaited('slow')], short);
  expect(both.map(({ error }) => error.code)).toEqual(['OBJECT_PAUSED', 'OBJECT_UNHEALTHY']);

  const since = performance.now();
  const [timed] = await waitUntilHealthy(onlyOf(standing({ duration: '1m' })), [rollouts], short);
  expect(timed?.error.code).toBe('OBJECT_PAUSED');
  expect(performance.now() - since).toBeGreaterThan(250);
});
