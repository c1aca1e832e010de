import { DrydockError, nearest, withCause, yamlProblem } from '.';

const facts = { where: 'shop/web port', found: '0', expected: '1 or more', remedy: 'Give a port.' };

test('an error says its code and four facts in one sentence, and has each of them', () => {
  const error = new DrydockError('BAD_PORT', facts);
  expect(error).toMatchObject({ name: 'DrydockError', code: 'BAD_PORT', ...facts });
  expect(error.message).toBe('BAD_PORT at shop/web port: found 0; expected 1 or more. Give a port.');
});

test.each([
  ['give a port', 'Give a port.'],
  ['Is it there?', 'Is it there?'],
  ['Give one!', 'Give one!'],
  ['Give one (of two.)', 'Give one (of two.)'],
  ['Give one (of two)', 'Give one (of two).'],
  ['Give 1.5 or more', 'Give 1.5 or more.'],
])('what to do is a sentence: "%s"', (remedy, sentence) => {
  const { message } = new DrydockError('BAD_PORT', { ...facts, expected: 'a port.', remedy });
  expect(message).toBe(`BAD_PORT at shop/web port: found 0; expected a port. ${sentence}`);
});

test('only the last point of what was expected is left out', () => {
  const { message } = new DrydockError('BAD_PORT', { ...facts, expected: '1.5 or more.' });
  expect(message).toContain('expected 1.5 or more. Give');
});

test('what an error came from is there to be read, and is not printed with it', () => {
  const cause = new Error('inner');
  const error = withCause(new DrydockError('BAD_PORT', facts), cause);
  expect(error.cause).toBe(cause);
  expect(Object.keys(error)).not.toContain('cause');
  expect('cause' in withCause(new DrydockError('BAD_PORT', facts), undefined)).toBe(false);
});

test.each([
  ['replica', ['replicas', 'image'], 'replicas'],
  ['REPLICAS', ['replicas'], 'replicas'],
  ['prot', ['host', 'port'], 'port'],
  ['pot', ['port', 'pot1', 'pod'], 'port'],
  ['pot', ['pods', 'port'], 'port'],
  ['ab', ['cd', 'abcd'], 'cd'],
  ['ab', ['cde'], undefined],
  // A third of the letters may be wrong.
  ['allowInternettt', ['allowInternet'], 'allowInternet'],
  ['terminationGrace', ['terminationGraceTime'], 'terminationGraceTime'],
  ['terminationGrace', ['terminationGraceTimes'], 'terminationGraceTimes'],
  ['terminationGrace', ['terminationGracePeriod'], undefined],
  ['image', [], undefined],
])('by "%s" of %j is most likely meant %s', (name, known, meant) => {
  expect(nearest(name, known)).toBe(meant);
});

test.each([
  ['DUPLICATE_KEY', 'one key twice'],
  ['TAB_AS_INDENT', 'a tab as indentation'],
  ['NEW_CODE', 'text that is no YAML'],
  ['constructor', 'text that is no YAML'],
])('broken YAML is told by its kind and its place, and not by its words: %s', (code, words) => {
  const error = Object.assign(new Error('password: hunter2'), { code, linePos: [{ line: 3, col: 7 }] });
  expect(yamlProblem(error)).toBe(`${words}, in line 3, column 7`);
  expect(yamlProblem({ code })).toBe(words);
});

test('what says nothing of itself is text that is no YAML', () => {
  expect(yamlProblem(new Error('hunter2'))).toBe('text that is no YAML');
});
