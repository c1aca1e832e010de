import { commentLines } from './comment';
import { markdownCode, markdownText } from './markdown';

test.each([
  ['plain words', 'plain words'],
  ['a|b', 'a\\|b'],
  ['`code` and *more*', '\\`code\\` and \\*more\\*'],
  ['[a](b) ~c~ $d$ \\', '\\[a\\](b) \\~c\\~ \\$d\\$ \\\\'],
  ['<b> a < b', '&lt;b> a &lt; b'],
  ['&amp; &#38; a & b', '&amp;amp; &amp;#38; a & b'],
  ['_a_ snake_case _', '\\_a\\_ snake_case \\_'],
  ['# heading', '\\# heading'],
  ['- item', '\\- item'],
  ['+ item', '\\+ item'],
  ['> quote', '\\> quote'],
  ['= line', '\\= line'],
  ['1. first', '1\\. first'],
  ['123) third', '123\\) third'],
  ['1234567890. is no list', '1234567890. is no list'],
  ['a - b # c 1. d', 'a - b # c 1. d'],
  ['two\nlines\r\nare   one', 'two lines are one'],
  ['  around  ', 'around'],
])('%j is shown as it is, on one line', (text, markdown) => expect(markdownText(text)).toBe(markdown));

test.each([
  ['', ''],
  ['a b', '`a b`'],
  ['a|b', '`a\\|b`'],
  ['a`b', '``a`b``'],
  ['a``b`c', '```a``b`c```'],
  ['`a', '`` `a ``'],
  ['a`', '`` a` ``'],
  ['a\nb', '`a b`'],
])('%j as code', (text, code) => expect(markdownCode(text)).toBe(code));

test.each<[string, Parameters<typeof commentLines>, readonly string[]]>([
  ['one line', ['what it is'], ['# what it is']],
  ['a mark begins the first line alone', ['a\nb', '  ', '-- '], ['  # -- a', '  # b']],
  [
    'every end of a line that some reader of YAML knows',
    ['a\r\nb\rc\u0085d\u2028e\u2029f'],
    ['# a', '# b', '# c', '# d', '# e', '# f'],
  ],
  ['an empty line has no space at its end', ['a\n\nb  \n'], ['# a', '#', '# b']],
  ['what no YAML may hold is written out', ['a\u0007b\ufeff\tc'], ['# a\\u0007b\\ufeff\tc']],
])('a comment: %s', (_what, args, lines) => expect(commentLines(...args)).toEqual(lines));
