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

test.each<[string, unknown, RegExp, RegExp]>([
  ['no text', 3, /^a number$/, /Write it as a text/],
  ['nothing', undefined, /^a undefined$/, /Write it as a text/],
  ['one anchor', '^abc', /^no anchors in \/\^abc\/$/, /Write \^\.\.\.\$/],
  ['the other anchor', 'abc$', /^no anchors/, /Write \^\.\.\.\$/],
  ['both anchors in one character', '^', /^no anchors/, /Write \^\.\.\.\$/],
  ['1001 characters', `^${'a'.repeat(999)}$`, /^1001 characters$/, /at most 1000/],
  ['half of a character', '^\ud83d$', /lone surrogate/, /Write the character anew/],
  ['a dot', '^a.b$', /^"\." in \/\^a\.b\$\/$/, /name the characters/],
  ['an anchor inside', '^a^b$', /^"\^" inside/, /whole pattern only/],
  ['a choice at the top', '^a|b$', /outside of a group/, /\^\(a\|b\)\$/],
  ['a lookahead', '^(?=a)$', /lookaround or a named group/, /RE2/],
  ['a group that does not end', '^(a$', /"\(" without its "\)"/, /\\\(/],
  ['a group that does not begin', '^a)$', /"\)" without its "\("/, /\\\)/],
  ['nothing to repeat', '^+a$', /"\+" with nothing to repeat/, /\\\+/],
  ['a brace alone', '^a}$', /"\}" alone/, /\\\}/],
  ['a bracket alone', '^a]$', /"\]" alone/, /\\\]/],
  ['a repetition that is none', '^a{x}$', /a repetition "\{x\}/, /\{n\} or \{n,m\}/],
  ['a repetition of a repetition', '^a+*$', /a repetition of a repetition/, /Put a group around/],
  ['a repetition the wrong way around', '^a{3,2}$', /a repetition "\{3,2\}"/, /smaller number first/],
  ['repetitions in each other', '^(a{40}){40}$', /repetitions in each other/, /at most 1000/],
  ['a class of classes', '^[[]$', /"\[" inside a class/, /\\\[/],
  ['a class without its end', '^[a$', /"\[" without its "\]"/, /\\\[/],
  ['a dash inside', '^[a-z-9]$', /"-" inside a class/, /put it last/],
  ['a range without order', '^[b-a]$', /a range without two ends in order/, /smaller character first/],
  ['an escape that is read differently', '^\\s$', /"\\s"/, /Go and JavaScript/],
  ['groups too deep', `^${'('.repeat(101)}a${')'.repeat(101)}$`, /more than 100 groups/, /simpler/],
])('says of %s what was found, and what to write instead', (_what, pattern, found, remedy) => {
  expect(() => checkPattern(pattern, 'here')).toThrow(
    expect.objectContaining({
      code: 'PATTERN_NOT_PORTABLE',
      where: 'here',
      found: expect.stringMatching(found),
      remedy: expect.stringMatching(remedy),
    }),
  );
});

test.each([
  ['as long as a pattern may be', `^${'a'.repeat(998)}$`],
  ['an empty one', '^$'],
  ['an empty group', '^()a$'],
  ['100 groups in each other', `^${'('.repeat(100)}a${')'.repeat(100)}$`],
  ['a thousand times', '^a{1000}$'],
  ['a thousand at most', '^a{0,1000}$'],
  ['from a number on', '^a{2,}$'],
  ['as few as can be', '^a+?b*?c??d{1,2}?$'],
  ['repetitions that come to a thousand', '^(a{10}){100}$'],
  ['many beside each other', '^a{1000}b{1000}$'],
  ['one that may be repeated without end', '^(a{1000})+$'],
  ['none of many', '^(a{1000}){0}$'],
  ['a dash first, last and escaped', '^[-a][a-][a\\-z]$'],
  ['every character that can be escaped', '^\\.\\*\\+\\?\\^\\$\\(\\)\\[\\]\\{\\}\\|\\/\\\\\\n\\r\\t$'],
  ['a range of one', '^[a-a]$'],
])('takes %s', (_what, pattern) => {
  expect(() => checkPattern(pattern, 'here')).not.toThrow();
});

test.each([
  // What each class of characters holds, and what an escape stands for.
  ['^\\d$', 'plain'],
  ['^[\\d]$', 'plain'],
  ['^\\D$', 'any'],
  ['^[\\W]$', 'any'],
  ['^\\n$', 'quotable'],
  ['^\\t$', 'quotable'],
  ['^\\/$', 'plain'],
  ['^\u{1f600}$', 'quotable'],
  ['^[é-ü]$', 'quotable'],
  ['^[;-=]$', 'any'],
  ['^[=-?]$', 'plain'],
  ['^[:-;]$', 'plain'],
  ['^[ -!]$', 'plain'],
  ['^[\u001f- ]$', 'quotable'],
  ['^[}-\u007f]$', 'quotable'],
  ['^(a|<)$', 'any'],
  ['^(a|(b"))?$', 'quotable'],
  ['^$', 'plain'],
] as const)('%s can hold %s text, by its classes and escapes', (pattern, alphabet) => {
  checkPattern(pattern, 'here');
  expect(alphabetOfPattern(pattern)).toBe(alphabet);
});
