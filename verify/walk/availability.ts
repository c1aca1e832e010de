import type { HorizontalPodAutoscaler, PodDisruptionBudget } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import { conditionOf, type Live, placeOf, type State } from '../state';

/** A budget that lets no pod go while all of them are well: no node with one of them can be drained. */
export function budgetCause(live: Stored<Live>): Cause | undefined {
  const { status } = live as unknown as PodDisruptionBudget;
  if (!status || status.disruptionsAllowed > 0 || status.expectedPods === 0) return undefined;
  if (status.currentHealthy < status.expectedPods) return undefined;
  return {
    code: 'DRAIN_BLOCKED',
    where: placeOf(live),
    found: `none of ${status.expectedPods} may be taken away, and all are well: ${status.desiredHealthy} have to stay`,
    expected: 'one pod at least that may go when a node is drained',
    remedy: 'Run more pods, or let the budget take one: maxUnavailable: 1.',
  };
}

/** Why an autoscaler scales nothing. */
export function autoscalerCause(state: State, live: Stored<Live>): Cause | undefined {
  const { spec } = live as unknown as HorizontalPodAutoscaler;
  const { kind = '', name = '' } = spec?.scaleTargetRef ?? {};
  const facts = { code: 'NOT_SCALING', where: placeOf(live) } as const;
  const { namespace } = live.metadata;
  if (state.wasRead(kind, namespace) && !state.find(kind, namespace, name)) {
    return {
      ...facts,
      found: `no ${kind} ${name}`,
      expected: 'the workload that it scales',
      remedy: 'Correct scaleTargetRef.',
    };
  }
  const active = conditionOf(live, 'ScalingActive');
  if (active?.status !== 'False' || active.reason === 'ScalingDisabled') return undefined;
  return {
    ...facts,
    found: `${active.reason}: ${active.message}`,
    expected: 'metrics of its pods',
    remedy: /metrics/i.test(active.message ?? '')
      ? 'Install metrics-server, or whatever serves the metric that it names.'
      : 'Read what it says of its metric.',
  };
}
