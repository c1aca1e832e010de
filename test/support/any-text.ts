import fc from 'fast-check';

/** What YAML, Markdown, Go's templates or a shell take for more than text. */
const SHARP = [
  'a: b\n',
  '\nb: 1',
  '\r\nb: 1',
  '\rb: 1',
  '\u0085b: 1',
  '\u2028b: 1',
  '\u2029b: 1',
  '\u000b\u000c\u0000\u0007\u007f\u009f',
  '\ufeff',
  '\ufffe\uffff',
  '# x',
  ' # x',
  '- a',
  '1. a',
  '> a',
  '=== ',
  '---\n',
  '...\n',
  '{{ .Values }}',
  '{{- fail "x" }}',
  '}}',
  '{',
  '}',
  ' ,',
  '| a |',
  '\\|',
  '\\',
  '`',
  '``',
  '*a*',
  '_a_',
  '~~a~~',
  '[a](b)',
  '<b>',
  '<!--',
  '&lt;',
  '&amp',
  '"',
  "'",
  '*/',
  '$(x)',
  '%s',
  '<no value>',
  'ä',
  '\u{1f600}',
  '\t',
  'http://a.example/b_c',
];

/** Any text that a file can hold, mostly of what some format takes for more than text. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...SHARP), fc.constantFrom('word', ' ', 'x\n')), { maxLength: 6 })
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

/** Such a text that is not empty, as documentation has to be. */
export const someText: fc.Arbitrary<string> = anyText.map((text) =>
  text.trim() === '' ? `${text}doc` : text,
);
