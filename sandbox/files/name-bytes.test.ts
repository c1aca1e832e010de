import { printable, textOrBase64 } from './name-bytes';

test('what is UTF-8 travels as text, and everything else as base64', () => {
  expect(textOrBase64(Buffer.from('é✓'))).toEqual({ text: 'é✓' });
  expect(textOrBase64(Buffer.from([0x61, 0xff]))).toEqual({ bytes: 'Yf8=' });
});

test.each<[string | Uint8Array, string]>([
  ['plain', 'plain'],
  ['a\nb"c\\d', 'a\\nb\\"c\\\\d'],
  [Buffer.from('é✓😀'), 'é✓😀'],
  [Buffer.from([0x61, 0xff, 0x62]), 'a\\xffb'],
  [Buffer.from([0x0a, 0xfe, 0x05]), '\\n\\xfe\\u0005'],
  // The first bytes of a character whose last one is missing.
  [Buffer.from([0xe2, 0x9c]), '\\xe2\\x9c'],
  [Buffer.concat([Buffer.from([0xff]), Buffer.from('😀')]), '\\xff😀'],
  // A name that only looks like one with a byte in it.
  [Buffer.from('\\xff'), '\\\\xff'],
])('%j is shown on one line, and told from every other name', (name, shown) => {
  expect(printable(name)).toBe(shown);
});

test('a name of 300 characters is shown whole, and a longer one is cut', () => {
  expect(printable('x'.repeat(300))).toBe('x'.repeat(300));
  expect(printable('x'.repeat(301))).toBe(`${'x'.repeat(300)}...`);
  expect(printable(Buffer.from('x'.repeat(301)))).toBe(`${'x'.repeat(300)}...`);
  expect(printable(Buffer.alloc(10_000, 0xff)).length).toBeLessThan(310);
});
