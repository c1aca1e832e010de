import { needsOf } from './needs';
import { live } from './testing-only/state';

const web = live('Deployment', 'web', {
  spec: {
    template: {
      metadata: { labels: { app: 'web', tier: 'front' } },
      spec: {
        serviceAccountName: 'web',
        containers: [
          {
            name: 'app',
            env: [
              { name: 'A', valueFrom: { secretKeyRef: { name: 'tokens', key: 'a' } } },
              { name: 'B', valueFrom: { secretKeyRef: { name: 'tokens', key: 'b' } } },
            ],
            envFrom: [{ configMapRef: { name: 'settings' } }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    },
  },
});
const pod = live('Pod', 'lonely', { metadata: { labels: { app: 'web' } }, spec: { containers: [] } });
const elsewhere = live('Pod', 'far', { metadata: { labels: { app: 'web' } } }, 'other');
const all = [web, pod, elsewhere];
const shop = (...objects: string[]) => objects.map((object) => ({ object, namespace: 'shop' }));

test('a workload leads to its account, and once to each thing that it reads', () => {
  expect(needsOf(web, all)).toEqual(
    shop('ServiceAccount/web', 'Secret/tokens', 'ConfigMap/settings', 'PersistentVolumeClaim/data'),
  );
  expect(needsOf(pod, all)).toEqual([]);
});

test.each([
  ['Service', { spec: { selector: { app: 'web' } } }, shop('Deployment/web', 'Pod/lonely')],
  ['Service', { spec: { selector: { app: 'web', tier: 'front' } } }, shop('Deployment/web')],
  ['Service', { spec: {} }, []],
  ['PodDisruptionBudget', { spec: { selector: { matchLabels: { tier: 'front' } } } }, shop('Deployment/web')],
  ['NetworkPolicy', { spec: { podSelector: { matchLabels: { tier: 'front' } } } }, shop('Deployment/web')],
  [
    'HorizontalPodAutoscaler',
    { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } },
    shop('Deployment/web'),
  ],
  [
    'Ingress',
    { spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] } },
    shop('Service/web'),
  ],
  [
    'RoleBinding',
    {
      roleRef: { kind: 'Role', name: 'reads' },
      subjects: [
        { kind: 'ServiceAccount', name: 'web' },
        { kind: 'ServiceAccount', name: 'web', namespace: 'other' },
        { kind: 'User', name: 'ann' },
      ],
    },
    [...shop('Role/reads', 'ServiceAccount/web'), { object: 'ServiceAccount/web', namespace: 'other' }],
  ],
  ['RoleBinding', { roleRef: { kind: 'ClusterRole', name: 'view' } }, [{ object: 'ClusterRole/view' }]],
  [
    'ClusterRoleBinding',
    { roleRef: { kind: 'ClusterRole', name: 'view' } },
    [{ object: 'ClusterRole/view' }],
  ],
  ['ConfigMap', {}, []],
])('a %s with %j leads to %j', (kind, more, wanted) => {
  expect(needsOf(live(kind, 'one', more), all)).toEqual(wanted);
});
