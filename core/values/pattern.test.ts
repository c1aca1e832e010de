import { alphabetOfPattern, checkPattern } from './pattern';

test.each([
  ['^[a-z0-9]+$', 'plain'],
  ['^v\\d+\\.\\d+$', 'plain'],
  ['^(one|two)$', 'plain'],
  ['^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$', 'plain'],
  ['^(?:a|b)*$', 'plain'],
  ['^["a]$', 'quotable'],
  ['^\\\\$', 'quotable'],
  ['^\\{x\\}$', 'quotable'],
  ['^[\\w\\n]+$', 'quotable'],
  ['^[<a]$', 'any'],
  ['^[!-~]$', 'any'],
  ['^[^a]$', 'any'],
  ['^\\W$', 'any'],
] as const)('%s can hold %s text', (pattern, alphabet) => {
  checkPattern(pattern, 'here');
  expect(alphabetOfPattern(pattern)).toBe(alphabet);
});

test.each([
  ['a pattern without anchors', 'abc'],
  ['a lookahead', '^(?=a).$'],
  ['a named group', '^(?<n>a)$'],
  ['a dot', '^a.b$'],
  ['white space, which differs', '^\\s$'],
  ['a word boundary', '^\\ba$'],
  ['a back reference', '^(a)\\1$'],
  ['an anchor inside', '^a$|^b$'],
  ['a class in a class', '^[[:alpha:]]$'],
  ['a repetition of more than 1000', '^a{1001}$'],
  ['an empty pattern part', '^a{,3}$'],
])('refuses %s, which helm and JavaScript read differently', (_, pattern) => {
  expect(() => checkPattern(pattern, 'the value tag')).toThrow(
    expect.objectContaining({ code: 'PATTERN_NOT_PORTABLE', where: 'the value tag' }),
  );
});

test('a pattern with alternatives at the top is anchored on both sides of each', () => {
  // ^a|b$ would let through "ax" and "xb".
  expect(() => checkPattern('^a|b$', 'here')).toThrow(
    expect.objectContaining({ code: 'PATTERN_NOT_PORTABLE' }),
  );
});
