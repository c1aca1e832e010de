import type { Job } from '../imports/k8s';
import type { Stored } from '../kube';
import { summaryOf } from './summary';

const START = '2026-11-21T06:00:00Z';

function jobWith(spec: object, status?: object): Stored<Job> {
  return {
    metadata: { name: 'box-1', creationTimestamp: '2026-11-21T05:59:00Z' },
    spec: { template: { spec: { containers: [{ name: 'main', image: 'tools:1' }] } }, ...spec },
    status,
  } as unknown as Stored<Job>;
}

test('a sandbox is summed up from its Job: when it began, and when it ends', () => {
  expect(summaryOf(jobWith({ activeDeadlineSeconds: 600 }, { startTime: START, ready: 1 }))).toMatchObject({
    id: 'box-1',
    image: 'tools:1',
    createdAt: new Date('2026-11-21T05:59:00Z'),
    startedAt: new Date(START),
    expiresAt: new Date('2026-11-21T06:10:00Z'),
    state: 'running',
  });
});

test('the deadline counts from the start: before it, and without one, no end is known', () => {
  const waiting = summaryOf(jobWith({ activeDeadlineSeconds: 600 }));
  expect([waiting.startedAt, waiting.expiresAt, waiting.state]).toEqual([undefined, undefined, 'starting']);
  expect(summaryOf(jobWith({}, { startTime: START })).expiresAt).toBeUndefined();
});

test.each([
  ['no pod is ready', { startTime: START, ready: 0 }, 'starting'],
  ['its pod is ready', { startTime: START, ready: 1 }, 'running'],
  ['it has failed', { ready: 1, conditions: [{ type: 'Failed', status: 'True' }] }, 'finished'],
  ['it is complete', { conditions: [{ type: 'Complete', status: 'True' }] }, 'finished'],
])('where %s a sandbox is known as that', (_what, status, state) =>
  expect(summaryOf(jobWith({}, status)).state).toBe(state),
);
