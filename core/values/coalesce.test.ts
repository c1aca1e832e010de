import type { JsonObject } from '../template';
import { type ChartValues, coalesceRelease, type SubchartValues } from './coalesce';

// That helm says the same of generated umbrellas is asked in test/laws/umbrella.real.test.ts.

function sub(name: string, defaults: JsonObject, more: Partial<SubchartValues> = {}): SubchartValues {
  return { chart: { name, defaults, subcharts: [] }, conditions: [], tags: [], ...more };
}

function umbrella(defaults: JsonObject, ...subcharts: readonly SubchartValues[]): ChartValues {
  return { name: 'all', defaults, subcharts };
}

const valuesOf = (chart: ChartValues, given: JsonObject = {}) => coalesceRelease(chart, given).values;
const installedBy = (chart: ChartValues, given: JsonObject = {}) => [
  ...coalesceRelease(chart, given).installed.keys(),
];

test('what is given wins over the parent’s word, and that over the defaults of the subchart', () => {
  const chart = umbrella(
    { db: { a: 'parent', b: 'parent' } },
    sub('db', { a: 'sub', b: 'sub', c: 'sub', d: { e: 1 } }),
  );
  expect(valuesOf(chart)).toEqual({ db: { a: 'parent', b: 'parent', c: 'sub', d: { e: 1 }, global: {} } });
  expect(valuesOf(chart, { db: { a: 'given', d: { f: 2 } } })).toMatchObject({
    db: { a: 'given', b: 'parent', c: 'sub', d: { e: 1, f: 2 } },
  });
});

test('lists and texts win as a whole', () => {
  const chart = umbrella({ list: [1, 2], map: { a: 1 } });
  expect(valuesOf(chart, { list: [3], map: 'text' })).toEqual({ list: [3], map: 'text' });
});

test('a null that is given takes a default away, of a subchart too, and stays where there is none', () => {
  const chart = umbrella({ a: 1, m: { b: 2, c: 3 } }, sub('db', { x: 1, y: 2 }));
  expect(valuesOf(chart, { a: null, m: { b: null, n: null } })).toMatchObject({ m: { c: 3, n: null } });
  expect(valuesOf(chart, { a: null })).not.toHaveProperty('a');
  expect(valuesOf(chart, { nothing: null })).toHaveProperty('nothing', null);
});

test('a null that is given for a subchart takes away the word of the parent and of the subchart', () => {
  const chart = umbrella({ db: { x: 1, y: 1 } }, sub('db', { x: 2, z: 2 }));
  const { db } = valuesOf(chart, { db: { x: null } });
  expect(db).toEqual({ y: 1, z: 2, global: {} });
});

test('a null over a null stays in a map', () => {
  expect(valuesOf(umbrella({ m: { b: null, c: 1 } }), { m: { b: null, c: null } })).toEqual({
    m: { b: null },
  });
});

test('a subchart that is given something else than a map is left to the schema of its parent', () => {
  const chart = umbrella({}, sub('db', { x: 1 }));
  expect(valuesOf(chart, { db: 'text' })).toEqual({ db: 'text' });
});

test.each<[string, JsonObject, boolean]>([
  ['no word of it', {}, true],
  ['its condition true', { db: { enabled: true } }, true],
  ['its condition false', { db: { enabled: false } }, false],
  ['a condition that is no boolean, which decides nothing', { db: { enabled: 'false' } }, true],
  ['its second condition, where the first is not there', { others: false }, false],
  ['its first condition against the second', { db: { enabled: true }, others: false }, true],
  ['a tag that is false', { tags: { data: false } }, false],
  ['one of two tags', { tags: { data: false, all: true } }, true],
  ['a tag against its condition', { tags: { data: false }, db: { enabled: true } }, true],
  ['a tag that is no boolean', { tags: { data: 'no' } }, true],
])('a subchart with %s is installed or not', (_what, given, isInstalled) => {
  const chart = umbrella(
    {},
    sub('db', { x: 1 }, { conditions: ['db.enabled', 'others'], tags: ['data', 'all'] }),
    sub('web', {}),
  );
  expect(installedBy(chart, given)).toEqual(isInstalled ? ['db', 'web'] : ['web']);
  if (isInstalled) expect(valuesOf(chart, given)).toHaveProperty('db.x', 1);
  else expect(valuesOf(chart, given)).not.toHaveProperty('db.x');
});

test('a default of the parent decides as well as what is given, and one of the subchart', () => {
  const on = sub('db', {}, { conditions: ['db.enabled'] });
  expect(installedBy(umbrella({ db: { enabled: false } }, on))).toEqual([]);
  const itself = sub('db', { enabled: false }, { conditions: ['db.enabled'] });
  expect(installedBy(umbrella({}, itself))).toEqual([]);
  expect(installedBy(umbrella({}, itself), { db: { enabled: true } })).toEqual(['db']);
});

test('subcharts of subcharts are asked below their key, and known by where they are', () => {
  const inner = sub('cache', { size: 1 }, { conditions: ['cache.enabled'] });
  const chart = umbrella(
    {},
    { chart: { name: 'db', defaults: { own: 1 }, subcharts: [inner] }, conditions: [], tags: [] },
  );
  const { values, installed } = coalesceRelease(chart, {});
  expect(values).toMatchObject({ db: { own: 1, cache: { size: 1 } } });
  expect([...(installed.get('db')?.installed.keys() ?? [])]).toEqual(['cache']);
  const without = coalesceRelease(chart, { db: { cache: { enabled: false } } });
  expect(without.installed.get('db')?.installed.size).toBe(0);
  expect(without.values).not.toHaveProperty('db.cache.size');
});

test('globals of the parent are those of every subchart, and win over its own', () => {
  const chart = umbrella(
    { global: { a: 'parent', m: { x: 'parent' }, t: { x: 1 } } },
    sub('db', { global: { a: 'sub', b: 'sub', m: { x: 'sub', y: 'sub' }, t: 'text' } }),
  );
  const { global, db } = valuesOf(chart) as { global: JsonObject; db: { global: JsonObject } };
  expect(db.global).toEqual({ a: 'parent', b: 'sub', m: { x: 'parent', y: 'sub' }, t: expect.anything() });
  expect(global).toMatchObject({ a: 'parent', m: { x: 'parent' } });
  expect(global).not.toHaveProperty('b');
});

test('nothing that was given or declared is changed, and __proto__ is a key like any other', () => {
  const defaults = JSON.parse('{"__proto__": {"a": 1}, "db": {"x": {"y": 1}}, "global": {"g": {"h": 1}}}');
  const chart = umbrella(defaults, sub('db', { x: { z: 2 }, global: { g: { i: 2 } } }));
  const given = JSON.parse('{"__proto__": {"b": 2}, "db": {"x": null}}');
  const before = JSON.stringify([chart, given]);
  const values = valuesOf(chart, given);
  expect(JSON.stringify([chart, given])).toBe(before);
  expect(JSON.stringify(Object.getOwnPropertyDescriptor(values, '__proto__')?.value)).toBe('{"b":2,"a":1}');
  expect(({} as { a?: number }).a).toBeUndefined();
});
