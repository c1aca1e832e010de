import fc from 'fast-check';
import { parseJson, stringifyJson } from './json';

test('any JSON value survives, keys like __proto__ included', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(stringifyJson(parseJson(text))).toBe(text);
    }),
  );
  const odd = '{"__proto__":{"a":1},"constructor":1,"":null,"toJSON":2}';
  expect(stringifyJson(parseJson(odd))).toBe(odd);
});

test('every int64 survives, wherever it stands and whatever strings stand beside it', () => {
  const strings = fc.oneof(
    fc.string(),
    fc.constantFrom('12345678901234567890', '"12345678901234567890"', '\\', '\\"', ': 9007199254740993'),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), strings, (large, text) => {
      // Not a number as a key: JavaScript sorts those first.
      const quoted = JSON.stringify(`key ${text}`);
      for (const json of [
        `${large}`,
        `{"a":${large},${quoted}:[${quoted},${large}]}`,
        `[${large},-1,1.5,2e30]`,
      ]) {
        expect(stringifyJson(parseJson(json))).toBe(json.replace('2e30', '2e+30'));
      }
    }),
  );
});

test('an integer is a number when a number can hold it, and a bigint when not', () => {
  expect(parseJson('[9007199254740991, 9007199254740993]')).toEqual([9007199254740991, 9007199254740993n]);
});

test('what is no JSON is refused with and without large integers', () => {
  for (const text of ['', '{', '[1,]', '{"a":12345678901234567890', '12345678901234567890x']) {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  }
});

test('texts of megabytes are read, with and without large numbers beside them', () => {
  const long = 'x\\"\n'.repeat(2 << 20);
  const text = JSON.stringify({ long, other: [1, 2] }).replace('[1,', '[12345678901234567890,');
  expect(parseJson(text)).toEqual({ long, other: [12345678901234567890n, 2] });
});

test('any text beside a large number comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' })),
      fc.bigInt({ min: 10n ** 16n, max: 10n ** 19n }),
      (texts, big) => {
        const text = stringifyJson({ texts, big });
        expect(parseJson(text)).toEqual({
          texts,
          big: Number.isSafeInteger(Number(big)) ? Number(big) : big,
        });
      },
    ),
  );
});

test('large integers are digits also where the text is indented, and where something is replaced', () => {
  const replaced = (_key: string, item: unknown) => (item === 'a' ? 12345678901234567890n : item);
  expect(stringifyJson({ big: 'a', list: [1] }, 2, replaced)).toBe(
    '{\n  "big": 12345678901234567890,\n  "list": [\n    1\n  ]\n}',
  );
});
