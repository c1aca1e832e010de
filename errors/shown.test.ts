import fc from 'fast-check';
import { oddValues } from '../test/support/odd-values';
import { kindOf, shown } from './shown';

const holdsItself: unknown[] = [1];
holdsItself.push(holdsItself);

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  ['a "b"', 'a text, "a \\"b\\""'],
  ['x'.repeat(1000), `a text, "${'x'.repeat(56)}...`],
  [5, 'a number, 5'],
  [Number.NaN, 'a number, NaN'],
  [5n, 'a bigint, 5'],
  [true, 'a boolean, true'],
  [Symbol('s'), 'a symbol'],
  [() => {}, 'a function'],
  [[1, undefined, 2n, Symbol('s'), { a: [] }], 'a list, [1,null,2,null,{"a":[]}]'],
  [
    { a: { b: 'c' }, left: undefined, out: () => {}, s: Symbol('s'), 'ä"': null },
    'an object, {"a":{"b":"c"},"ä\\"":null}',
  ],
  [new Date(0), 'an object, "1970-01-01T00:00:00.000Z"'],
  [Object.create(null), 'an object, {}'],
  [Object.create({ inherited: 1 }), 'an object, {}'],
  // As long as it may be, and one member more.
  [['x'.repeat(57), 'y'], `a list, ["${'x'.repeat(55)}...`],
])('%p is told with its kind and its beginning', (given, words) => {
  expect(shown(given)).toBe(words);
});

test('what holds itself is told by its kind', () => {
  expect(shown(holdsItself)).toBe('a list');
});

test('what throws when it is read is told by its kind', () => {
  const revoked = Proxy.revocable([], {});
  revoked.revoke();
  expect([revoked.proxy, { get: 0 }].map(kindOf)).toEqual(['an object', 'an object']);
  const throwing = {
    get secret() {
      throw new Error('no');
    },
  };
  expect([revoked.proxy, throwing].map(shown)).toEqual(['an object', 'an object']);
});

test('whatever is given, the words are few and on one line', () => {
  fc.assert(
    fc.property(oddValues, (make) => {
      expect(shown(make())).toMatch(/^.{4,80}$/);
    }),
    { numRuns: 500 },
  );
});

test('of JSON that is short it is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), (given) => {
      const text = JSON.stringify(given);
      fc.pre(text.length <= 60 && given !== null);
      expect(shown(given)).toBe(`${kindOf(given)}, ${text}`);
    }),
  );
});

test('it is quick, however large the thing is', () => {
  const large = [
    Array(5_000_000).fill('x'),
    Buffer.alloc(1e8, 'x').toString('latin1'),
    { a: Array(5_000_000).fill({}) },
  ];
  const startedAt = performance.now();
  for (const given of large) shown(given);
  // As JSON they take seconds.
  expect(performance.now() - startedAt).toBeLessThan(200);
});
