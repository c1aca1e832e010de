import { GitopsError } from '../errors';
import { renderPlain } from './plain';

const file = (path: string, content: string) => ({ path, content: Buffer.from(content) });
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

const namesIn = (...files: readonly ReturnType<typeof file>[]) =>
  renderPlain(files).objects.map(({ metadata }) => metadata?.name);

function refusalOf(...files: readonly ReturnType<typeof file>[]): GitopsError {
  try {
    renderPlain(files);
  } catch (error) {
    if (error instanceof GitopsError) return error;
    throw error;
  }
  throw new Error('accepted');
}

test('objects come in the order of their files, each document and each item of a list as one', () => {
  const list = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'List' },
    items: ['c', 'd'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
  });
  const files = [file('b.json', list), file('a/x.yaml', `---\n${map('a')}---\n# nothing\n---\n${map('b')}`)];
  expect(namesIn(...files)).toEqual(['a', 'b', 'c', 'd']);
  expect(renderPlain(files).from[1]).toBe('a/x.yaml document 3');
});

test('files that are hidden, empty or only comments are no objects', () => {
  expect(namesIn(file('.ci.yaml', 'a: b'), file('a.yaml', ''), file('b.yaml', '# c\n'))).toEqual([]);
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghi'].map((name, index) => {
    const before = 'abcdefghi'[index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

test.each([
  ['broken YAML', 'a.yaml', 'a: [', map('a')],
  ['one key twice', 'a.yaml', `${map('a')}kind: Secret\n`, map('a')],
  [
    'aliases that grow',
    'a.yaml',
    `${map('a')}data:\n  ${bomb.replaceAll('\n', '\n  ')}\n`,
    `${map('a')}x: &x [1]\ny: *x\n`,
  ],
  ['a text', 'a.yaml', 'just words', map('a')],
  ['no kind', 'a.yaml', 'apiVersion: v1\nmetadata: { name: a }\n', map('a')],
  ['no name', 'a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: a- }\n', map('a')],
  ['a number as kind', 'a.yaml', 'apiVersion: v1\nkind: 1\nmetadata: { name: a }\n', map('a')],
  [
    'something else in a list',
    'a.yaml',
    'apiVersion: v1\nkind: List\nitems: [1]\n',
    'apiVersion: v1\nkind: List\nitems: []\n',
  ],
])('%s refuses the whole folder, and is told by its file', (_what, path, content, twin) => {
  const refusal = refusalOf(file('0.yaml', map('zero')), file(path, content));
  expect([refusal.code, refusal.where.startsWith(path), refusal.waitsForPerson]).toEqual([
    'RENDER_FAILED',
    true,
    true,
  ]);
  expect(namesIn(file('0.yaml', map('zero')), file(path, twin))).toContain('zero');
});

test.each(['kustomization.yaml', 'app/Chart.yaml', 'values.yml'])(
  '%s is told to be of another way to render',
  (path) => {
    expect(refusalOf(file('a.yaml', map('a')), file(path, 'a: b')).code).toBe('RENDER_FAILED');
    expect(namesIn(file(`my-${path.replace('/', '-')}`, map('a')))).toEqual(['a']);
  },
);

test('an error quotes nothing of the file', () => {
  expect(refusalOf(file('a.yaml', 'password: "hunter2\n')).message).not.toContain('hunter2');
});

test('more objects than allowed are refused', () => {
  const many = (count: number) =>
    file('a.yaml', Array.from({ length: count }, (_, at) => `---\n${map(`m${at}`)}`).join(''));
  expect(refusalOf(many(10_001)).code).toBe('RENDER_FAILED');
  expect(namesIn(many(1_000))).toHaveLength(1_000);
});
