import type { Live } from '../cluster/cluster-api';
import { healthOf } from './rules';

const live = (kind: string, spec: object, status?: object, apiVersion = 'apps/v1'): Live => ({
  apiVersion,
  kind,
  metadata: { name: 'one', uid: '1', resourceVersion: '1', generation: 2 },
  spec,
  ...(status === undefined ? {} : { status }),
});
const seen = { observedGeneration: 2 };
const condition = (type: string, status: string, message = '') => ({
  conditions: [{ type, status, message }],
});

test.each<[string, Live, string]>([
  ['a Deployment that nobody has seen', live('Deployment', { replicas: 0 }), 'waiting'],
  ['one of an older generation', live('Deployment', {}, { observedGeneration: 1 }), 'waiting'],
  [
    'one with new pods missing',
    live('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 1 }),
    'waiting',
  ],
  [
    'one whose old pods have not ended',
    live('Deployment', { replicas: 1 }, { ...seen, updatedReplicas: 1, replicas: 2, availableReplicas: 2 }),
    'waiting',
  ],
  [
    'one that is whole',
    live('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 2, replicas: 2, availableReplicas: 2 }),
    'healthy',
  ],
  ['one without pods', live('Deployment', { replicas: 0 }, seen), 'healthy'],
  [
    'one that has given up',
    live(
      'Deployment',
      {},
      { ...seen, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
    ),
    'failed',
  ],
  [
    'a StatefulSet in its partition',
    live(
      'StatefulSet',
      { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      {
        ...seen,
        replicas: 3,
        readyReplicas: 3,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
    ),
    'healthy',
  ],
  [
    'a StatefulSet before it',
    live(
      'StatefulSet',
      { replicas: 3 },
      {
        ...seen,
        replicas: 3,
        readyReplicas: 3,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
    ),
    'waiting',
  ],
  ['a DaemonSet without nodes', live('DaemonSet', {}, { ...seen, desiredNumberScheduled: 0 }), 'healthy'],
  [
    'a DaemonSet that rolls',
    live(
      'DaemonSet',
      {},
      { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 },
    ),
    'waiting',
  ],
  ['a Job that runs', live('Job', {}, { active: 1 }, 'batch/v1'), 'waiting'],
  ['a Job that is done', live('Job', {}, condition('Complete', 'True'), 'batch/v1'), 'healthy'],
  ['a Job that failed', live('Job', {}, condition('Failed', 'True'), 'batch/v1'), 'failed'],
  [
    'a Pod that is ready',
    live('Pod', {}, { phase: 'Running', ...condition('Ready', 'True') }, 'v1'),
    'healthy',
  ],
  ['a Pod that is not', live('Pod', {}, { phase: 'Running' }, 'v1'), 'waiting'],
  ['a Pod that failed', live('Pod', {}, { phase: 'Failed' }, 'v1'), 'failed'],
  ['a load balancer without an address', live('Service', { type: 'LoadBalancer' }, {}, 'v1'), 'waiting'],
  ['a Service of the cluster', live('Service', { type: 'ClusterIP' }, undefined, 'v1'), 'healthy'],
  [
    'a claim that waits for its first pod',
    live('PersistentVolumeClaim', {}, { phase: 'Pending' }, 'v1'),
    'healthy',
  ],
  [
    'a CRD that is not established',
    live('CustomResourceDefinition', {}, {}, 'apiextensions.k8s.io/v1'),
    'waiting',
  ],
  ['a custom resource without conditions', live('Widget', {}, undefined, 'example.com/v1'), 'healthy'],
  [
    'a custom resource that is not ready',
    live('Widget', {}, condition('Ready', 'False', 'no'), 'example.com/v1'),
    'waiting',
  ],
  [
    'a custom resource that is stalled',
    live('Widget', {}, condition('Stalled', 'True'), 'example.com/v1'),
    'failed',
  ],
  [
    'a Rollout that is degraded',
    live('Rollout', {}, { observedGeneration: '2', phase: 'Degraded' }, 'argoproj.io/v1alpha1'),
    'failed',
  ],
  [
    'a Rollout that is healthy',
    live('Rollout', {}, { observedGeneration: '2', phase: 'Healthy' }, 'argoproj.io/v1alpha1'),
    'healthy',
  ],
])('%s', (_what, object, state) => {
  const health = healthOf(object);
  expect(health.state).toBe(state);
  expect(health.why === '').toBe(state === 'healthy');
});

test('a PodDisruptionBudget and an autoscaler are healthy when they are there, whatever their status says', () => {
  expect(
    healthOf(live('PodDisruptionBudget', {}, condition('DisruptionAllowed', 'False'), 'policy/v1')).state,
  ).toBe('healthy');
});
