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

test.each<[unknown, object]>([
  [
    7,
    {
      found: 'a number',
      expected: 'an object with apiVersion, kind and metadata.name',
      remedy: 'Leave it out, or write the object.',
    },
  ],
  [
    { apiVersion: '', kind: 'Pod' },
    {
      found: 'no apiVersion',
      expected: 'an apiVersion and a kind, both text',
      remedy: 'Write both, such as "apiVersion: v1" and "kind: ConfigMap".',
    },
  ],
  [{ apiVersion: 'v1', kind: '' }, { found: 'no kind' }],
  [
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: '' } },
    {
      found: 'a Pod with no name',
      expected: 'metadata.name: an object is found again by its name',
      remedy: 'Name the object; what is to be made anew each time can carry a hash in its name.',
    },
  ],
  [{ apiVersion: 'v1', kind: 'ListOfThings', items: [] }, { found: 'a ListOfThings with no name' }],
  [{ apiVersion: 'v1', kind: 'WishList', items: 'x' }, { found: 'a WishList with no name' }],
])('%j is told with what is expected and what to do', (given, told) => {
  expect(() => collect([given])).toThrow(expect.objectContaining({ where: 'object 1 of 1', ...told }));
});

test('a list of another kind is taken apart as well, and groups are those of what they were given for', () => {
  const wishes = { apiVersion: 'v1', kind: 'WishList', items: [object('a')] };
  expect(collect([wishes, object('b'), object('c')], [], [2, 0])).toEqual([
    { object: object('a'), from: 'object 1 of 3 items[0]', group: 2 },
    { object: object('b'), from: 'object 2 of 3' },
    { object: object('c'), from: 'object 3 of 3' },
  ]);
});

test('several problems are one error in which each has its line', () => {
  const both = () => collect([7, 'x']);
  expect(both).toThrow(
    expect.objectContaining({
      where: 'the set of objects',
      found: '2 problems',
      expected: 'objects that this cluster takes',
      remedy: expect.stringMatching(
        /^Mend what is listed\. Nothing was written\.\n {2}- OBJECT_INVALID at object 1 of 2.*\n {2}- OBJECT_INVALID at object 2 of 2.*\.$/,
      ),
    }),
  );
});

test('a Secret without data, or with data that is no map, gets that of its texts', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { b: '2' } };
  const { stringData: _texts, ...rest } = secret;
  expect(withoutStringData(secret)).toEqual({ ...rest, data: { b: 'Mg==' } });
  expect(withoutStringData({ ...secret, data: 'x' } as never)).toEqual({ ...rest, data: { b: 'Mg==' } });
  expect(withoutStringData({ ...secret, stringData: {} } as never)).toEqual({ ...rest, data: {} });
});
