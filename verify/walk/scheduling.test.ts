import { condition, live, stateOf, warning } from '../testing-only/state';
import { nodeCause, unscheduled } from './scheduling';

const waiting = (message?: string, spec: object = {}) =>
  live('Pod', 'a', {
    spec,
    status: { conditions: [condition('PodScheduled', 'False', 'Unschedulable', message)] },
  });
const place = 'Pod/a in namespace shop';

test.each<[string | undefined, string, string]>([
  ['1 Insufficient cpu', 'a node with so much left', 'Ask for less, or add a node.'],
  ['1 Insufficient memory', 'a node with so much left', 'Ask for less, or add a node.'],
  ['1 Insufficient ephemeral-storage', 'a node with so much left', 'Ask for less, or add a node.'],
  ['1 Insufficient pods', 'a node with so much left', 'Ask for less, or add a node.'],
  [
    "1 node(s) didn't match Pod's node affinity/selector",
    'a node with the labels that it asks for',
    'Label a node, or correct nodeSelector and affinity.',
  ],
  [
    'no node fits the node selector',
    'a node with the labels that it asks for',
    'Label a node, or correct nodeSelector and affinity.',
  ],
  [
    '1 node(s) had untolerated taint {a: b}',
    'a node without taints, or tolerations for them',
    'Add a toleration, or take the taint off a node.',
  ],
  ['something new', 'a node that takes it', 'Read what the scheduler says of each node.'],
])('a scheduler that says "%s"', (message, expected, remedy) => {
  expect(unscheduled(stateOf([], []), waiting(message))).toEqual({
    code: 'UNSCHEDULABLE',
    where: place,
    found: message,
    expected,
    remedy,
  });
});

test('a scheduler that says nothing', () => {
  expect(unscheduled(stateOf([], []), waiting())).toMatchObject({
    found: 'no node that takes it',
    expected: 'a node that takes it',
  });
  expect(unscheduled(stateOf([], []), live('Pod', 'a', { spec: {} })).found).toBe('no node that takes it');
});

const claiming = {
  volumes: [
    { name: 'scratch', emptyDir: {} },
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
  ],
};
const claim = (spec: object, phase?: string) =>
  live('PersistentVolumeClaim', 'data', { spec, ...(phase && { status: { phase } }) });
const tenGb = { resources: { requests: { storage: '10Gi' } } };
const ofClaim = (...there: ReturnType<typeof live>[]) =>
  unscheduled(stateOf([], there), waiting('unbound', claiming));

test('a claim that is not there, or is bound and so no cause', () => {
  expect(ofClaim()).toEqual({
    code: 'VOLUME_PENDING',
    where: place,
    found: 'no PersistentVolumeClaim data',
    expected: 'the claim that its volume names',
    remedy: 'Make the claim, or correct its name.',
  });
  expect(ofClaim(claim(tenGb, 'Bound')).code).toBe('UNSCHEDULABLE');
  const unread = stateOf([], [], { unread: ['PersistentVolumeClaim'] });
  expect(unscheduled(unread, waiting('unbound', claiming)).code).toBe('UNSCHEDULABLE');
});

test('a claim of a class that the cluster does not have', () => {
  const expected = {
    code: 'VOLUME_PENDING',
    where: 'PersistentVolumeClaim/data in namespace shop',
    found: 'a claim of 10Gi of the class fast, which the cluster does not have',
    remedy: 'Name a class that is there, or install its driver.',
  };
  const fast = claim({ ...tenGb, storageClassName: 'fast' }, 'Pending');
  expect(ofClaim(fast)).toEqual({ ...expected, expected: 'a class; the cluster has none' });
  const classes = ['slow', 'cold'].map((name) => live('StorageClass', name, {}, null));
  expect(ofClaim(fast, ...classes)).toEqual({ ...expected, expected: 'one of slow, cold' });
});

test('a claim of a class that is there, without a volume yet', () => {
  const fast = claim({ ...tenGb, storageClassName: 'fast' }, 'Pending');
  const classes = [live('StorageClass', 'slow', {}, null), live('StorageClass', 'fast', {}, null)];
  const expected = {
    code: 'VOLUME_PENDING',
    where: 'PersistentVolumeClaim/data in namespace shop',
    found: 'a claim of 10Gi that no volume is bound to',
    expected: 'a driver that makes the volume',
    remedy: 'Look at the driver of the class fast.',
  };
  expect(ofClaim(fast, ...classes)).toEqual(expected);
  const said = [
    warning(fast, 'ProvisioningFailed', 'older', '1'),
    warning(fast, 'ProvisioningFailed', 'no disk', '2'),
  ];
  expect(ofClaim(fast, ...classes, ...said)).toEqual({ ...expected, found: `${expected.found}: no disk` });
  // Nothing is said of classes that could not be read.
  const unread = stateOf([], [fast], { unread: ['StorageClass'] });
  expect(unscheduled(unread, waiting('unbound', claiming)).found).toBe(expected.found);
});

test('a claim that names no class', () => {
  expect(ofClaim(claim({}))).toMatchObject({
    found: 'a claim of some that no volume is bound to',
    expected: 'a default storage class, or a volume that fits',
    remedy: 'Mark a storage class as default, name one, or make a PersistentVolume.',
  });
});

const node = (
  name: string,
  status: string | undefined,
  more: object = {},
  reason?: string,
  message?: string,
) =>
  live(
    'Node',
    name,
    { ...more, status: { conditions: status ? [condition('Ready', status, reason, message)] : [] } },
    null,
  );

test.each(['not-ready', 'unreachable'])(
  'a node that is %s is told, and not the one that is well',
  (taint) => {
    const message = `1 node(s) had untolerated taint {node.kubernetes.io/${taint}: }`;
    const down = node('two', 'Unknown', {}, 'NodeStatusUnknown', 'Kubelet stopped posting');
    expect(unscheduled(stateOf([], [node('one', 'True'), down]), waiting(message))).toEqual({
      code: 'NODE_NOT_READY',
      where: 'Node/two',
      found: 'a node that is not ready: NodeStatusUnknown: Kubelet stopped posting',
      expected: 'a node whose kubelet answers',
      remedy: 'Look at its kubelet, its runtime and its network, or replace it.',
    });
    // It may have come back meanwhile.
    expect(unscheduled(stateOf([], [node('one', 'True')]), waiting(message)).code).toBe('UNSCHEDULABLE');
    expect(unscheduled(stateOf([], [down]), waiting('1 Insufficient cpu')).code).toBe('UNSCHEDULABLE');
  },
);

test('the node of a pod, where it is down', () => {
  const on = (nodeName?: string) => live('Pod', 'a', { spec: { containers: [], nodeName } }) as never;
  expect(nodeCause(stateOf([], [node('one', 'True')]), on('one'))).toBeUndefined();
  expect(nodeCause(stateOf([], [node('one', 'False')]), on('other'))).toBeUndefined();
  expect(nodeCause(stateOf([], [node('one', 'False')]), on())).toBeUndefined();
  expect(nodeCause(stateOf([], [node('one', 'False')]), on('one'))?.found).toBe(
    'a node that is not ready: it says nothing',
  );
  expect(nodeCause(stateOf([], [node('one', undefined)]), on('one'))?.found).toBe(
    'a node that is not ready: it says nothing',
  );
  const cordoned = node('one', 'False', { spec: { unschedulable: true } }, 'KubeletNotReady');
  expect(nodeCause(stateOf([], [cordoned]), on('one'))?.found).toBe(
    'a node that is not ready: KubeletNotReady, and cordoned',
  );
});
