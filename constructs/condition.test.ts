import { App, Testing } from '../core/synth';
import type { JsonObject } from '../core/template';
import { HelmChart, KubeObject } from '../core/tree';
import { defineValues, value } from '../core/values';
import {
  all,
  any,
  atLeast,
  type Condition,
  filled,
  isFilled,
  mapList,
  nonEmpty,
  nonEmptyMap,
  not,
  pick,
} from './condition';

const doc = 'd';
const values = defineValues({
  a: value.boolean({ default: false, doc }),
  b: value.boolean({ default: false, doc }),
  c: value.boolean({ default: false, doc }),
  count: value.integer({ default: 2, min: 0, doc }),
  names: value.list(value.string({ doc }), { default: [], doc }),
  notes: value.map(value.string({ doc }), { default: {}, doc }),
  maybe: value.string({ optional: true, doc }),
  someNames: value.list(value.string({ doc }), { optional: true, doc }),
  someNotes: value.map(value.string({ doc }), { optional: true, doc }),
});
const { a, b, c } = values;

/** What is written where a chart is installed with these values. */
function installed(field: unknown, given: JsonObject = {}): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: doc, values });
  new KubeObject(chart, 'one', {
    apiVersion: 'example.com/v1',
    kind: 'Any',
    metadata: { name: 'one' },
    spec: { field },
  });
  const [object] = Testing.synth(chart, { values: given }) as JsonObject[];
  return (object?.spec as JsonObject | undefined)?.field;
}

const holds = (condition: Condition, given: JsonObject) =>
  installed(pick(condition, 'yes', 'no'), given) === 'yes';

const TABLE = [false, true].flatMap((one) =>
  [false, true].flatMap((two) => [false, true].map((three) => ({ a: one, b: two, c: three }))),
);

test('what is known now is decided now', () => {
  expect([all(), all(true), all(true, true), all(true, false), all(false)]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect([any(), any(false), any(false, true), any(true)]).toEqual([false, false, true, true]);
  expect([not(true), not(false)]).toEqual([false, true]);
  expect([all(a, false), any(a, true)]).toEqual([false, true]);
});

test('one that is known and says nothing leaves the other as it is', () => {
  expect(all(true, a)).toBe(a);
  expect(any(false, a)).toBe(a);
});

test.each(TABLE)('all, any and not are those of the values at the installation: %j', (given) => {
  expect(holds(all(a, b, c), given)).toBe(given.a && given.b && given.c);
  expect(holds(all(a, true, c), given)).toBe(given.a && given.c);
  expect(holds(any(a, b, c), given)).toBe(given.a || given.b || given.c);
  expect(holds(any(a, false, c), given)).toBe(given.a || given.c);
  expect(holds(not(a), given)).toBe(!given.a);
});

test('one of two, or nothing where there is no second', () => {
  expect([pick(true, 1, 2), pick(false, 1, 2), pick(false, 1)]).toEqual([1, 2, undefined]);
  expect(installed(pick(a, 'x'), { a: true })).toBe('x');
  expect(installed(pick(a, 'x'), { a: false })).toBeUndefined();
  expect(installed(pick(a, undefined, 'x'), { a: true })).toBeUndefined();
  expect(installed(pick(a, undefined, 'x'), { a: false })).toBe('x');
  expect(pick(a, undefined)).toBeUndefined();
});

test('a number is held against a least one now or at the installation, the bound included', () => {
  expect([atLeast(1, 2), atLeast(2, 2), atLeast(3, 2)]).toEqual([false, true, true]);
  for (const count of [1, 2, 3]) expect(holds(atLeast(values.count, 2), { count })).toBe(count >= 2);
});

test('a list has entries now or at the installation, and each is made into something', () => {
  expect([isFilled([]), isFilled(['x'])]).toEqual([false, true]);
  expect([
    holds(isFilled(values.names), { names: [] }),
    holds(isFilled(values.names), { names: ['x'] }),
  ]).toEqual([false, true]);
  expect(mapList(['x', 'y'], (name) => ({ name }))).toEqual([{ name: 'x' }, { name: 'y' }]);
  expect(
    installed(
      mapList(values.names, (name) => ({ name })),
      { names: ['x', 'y'] },
    ),
  ).toEqual([{ name: 'x' }, { name: 'y' }]);
});

test('a list without entries is not written, whenever that is known', () => {
  expect([nonEmpty(undefined), nonEmpty([])]).toEqual([undefined, undefined]);
  const known = ['x', values.maybe];
  expect(nonEmpty(known)).toBe(known);
  const open = () => nonEmpty([values.maybe, pick(a, 'y')]);
  expect(installed(open())).toBeUndefined();
  expect(installed(open(), { a: true })).toEqual(['y']);
  expect(installed(open(), { a: true, maybe: 'x' })).toEqual(['x', 'y']);
  expect(installed(nonEmpty([...values.names]))).toBeUndefined();
  expect(installed(nonEmpty([...values.names]), { names: ['x'] })).toEqual(['x']);
});

test('a map without entries is not written, whenever that is known', () => {
  expect(nonEmptyMap({})).toBeUndefined();
  const known = { x: 'x', y: values.maybe };
  expect(nonEmptyMap(known)).toBe(known);
  const open = () => nonEmptyMap({ x: values.maybe });
  expect(installed(open())).toBeUndefined();
  expect(installed(open(), { maybe: 'm' })).toEqual({ x: 'm' });
  expect(installed(nonEmptyMap({ ...values.notes }))).toBeUndefined();
  expect(installed(nonEmptyMap({ ...values.notes }), { notes: { n: 'm' } })).toEqual({ n: 'm' });
});

test('a declared list or map that is empty is not written', () => {
  expect([filled([]), filled({}), filled(undefined), filled('')]).toEqual([
    undefined,
    undefined,
    undefined,
    '',
  ]);
  expect(filled({ x: 1 })).toEqual({ x: 1 });
  expect([installed(filled(values.names)), installed(filled(values.notes))]).toEqual([undefined, undefined]);
  expect(installed(filled(values.names), { names: ['x'] })).toEqual(['x']);
  expect(installed(filled(values.notes), { notes: { x: 'y' } })).toEqual({ x: 'y' });
  expect(filled(values.maybe)).toBe(values.maybe);
});

test('one that may be left out is not written where it is, nor where it is empty', () => {
  const list = values.someNames as unknown as readonly string[];
  for (const field of [filled(list), nonEmpty(list)])
    expect(
      ([{}, { someNames: [] }, { someNames: ['x'] }] as JsonObject[]).map((given) => installed(field, given)),
    ).toEqual([undefined, undefined, ['x']]);
  const map = filled(values.someNotes);
  expect(
    ([{}, { someNotes: {} }, { someNotes: { x: 'y' } }] as JsonObject[]).map((given) =>
      installed(map, given),
    ),
  ).toEqual([undefined, undefined, { x: 'y' }]);
});
