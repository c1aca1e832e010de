import { type Tree, treeOf } from '../../core/template';
import { defineValues, value } from '../../core/values';
import { targetsIn } from '../../harden/targets';
import { copyOf, fieldOf, knownOf, mapsIn } from '../../harden/trees';

const { raw } = defineValues({ raw: value.raw({ default: {}, doc: 'Anything' }) });
const later = treeOf(raw);
const SPEC = { containers: [{ name: 'c', image: 'c:1' }] };
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: SPEC };

const found = (tree: unknown) => {
  const { targets, unreadable } = targetsIn(tree as Tree);
  return {
    targets: targets.map(({ kind, inside, at }) => `${kind} ${fieldOf(inside)} ${at.join('.')}`),
    unreadable: unreadable.map(({ inside, field, why }) => [fieldOf(inside), field, why.split(' ')[0]]),
  };
};

test('what makes pods is found, in lists of lists too', () => {
  expect(found(POD)).toEqual({ targets: ['Pod  spec'], unreadable: [] });
  const list = { kind: 'List', items: [{ kind: 'Odd' }, later, { kind: 'List', items: [POD] }] };
  expect(found(list)).toEqual({ targets: ['Pod items[2].items[0] spec'], unreadable: [] });
});

test.each<[string, unknown]>([
  ['an expression', later],
  ['nothing', undefined],
  ['a list without items', { kind: 'List' }],
  ['a list of others', { kind: 'PodList', items: [POD] }],
  ['a Pod of others', { ...POD, apiVersion: 'example.com/v1' }],
  ['an object without pods', { apiVersion: 'v1', kind: 'Secret', data: {} }],
])('%s has none', (_, tree) => {
  expect(found(tree)).toEqual({ targets: [], unreadable: [] });
});

test.each<[string, object, field: string, why: string, fix: RegExp]>([
  [
    'pods whose spec is an expression',
    { ...POD, spec: later },
    'spec',
    'The spec of its pods is an expression, or is not there, so it is left as it is.',
    /^Write the spec as an object/,
  ],
  [
    'pods without a spec',
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    'spec.template.spec',
    'The spec of its pods is an expression, or is not there, so it is left as it is.',
    /^Write the spec as an object/,
  ],
  [
    'pods that no server takes',
    { ...POD, spec: { containers: 'c:1' } },
    'spec',
    'Its fields have not the types that Kubernetes knows, so it is left as it is.',
    /^Fix the object; `drydock check`/,
  ],
  [
    'a template of pods',
    { apiVersion: 'v1', kind: 'PodTemplate' },
    'template.spec',
    'It seems to make pods, and PodTemplate of v1 is a kind that is not known here.',
    /^Harden it by hand/,
  ],
  [
    'what others make pods of',
    { apiVersion: 'x/v1', kind: 'Roll', spec: { template: { spec: SPEC } } },
    'spec.template.spec',
    'It seems to make pods, and Roll of x/v1 is a kind that is not known here.',
    /^Harden it by hand/,
  ],
])('%s are told, and left', (_, tree, field, why, fix) => {
  expect(targetsIn({ kind: 'List', items: [tree as Tree] })).toEqual({
    targets: [],
    unreadable: [{ object: tree, inside: ['items', 0], field, why, fix: expect.stringMatching(fix) }],
  });
});

describe('a tree', () => {
  const tree = { a: [{ b: null }, later, 1], c: later, d: null, e: undefined, f: false };

  test('is copied whole, with the expressions as they are', () => {
    const copy = copyOf(tree as Tree) as typeof tree;
    expect(copy).toEqual(tree);
    expect(copy.c).toBe(later);
    (copy.a[0] as { b: unknown }).b = 2;
    expect(tree.a[0]).toEqual({ b: null });
    expect([copyOf(null), copyOf('x'), copyOf(later)]).toEqual([null, 'x', later]);
  });

  test('is known without its expressions and without what is nothing; places of a list stay', () => {
    expect(knownOf(tree as Tree)).toEqual({ a: [{}, {}, 1], f: false });
    expect([knownOf(null), knownOf(undefined), knownOf(later), knownOf(0)]).toEqual([
      ...[undefined, undefined, undefined, 0],
    ]);
  });

  test('has maps in its lists, each with its place', () => {
    expect(mapsIn([1, { a: 2 }, later, null, { b: 3 }] as Tree)).toEqual([
      { part: { a: 2 }, index: 1 },
      { part: { b: 3 }, index: 4 },
    ]);
    for (const none of [later, undefined, { a: 1 }, 'x']) expect(mapsIn(none as Tree)).toEqual([]);
  });
});
