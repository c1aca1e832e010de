import type { Pod, PodStatus } from '../../imports/k8s';
import { KubeError } from '../../kube';
import { toldWhole } from '../testing-only/told-whole';
import { overdue } from './overdue';

function pod(status: PodStatus): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { containers: [{ name: 'sandbox' }], nodeName: 'node-7' },
    status,
  };
}

const refusal = (found: string) =>
  new KubeError('SERVER_ERROR', { where: 'exec', found, expected: 'a stream', remedy: 'Look.' });
const waiting = (state: object): PodStatus => ({
  containerStatuses: [
    { name: 'sandbox', state: { waiting: state }, image: '', imageID: '', ready: false, restartCount: 0 },
  ],
});

test.each([
  [
    'a kubelet that is not reached',
    '500: error dialing backend: dial tcp 10.0.0.7:10250: connect: connection refused',
  ],
  ['a tunnel without an agent', '500: No agent available'],
  ['a tunnel that broke', 'the Tunnel is closed'],
  ['a port that does not answer', 'dial tcp 10.0.0.7:10250: i/o timeout'],
  ['a node that is not connected', 'connection to the node was lost'],
  ['a proxy on the way', 'proxy error from 10.0.0.1:9345'],
])(
  '%s is no pod that does not answer: the node has a name and the remedy looks at the way to it',
  (_, words) => {
    const cause = toldWhole(overdue(pod({ phase: 'Running' }), refusal(words), 60_000));
    expect(cause).toMatchObject({ code: 'StartTimeout', retryable: true });
    expect(cause.found).toContain('no way from the API server to node-7 after 60 s');
    expect(cause.found).toContain(words);
    expect(cause.remedy).toContain('kubectl get node node-7');
    expect(cause.remedy).toContain('10250');
  },
);

test.each<[string, Pod | undefined, KubeError | undefined, string]>([
  ['no pod', undefined, undefined, 'no pod after 60 s'],
  ['no pod, whatever was said before', undefined, refusal('error dialing backend'), 'no pod after 60 s'],
  ['a pull', pod(waiting({ message: 'Pulling image' })), undefined, 'Pulling image after 60 s'],
  [
    'a pull with words and a reason',
    pod(waiting({ message: 'Pulling image', reason: 'X' })),
    undefined,
    'Pulling image after 60 s',
  ],
  ['a creation', pod(waiting({ reason: 'ContainerCreating' })), refusal('x'), 'ContainerCreating after 60 s'],
  ['a refusal', pod({}), refusal('container not found'), 'container not found after 60 s'],
  ['silence', pod({}), undefined, 'a pod that does not answer after 60 s'],
])('%s', (_, seen, refused, found) => {
  expect(toldWhole(overdue(seen, refused, 60_000))).toMatchObject({
    code: 'StartTimeout',
    found,
    retryable: true,
  });
});

test('a pod without a node says what the scheduler says', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
  ];
  expect(overdue(pod({ conditions }), undefined, 1_000)).toMatchObject({
    code: 'Unschedulable',
    found: '0/1 nodes are available',
  });
});

test('a node without a name, and a time that is no whole number of seconds', () => {
  const { spec, ...rest } = pod({});
  const unnamed: Pod = { ...rest, spec: { ...spec!, nodeName: undefined } };
  const cause = overdue(unnamed, refusal('error dialing backend'), 1_600);
  expect(cause.found).toContain('to its node after 2 s');
});
