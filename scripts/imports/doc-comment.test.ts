import { docComment } from './doc-comment';

test('a short description is one line', () => {
  expect(docComment('The name.', '  ')).toBe('  /** The name. */\n');
});

test('nothing comes of an empty description', () => {
  expect(docComment(' \n')).toBe('');
});

test('only the first paragraph is kept, with its lines joined', () => {
  expect(docComment('First\nline.\n\nSecond paragraph.')).toBe('/** First line. */\n');
});

test('what would end the comment is escaped', () => {
  expect(docComment('Such as */5 * * * *.')).toBe('/** Such as *\\/5 * * * *. */\n');
});

test('a long description is wrapped at the width, words unbroken', () => {
  expect(docComment('one two three averyveryverylongword four', '  ', 20)).toBe(
    '  /**\n   * one two three\n   * averyveryverylongword\n   * four\n   */\n',
  );
});
