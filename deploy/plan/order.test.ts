import { collect } from '../objects/collect';
import { type Member, membersOf } from '../objects/members';
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

describe('hooks', () => {
  const hook = (name: string, when: string, weight: string | undefined = undefined) => ({
    ...object('batch/v1', 'Job', name),
    metadata: {
      name,
      annotations: {
        'helm.sh/hook': when,
        ...(weight === undefined ? {} : { 'helm.sh/hook-weight': weight }),
      },
    },
  });
  const waits = async (...objects: readonly object[]) => {
    const { ordered: all } = await ordered(...objects);
    return Object.fromEntries(
      all.map(({ member, waitsFor }) => [member.ref.name, waitsFor.map((key) => key.split('/').at(-1))]),
    );
  };

  test('before the workloads are waited for by workloads, routes and later hooks, and by nothing before them', async () => {
    expect(
      await waits(
        object('v1', 'ConfigMap', 'config'),
        hook('before', 'pre-install,pre-upgrade'),
        object('apps/v1', 'Deployment', 'web'),
        object('networking.k8s.io/v1', 'Ingress', 'route'),
        hook('after', 'post-install,post-upgrade'),
      ),
    ).toEqual({
      config: [],
      before: [],
      web: ['before'],
      route: ['before'],
      after: ['before', 'web', 'route'],
    });
  });

  test('of one place wait for those of less weight, however it is written', async () => {
    expect(
      await waits(
        hook('heavy', 'pre-install,pre-upgrade', '10'),
        hook('light', 'pre-install,pre-upgrade', '-1'),
        hook('none', 'pre-install,pre-upgrade'),
        hook('odd', 'pre-install,pre-upgrade', 'much'),
      ),
    ).toEqual({ light: [], none: ['light'], odd: ['light'], heavy: ['light', 'none', 'odd'] });
  });

  test('of a later group wait for the workloads of an earlier one too', async () => {
    const objects = [hook('after', 'post-install,post-upgrade'), object('apps/v1', 'Deployment', 'web')];
    const { members } = await membersOf(new ModelApi(), collect(objects, [], [1, 0]));
    expect(inOrder(members).ordered.map(({ member, waitsFor }) => [member.ref.name, waitsFor])).toEqual([
      ['web', []],
      ['after', ['apps/Deployment/here/web']],
    ]);
    const earlier = await membersOf(new ModelApi(), collect(objects, [], [0, 1]));
    expect(
      inOrder(earlier.members).ordered.map(({ member, waitsFor }) => [member.ref.name, waitsFor]),
    ).toEqual([
      ['after', []],
      ['web', []],
    ]);
  });
});

test('what depends on something is told with what is wrong in the reference, and where it is', async () => {
  const told = async (reference: string) =>
    (await ordered(object('v1', 'ConfigMap', 'a', {}, reference))).problems.map(({ where, found }) => [
      where,
      found,
    ]);
  const where = 'object 1 of 1, ConfigMap here/a annotation config.kubernetes.io/depends-on';
  expect(await told('/namespaces/here/Secret/b')).toEqual([
    [where, 'Secret here/b, which is not in the set'],
  ]);
  expect(await told('/ClusterRole/b')).toEqual([[where, 'ClusterRole b, which is not in the set']]);
  for (const wrong of [
    'Secret/b',
    '/namespaces/here/Secret',
    '/namespaces//Secret/b',
    '/namespaces/here//b',
    '/namespaces/here/Secret/',
    '/spaces/here/Secret/b',
    '/namespaces/here/Secret/b/c',
    '//b',
    '/Secret/',
  ])
    expect(await told(wrong)).toEqual([[where, `"${wrong}"`]]);
  expect(await told('')).toEqual([]);
});

test('a circle is told with all of its objects', async () => {
  const { problems } = await ordered(
    object('v1', 'ConfigMap', 'z', {}, '/namespaces/here/ConfigMap/a'),
    object('v1', 'ConfigMap', 'a', {}, '/namespaces/here/ConfigMap/b'),
    object('v1', 'ConfigMap', 'b', {}, ' /namespaces/here/ConfigMap/a '),
  );
  expect(problems).toMatchObject([
    {
      code: 'DEPENDENCY_CYCLE',
      where: 'annotations config.kubernetes.io/depends-on and hooks',
      found: 'ConfigMap here/a -> ConfigMap here/b -> ConfigMap here/a',
      expected: 'dependencies that end somewhere',
      remedy: 'Leave out one of them.',
    },
  ]);
});

test('the work of putting a large set in order grows with it, and not with its square', () => {
  let walked = 0;
  const { filter } = Array.prototype;
  const counting = function (this: unknown[], ...given: Parameters<typeof filter>) {
    walked += this.length;
    return filter.apply(this, given);
  };
  const members = [...Array(2_000).keys()].map((at) => member('ConfigMap', `o${at}`));
  const spy = jest.spyOn(Array.prototype, 'filter').mockImplementation(counting);
  try {
    inOrder(members);
    inOrder([...members, hookAfter()]);
  } finally {
    spy.mockRestore();
  }
  expect(walked).toBeLessThan(2_000 * 20);
  expect(inOrder([...members, hookAfter()]).ordered.at(-1)?.member.ref.kind).toBe('Job');
});

function member(kind: string, name: string, more: object = {}): Member {
  const ref = { group: kind === 'Job' ? 'batch' : '', kind, namespace: 'here', name };
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1';
  const resource = { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
  const object = { apiVersion, kind, metadata: { name, ...more } };
  return { ref, object, resource, kindComes: false, from: 'set.yaml', group: 0 };
}

function hookAfter(): Member {
  return member('Job', 'last', { annotations: { 'helm.sh/hook': 'post-install' } });
}
