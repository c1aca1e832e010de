import type { Stored } from '../kube';
import type { Cause, Finding } from './finding';
import { type Needed, needsOf } from './needs';
import { secondsUntilReady } from './ready-after';
import { conditionOf, KUBE_SYSTEM, type Live, nameOf, placeOf, type State } from './state';
import { bindingCause } from './walk/access';
import { autoscalerCause, budgetCause } from './walk/availability';
import { presenceCause } from './walk/presence';
import { nodeDown } from './walk/scheduling';
import { dnsCause, ingressCause, serviceCause } from './walk/services';
import { isWorkload, workloadFinding } from './walk/workload';

/** What is looked at of one object, and what came of it. */
export interface Checked {
  readonly object: string;
  readonly namespace?: string;
  readonly finding?: Finding;
  /** It could not be read, so nothing is known of it. */
  readonly isUnread?: true;
  /** How long its slowest pod took to be ready, or a Job to its end. */
  readonly readySeconds?: number;
  /** What it leads to. */
  readonly needs?: readonly Needed[];
}

/**
 * Goes over every object that is meant, and over what all of them need. What took longer than `readyWithinSeconds` to be ready
 * is a finding too.
 */
export function findCauses(state: State, readyWithinSeconds = Number.POSITIVE_INFINITY): Checked[] {
  const ofObjects = state.meant.map((meant): Checked => {
    const { namespace, name = '' } = meant.metadata ?? {};
    const live = state.find(meant.kind, namespace, name);
    const readySeconds = live && secondsUntilReady(state, live);
    const isSlow = live && readySeconds !== undefined && readySeconds > readyWithinSeconds;
    const finding =
      findingOf(state, meant, live) ??
      (isSlow ? at([nameOf(live)], slowStart(live, readySeconds, readyWithinSeconds)) : undefined);
    const needs = needsOf(meant, state.meant);
    return {
      object: nameOf(meant),
      ...(namespace && { namespace }),
      ...(finding && { finding }),
      ...(!live && !finding && { isUnread: true }),
      ...(readySeconds !== undefined && { readySeconds }),
      ...(needs.length > 0 && { needs }),
    };
  });
  const dns = dnsCause(state);
  const ofCluster: Checked[] = [
    ...state.all('Node').map((node): Checked => {
      const isReady = conditionOf(node, 'Ready')?.status === 'True';
      return { object: nameOf(node), ...(!isReady && { finding: at([nameOf(node)], nodeDown(node)) }) };
    }),
    ...(state.find('Service', KUBE_SYSTEM, 'kube-dns')
      ? [{ object: 'DNS of the cluster', ...(dns && { finding: at(['Service/kube-dns'], dns) }) }]
      : []),
  ];
  return [...ofObjects, ...ofCluster];
}

function findingOf(state: State, meant: Live, live: Stored<Live> | undefined): Finding | undefined {
  const path = [nameOf(meant)];
  const presence = presenceCause(state, meant, live);
  if (!live) return presence && at(path, presence);
  // What is there and does not work says more than that it was changed, unless the change is all there is to see.
  const own = isWorkload(live) ? workloadFinding(state, live) : undefined;
  if (own && !(own.mayPass && presence)) return own;
  const cause = presence ?? causeOf(state, live);
  return cause && at(path, cause);
}

function slowStart(live: Live, seconds: number, limit: number): Cause {
  const { namespace } = live.metadata ?? {};
  return {
    code: 'SLOW_START',
    where: placeOf(live),
    found: `ready ${seconds} s after it was made`,
    expected: `at most ${limit} s`,
    remedy: `See what its pods waited for: kubectl get events -n ${namespace} --sort-by=.lastTimestamp`,
  };
}

function causeOf(state: State, live: Stored<Live>): Cause | undefined {
  switch (live.kind) {
    case 'Service':
      return serviceCause(state, live);
    case 'Ingress':
      return ingressCause(state, live);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return bindingCause(state, live);
    case 'PodDisruptionBudget':
      return budgetCause(live);
    case 'HorizontalPodAutoscaler':
      return autoscalerCause(state, live);
    default:
      return undefined;
  }
}

function at(path: readonly string[], cause: Cause): Finding {
  return { ...cause, path, mayPass: cause.code === 'NO_ENDPOINTS' || cause.code === 'NO_ADDRESS' };
}
