import { claimSpec, labels, metadata, selector, smallPod, template } from './parts';
import { podSpec } from './pod-spec';

/** What runs pods. */
export const workloads: readonly object[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: metadata('pod'), spec: { ...podSpec, restartPolicy: 'Always' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('deployment'),
    spec: {
      replicas: 2,
      minReadySeconds: 1,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      paused: false,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector,
      template: template({ ...smallPod, restartPolicy: 'Always' }),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('stateful-set'),
    spec: {
      replicas: 1,
      serviceName: 'web',
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      selector,
      template: template(smallPod),
      volumeClaimTemplates: [{ metadata: { name: 'data', labels }, spec: claimSpec }],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata('daemon-set'),
    spec: {
      minReadySeconds: 1,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector,
      template: template(smallPod),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata('replica-set'),
    spec: { replicas: 1, minReadySeconds: 0, selector, template: template(smallPod) },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('job'),
    spec: {
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      backoffLimit: 3,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 60,
      suspend: false,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { containerName: 'app', operator: 'In', values: [42] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: { metadata: { labels }, spec: { ...smallPod, restartPolicy: 'Never' } },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('cron-job'),
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 100,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      suspend: false,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 1,
          template: { metadata: { labels }, spec: { ...smallPod, restartPolicy: 'OnFailure' } },
        },
      },
    },
  },
];
