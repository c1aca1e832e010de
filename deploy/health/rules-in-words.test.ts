import type { Live } from '../cluster/cluster-api';
import { healthOf } from './rules';

/** What people read while they wait, word for word: each names what is missing, and how much of it. */

const live = (apiVersion: string, kind: string, spec: object, status: object = {}): Live => ({
  ...{ apiVersion, kind, spec, status },
  metadata: { name: 'one', uid: '1', resourceVersion: '1', generation: 2 },
});
const apps = (kind: string, spec: object, status: object = {}) => live('apps/v1', kind, spec, status);
const seen = { observedGeneration: 2 };
const condition = (type: string, status: string, message = '', reason = '') => ({
  conditions: [{ type, status, reason, message }],
});
const UNSEEN = 'its controller has not seen it yet';
const rolled = { currentRevision: 'a', updateRevision: 'b' };
const WELL = '';

test.each<[Live, string]>([
  [apps('Deployment', {}), UNSEEN],
  [apps('Deployment', {}, { observedGeneration: 1 }), 'its controller has not seen the change yet'],
  [
    apps('Deployment', { replicas: 3 }, { ...seen, updatedReplicas: 1 }),
    '1 of 3 pods are of the new version',
  ],
  [apps('Deployment', {}, { ...seen }), '0 of 1 pods are of the new version'],
  [
    apps('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 2, replicas: 5, availableReplicas: 5 }),
    '3 old pods have not ended',
  ],
  [
    apps('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 2, replicas: 2, availableReplicas: 1 }),
    '1 of 2 pods are available',
  ],
  [apps('Deployment', { paused: true, replicas: 2 }, { ...seen }), WELL],
  [apps('Deployment', { paused: false, replicas: 2 }, { ...seen }), '0 of 2 pods are of the new version'],
  [
    apps('Deployment', {}, { ...seen, ...condition('Progressing', 'False', 'too long', 'NewReplicaSet') }),
    '0 of 1 pods are of the new version',
  ],
  [apps('StatefulSet', {}), UNSEEN],
  [
    apps('StatefulSet', { replicas: 1 }, { ...seen, replicas: 2, readyReplicas: 2 }),
    'pods that are too many have not ended',
  ],
  [apps('StatefulSet', { replicas: 2 }, { ...seen, replicas: 2, readyReplicas: 1 }), '1 of 2 pods are ready'],
  [
    apps(
      'StatefulSet',
      { replicas: 2 },
      { ...seen, replicas: 2, readyReplicas: 2, ...rolled, updatedReplicas: 1 },
    ),
    '1 of 2 pods are of the new version',
  ],
  [
    apps(
      'StatefulSet',
      { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      { ...seen, replicas: 3, readyReplicas: 3, ...rolled, updatedReplicas: 1 },
    ),
    '1 of 2 pods are of the new version',
  ],
  [
    apps(
      'StatefulSet',
      { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 5 } } },
      { ...seen, replicas: 2, readyReplicas: 2, ...rolled },
    ),
    WELL,
  ],
  [
    apps(
      'StatefulSet',
      { replicas: 2, updateStrategy: { type: 'OnDelete' } },
      { ...seen, replicas: 2, readyReplicas: 2, ...rolled },
    ),
    WELL,
  ],
  [
    apps(
      'StatefulSet',
      { replicas: 2 },
      { ...seen, replicas: 2, readyReplicas: 2, currentRevision: 'b', updateRevision: 'b' },
    ),
    WELL,
  ],
  [apps('DaemonSet', {}), UNSEEN],
  [
    apps(
      'DaemonSet',
      {},
      { ...seen, desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberAvailable: 3 },
    ),
    '1 of 3 pods are of the new version',
  ],
  [
    apps(
      'DaemonSet',
      { updateStrategy: { type: 'OnDelete' } },
      { ...seen, desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberAvailable: 3 },
    ),
    WELL,
  ],
  [
    apps(
      'DaemonSet',
      {},
      { ...seen, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 },
    ),
    '2 of 3 pods are available',
  ],
  [apps('ReplicaSet', { replicas: 2 }, { ...seen, availableReplicas: 1 }), '1 of 2 pods are available'],
  [apps('ReplicaSet', { replicas: 2 }, { ...seen, availableReplicas: 2 }), WELL],
  [apps('ReplicaSet', {}), UNSEEN],
  [
    apps(
      'ReplicaSet',
      {},
      { ...seen, availableReplicas: 1, ...condition('ReplicaFailure', 'True', 'quota') },
    ),
    'quota',
  ],
  [
    apps(
      'ReplicaSet',
      {},
      { ...seen, availableReplicas: 1, ...condition('ReplicaFailure', 'False', 'quota') },
    ),
    WELL,
  ],
  [live('v1', 'ReplicationController', {}, { ...seen }), '0 of 1 pods are available'],
  [
    live('batch/v1', 'Job', {}, { active: 2, succeeded: 3 }),
    'it has not completed (2 pods run, 3 succeeded)',
  ],
  [live('batch/v1', 'Job', {}), 'it has not completed (0 pods run, 0 succeeded)'],
  [live('batch/v1', 'Job', { suspend: true }), WELL],
  [live('batch/v1', 'Job', { suspend: false }), 'it has not completed (0 pods run, 0 succeeded)'],
  [
    live('batch/v1', 'Job', {}, condition('Complete', 'False')),
    'it has not completed (0 pods run, 0 succeeded)',
  ],
  [
    live('batch/v1', 'Job', {}, condition('Failed', 'False')),
    'it has not completed (0 pods run, 0 succeeded)',
  ],
  [
    live('batch/v1', 'Job', {}, condition('Failed', 'True', 'thrice', 'BackoffLimitExceeded')),
    'Failed is True (BackoffLimitExceeded): thrice',
  ],
  [live('v1', 'Pod', {}, { phase: 'Succeeded' }), WELL],
  [live('v1', 'Pod', {}, { phase: 'Failed' }), 'it has failed'],
  [live('v1', 'Pod', {}, { phase: 'Failed', reason: 'Evicted', message: 'no disk' }), 'Evicted: no disk'],
  [live('v1', 'Pod', {}, { phase: 'Failed', reason: 'Evicted' }), 'Evicted'],
  [
    live('v1', 'Pod', {}, { phase: 'Running', ...condition('Ready', 'False') }),
    'it is Running and not ready',
  ],
  [live('v1', 'Pod', {}), 'it is new and not ready'],
  [live('v1', 'PersistentVolumeClaim', {}, { phase: 'Lost' }), 'its volume is lost'],
  [live('v1', 'PersistentVolumeClaim', {}, { phase: 'Bound' }), WELL],
  [live('v1', 'Service', { type: 'LoadBalancer' }), 'it has no address of a load balancer'],
  [
    live('v1', 'Service', { type: 'LoadBalancer' }, { loadBalancer: { ingress: [] } }),
    'it has no address of a load balancer',
  ],
  [
    live('v1', 'Service', { type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }),
    WELL,
  ],
  [live('v1', 'Namespace', {}, { phase: 'Active' }), WELL],
  [live('v1', 'Namespace', {}, { phase: 'Terminating' }), 'it is Terminating'],
  [live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}), 'it is not Established yet'],
  [
    live(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {},
      condition('Established', 'False', 'soon'),
    ),
    'Established is False: soon',
  ],
  [live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}, condition('Established', 'True')), WELL],
  [
    live(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {},
      condition('NamesAccepted', 'False', '"widgets" is taken', 'PluralConflict'),
    ),
    'NamesAccepted is False (PluralConflict): "widgets" is taken',
  ],
  [live('apiregistration.k8s.io/v1', 'APIService', {}), 'it is not Available yet'],
  [live('apiregistration.k8s.io/v1', 'APIService', {}, condition('Available', 'True')), WELL],
  [live('policy/v1', 'PodDisruptionBudget', {}, condition('Ready', 'False')), WELL],
  [live('autoscaling/v2', 'HorizontalPodAutoscaler', {}, condition('Ready', 'False')), WELL],
  [live('argoproj.io/v1alpha1', 'Rollout', {}), 'it is new'],
  [
    live(
      'argoproj.io/v1alpha1',
      'Rollout',
      {},
      { observedGeneration: '2', phase: 'Paused', message: 'canary' },
    ),
    'it is Paused: canary',
  ],
  [
    live('argoproj.io/v1alpha1', 'Rollout', {}, { observedGeneration: '1', phase: 'Healthy' }),
    'its controller has not seen the change yet',
  ],
  [live('argoproj.io/v1alpha1', 'Rollout', {}, { phase: 'Degraded' }), 'it is degraded'],
  [live('argoproj.io/v1alpha1', 'Rollout', {}, { phase: 'Degraded', message: 'aborted' }), 'aborted'],
  [live('example.com/v1', 'Deployment', {}), WELL],
  [live('example.com/v1', 'Widget', {}, condition('Ready', 'False', 'no disk')), 'Ready is False: no disk'],
  [live('example.com/v1', 'Widget', {}, condition('Ready', 'True')), WELL],
  [live('example.com/v1', 'Widget', {}, condition('Available', 'Unknown')), 'Available is Unknown'],
  [
    live('example.com/v1', 'Widget', {}, condition('Reconciling', 'True', 'at it')),
    'Reconciling is True: at it',
  ],
  [live('example.com/v1', 'Widget', {}, condition('Reconciling', 'False')), WELL],
  [live('example.com/v1', 'Widget', {}, condition('Stalled', 'False')), WELL],
  [
    live('example.com/v1', 'Widget', {}, condition('Stalled', 'True', 'for good')),
    'Stalled is True: for good',
  ],
  [live('example.com/v1', 'Widget', {}, condition('Other', 'False')), WELL],
])('%j says "%s"', (object, why) => {
  expect(healthOf(object).why).toBe(why);
});

const FAILED: readonly string[] = [
  'Failed is True (BackoffLimitExceeded): thrice',
  'Evicted: no disk',
  'its volume is lost',
  'aborted',
];

test('what waiting does not mend has failed, and is no waiting', () => {
  const all = [
    live('batch/v1', 'Job', {}, condition('Failed', 'True', 'thrice', 'BackoffLimitExceeded')),
    live('v1', 'Pod', {}, { phase: 'Failed', reason: 'Evicted', message: 'no disk' }),
    live('v1', 'PersistentVolumeClaim', {}, { phase: 'Lost' }),
    live('argoproj.io/v1alpha1', 'Rollout', {}, { phase: 'Degraded', message: 'aborted' }),
  ];
  expect(all.map(healthOf)).toEqual(FAILED.map((why) => ({ state: 'failed', why })));
});

test('what is being deleted is waited for, however well it is', () => {
  const well = live('v1', 'Namespace', {}, { phase: 'Active' });
  const metadata = { ...well.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(healthOf({ ...well, metadata })).toEqual({ state: 'waiting', why: 'it is being deleted' });
  expect(healthOf(well)).toEqual({ state: 'healthy', why: '' });
});
