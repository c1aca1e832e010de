import { collect } from '../objects/collect';
import { membersOf } from '../objects/members';
import { inWords } from '../objects/object-ref';
import { ModelApi } from '../testing-only/model-api';
import { DEPENDS_ON, inOrder } from './order';

async function ordered(...objects: readonly object[]) {
  const { members, problems } = await membersOf(new ModelApi(), collect(objects));
  expect(problems).toEqual([]);
  return inOrder(members);
}

const object = (apiVersion: string, kind: string, name: string, more: object = {}, dependsOn?: string) => ({
  apiVersion,
  kind,
  metadata: { name, ...(dependsOn === undefined ? {} : { annotations: { [DEPENDS_ON]: dependsOn } }) },
  ...more,
});
const rbac = 'rbac.authorization.k8s.io';
const pod = (spec: object) => ({ spec: { template: { spec } } });

test('stages follow what a cluster needs first', async () => {
  const { ordered: all } = await ordered(
    object('networking.k8s.io/v1', 'Ingress', 'i'),
    object('apps/v1', 'Deployment', 'd'),
    object('v1', 'ConfigMap', 'c'),
    object(`${rbac}/v1`, 'RoleBinding', 'b', { roleRef: { kind: 'Role', name: 'r' } }),
    object(`${rbac}/v1`, 'Role', 'r'),
    object('v1', 'Namespace', 'n'),
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'x'),
  );
  expect(all.map(({ member }) => member.ref.kind)).toEqual([
    'CustomResourceDefinition',
    'Namespace',
    'Role',
    'RoleBinding',
    'ConfigMap',
    'Deployment',
    'Ingress',
  ]);
});

test('what a pod, a binding or an autoscaler names in the set, it needs; what is optional or elsewhere, it does not', async () => {
  const { ordered: all } = await ordered(
    object('v1', 'ConfigMap', 'needed'),
    object('v1', 'ConfigMap', 'optional'),
    object('v1', 'Secret', 'env'),
    object('v1', 'Secret', 'volume'),
    object('v1', 'ServiceAccount', 'account'),
    object(
      'apps/v1',
      'Deployment',
      'web',
      pod({
        serviceAccountName: 'account',
        containers: [
          {
            envFrom: [
              { configMapRef: { name: 'needed' } },
              { configMapRef: { name: 'optional', optional: true } },
            ],
            env: [{ valueFrom: { secretKeyRef: { name: 'env', key: 'a' } } }],
          },
        ],
        volumes: [{ secret: { secretName: 'volume' } }, { configMap: { name: 'not-in-the-set' } }],
      }),
    ),
    object('autoscaling/v2', 'HorizontalPodAutoscaler', 'scaler', {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    }),
  );
  const needsOf = (name: string) => all.find(({ member }) => member.ref.name === name)?.needs;
  expect(needsOf('web')).toEqual([
    '/ServiceAccount/here/account',
    '/ConfigMap/here/needed',
    '/Secret/here/env',
    '/Secret/here/volume',
  ]);
  expect(needsOf('scaler')).toEqual(['apps/Deployment/here/web']);
});

test('an object that depends on one of a later stage comes after it, and after what that one depends on', async () => {
  const { ordered: all, problems } = await ordered(
    object('v1', 'ConfigMap', 'last', {}, 'apps/namespaces/here/Deployment/middle'),
    object('apps/v1', 'Deployment', 'middle', {}, 'batch/namespaces/here/Job/first'),
    object('batch/v1', 'Job', 'first'),
  );
  expect(problems).toEqual([]);
  expect(all.map(({ member }) => inWords(member.ref))).toEqual([
    'Job here/first',
    'Deployment here/middle',
    'ConfigMap here/last',
  ]);
  expect(new Set(all.map(({ stage }) => stage)).size).toBe(1);
});

test('a circle and a reference to nothing are told; a right reference is not', async () => {
  const circle = await ordered(
    object('v1', 'ConfigMap', 'a', {}, '/namespaces/here/ConfigMap/b'),
    object('v1', 'ConfigMap', 'b', {}, '/namespaces/here/ConfigMap/a'),
  );
  expect(circle.problems.map(({ code }) => code)).toEqual(['DEPENDENCY_CYCLE']);
  const nothing = await ordered(object('v1', 'ConfigMap', 'a', {}, 'Deployment/x, /Namespace/here'));
  expect(nothing.problems.map(({ code }) => code)).toEqual(['DEPENDENCY_UNKNOWN', 'DEPENDENCY_UNKNOWN']);
  const right = await ordered(
    object('v1', 'ConfigMap', 'a', {}, '/Namespace/n'),
    object('v1', 'Namespace', 'n'),
  );
  expect(right.problems).toEqual([]);
});

test('a group comes after all of the one before it, but for CRDs and namespaces', async () => {
  const objects = [
    object('v1', 'ConfigMap', 'later'),
    object('v1', 'Namespace', 'n'),
    object('apps/v1', 'Deployment', 'web'),
    object('v1', 'ConfigMap', 'first'),
  ];
  const { members } = await membersOf(new ModelApi(), collect(objects, [], [2, 2, 1, 1]));
  expect(inOrder(members).ordered.map(({ member }) => member.ref.name)).toEqual([
    'n',
    'first',
    'web',
    'later',
  ]);
  const together = await membersOf(new ModelApi(), collect(objects));
  expect(inOrder(together.members).ordered.map(({ member }) => member.ref.name)).toEqual([
    'n',
    'later',
    'first',
    'web',
  ]);
});

test('an object of an earlier group that waits for one of a later group comes with that one', async () => {
  const waiting = object('v1', 'ConfigMap', 'a', {}, 'apps/namespaces/here/Deployment/web');
  const objects = [waiting, object('apps/v1', 'Deployment', 'web')];
  const { members } = await membersOf(new ModelApi(), collect(objects, [], [0, 1]));
  expect(inOrder(members).ordered.map(({ member }) => member.ref.name)).toEqual(['web', 'a']);
});
