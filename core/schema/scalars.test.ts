import { describe as described, describeType } from './fault';
import { quantityOf } from './quantity';
import { scalarTypes } from './scalars';
import { fieldOf } from './walk';

/** Of each scalar, what the API server takes and what it refuses. */
const TABLE: Readonly<Record<string, readonly [taken: readonly unknown[], refused: readonly unknown[]]>> = {
  string: [
    ['', 'a'],
    [1, true, [], {}],
  ],
  bytes: [
    ['', 'YQ==', 'YWI=', 'YWJj', 'YW\r\nJj\n', [0, 255, null]],
    ['YQ=', 'Y', 'YWJj=', 'Y===', 'é', 'YQ==YQ==', [256], [-1], ['a'], 5],
  ],
  boolean: [
    [true, false],
    ['true', 0],
  ],
  int32: [
    [0, -(2 ** 31), 2 ** 31 - 1],
    [-(2 ** 31) - 1, 2 ** 31, 1.5, '1', true],
  ],
  int64: [
    [0, 2 ** 40, -(2 ** 63), 2 ** 63],
    [2 ** 64, -(2 ** 64), 0.5, '1'],
  ],
  double: [
    [0, 0.5, -1e300],
    ['0.5', true],
  ],
  intOrString: [
    [80, 'http', ''],
    [0.5, 2 ** 31, true, []],
  ],
  quantity: [
    [1, 0.5, '1', '500m', '1.5Gi', '-1', '+1', '.5', '1.', '1e3', '1E-3', ' 1 '],
    ['', 'x', '1 Gi', '1GB', '1gi', '1e', 'm', true, [1]],
  ],
  time: [
    ['2024-01-31T12:00:00Z', '2024-01-31T12:00:00.5+02:00', '2024-01-31T12:00:00,5Z'],
    [
      '2024-01-31',
      '2024-01-31 12:00:00Z',
      '2024-01-31T12:00:00',
      'x2024-01-31T12:00:00Z',
      '2024-01-31T12:00:00Zx',
      5,
    ],
  ],
  microTime: [
    ['2024-01-31T12:00:00.000000Z', '2024-01-31T12:00:00,123456-01:00'],
    [
      '2024-01-31T12:00:00Z',
      '2024-01-31T12:00:00.000Z',
      'x2024-01-31T12:00:00.000000Z',
      '2024-01-31T12:00:00.000000Zx',
      5,
    ],
  ],
};

test.each(Object.entries(TABLE))(
  '%s takes what the API server takes, and nothing else',
  (name, [taken, refused]) => {
    const { matches, expected } = scalarTypes[name]!;
    expect(taken.filter((value) => !matches(value))).toEqual([]);
    expect(refused.filter((value) => matches(value))).toEqual([]);
    // An error shows it.
    expect(expected).toMatch(/^[a-z].{4,}/);
  },
);

test('every scalar is in the table', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(scalarTypes).sort());
});

test.each([
  ['1', 1],
  ['-2', -2],
  ['+2', 2],
  ['.5', 0.5],
  ['5n', 5e-9],
  ['5u', 5e-6],
  ['500m', 0.5],
  ['2k', 2000],
  ['2M', 2e6],
  ['2G', 2e9],
  ['2T', 2e12],
  ['2P', 2e15],
  ['2E', 2e18],
  ['2Ki', 2048],
  ['2Mi', 2 * 2 ** 20],
  ['2Gi', 2 * 2 ** 30],
  ['2Ti', 2 * 2 ** 40],
  ['2Pi', 2 * 2 ** 50],
  ['2Ei', 2 * 2 ** 60],
  ['1.5e3', 1500],
  ['15E-1', 1.5],
  ['', undefined],
  ['Ki', undefined],
  ['1 Ki', undefined],
])('the quantity %j is %d', (text, number) => {
  const found = quantityOf(text);
  if (number === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(number, 12);
});

test.each<[unknown, string, string]>([
  [null, 'null', 'null'],
  [undefined, 'nothing', 'nothing'],
  [[1], 'a list', 'a list'],
  [{ a: 1 }, 'an object', 'an object'],
  ['x "y"\n', '"x \\"y\\"\\n"', 'a text'],
  [5, 'the number 5', 'a number'],
  [true, 'the boolean true', 'a boolean'],
  ['x'.repeat(80), JSON.stringify('x'.repeat(80)), 'a text'],
  ['x'.repeat(81), `"${'x'.repeat(80)}…" of 81 characters`, 'a text'],
])('%j is told in short, and by its type alone where it may be secret', (value, short, type) => {
  expect([described(value), describeType(value)]).toEqual([short, type]);
});

test('a field is named as one would write it', () => {
  expect(fieldOf(['spec', 'ports', 0, 'name'])).toBe('spec.ports[0].name');
  expect(fieldOf(['metadata', 'labels', 'a.b/c'])).toBe('metadata.labels["a.b/c"]');
  expect(fieldOf(['data', '1a', 'x-y'])).toBe('data["1a"].x-y');
  expect(fieldOf([])).toBe('');
});
