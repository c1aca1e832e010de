import type { Pod } from '../../imports/k8s';
import type { KubeError } from '../../kube';
import { type Cause, said } from './cause';
import { statusOf, unschedulable } from './pod-cause';

/** How the API server says that it did not get through to the kubelet of the pod's node, or to its tunnel. */
const noWayToNode =
  /error dialing backend|dial tcp|no agent available|tunnel|connection to the node|proxy error/i;

/** What a start still waits for when its time is over. `refusal` is the answer to the last try to enter. */
export function overdue(pod: Pod | undefined, refusal: KubeError | undefined, withinMs: number): Cause {
  const lack = unschedulable(pod);
  if (lack) return lack;
  const after = `after ${Math.round(withinMs / 1000)} s`;
  const words = said(refusal?.found);
  if (pod && refusal && noWayToNode.test(refusal.found)) {
    const node = pod.spec?.nodeName ?? 'its node';
    return {
      code: 'StartTimeout',
      found: `no way from the API server to ${node} ${after}: ${words}`,
      expected: 'a kubelet that the API server reaches',
      remedy: `Look at the node (kubectl get node ${node}) and at the way to its kubelet, port 10250: the pod itself may be well.`,
      retryable: true,
    };
  }
  const waiting = pod && statusOf(pod)?.state?.waiting;
  const reason = said(waiting?.message ?? waiting?.reason) || words || 'a pod that does not answer';
  return {
    code: 'StartTimeout',
    found: `${pod ? reason : 'no pod'} ${after}`,
    expected: 'a sandbox that takes commands',
    remedy: 'Give a longer `startTimeoutMs`, or look at the node: kubectl describe pod shows what it does.',
    retryable: true,
  };
}
