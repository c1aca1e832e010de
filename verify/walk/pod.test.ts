import { condition, live, type Odd, stateOf, warning } from '../testing-only/state';
import { podCause } from './pod';

type Live = ReturnType<typeof live>;

const place = 'Pod/a in namespace shop';
const app = { name: 'app', image: 'web:1', restartCount: 3 };
const pending = (state: object, more: object = {}) => ({ ...app, state, ...more });
const waiting = (reason: string, message?: string) => pending({ waiting: { reason, message } });
const crashed = (terminated: object) =>
  pending({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated } });

function pod(status: object, spec: object = {}): Live {
  return live('Pod', 'a', { spec: { containers: [{ name: 'app' }], ...spec }, status });
}

const withContainer = (status: object, spec: object = {}) =>
  pod({ phase: 'Pending', containerStatuses: [status] }, spec);
const causeOf = (of: Live, there: readonly Live[] = [], odd: Odd = {}) =>
  podCause(stateOf([], there, odd), of);

test('a pod that is well, and one that has only begun', () => {
  expect(causeOf(pod({ phase: 'Running', conditions: [condition('Ready', 'True')] }))).toBeUndefined();
  expect(causeOf(pod({ phase: 'Succeeded' }))).toBeUndefined();
  expect(causeOf(pod({ phase: 'Pending' }))).toBeUndefined();
  expect(causeOf(live('Pod', 'a', { spec: {} }))).toBeUndefined();
  expect(causeOf(withContainer(waiting('ContainerCreating')))).toBeUndefined();
  expect(causeOf(withContainer(pending({ running: {} })))).toBeUndefined();
});

test('a pod that waits for a node is asked for that first', () => {
  const status = {
    phase: 'Pending',
    conditions: [condition('PodScheduled', 'False')],
    containerStatuses: [waiting('ErrImagePull')],
  };
  expect(causeOf(pod(status))?.code).toBe('UNSCHEDULABLE');
});

test('a node that is down is no cause for a pod that is ready still', () => {
  const down = live('Node', 'one', { status: { conditions: [condition('Ready', 'Unknown')] } }, null);
  const on = (ready: string) =>
    pod({ phase: 'Running', conditions: [condition('Ready', ready)] }, { nodeName: 'one' });
  expect(causeOf(on('True'), [down])).toBeUndefined();
  expect(causeOf(on('False'), [down])?.code).toBe('NODE_NOT_READY');
});

test.each([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])('%s is an image that cannot be had', (reason) => {
  expect(causeOf(withContainer(waiting(reason, 'not found')))).toEqual({
    code: 'IMAGE_PULL',
    where: place,
    found: `container app without its image web:1: ${reason}: not found`,
    expected: 'an image that the node has, or can fetch',
    remedy: 'Check name and tag, that the registry has it, and that nodes may fetch it.',
  });
});

test('a name that is none, with and without words', () => {
  expect(causeOf(withContainer(waiting('InvalidImageName')))).toMatchObject({
    found: 'container app without its image web:1: InvalidImageName',
    remedy: 'Correct the name of the image.',
  });
});

test('the Secret that an image is fetched with, where it is not there', () => {
  const spec = { imagePullSecrets: [{}, { name: 'there' }, { name: 'gone' }] };
  const of = withContainer(waiting('ErrImagePull', 'denied'), spec);
  expect(causeOf(of, [live('Secret', 'there')])).toEqual({
    code: 'PULL_SECRET_MISSING',
    where: place,
    found: 'image web:1 cannot be fetched, and no Secret gone to fetch it with',
    expected: 'the Secret gone, which imagePullSecrets names',
    remedy:
      'Make it: kubectl create secret docker-registry -n shop gone --docker-server=... --docker-username=... --docker-password=...',
  });
  expect(causeOf(of, [live('Secret', 'there'), live('Secret', 'gone')])?.code).toBe('IMAGE_PULL');
  expect(causeOf(of, [], { unread: ['Secret'] })?.code).toBe('IMAGE_PULL');
});

test('the container that is first in the way is told: those that go before all others', () => {
  const initContainerStatuses = [{ ...waiting('ErrImagePull', 'x'), name: 'first' }];
  const of = pod({ phase: 'Pending', initContainerStatuses, containerStatuses: [waiting('ErrImagePull')] });
  expect(causeOf(of)?.found).toContain('container first ');
});

test('what a container is made of and is not there', () => {
  const spec = { containers: [{ name: 'app', envFrom: [{ secretRef: { name: 's' } }] }] };
  expect(
    causeOf(withContainer(waiting('CreateContainerConfigError', 'secret "s" not found'), spec)),
  ).toMatchObject({
    code: 'SECRET_MISSING',
    where: place,
    found: 'no Secret s',
  });
  expect(causeOf(withContainer(waiting('CreateContainerConfigError', 'odd')))).toEqual({
    code: 'START_FAILED',
    where: place,
    found: 'container app is not made: odd',
    expected: 'a container that can be made',
    remedy: 'Correct what it names.',
  });
});

test.each([
  'container has runAsNonRoot and image will run as root',
  'image has non-root and non-numeric user',
])('a user that may not be: %s', (message) => {
  expect(causeOf(withContainer(waiting('CreateContainerConfigError', message)))).toMatchObject({
    code: 'START_FAILED',
    expected: 'a user that is a number and not 0',
    remedy: 'Set runAsUser to another one, or USER with a number in the Dockerfile.',
  });
});

const noCommand = { expected: 'a command that the image has', remedy: 'Correct `command`, or the image.' };
const noStart = {
  expected: 'a container that starts',
  remedy: 'Look at the node and the runtime: the message is theirs.',
};

test.each<[string, string, object]>([
  ['RunContainerError', 'exec: "x": Executable file not found in $PATH', noCommand],
  ['CreateContainerError', 'stat /x: no such file or directory', noCommand],
  ['StartError', 'exec /x: permission denied', noCommand],
  ['PreCreateHookError', 'odd', noStart],
  ['ContainerCannotRun', 'odd', noStart],
])('a container that does not start, for %s: %s', (reason, message, words) => {
  const expected = {
    code: 'START_FAILED',
    where: place,
    found: `container app does not start: ${message}`,
    ...words,
  };
  expect(causeOf(withContainer(waiting(reason, message)))).toEqual(expected);
  // And after it was tried.
  expect(causeOf(withContainer(pending({ terminated: { reason, message, exitCode: 128 } })))).toEqual(
    expected,
  );
  expect(causeOf(withContainer(crashed({ reason, message, exitCode: 128 })))).toEqual(expected);
});

test('one without a word of the runtime is told with its reason', () => {
  expect(causeOf(withContainer(waiting('RunContainerError')))?.found).toBe(
    'container app does not start: RunContainerError',
  );
});

test('a container that was killed for its memory, with its limit', () => {
  const killed = crashed({ reason: 'OOMKilled', exitCode: 137 });
  const expected = {
    code: 'OUT_OF_MEMORY',
    where: place,
    found: 'container app was killed for its memory',
    expected: 'a program within its memory',
    remedy: 'Raise resources.memory, or find what takes it.',
  };
  expect(causeOf(withContainer(killed))).toEqual(expected);
  const limited = (name: string) => ({ name, resources: { limits: { memory: '64Mi' } } });
  const found = `${expected.found}, of which it may have 64Mi`;
  const other = { name: 'other', resources: { limits: { memory: '1Gi' } } };
  expect(causeOf(withContainer(killed, { containers: [other, limited('app')] }))).toEqual({
    ...expected,
    found,
  });
  const first = { containers: [other], initContainers: [limited('app')] };
  expect(causeOf(withContainer(killed, first))?.found).toBe(found);
  expect(causeOf(withContainer(killed, { containers: [{ name: 'app', resources: {} }] }))).toEqual(expected);
  expect(
    causeOf(withContainer(killed, { containers: [{ name: 'app', resources: { requests: {} } }] })),
  ).toEqual(expected);
  expect(causeOf(withContainer(killed, { containers: undefined }))).toEqual(expected);
});

test('a program that ended, with its last words', () => {
  const expected = {
    code: 'CRASHED',
    where: place,
    found: 'container app ended with 2, 3 times restarted',
    expected: 'a program that goes on',
    remedy: 'Read its log: kubectl logs -n shop a -c app --previous',
  };
  expect(causeOf(withContainer(crashed({ exitCode: 2 })))).toEqual(expected);
  expect(causeOf(withContainer(pending({ terminated: { exitCode: 2 } })))).toEqual(expected);
  expect(causeOf(withContainer(crashed({ exitCode: 2 })), [], { logs: { 'a app': 'panic' } })).toEqual({
    ...expected,
    found: `${expected.found}; its last words: panic`,
  });
  expect(causeOf(withContainer(crashed({ exitCode: 0 })))).toBeUndefined();
});

test('a program that was killed for its liveness is asked for that, and the newest word is told', () => {
  const of = withContainer(crashed({ exitCode: 137 }));
  const said = [
    warning(of, 'Unhealthy', 'Liveness probe failed: older', '1'),
    warning(of, 'Unhealthy', 'Liveness probe failed: dial tcp: connection refused', '2'),
    warning(of, 'BackOff', 'Back-off restarting', '3'),
  ];
  expect(causeOf(of, said)).toEqual({
    code: 'PROBE_FAILED',
    where: place,
    found: 'container app: Liveness probe failed: dial tcp: connection refused',
    expected: 'a program that listens on the port of the probe',
    remedy: 'Correct the port of livenessProbe, or what the program listens on.',
  });
  expect(causeOf(of, [warning(of, 'Unhealthy', 'Readiness probe failed: x')])?.code).toBe('CRASHED');
});

const running = pod({ phase: 'Running', conditions: [condition('Ready', 'False')] });

test('a pod that runs and is not ready, without a word', () => {
  expect(causeOf(running)).toEqual({
    code: 'NOT_READY',
    where: place,
    found: 'a pod that runs and is not ready',
    expected: 'a pod that says that it is ready',
    remedy: 'Read its log: kubectl logs -n shop a',
  });
  expect(causeOf(running, [warning(running, 'Other', 'odd')])?.found).toBe(
    'a pod that runs and is not ready',
  );
});

test.each<[string, object]>([
  [
    'Readiness probe failed: Get "http://10.0.0.1/": connect: no route',
    {
      code: 'PROBE_FAILED',
      expected: 'a program that listens on the port of the probe',
      remedy: 'Correct the port of readinessProbe, or what the program listens on.',
    },
  ],
  [
    'Startup probe failed: HTTP probe failed with statuscode: 404',
    {
      code: 'PROBE_FAILED',
      expected: 'a path that the program answers',
      remedy: 'Correct the path of startupProbe.',
    },
  ],
  [
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    {
      code: 'NOT_READY',
      expected: 'a program that finds what it needs',
      remedy: 'It says no itself; its log says what it lacks: kubectl logs -n shop a',
    },
  ],
  [
    'Liveness probe failed: command timed out',
    {
      code: 'PROBE_FAILED',
      expected: 'a livenessProbe that succeeds',
      remedy: 'Correct livenessProbe, its time, or the program.',
    },
  ],
  ['odd: Startup probe', { expected: 'a readinessProbe that succeeds' }],
])('a probe that says "%s"', (message, words) => {
  const said = [
    warning(running, 'Unhealthy', 'older', '1'),
    warning(running, 'Unhealthy', `${message}\n`, '2'),
  ];
  expect(causeOf(running, said)).toMatchObject({ where: place, found: message, ...words });
});

test('a pod that is stuck before its containers are made', () => {
  const stuck = pod({ phase: 'Pending' });
  const volume = {
    code: 'VOLUME_PENDING',
    where: place,
    expected: 'volumes that can be mounted',
    remedy: 'Correct what the volume names, or look at its driver.',
  };
  expect(causeOf(stuck, [warning(stuck, 'FailedMount', 'x')])).toEqual({
    ...volume,
    found: 'FailedMount: x',
  });
  const newer = [warning(stuck, 'FailedMount', 'x', '1'), warning(stuck, 'FailedAttachVolume', 'y', '2')];
  expect(causeOf(stuck, newer)).toEqual({ ...volume, found: 'FailedAttachVolume: y' });
  expect(causeOf(stuck, [warning(stuck, 'FailedCreatePodSandBox', 'no network')])).toEqual({
    code: 'START_FAILED',
    where: place,
    found: 'FailedCreatePodSandBox: no network',
    expected: 'a pod that the node can make',
    remedy: 'Look at the node: the message is its own.',
  });
  const reading = pod(
    { phase: 'Pending' },
    { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'c' } }] }] },
  );
  expect(causeOf(reading, [warning(reading, 'FailedMount', 'x')])).toMatchObject({
    code: 'CONFIG_MISSING',
    where: place,
  });
});

test.each(['configmap', 'secret'])('a %s that a busy node has not read yet is no cause', (kind) => {
  const stuck = pod({ phase: 'Pending' });
  const message = `failed to sync ${kind} cache: timed out waiting for the condition`;
  expect(causeOf(stuck, [warning(stuck, 'FailedMount', message)])).toBeUndefined();
});
