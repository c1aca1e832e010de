import type { Stored } from '../kube';
import type { Cause, Finding } from './finding';
import { conditionOf, KUBE_SYSTEM, type Live, nameOf, type State } from './state';
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
}

/** Goes over every object that is meant, and over what all of them need. */
export function findCauses(state: State): Checked[] {
  const ofObjects = state.meant.map((meant): Checked => {
    const { namespace, name = '' } = meant.metadata ?? {};
    const live = state.find(meant.kind, namespace, name);
    const finding = findingOf(state, meant, live);
    return {
      object: nameOf(meant),
      ...(namespace && { namespace }),
      ...(finding && { finding }),
      ...(!live && !finding && { isUnread: true }),
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
