import { member } from '../testing-only/member';
import { definitionsIn, needsOf } from './needs';

/** By name and kind, what an object cannot do without; whether the set has it is asked elsewhere. */

const none = new Map<string, string>();
const needed = (kind: string, more: object, definitions: ReadonlyMap<string, string> = none) =>
  needsOf(member(kind, more), definitions).filter((key) => key !== '/Namespace//here');
const byPod = (pod: object) =>
  needed('Deployment', { apiVersion: 'apps/v1', spec: { template: { spec: pod } } });

test('what lies in a namespace needs it; what is cluster-wide needs none, nor does anything need itself', () => {
  expect(needsOf(member('ConfigMap'), none)).toEqual(['/Namespace//here']);
  const wide = member('ConfigMap');
  const { namespace: _namespace, ...ref } = wide.ref;
  expect(needsOf({ ...wide, ref }, none)).toEqual([]);
  expect(needsOf({ ...wide, ref: { group: '', kind: 'Namespace', name: 'here' } }, none)).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'envFrom a ConfigMap',
    { containers: [{ envFrom: [{ configMapRef: { name: 'x' } }] }] },
    ['/ConfigMap/here/x'],
  ],
  ['envFrom a Secret', { containers: [{ envFrom: [{ secretRef: { name: 'x' } }] }] }, ['/Secret/here/x']],
  [
    'a variable of a ConfigMap',
    { containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'x', key: 'k' } } }] }] },
    ['/ConfigMap/here/x'],
  ],
  [
    'a variable of a Secret, in a first container',
    { initContainers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'x', key: 'k' } } }] }] },
    ['/Secret/here/x'],
  ],
  ['a volume of a ConfigMap', { volumes: [{ configMap: { name: 'x' } }] }, ['/ConfigMap/here/x']],
  ['a volume of a Secret', { volumes: [{ secret: { secretName: 'x' } }] }, ['/Secret/here/x']],
  [
    'a claim',
    { volumes: [{ persistentVolumeClaim: { claimName: 'x' } }] },
    ['/PersistentVolumeClaim/here/x'],
  ],
  [
    'projected sources',
    { volumes: [{ projected: { sources: [{ secret: { name: 'x' } }, { configMap: { name: 'y' } }] } }] },
    ['/Secret/here/x', '/ConfigMap/here/y'],
  ],
  ['an account', { serviceAccountName: 'x' }, ['/ServiceAccount/here/x']],
  ['what is optional', { volumes: [{ configMap: { name: 'x', optional: true } }] }, []],
  [
    'what is said not to be optional',
    { volumes: [{ configMap: { name: 'x', optional: false } }] },
    ['/ConfigMap/here/x'],
  ],
  ['a plain variable', { containers: [{ env: [{ name: 'A', value: 'b' }] }] }, []],
  ['nothing that can be read', { containers: 'x', volumes: [7, null], serviceAccountName: 7 }, []],
])('a pod with %s', (_what, pod, keys) => {
  expect(byPod(pod)).toEqual(keys);
});

test('the pod of a Pod and of a CronJob is found; a template that is none is no pod', () => {
  const pod = { serviceAccountName: 'x' };
  const account = ['/ServiceAccount/here/x'];
  expect(needed('Pod', { spec: pod })).toEqual(account);
  expect(needed('CronJob', { spec: { jobTemplate: { spec: { template: { spec: pod } } } } })).toEqual(
    account,
  );
  expect(needed('Widget', { spec: pod })).toEqual([]);
  for (const spec of [
    undefined,
    'x',
    {},
    { template: 'x' },
    { template: { spec: 7 } },
    { jobTemplate: { spec: 7 } },
  ])
    expect(needed('Deployment', { spec })).toEqual([]);
});

test('a binding needs its role: a Role in its namespace, a ClusterRole in none', () => {
  const bound = (kind: string) => needed('RoleBinding', { roleRef: { kind, name: 'r' } });
  expect(bound('Role')).toEqual(['rbac.authorization.k8s.io/Role/here/r']);
  expect(bound('ClusterRole')).toEqual(['rbac.authorization.k8s.io/ClusterRole//r']);
  expect(needed('RoleBinding', { roleRef: 'r' })).toEqual([]);
  expect(needed('RoleBinding', { roleRef: { kind: 'Role' } })).toEqual([]);
});

test('an autoscaler needs what it scales', () => {
  const scaling = (target: unknown) =>
    needed('HorizontalPodAutoscaler', { spec: { scaleTargetRef: target } });
  expect(scaling({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' })).toEqual([
    'apps/Deployment/here/web',
  ]);
  expect(scaling({ kind: 'ReplicationController', name: 'web' })).toEqual([
    '/ReplicationController/here/web',
  ]);
  expect(scaling('web')).toEqual([]);
});

test('an object of a kind that a definition of the set brings needs that definition', () => {
  const definition = member('CustomResourceDefinition', {
    apiVersion: 'apiextensions.k8s.io/v1',
    metadata: { name: 'widgets.example.com' },
    spec: {
      ...{ group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' } },
      versions: [{ name: 'v1' }],
    },
  });
  const definitions = definitionsIn([definition, member('ConfigMap')]);
  expect([...definitions]).toEqual([['example.com Widget', '/CustomResourceDefinition/here/a']]);
  expect(needed('Widget', { apiVersion: 'example.com/v2' }, definitions)).toEqual([
    '/CustomResourceDefinition/here/a',
  ]);
  expect(needed('Widget', { apiVersion: 'example.org/v1' }, definitions)).toEqual([]);
});
