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
  // A range that begins with an escape is a range: `\\` and `<` lie in it.
  ['^[\\*-z]$', 'any'],
  ['^[\\[-\\]]$', 'quotable'],
  ['^[\\[-_]$', 'quotable'],
  ['^[a-]$', 'plain'],
  ['^([a-z]{2}){500}$', 'plain'],
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
  ['repetitions in each other that come to more than 1000', '^([a-z]{2}){501}$'],
  ['the repetitions of a host name', '^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.){0,20}[a-z]{2,63}$'],
  ['a class that begins with its end', '^[^][a]$'],
  ['an empty class', '^[]$'],
  ['a range with a class for an end', '^[a-\\d]$'],
  ['a range the wrong way around', '^[z-a]$'],
  ['a dash in the middle of a class', '^[a-z-9]$'],
  ['an escaped dash outside of a class', '^a\\-b$'],
  ['a repetition of nothing', '^*a$'],
  ['a repetition of a repetition', '^a**$'],
  ['a group that does not end', '^(a$'],
  ['a group that does not begin', '^a)$'],
  ['a class that does not end', '^[a$'],
  ['an escape at the end', '^a\\$'],
  ['a zero in front of a number', '^a{01}$'],
  ['half of a character', '^\ud83d$'],
  ['a thousand characters', `^${'a'.repeat(1000)}$`],
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
