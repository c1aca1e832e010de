import fc from 'fast-check';
import { goJson, numberText } from './go-text';
import type { Json } from './nodes';

test('JSON as Go writes it means what is given, with keys by their bytes and nothing that HTML reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      const written = goJson(given as Json);
      expect(JSON.parse(written)).toEqual(given);
      expect(written).not.toMatch(/[<>&\u2028\u2029]/);
    }),
  );
  expect(goJson({ b: null, a: [null, -0, '<'], '～': 1, '😀': 2 })).toBe(
    '{"a":[null,-0,"\\u003c"],"b":null,"～":1,"😀":2}',
  );
});

test.each([
  [0, '0'],
  [-0, '-0'],
  [-1.5, '-1.5'],
  [1e21, '1e+21'],
])('the number %p is written %s', (value, written) => {
  expect(numberText(value)).toBe(written);
});
