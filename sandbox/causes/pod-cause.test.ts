import type { Pod, PodStatus } from '../../imports/k8s';
import { ending, startFailure, unschedulable } from './pod-cause';

function pod(status: PodStatus): Pod {
  return { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'sandbox' }] }, status };
}

function container(state: object): PodStatus {
  return {
    containerStatuses: [{ name: 'sandbox', state, image: '', imageID: '', ready: false, restartCount: 0 }],
  };
}

const terminated = (reason: string, exitCode = 137) => container({ terminated: { reason, exitCode } });
const waiting = (reason: string, message: string) => container({ waiting: { reason, message } });

test.each([
  ['an image that does not exist', waiting('ErrImagePull', 'x: not found'), 'ImagePull', false],
  [
    'a registry that does not answer',
    waiting('ImagePullBackOff', 'dial tcp: i/o timeout'),
    'ImagePull',
    true,
  ],
  ['an image that may not be pulled', waiting('ErrImageNeverPull', 'not present'), 'ImagePull', false],
  ['a container that cannot be created', waiting('CreateContainerError', 'x'), 'StartFailed', false],
  ['a command that is not there', terminated('StartError', 128), 'StartFailed', false],
])('%s keeps a pod from starting', (_, status, code, retryable) => {
  expect(startFailure(pod(status))).toMatchObject({ code, retryable });
});

test.each([
  ['that is being prepared', waiting('ContainerCreating', '')],
  ['that runs', container({ running: { startedAt: 'now' } })],
  ['without a status', {}],
])('a pod %s may still start, and has not ended', (_, status) => {
  expect(startFailure(pod(status))).toBeUndefined();
  expect(ending(pod(status))).toBeUndefined();
});

test.each<[string, PodStatus, string]>([
  ['out of memory', terminated('OOMKilled'), 'OOMKilled'],
  ['put out by its node', { phase: 'Failed', reason: 'Evicted', message: 'Pod ephemeral' }, 'Evicted'],
  ['beyond the longest life', { phase: 'Failed', reason: 'DeadlineExceeded' }, 'DeadlineExceeded'],
  ['by itself', terminated('Completed', 0), 'Ended'],
  ['with its node', { phase: 'Failed', reason: 'NodeLost' }, 'PodLost'],
])('a pod that ended %s', (_, status, code) => {
  expect(ending(pod(status))).toMatchObject({ code });
});

test('the Job controller marks what it deletes as disrupted; that is no eviction', () => {
  const condition = (reason: string) => ({
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason }],
  });
  expect(ending(pod(condition('JobController')))).toBeUndefined();
  expect(ending(pod(condition('PreemptionByScheduler')))).toMatchObject({ code: 'Evicted' });
});

test('a pod that no node takes waits, with the words of the scheduler', () => {
  const reason = 'Unschedulable';
  const message = '0/1 nodes are available: 1 Insufficient cpu.';
  const lacking = pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] });
  expect(unschedulable(lacking)).toMatchObject({ code: 'Unschedulable', found: message, retryable: true });
  expect(unschedulable(undefined)).toBeUndefined();
});
