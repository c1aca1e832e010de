import type { KubeObject } from '../../kube';
import { costInWords, costOf } from './cost';

const container = (cpu?: string, memory?: string) => ({
  name: 'a',
  ...(cpu || memory ? { resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } } } : {}),
});
const pods = (containers: readonly object[], more: object = {}) => ({
  template: { spec: { containers, ...more } },
});
const object = (kind: string, spec: object, name = 'a') =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'here' }, spec }) as unknown as KubeObject;

test.each<[string, readonly KubeObject[], object]>([
  [
    'replicas',
    [object('Deployment', { replicas: 3, ...pods([container('100m', '1Gi')]) })],
    { pods: 3, cpu: expect.closeTo(0.3), memory: 3 * 2 ** 30 },
  ],
  [
    'one without a number',
    [object('StatefulSet', pods([container('1', '1M')]))],
    { pods: 1, cpu: 1, memory: 1e6 },
  ],
  ['none', [object('Deployment', { replicas: 0, ...pods([container('1', '1M')]) })], { pods: 0, cpu: 0 }],
  [
    'the fewest of an autoscaler',
    [
      object('Deployment', { replicas: 1, ...pods([container('100m', '1M')]) }),
      object(
        'HorizontalPodAutoscaler',
        { minReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'a' } },
        'b',
      ),
    ],
    { pods: 4, cpu: 0.4 },
  ],
  [
    'the largest of those that run before',
    [
      object('Pod', {
        containers: [container('1', '1M')],
        initContainers: [container('3', '1M'), container('2', '9M')],
      }),
    ],
    { cpu: 3, memory: 9e6 },
  ],
  [
    'one that runs beside',
    [
      object('Pod', {
        containers: [container('1', '1M')],
        initContainers: [{ ...container('1', '1M'), restartPolicy: 'Always' }],
      }),
    ],
    { cpu: 2, memory: 2e6 },
  ],
  [
    'a limit where no request is',
    [object('Pod', { containers: [{ name: 'a', resources: { limits: { cpu: '2', memory: '1M' } } }] })],
    { cpu: 2, unbounded: 0 },
  ],
  [
    'no request at all',
    [object('Deployment', { replicas: 2, ...pods([container()]) })],
    { pods: 2, cpu: 0, unbounded: 2 },
  ],
  [
    'one on each node',
    [object('DaemonSet', pods([container('1', '1M')]))],
    { pods: 0, perNode: { pods: 1, cpu: 1, memory: 1e6 } },
  ],
  [
    'a cron',
    [object('CronJob', { jobTemplate: { spec: { parallelism: 2, ...pods([container('1', '1M')]) } } })],
    { pods: 2, cpu: 2 },
  ],
  [
    'one that is suspended',
    [object('CronJob', { suspend: true, jobTemplate: { spec: pods([container('1', '1M')]) } })],
    { pods: 0 },
  ],
  [
    'claims',
    [
      object('PersistentVolumeClaim', { resources: { requests: { storage: '1Gi' } } }),
      object('StatefulSet', {
        replicas: 2,
        ...pods([container('1', '1M')]),
        volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '2Gi' } } } }],
      }),
    ],
    { storage: 5 * 2 ** 30 },
  ],
  [
    'what no schema has',
    [object('Deployment', { replicas: 'many', template: { spec: { containers: 'none' } } })],
    { pods: 1, cpu: 0 },
  ],
])('%s', (_, objects, cost) => {
  expect(costOf(objects)).toMatchObject(cost);
});

test('what differs is told, and nothing else', () => {
  const one = costOf([object('Deployment', { replicas: 1, ...pods([container('100m', '128Mi')]) })]);
  const two = costOf([object('Deployment', { replicas: 3, ...pods([container('100m', '512Mi')]) })]);
  expect(costInWords(one, two)).toEqual([
    'pods 1 → 3',
    'processors requested 0.1 → 0.3',
    'memory requested 128 MiB → 1.5 GiB',
  ]);
  expect(costInWords(one, one)).toEqual(['cost as before']);
});
