import type { Stored } from '../kube';
import { findCauses } from './find';
import { secondsUntilReady } from './ready-after';
import type { Live } from './state';
import { live, stateOf } from './testing-only/state';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const ownedBy = (owner: Stored<Live>) => ({ ownerReferences: [{ uid: owner.metadata.uid }] });
const web = live('Deployment', 'web', {
  spec: { replicas: 2 },
  status: { readyReplicas: 2, updatedReplicas: 2 },
});
const set = live('ReplicaSet', 'web-1', { metadata: ownedBy(web), spec: {}, status: {} });
const podOf = (name: string, readyAt: number | undefined, more: object = {}) =>
  live('Pod', name, {
    metadata: { ...ownedBy(set), creationTimestamp: at(1), ...more },
    spec: { containers: [] },
    status: {
      phase: 'Running',
      conditions: [
        {
          type: 'Ready',
          status: readyAt === undefined ? 'False' : 'True',
          lastTransitionTime: at(readyAt ?? 2),
        },
      ],
    },
  });
const timeOf = (...pods: Stored<Live>[]) => secondsUntilReady(stateOf([web], [web, set, ...pods]), web);

test('a workload was ready when the slowest of its pods was; one that ends does not count', () => {
  expect(timeOf(podOf('a', 4), podOf('b', 13))).toBe(12);
  expect(timeOf(podOf('a', 4), podOf('b', 59, { deletionTimestamp: at(59) }))).toBe(3);
});

test('nothing is said of one that is not ready, has no pods, or is no workload', () => {
  expect(timeOf(podOf('a', 4), podOf('b', undefined))).toBeUndefined();
  expect(timeOf()).toBeUndefined();
  expect(secondsUntilReady(stateOf([], []), live('ConfigMap', 'a'))).toBeUndefined();
});

test('a pod of its own, the pods of a set, and a Job until its end', () => {
  const pod = podOf('a', 3);
  expect(secondsUntilReady(stateOf([], []), pod)).toBe(2);
  expect(secondsUntilReady(stateOf([], [pod]), set)).toBe(2);
  const job = (status: object) => secondsUntilReady(stateOf([], []), live('Job', 'a', { status }));
  expect(job({ startTime: at(1), completionTime: at(9) })).toBe(8);
  expect(job({ startTime: at(1) })).toBeUndefined();
});

test('what took longer than it may is a finding, and what did not is none', () => {
  const state = stateOf([web], [web, set, podOf('a', 13)]);
  expect(findCauses(state, 11)[0]).toMatchObject({
    readySeconds: 12,
    finding: {
      code: 'SLOW_START',
      where: 'Deployment/web in namespace shop',
      found: 'ready 12 s after it was made',
      expected: 'at most 11 s',
      remedy: expect.stringContaining('kubectl get events -n shop'),
      mayPass: false,
    },
  });
  for (const limit of [12, undefined]) expect(findCauses(state, limit)[0]?.finding).toBeUndefined();
});
