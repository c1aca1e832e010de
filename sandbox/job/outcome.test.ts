import type { Pod } from '../../imports/k8s';
import { podLost } from '../causes/pod-cause';
import { SandboxError } from '../errors';
import { toldWhole } from '../testing-only/told-whole';
import { endedBy, exitOf, type JobOutcome, orThrow } from './outcome';

function podWith(state: object): Pod {
  const status = { name: 'sandbox', state, image: '', imageID: '', ready: false, restartCount: 0 };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { containers: [{ name: 'sandbox' }] },
    status: { containerStatuses: [status] },
  };
}

const times = { startedAt: '2026-01-01T00:00:01Z', finishedAt: '2026-01-01T00:00:04Z' };

test('a container that ended has its code, and ran from its start to its end', () => {
  expect(exitOf(podWith({ terminated: { exitCode: 3, reason: 'Error', ...times } }))).toEqual({
    outcome: 'exited',
    exitCode: 3,
    cause: undefined,
    durationMs: 3_000,
  });
});

test.each<[string, object]>([
  ['runs', { running: {} }],
  ['is not there yet', {}],
  ['ended unseen', { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', ...times } }],
])('a container that %s has no code', (_, state) => {
  expect(exitOf(podWith(state))).toBeUndefined();
});

test.each<[string, object]>([
  ['start', { finishedAt: times.finishedAt }],
  ['end', { startedAt: times.startedAt }],
])('without its %s nobody knows how long it ran', (_, known) => {
  expect(exitOf(podWith({ terminated: { exitCode: 0, ...known } }))?.durationMs).toBeUndefined();
});

test.each([
  ['OOMKilled', 'oomKilled'],
  ['Evicted', 'evicted'],
  ['DeadlineExceeded', 'timedOut'],
  ['PodLost', 'podLost'],
  ['Ended', 'podLost'],
] as const)('an end by %s is %s, whatever the code of the container', (code, outcome) => {
  const cause = { ...podLost('x'), code };
  const pod = podWith({ terminated: { exitCode: 0, ...times } });
  expect(endedBy(cause, pod)).toEqual({ outcome, exitCode: undefined, cause, durationMs: 3_000 });
  expect(endedBy(cause, undefined).durationMs).toBeUndefined();
});

function thrownBy(outcome: JobOutcome): SandboxError {
  try {
    orThrow(outcome, 'job-1');
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxError);
    return toldWhole(error as SandboxError);
  }
  throw new Error('nothing was thrown');
}

test('orThrow gives a success back, and tells everything else in its own words', () => {
  const exited = (exitCode: number): JobOutcome => ({
    outcome: 'exited',
    exitCode,
    cause: undefined,
    durationMs: 1,
  });
  const good = exited(0);
  expect(orThrow(good, 'job-1')).toBe(good);
  expect(thrownBy(exited(3))).toMatchObject({
    code: 'CommandFailed',
    where: 'job job-1',
    found: 'exit code 3',
    expected: 'exit code 0',
    sandboxId: 'job-1',
    retryable: false,
  });
  const cause = podLost('a pod that was deleted');
  const { found, expected, remedy } = cause;
  expect(thrownBy(endedBy(cause, undefined))).toMatchObject({
    code: 'PodLost',
    found,
    expected,
    remedy,
    sandboxId: 'job-1',
    retryable: true,
  });
});
