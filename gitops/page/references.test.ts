import type { KubeObject } from '../../kube';
import { graph, MOST_NODES } from './graph';
import { referencesIn } from './references';

const object = (kind: string, name: string, more: object = {}, namespace = 'here') =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...more }) as unknown as KubeObject;
const pod = (spec: object, labels = { app: 'a' }) => ({ spec: { template: { metadata: { labels }, spec } } });

test.each<[string, KubeObject, KubeObject, boolean]>([
  [
    'an Ingress its Service',
    object('Ingress', 'i', {
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: 's' } } }] } }] },
    }),
    object('Service', 's'),
    true,
  ],
  [
    'an Ingress no other Service',
    object('Ingress', 'i', { spec: { defaultBackend: { service: { name: 't' } } } }),
    object('Service', 's'),
    false,
  ],
  [
    'an HTTPRoute its Service',
    object('HTTPRoute', 'r', { spec: { rules: [{ backendRefs: [{ name: 's' }] }] } }),
    object('Service', 's'),
    true,
  ],
  [
    'a Service pods with its labels',
    object('Service', 's', { spec: { selector: { app: 'a' } } }),
    object('Deployment', 'd', pod({})),
    true,
  ],
  [
    'a Service no pods with others',
    object('Service', 's', { spec: { selector: { app: 'b' } } }),
    object('Deployment', 'd', pod({})),
    false,
  ],
  [
    'a Service without a selector none',
    object('Service', 's', { spec: {} }),
    object('Deployment', 'd', pod({})),
    false,
  ],
  [
    'a Service none of another namespace',
    object('Service', 's', { spec: { selector: { app: 'a' } } }),
    object('Deployment', 'd', pod({}), 'there'),
    false,
  ],
  [
    'a budget its pods',
    object('PodDisruptionBudget', 'p', { spec: { selector: { matchLabels: { app: 'a' } } } }),
    object('Deployment', 'd', pod({})),
    true,
  ],
  [
    'an autoscaler its target',
    object('HorizontalPodAutoscaler', 'h', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' } } }),
    object('Deployment', 'd'),
    true,
  ],
  [
    'a pod its settings',
    object('Deployment', 'd', pod({ containers: [{ envFrom: [{ configMapRef: { name: 'c' } }] }] })),
    object('ConfigMap', 'c'),
    true,
  ],
  [
    'a pod one key of a Secret',
    object('Pod', 'p', { spec: { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'k' } } }] }] } }),
    object('Secret', 'k'),
    true,
  ],
  [
    'a pod a volume',
    object('StatefulSet', 'd', pod({ volumes: [{ persistentVolumeClaim: { claimName: 'v' } }] })),
    object('PersistentVolumeClaim', 'v'),
    true,
  ],
  [
    'a cron its account',
    object('CronJob', 'c', {
      spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'x' } } } } },
    }),
    object('ServiceAccount', 'x'),
    true,
  ],
  [
    'a binding its role',
    object('RoleBinding', 'b', { roleRef: { kind: 'Role', name: 'r' } }),
    object('Role', 'r'),
    true,
  ],
  [
    'what no schema has nothing',
    object('Ingress', 'i', { spec: { rules: 'all' } }),
    object('Service', 's'),
    false,
  ],
])('%s', (_, from, to, isThere) => {
  expect(referencesIn([from, to])).toEqual(isThere ? [[0, 1]] : []);
});

test('more boxes than somebody can look at are not drawn', () => {
  const node = { kind: 'ConfigMap', name: 'a', state: 'healthy', row: 'r' };
  const drawn = (count: number) =>
    graph(
      Array.from({ length: count }, () => node),
      [],
      'a graph',
    );
  expect(String(drawn(MOST_NODES)).match(/class="node good"/g)).toHaveLength(MOST_NODES);
  expect([drawn(MOST_NODES + 1), drawn(0)]).toEqual([undefined, undefined]);
});
