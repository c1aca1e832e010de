import type { Live } from '../cluster/cluster-api';
import { healthOf } from './rules';

const rollout = (strategy: object, status: object, spec: object = {}): Live =>
  ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
    metadata: { name: 'web', namespace: 'here', uid: '1', resourceVersion: '1', generation: 2 },
    spec: { strategy, ...spec },
    status: { observedGeneration: '2', phase: 'Paused', ...status },
  }) as unknown as Live;

const steps = [{ setWeight: 20 }, { pause: {} }, { pause: { duration: '1m' } }];
const at = (currentStepIndex: number, reason = 'CanaryPauseStep') => ({
  ...{ currentStepIndex, message: reason },
  pauseConditions: [{ reason, startTime: '2026-01-01T00:00:00Z' }],
});
const blueGreen = (more: object = {}) => ({ blueGreen: { activeService: 'web', ...more } });

test.each([
  ['a pause without an end', rollout({ canary: { steps } }, at(1)), 'person'],
  ['a pause for a time', rollout({ canary: { steps } }, at(2)), 'time'],
  [
    'an analysis that has found neither',
    rollout({ canary: { steps } }, at(2, 'InconclusiveAnalysisRun')),
    'person',
  ],
  ['blue-green', rollout(blueGreen(), at(0, 'BlueGreenPause')), 'person'],
  [
    'blue-green that goes on by itself',
    rollout(blueGreen({ autoPromotionSeconds: 30 }), at(0, 'BlueGreenPause')),
    'time',
  ],
  ['a person who has paused it', rollout({ canary: { steps } }, at(2), { paused: true }), 'person'],
  ['one that was let go on a moment ago', rollout({ canary: { steps } }, { currentStepIndex: 1 }), undefined],
  [
    'one that is between two steps',
    rollout({ canary: { steps } }, { ...at(0), phase: 'Progressing' }),
    'time',
  ],
  [
    'one that has done its steps',
    rollout({ canary: { steps } }, { ...at(3), phase: 'Progressing' }),
    undefined,
  ],
  ['one without steps', rollout({ canary: {} }, { phase: 'Progressing' }), undefined],
])('what waits for %s says for whom', (_what, live, paused) => {
  expect(healthOf(live)).toMatchObject({ state: 'waiting' });
  expect(healthOf(live).paused).toBe(paused);
});

test('the step is told while there is one', () => {
  const why = (live: Live) => healthOf(live).why;
  expect(why(rollout({ canary: { steps } }, at(1)))).toBe('it is Paused: CanaryPauseStep, at step 1 of 3');
  expect(why(rollout({ canary: { steps } }, { ...at(3), phase: 'Progressing', message: 'old' }))).toBe(
    'it is Progressing: old',
  );
});
