import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Comparison,
  decode,
  encode,
  evaluate,
  type Inputs,
  isNode,
  type JsonObject,
  type Op,
  type Owner,
  type TextFunction,
  type Tree,
  valuesReadBy,
  visitNodes,
} from '../../core/template';
import { guardedObject, type HelmChart, synthOrder } from '../../core/tree';
import { LITERALS_VARIABLE, type Literals } from '../../core/values';
import { FreshModules } from './fresh-modules';
import type * as Operations from './operations';
import { GIVEN, operationsChart } from './operations';

const chart = operationsChart();
const guarded = synthOrder(chart.node.root).objectsOf(chart).map(guardedObject);
const unguarded = guarded.filter(({ guards }) => guards.length === 0);
const cases = GIVEN.map((given, index) => [index, given as JsonObject] as const);
const inputsOf = (given: JsonObject): Inputs => chart.inputs({ values: given });

test('the table has every operation of the grammar', () => {
  const every: Record<Exclude<Op['op'], 'compact'> | Comparison | TextFunction, boolean> = {
    value: false,
    item: false,
    key: false,
    builtin: false,
    concat: false,
    if: false,
    and: false,
    or: false,
    not: false,
    compare: false,
    isSet: false,
    isEmpty: false,
    orElse: false,
    text: false,
    range: false,
    filter: false,
    some: false,
    keys: false,
    first: false,
    merge: false,
    splice: false,
    length: false,
    milliCpu: false,
    bytes: false,
    join: false,
    fragment: false,
    json: false,
    eq: false,
    ne: false,
    lt: false,
    le: false,
    gt: false,
    ge: false,
    contains: false,
    matches: false,
    lower: false,
    upper: false,
    b64enc: false,
    sha256sum: false,
    shortHash: false,
    labelValue: false,
    trimPrefix: false,
    trimSuffix: false,
    truncate: false,
    verbatim: false,
  };
  const seen: Record<string, boolean> = { ...every };
  for (const { tree, guards } of guarded)
    for (const part of [tree, ...guards.map((guard) => (guard.kind === 'when' ? guard.cond : guard.over))])
      visitNodes(part, ({ op }) => {
        seen['how' in op ? op.how : op.op] = true;
        seen[op.op] = true;
      });
  expect(Object.entries(seen).filter(([, is]) => !is)).toEqual([]);
});

test.each(cases)('with literals a program means what it means with expressions: values %i', (_, given) => {
  expect(withLiterals(given)).toEqual(byName(chart.render(inputsOf(given) as never)));
});

/** The objects of the same program in literal mode, as a child process of `drydock synth --verify` makes them. */
function withLiterals(given: JsonObject): Record<string, JsonObject> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-operations-'));
  const file = path.join(folder, 'literals.json');
  const values = chart.values({ values: given });
  const sets = chart.owners.map(({ names }) => ({ names, values }));
  writeFileSync(file, JSON.stringify({ sets, charts: ['law'] } satisfies Literals));
  process.env[LITERALS_VARIABLE] = file;
  try {
    const fresh = new FreshModules().load('test/laws/operations.ts') as typeof Operations;
    return byName(fresh.operationsChart().toJson() as JsonObject[]);
  } finally {
    delete process.env[LITERALS_VARIABLE];
    rmSync(folder, { recursive: true });
  }
}

function byName(objects: readonly JsonObject[]): Record<string, JsonObject> {
  return Object.fromEntries(objects.map((one) => [(one.metadata as { name: string }).name, one]));
}

test.each(cases)('an encoded operation is evaluated as it was: values %i', (_, given) => {
  const inputs = inputsOf(given);
  const names = new Map<Owner, string>(chart.owners.map((owner, index) => [owner, `set ${index}`]));
  const owners = new Map([...names].map(([owner, name]) => [name, owner]));
  const differing = unguarded.filter(({ tree }) => {
    const json = JSON.parse(JSON.stringify(filledIn(encode(tree, names), inputs)));
    return !Object.is(
      JSON.stringify(evaluate(decode(json, owners), inputs)),
      JSON.stringify(evaluate(tree, inputs)),
    );
  });
  expect(differing.map(({ object }) => object.node.id)).toEqual([]);
});

/** What reads no named owner is left as a node by `encode`, to be filled in. */
function filledIn(tree: Tree, inputs: Inputs): unknown {
  if (isNode(tree)) return evaluate(tree, inputs);
  if (Array.isArray(tree)) return tree.map((item) => filledIn(item, inputs));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, entry]) => [key, filledIn(entry as Tree, inputs)]),
  );
}

test('every value that an operation asks for is among those that it is known to read', () => {
  const missing = unguarded.flatMap(({ object, tree }) => {
    const known = new Set(valuesReadBy(tree).map(({ node }) => node.op.op === 'value' && node.op.path[0]));
    return [...asked(tree, chart)].filter((key) => !known.has(key)).map((key) => `${object.node.id}: ${key}`);
  });
  expect(missing).toEqual([]);
});

/** The keys of the chart's values that evaluating looks up. */
function asked(tree: Tree, { owners }: HelmChart): Set<string> {
  const keys = new Set<string>();
  for (const given of GIVEN) {
    const inputs = inputsOf(given as JsonObject);
    const watched = new Proxy(inputs.values.get(owners[0] as Owner) as object, {
      get: (values, key) => {
        keys.add(String(key));
        return (values as Record<PropertyKey, unknown>)[key];
      },
    }) as JsonObject;
    evaluate(tree, { ...inputs, values: new Map(owners.map((owner) => [owner, watched])) });
  }
  return keys;
}
