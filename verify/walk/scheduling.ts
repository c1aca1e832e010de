import type { Node, PersistentVolumeClaim, Pod } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import { conditionOf, type Live, oneOf, placeOf, type State, warningsOf } from '../state';

/** Why no node takes a pod. */
export function unscheduled(state: State, pod: Stored<Live>): Cause {
  const said = conditionOf(pod, 'PodScheduled')?.message ?? '';
  return pendingClaim(state, pod) ?? downNode(state, said, pod) ?? noRoom(said, placeOf(pod));
}

/** The claim that a pod waits for. */
function pendingClaim(state: State, pod: Stored<Live>): Cause | undefined {
  const { volumes = [] } = pod.spec as NonNullable<Pod['spec']>;
  const { namespace } = pod.metadata;
  for (const { persistentVolumeClaim } of volumes) {
    const name = persistentVolumeClaim?.claimName;
    if (name === undefined || !state.wasRead('PersistentVolumeClaim', namespace)) continue;
    const claim = state.find('PersistentVolumeClaim', namespace, name);
    if (!claim) {
      return {
        code: 'VOLUME_PENDING',
        where: placeOf(pod),
        found: `no PersistentVolumeClaim ${name}`,
        expected: 'the claim that its volume names',
        remedy: 'Make the claim, or correct its name.',
      };
    }
    if ((claim.status as { phase?: string } | undefined)?.phase === 'Bound') continue;
    return claimCause(state, claim);
  }
  return undefined;
}

function claimCause(state: State, claim: Stored<Live>): Cause {
  const { storageClassName, resources } = claim.spec as NonNullable<PersistentVolumeClaim['spec']>;
  const facts = { code: 'VOLUME_PENDING', where: placeOf(claim) } as const;
  const classes = state.all('StorageClass');
  const size = String(resources?.requests?.storage ?? 'some');
  if (state.wasRead('StorageClass', undefined) && storageClassName) {
    if (!classes.some(({ metadata }) => metadata.name === storageClassName)) {
      return {
        ...facts,
        found: `a claim of ${size} of the class ${storageClassName}, which the cluster does not have`,
        expected: oneOf(
          classes.map(({ metadata }) => metadata.name),
          'a class; the cluster has none',
        ),
        remedy: 'Name a class that is there, or install its driver.',
      };
    }
  }
  const said = warningsOf(state, claim).at(-1)?.message;
  return {
    ...facts,
    found: `a claim of ${size} that no volume is bound to${said ? `: ${said}` : ''}`,
    expected: storageClassName
      ? 'a driver that makes the volume'
      : 'a default storage class, or a volume that fits',
    remedy: storageClassName
      ? `Look at the driver of the class ${storageClassName}.`
      : 'Mark a storage class as default, name one, or make a PersistentVolume.',
  };
}

const NOT_READY = /node\.kubernetes\.io\/(not-ready|unreachable)/;

function downNode(state: State, said: string, pod: Stored<Live>): Cause | undefined {
  if (!NOT_READY.test(said)) return undefined;
  const down = state.all('Node').find((node) => conditionOf(node, 'Ready')?.status !== 'True');
  return down ? nodeDown(down) : noRoom(said, placeOf(pod));
}

/** The node of a pod, where that is what is wrong. */
export function nodeCause(state: State, pod: Stored<Pod>): Cause | undefined {
  const node = state.find('Node', undefined, pod.spec?.nodeName ?? '');
  return node && conditionOf(node, 'Ready')?.status !== 'True' ? nodeDown(node) : undefined;
}

export function nodeDown(node: Stored<Live>): Cause {
  const { reason = '', message = '' } = conditionOf(node, 'Ready') ?? {};
  const { unschedulable } = (node.spec ?? {}) as NonNullable<Node['spec']>;
  return {
    code: 'NODE_NOT_READY',
    where: placeOf(node),
    found: `a node that is not ready: ${[reason, message].filter(Boolean).join(': ') || 'it says nothing'}${unschedulable ? ', and cordoned' : ''}`,
    expected: 'a node whose kubelet answers',
    remedy: 'Look at its kubelet, its runtime and its network, or replace it.',
  };
}

function noRoom(said: string, where: string): Cause {
  const [lack, remedy] = /Insufficient (cpu|memory|ephemeral-storage|pods)/.test(said)
    ? ['a node with so much left', 'Ask for less, or add a node.']
    : /node affinity|node selector|selector/.test(said)
      ? ['a node with the labels that it asks for', 'Label a node, or correct nodeSelector and affinity.']
      : /taint/.test(said)
        ? [
            'a node without taints, or tolerations for them',
            'Add a toleration, or take the taint off a node.',
          ]
        : ['a node that takes it', 'Read what the scheduler says of each node.'];
  return { code: 'UNSCHEDULABLE', where, found: said || 'no node that takes it', expected: lack, remedy };
}
