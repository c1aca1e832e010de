import { matchesPattern, passThrough } from './pattern-matcher';

// A group that repeats takes the way without JavaScript's engine. Each form is read on both ways, and means the same.
// Generated patterns are held to JavaScript in test/laws/pattern-matcher.test.ts.
const forms: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['ab?', ['a', 'ab'], ['', 'abb', 'b']],
  ['ab*', ['a', 'ab', 'abbb'], ['b', 'aab', '']],
  ['ab+', ['ab', 'abbb'], ['a', 'b', '']],
  ['a{2}', ['aa'], ['a', 'aaa', '']],
  ['a{2,}', ['aa', 'aaaaa'], ['a', '']],
  ['a{1,3}', ['a', 'aa', 'aaa'], ['', 'aaaa']],
  ['a{0,1}b', ['b', 'ab'], ['aab', 'a']],
  ['a{0}b', ['b'], ['ab', '']],
  ['a{10,12}', ['a'.repeat(10), 'a'.repeat(12)], ['a'.repeat(9), 'a'.repeat(13), 'a']],
  ['a+?b', ['ab', 'aab'], ['b', 'a']],
  ['a??b', ['b', 'ab'], ['aab', 'a']],
  ['a{1,2}?b', ['ab', 'aab'], ['b', 'aaab']],
  ['(a|b)c', ['ac', 'bc'], ['abc', 'c', 'a']],
  ['(?:a|)c', ['ac', 'c'], ['a', 'aac']],
  ['(a|(b|c)d)e', ['ae', 'bde', 'cde'], ['be', 'de', 'ade']],
  ['\\+\\.\\{', ['+.{'], ['+a{', '+.', '\\+.{']],
  ['\\d\\w', ['1a', '0_'], ['a1', '1-']],
  ['\\D', ['a', '-'], ['1', 'ab']],
  ['[a-c-]', ['a', 'c', '-'], ['d', 'ab']],
  ['[^a-c]', ['d', '-', '\n'], ['a', 'b', '']],
  ['[\\]x]y', [']y', 'xy'], ['\\y', ']']],
  ['[*+?(|]', ['*', '(', '|'], ['**', 'a']],
  ['[\\\\]z', ['\\z'], ['z', ']z']],
  ['\u{1f600}|é', ['\u{1f600}', 'é'], ['\ud83d', 'e', '\u{1f600}é']],
];

test.each(forms)('%s is read as a whole, with and without a group that repeats', (form, fitting, others) => {
  for (const [pattern, once] of [
    [`^(?:${form})$`, true],
    // At least one group that repeats, of which one round is asked.
    [`^(?:${form}){1,2}$`, true],
    [`^(!!)*(?:${form})$`, false],
  ] as const) {
    for (const text of fitting)
      expect([pattern, text, matchesPattern(pattern, text)]).toEqual([pattern, text, true]);
    const regexp = new RegExp(pattern, 'u');
    for (const text of others)
      expect([pattern, text, matchesPattern(pattern, text)]).toEqual([
        pattern,
        text,
        once && regexp.test(text),
      ]);
  }
});

test.each([
  ['^(ab)+$', ['ab', 'abab'], ['', 'aba']],
  ['^(ab)*$', ['', 'abab'], ['a', 'abb']],
  ['^(ab){2}$', ['abab'], ['ab', 'ababab']],
  ['^(ab){2,}$', ['abab', 'ababab'], ['ab', '']],
  ['^(ab){0,2}$', ['', 'ab', 'abab'], ['ababab']],
  ['^(a|bc)+d$', ['ad', 'abcd', 'bcad'], ['d', 'abd', 'acd']],
  ['^((a|b)c)*$', ['', 'ac', 'acbc'], ['ab', 'c', 'aca']],
  ['^(a(b)?)+$', ['a', 'ab', 'aab'], ['b', 'abb', '']],
] as const)('%s, a group that repeats', (pattern, fitting, others) => {
  for (const text of fitting) expect([text, matchesPattern(pattern, text)]).toEqual([text, true]);
  for (const text of others) expect([text, matchesPattern(pattern, text)]).toEqual([text, false]);
});

test('a pattern that was asked before answers the same', () => {
  const ask = () => ['ab', 'b', 'ab'].map((text) => matchesPattern('^(ab)+$', text));
  expect(ask()).toEqual([true, false, true]);
  expect(ask()).toEqual([true, false, true]);
});

test('a group with a choice that is there so many times is followed without JavaScript`s engine, one without a choice is not', () => {
  expect(passThrough('^(ab?){9}$', 'a'.repeat(9))).toEqual({ fits: true, visited: expect.any(Number) });
  expect(passThrough('^(ab){9}$', 'ab'.repeat(9))).toEqual({ fits: true });
});
