import type { Job } from '../../imports/k8s';
import { recordedBy } from '../job/outcome';
import { toldWhole } from '../testing-only/told-whole';
import { endOfJob, failureOf, isFinished } from './job-end';

function job(type?: string, reason?: string, message?: string, status = 'True'): Job {
  const of = { apiVersion: 'batch/v1', kind: 'Job' } as const;
  return { ...of, status: type === undefined ? {} : { conditions: [{ type, status, reason, message }] } };
}

test.each<[string, Job, boolean, boolean]>([
  ['a Job that runs', job(), false, false],
  ['a Job that is complete', job('Complete'), true, false],
  ['a Job that has failed', job('Failed', 'BackoffLimitExceeded'), true, true],
  ['a Job whose pods are to go', job('FailureTarget', 'DeadlineExceeded'), false, true],
  ['a condition that does not hold', job('Failed', 'x', 'x', 'False'), false, false],
  ['a Job that waits', job('Suspended'), false, false],
])('%s', (_, of, finished, failed) => {
  expect([isFinished(of), failureOf(of) !== undefined]).toEqual([finished, failed]);
});

test.each<[string, Job, object, object]>([
  [
    'past its deadline',
    job('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline'),
    { code: 'DeadlineExceeded', found: 'Job was active longer than specified deadline' },
    { outcome: 'timedOut', exitCode: undefined, cause: { code: 'DeadlineExceeded' } },
  ],
  [
    'past its deadline, without a word',
    job('Failed', 'DeadlineExceeded'),
    { code: 'DeadlineExceeded', found: 'a Job past its deadline' },
    { outcome: 'timedOut' },
  ],
  [
    'failed',
    job('Failed', 'BackoffLimitExceeded', 'too \u001b[2Joften'),
    { code: 'Ended', found: 'a Job that has failed: BackoffLimitExceeded: too  [2Joften' },
    { outcome: 'podLost', exitCode: undefined, cause: { code: 'Ended' } },
  ],
  [
    'failed without a word',
    job('Failed'),
    { code: 'Ended', found: 'a Job that has failed' },
    { outcome: 'podLost' },
  ],
  [
    'complete',
    job('Complete'),
    { code: 'Ended', found: 'a Job that is complete' },
    { outcome: 'exited', exitCode: 0, cause: undefined },
  ],
])('a Job without its pod that is %s', (_, of, cause, outcome) => {
  expect(toldWhole(endOfJob(of))).toMatchObject({ ...cause, retryable: false });
  expect(recordedBy(of)).toMatchObject(outcome);
});
