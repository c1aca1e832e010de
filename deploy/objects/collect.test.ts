import type { DeployError } from '../errors';
import { ModelApi } from '../testing-only/model-api';
import { collect } from './collect';
import { membersOf } from './members';
import { inWords } from './object-ref';
import { withoutStringData } from './without-string-data';

const object = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
const membersFrom = (...objects: readonly object[]) => membersOf(new ModelApi(), collect(objects));

test('lists are taken apart, also one inside another, and each object knows where it was', () => {
  const inner = { apiVersion: 'v1', kind: 'ConfigMapList', items: [object('b')] };
  const list = { apiVersion: 'v1', kind: 'List', items: [object('a'), inner] };
  const given = collect([list, object('c')], ['one.yaml', 'two.yaml']);
  expect(given.map(({ object: { metadata }, from }) => `${metadata?.name} ${from}`)).toEqual([
    'a one.yaml items[0]',
    'b one.yaml items[1] items[0]',
    'c two.yaml',
  ]);
});

test.each([
  ['a text', 'text', 'a string'],
  ['nothing', null, 'a null'],
  ['a list', [], 'a list'],
  ['no kind', { apiVersion: 'v1' }, 'no kind'],
  ['a kind that is no text', { apiVersion: 'v1', kind: 7 }, 'no kind'],
  ['no apiVersion', { kind: 'Pod' }, 'no apiVersion'],
  ['no metadata', { apiVersion: 'v1', kind: 'Pod' }, 'a Pod with no name'],
  ['metadata that is no map', { apiVersion: 'v1', kind: 'Pod', metadata: 'x' }, 'a Pod with no name'],
  ['a name that is no text', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 7 } }, 'a Pod with no name'],
  [
    'a generated name',
    { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'x-' } },
    'a Pod with a generateName and no name',
  ],
])('%s is no object', (_what, given, found) => {
  expect(() => collect([given])).toThrow(expect.objectContaining({ code: 'OBJECT_INVALID', found }));
});

test('all that is wrong is told, not the first alone', () => {
  const wrong = () => collect([7, object('a'), {}]);
  expect(wrong).toThrow(expect.objectContaining({ code: 'PLAN_REFUSED' }));
  try {
    wrong();
  } catch (error) {
    expect((error as DeployError).problems.map(({ where }) => where)).toEqual([
      'object 1 of 3',
      'object 3 of 3',
    ]);
  }
});

test('an object is the same one in all versions of its kind, and in the namespace that it does not name', async () => {
  const scaler = (version: string) => ({
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
  });
  const twice = await membersFrom(
    scaler('v1'),
    scaler('v2'),
    object('a'),
    object('a', { namespace: 'here' }),
  );
  expect(twice.problems.map(({ code }) => code)).toEqual(['OBJECT_TWICE', 'OBJECT_TWICE']);
  expect((await membersFrom(object('a'), object('a', { namespace: 'there' }))).problems).toEqual([]);
});

test('a namespace on what is cluster-wide means nothing', async () => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'a', namespace: 'x' },
  };
  const { members } = await membersFrom(role);
  expect(members.map(({ ref, object: { metadata } }) => [inWords(ref), metadata])).toEqual([
    ['ClusterRole a', { name: 'a' }],
  ]);
});

test('the texts of a Secret are put where the server keeps them; anything else is as it was', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
  const given = { ...secret, data: { a: 'MQ==', b: 'MQ==' }, stringData: { b: '2' } };
  expect(withoutStringData(given)).toEqual({ ...secret, data: { a: 'MQ==', b: 'Mg==' } });
  for (const other of [
    { ...secret, stringData: { b: 2 } },
    { ...secret, kind: 'ConfigMap', stringData: { b: '2' } },
    { ...secret, apiVersion: 'example.com/v1', stringData: { b: '2' } },
  ]) {
    expect(withoutStringData(other)).toBe(other);
  }
});
