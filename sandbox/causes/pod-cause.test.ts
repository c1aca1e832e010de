import type { Pod, PodStatus } from '../../imports/k8s';
import { NOT_ENTERED } from '../spec';
import { toldWhole } from '../testing-only/told-whole';
import { ending, hasRun, podLost, startFailure, unschedulable } from './pod-cause';

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
  expect(toldWhole(startFailure(pod(status)))).toMatchObject({ code, retryable });
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
  expect(toldWhole(ending(pod(status)))).toMatchObject({ code });
});

test('the Job controller marks what it deletes as disrupted; that is no eviction', () => {
  const condition = (reason: string) => ({
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason }],
  });
  expect(ending(pod(condition('JobController')))).toBeUndefined();
  expect(ending(pod(condition('PreemptionByScheduler')))).toMatchObject({ code: 'Evicted' });
  const undone = { type: 'DisruptionTarget', status: 'False', reason: 'PreemptionByScheduler' };
  expect(ending(pod({ conditions: [undone] }))).toBeUndefined();
});

test.each(['Evicted', 'Preempting', 'NodeShutdown'])('%s by its node is an eviction', (reason) => {
  expect(toldWhole(ending(pod({ phase: 'Failed', reason })))).toMatchObject({
    code: 'Evicted',
    found: `${reason}: no message`,
    retryable: true,
  });
});

test.each<[string | undefined, string]>([
  ['Pod was active longer than specified deadline', 'Pod was active longer than specified deadline'],
  [undefined, 'a sandbox that ran for as long as it may'],
])('a deadline of the pod with the words %p', (message, found) => {
  expect(ending(pod({ phase: 'Failed', reason: 'DeadlineExceeded', message }))).toMatchObject({
    code: 'DeadlineExceeded',
    found,
    retryable: false,
  });
});

test('what may go well the next time, and what ends the same way again', () => {
  expect(podLost('x').retryable).toBe(true);
  expect(ending(pod(terminated('OOMKilled')))?.retryable).toBe(false);
  expect(ending(pod(terminated('Completed', 0)))?.retryable).toBe(false);
});

test('a pod that no node takes waits, with the words of the scheduler', () => {
  const reason = 'Unschedulable';
  const message = '0/1 nodes are available: 1 Insufficient cpu.';
  const lacking = pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] });
  expect(toldWhole(unschedulable(lacking))).toMatchObject({
    code: 'Unschedulable',
    found: message,
    retryable: true,
  });
  expect(unschedulable(undefined)).toBeUndefined();
});

test.each<[string, object]>([
  ['has a node', { type: 'PodScheduled', status: 'True', reason: 'Unschedulable' }],
  ['is held back by a gate', { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
  ['is not ready', { type: 'Ready', status: 'False', reason: 'Unschedulable' }],
])('a pod that %s does not lack a node', (_, condition) => {
  expect(unschedulable(pod({ conditions: [condition] } as PodStatus))).toBeUndefined();
});

test('where the scheduler gives no words, no node is what was found', () => {
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
  expect(
    unschedulable(pod({ conditions: [{ type: 'Initialized', status: 'True' }, condition] }))?.found,
  ).toBe('no node');
});

test.each([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])('%s is an image that cannot be had', (reason) => {
  expect(startFailure(pod(waiting(reason, 'so it is')))).toMatchObject({
    code: 'ImagePull',
    found: `${reason}: so it is`,
  });
  // A container that has run once had its image.
  expect(startFailure(pod(terminated(reason)))).toBeUndefined();
});

test.each([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'ContainerCannotRun',
  'StartError',
  'PreCreateHookError',
])('%s is a container that does not start, before and after its end', (reason) => {
  const expected = { code: 'StartFailed', found: `${reason}: so it is`, retryable: false };
  expect(toldWhole(startFailure(pod(waiting(reason, 'so it is'))))).toMatchObject(expected);
  const over = container({ terminated: { reason, exitCode: 128, message: 'so it is' } });
  expect(startFailure(pod(over))).toMatchObject(expected);
});

test.each<[string, string, boolean]>([
  ['ErrImagePull', 'x: not found', false],
  ['ErrImagePull', 'repository does not exist', false],
  ['ErrImagePull', 'requested access is DENIED', false],
  ['ErrImagePull', 'unauthorized: log in', false],
  ['ErrImagePull', 'invalid reference format', false],
  ['ErrImagePull', 'manifest unknown', false],
  ['ErrImagePull', 'connection reset by peer', true],
  ['InvalidImageName', 'odd', false],
  ['ErrImageNeverPull', 'odd', false],
])('%s with "%s" may be had later: %p', (reason, message, retryable) => {
  expect(startFailure(pod(waiting(reason, message)))?.retryable).toBe(retryable);
});

test('an image without a word of its node', () => {
  const cause = startFailure(pod(container({ waiting: { reason: 'ErrImagePull' } })));
  expect(cause).toMatchObject({ found: 'ErrImagePull: no message', retryable: true });
});

test('what another container of the pod does says nothing of the sandbox', () => {
  const [other] = terminated('OOMKilled').containerStatuses!;
  const beside: PodStatus = { containerStatuses: [{ ...other!, name: 'sidecar' }] };
  expect(ending(pod(beside))).toBeUndefined();
  expect(startFailure(pod(beside))).toBeUndefined();
  expect(hasRun(pod(beside))).toBe(false);
});

const startError =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
  'unable to start container process: container init was OOM-killed (memory limit too low?): unknown';

test.each([
  [
    'as the end of its container',
    container({ terminated: { reason: 'StartError', exitCode: 128, message: startError } }),
  ],
  ['while it waits', waiting('RunContainerError', startError)],
])('a start that was killed for too little memory is told as that %s', (_, status) => {
  const cause = startFailure(pod(status));
  expect(cause).toMatchObject({ code: 'OOMKilled', retryable: false });
  expect(cause?.found).toContain('memory limit too low');
  expect(cause?.remedy).toContain('memory');
  expect(cause?.remedy).not.toContain('command');
});

test.each(['memory limit too low', 'cannot allocate memory', 'fork: Out of memory'])(
  '"%s" is too little memory',
  (message) => {
    expect(startFailure(pod(waiting('RunContainerError', message)))?.code).toBe('OOMKilled');
  },
);

test.each<[string, boolean]>([
  [
    'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 9Gi. Container sandbox was using 2Mi, request is 64Mi, has larger consumption of ephemeral-storage.',
    true,
  ],
  ['The node was low on resource: memory.', true],
  ['The node had condition: [DiskPressure]. ', true],
  ['', true],
  ['Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ', false],
  ['Container sandbox exceeded its local ephemeral storage limit "64Mi". ', false],
  ['Usage of EmptyDir volume "workspace" exceeds the limit "64Mi". ', false],
])('an eviction with "%s" may go well elsewhere: %p', (message, retryable) => {
  expect(ending(pod({ phase: 'Failed', reason: 'Evicted', message }))).toMatchObject({
    code: 'Evicted',
    retryable,
  });
});

test('an end that the supervisor brought about says that the client was gone', () => {
  const message = 'drydock: the client of this sandbox is gone, and no other one has entered it';
  const cause = ending(pod(container({ terminated: { reason: 'Error', exitCode: 143, message } })));
  expect(toldWhole(cause)).toMatchObject({ code: 'Ended', found: message, retryable: false });
  expect(cause?.remedy).toContain('orphanTtl');
});

test('an end that no client ever entered says so, and another one may be claimed', () => {
  const terminated = { reason: 'Error', exitCode: 1, message: NOT_ENTERED };
  const cause = ending(pod(container({ terminated })));
  expect(toldWhole(cause)).toMatchObject({
    code: 'Ended',
    found: NOT_ENTERED,
    expected: 'a client that enters it soon after its start',
    retryable: true,
  });
});

test('an end by SIGTERM is not told as a fault of the command', () => {
  const cause = ending(pod(terminated('Error', 143)));
  expect(cause).toMatchObject({ code: 'Ended', found: 'exit code 143 of its main process' });
  expect(cause?.remedy).toContain('SIGTERM');
  expect(ending(pod(terminated('Error', 1)))?.remedy).toContain("template's command");
});

test.each<[string, PodStatus, string]>([
  [
    'what the container wrote',
    container({ terminated: { reason: 'Error', exitCode: 2, message: 'no\u0007 disk' } }),
    'exit code 2 of its main process: no  disk',
  ],
  ['a phase alone', { phase: 'Succeeded' }, 'the end of its main process'],
  ['a failure without a reason', { phase: 'Failed' }, 'Failed: '],
  [
    'a shutdown of its node',
    { phase: 'Failed', reason: 'NodeShutdown', message: 'bye' },
    'NodeShutdown: bye',
  ],
  [
    'a disruption',
    {
      conditions: [
        { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'drain' },
      ],
    },
    'DisruptionTarget: drain',
  ],
])('the words of %s', (_, status, found) => {
  expect(ending(pod(status))?.found).toBe(found);
});

test('a container that runs, or has run, is known by its state', () => {
  expect(hasRun(undefined)).toBe(false);
  expect(hasRun(pod(waiting('ContainerCreating', '')))).toBe(false);
  expect(hasRun(pod(container({ running: {} })))).toBe(true);
  expect(hasRun(pod(terminated('Error')))).toBe(true);
});
