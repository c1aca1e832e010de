import { condition, live, stateOf } from '../testing-only/state';
import { autoscalerCause, budgetCause } from './availability';

const budget = (status?: object) => live('PodDisruptionBudget', 'web', { status });
const full = { disruptionsAllowed: 0, expectedPods: 2, currentHealthy: 2, desiredHealthy: 2 };

test('a budget that lets no pod go while all are well is told', () => {
  expect(budgetCause(budget(full))).toEqual({
    code: 'DRAIN_BLOCKED',
    where: 'PodDisruptionBudget/web in namespace shop',
    found: 'none of 2 may be taken away, and all are well: 2 have to stay',
    expected: 'one pod at least that may go when a node is drained',
    remedy: 'Run more pods, or let the budget take one: maxUnavailable: 1.',
  });
});

test.each<[string, object | undefined]>([
  ['lets one go', { ...full, disruptionsAllowed: 1 }],
  ['is about no pod', { ...full, expectedPods: 0, currentHealthy: 0 }],
  ['waits for a pod that is not well', { ...full, currentHealthy: 1 }],
  ['nobody has looked at', undefined],
])('a budget that %s is not', (_, status) => {
  expect(budgetCause(budget(status))).toBeUndefined();
});

const target = live('Deployment', 'web');
const autoscaler = (active?: object, scaleTargetRef: object = { kind: 'Deployment', name: 'web' }) =>
  live('HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef },
    status: { conditions: active ? [active] : [] },
  });
const where = 'HorizontalPodAutoscaler/web in namespace shop';

test('an autoscaler of nothing is told, but not where its target could not be read', () => {
  expect(autoscalerCause(stateOf([], []), autoscaler())).toEqual({
    code: 'NOT_SCALING',
    where,
    found: 'no Deployment web',
    expected: 'the workload that it scales',
    remedy: 'Correct scaleTargetRef.',
  });
  expect(autoscalerCause(stateOf([], [target]), autoscaler())).toBeUndefined();
  expect(autoscalerCause(stateOf([], [], { unread: ['Deployment'] }), autoscaler())).toBeUndefined();
});

test('an autoscaler without its metrics says so, and one that was told to rest does not', () => {
  const state = stateOf([], [target]);
  const metrics = 'unable to get metrics for resource cpu';
  const inactive = (reason: string, message?: string) =>
    autoscalerCause(state, autoscaler(condition('ScalingActive', 'False', reason, message)));
  expect(inactive('FailedGetResourceMetric', metrics)).toEqual({
    code: 'NOT_SCALING',
    where,
    found: `FailedGetResourceMetric: ${metrics}`,
    expected: 'metrics of its pods',
    remedy: 'Install metrics-server, or whatever serves the metric that it names.',
  });
  expect(inactive('InvalidSelector', 'no selector')?.remedy).toBe('Read what it says of its metric.');
  expect(inactive('InvalidSelector')?.remedy).toBe('Read what it says of its metric.');
  expect(inactive('ScalingDisabled', 'replicas is 0')).toBeUndefined();
  expect(autoscalerCause(state, autoscaler(condition('ScalingActive', 'True')))).toBeUndefined();
});
