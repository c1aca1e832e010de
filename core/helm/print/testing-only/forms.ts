import { Expression, Node, type Tree, treeOf } from '../../../template';
import { defineValues, value } from '../../../values';
import { type DocumentGuard, documentTemplate } from '../document';

const doc = 'd';
/** Values of every kind that a template prints in a way of its own. */
export const v = defineValues({
  flag: value.boolean({ default: true, doc }),
  other: value.boolean({ default: false, doc }),
  count: value.integer({ default: 3, min: 0, max: 1_000_000, doc }),
  port: value.port({ default: 80, doc }),
  depth: value.integer({ default: 0, min: -1_000_000, max: 0, doc }),
  ratio: value.number({ default: 0.5, doc }),
  any: value.string({ default: 'plain', doc }),
  word: value.dnsName({ default: 'web', doc }),
  amount: value.cpu({ default: '250m', doc }),
  maybe: value.string({ optional: true, doc }),
  maybeWord: value.dnsName({ optional: true, doc }),
  maybeCount: value.integer({ optional: true, min: 0, max: 10, doc }),
  names: value.list(value.dnsName({ doc }), { default: ['b', 'a'], doc }),
  texts: value.list(value.string({ doc }), { default: [], doc }),
  counts: value.list(value.integer({ min: 0, max: 1_000_000, doc }), { default: [], doc }),
  maybeNames: value.list(value.dnsName({ doc }), { optional: true, doc }),
  maybeTexts: value.list(value.string({ doc }), { optional: true, doc }),
  labels: value.map(value.string({ doc }), { default: { b: '1', a: '2' }, doc }),
  ports: value.map(value.port({ doc }), { default: {}, doc }),
  hosts: value.list(
    value.object({ name: value.dnsName({ doc }), port: value.port({ optional: true, doc }) }, { doc }),
    { default: [], doc },
  ),
  env: value.list(value.dnsName({ doc }), { default: [], doc }),
  data: value.raw({ default: { deep: [1] }, doc }),
  Deep: { inner: value.dnsName({ default: 'x', doc }) },
  deep: { inner: value.dnsName({ default: 'x', doc }) },
});
/** The lines of a document of a chart. */
export const printed = (tree: unknown, guards: readonly DocumentGuard[] = []) =>
  documentTemplate(treeOf(tree) as Tree, guards, 'here')
    .split('\n')
    .slice(0, -1);

/** The lines below a key, as they are on their own. */
export const below = (tree: unknown) =>
  printed({ key: tree })
    .slice(1)
    .map((line) => line.slice(2));

/** A map that is a helper of the chart, as it is spread into others. */
export const spread = (body: Readonly<Record<string, unknown>>) =>
  new Expression<Readonly<Record<string, string>>>(
    new Node(
      { op: 'fragment', name: 'chart.helper', body: treeOf(body) },
      { type: 'map', values: { type: 'raw' }, keys: 'any' },
    ),
  ) as unknown as Readonly<Record<string, string>>;
