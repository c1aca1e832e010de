import type { ClusterApi, Live } from '../cluster/cluster-api';
import { causeOf } from './cause';
import { conditionsOf, inWordsOf } from './condition';

const deployment = (more: object = {}): Live =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'here', uid: 'u', resourceVersion: '1' },
    spec: { selector: { matchLabels: { app: 'web', tier: 'a' } } },
    ...more,
  }) as unknown as Live;
const pod = (name: string, status: object, creationTimestamp = '2026-01-01T00:00:00Z') =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, creationTimestamp }, status }) as unknown as Live;
const container = (more: object) => ({ containerStatuses: [{ name: 'app', ...more }] });

let asked: unknown[] = [];
const clusterOf = (...pods: readonly Live[]): ClusterApi =>
  ({
    list: async (_: unknown, namespace: string, labels: string) => {
      asked.push([namespace, labels]);
      return pods;
    },
  }) as unknown as ClusterApi;
beforeEach(() => {
  asked = [];
});

test('what a controller says comes before what its pods say', async () => {
  const condition = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' };
  expect(await causeOf(clusterOf(), deployment({ status: { conditions: [condition] } }))).toBe(
    'exceeded quota',
  );
  const past = { ...condition, status: 'False' };
  expect(await causeOf(clusterOf(), deployment({ status: { conditions: [past] } }))).toBeUndefined();
});

test('its pods are those of its selector, in its namespace, the youngest first', async () => {
  const wrong = (name: string, at: string) =>
    pod(name, container({ state: { waiting: { reason: 'ErrImagePull' } } }), at);
  const api = clusterOf(
    wrong('old', '2026-01-01T00:00:00Z'),
    wrong('new', '2026-01-03T00:00:00Z'),
    wrong('mid', '2026-01-02T00:00:00Z'),
  );
  expect(await causeOf(api, deployment())).toBe('pod new: container app is in ErrImagePull');
  expect(asked).toEqual([['here', 'app=web,tier=a']]);
});

test.each<[string, object, string | undefined]>([
  [
    'no node has room',
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] },
    'not scheduled: 0/3 nodes are available',
  ],
  [
    'an image cannot be pulled',
    container({ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such tag' } } }),
    'container app is in ImagePullBackOff: no such tag',
  ],
  [
    'it ends again and again',
    container({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    }),
    'container app is in CrashLoopBackOff: ended with 137 (OOMKilled)',
  ],
  [
    'it has ended',
    container({ state: { terminated: { exitCode: 3 } } }),
    'container app ended with 3 (Error)',
  ],
  ['it ended well', container({ state: { terminated: { exitCode: 0 } } }), undefined],
  [
    'it is not ready',
    container({ ready: false, state: { running: {} } }),
    'container app runs and is not ready',
  ],
  ['it is ready', container({ ready: true, state: { running: {} } }), undefined],
  ['it is being made', container({ state: { waiting: { reason: 'ContainerCreating' } } }), undefined],
  [
    'it waits for the first ones',
    container({ state: { waiting: { reason: 'PodInitializing' } } }),
    undefined,
  ],
  ['it waits for no reason', container({ state: { waiting: {} } }), undefined],
  [
    'a first one has failed, before all others',
    {
      initContainerStatuses: [{ name: 'first', state: { terminated: { exitCode: 1 } } }],
      ...container({ state: { waiting: { reason: 'ErrImagePull' } } }),
    },
    'container first ended with 1 (Error)',
  ],
  ['it says nothing', {}, undefined],
])('where %s, that is the cause', async (_, status, cause) => {
  const told = cause && `pod one: ${cause}`;
  expect(await causeOf(clusterOf(pod('one', status)), deployment())).toBe(told);
  expect(await causeOf(clusterOf(), pod('one', status))).toBe(told);
});

test.each<[string, object]>([
  ['no selector', { spec: {} }],
  ['an empty one, which would be every pod', { spec: { selector: { matchLabels: {} } } }],
  ['no namespace', { metadata: { name: 'web' } }],
])('of what has %s no pods are asked for', async (_, more) => {
  expect(await causeOf(clusterOf(pod('one', {})), deployment(more))).toBeUndefined();
  expect(asked).toEqual([]);
});

test('who may not list pods hears of no cause, and of no other error', async () => {
  const api = { list: () => Promise.reject(new Error('forbidden')) } as unknown as ClusterApi;
  expect(await causeOf(api, deployment())).toBeUndefined();
});

test.each([
  [
    { type: 'Ready', status: 'False', reason: 'Broken', message: 'no disk' },
    'Ready is False (Broken): no disk',
  ],
  [{ type: 'Ready', status: 'False', message: 'no disk' }, 'Ready is False: no disk'],
  [{ type: 'Ready', status: 'False', reason: 'Broken' }, 'Ready is False (Broken)'],
  [{ type: 'Ready', status: 'False', reason: 5 }, 'Ready is False'],
])('a condition %j is told as "%s"', (condition, words) => {
  const [read] = conditionsOf(deployment({ status: { conditions: [null, condition] } }));
  expect(inWordsOf(read!)).toBe(words);
});
