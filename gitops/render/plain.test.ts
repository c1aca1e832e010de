import { parseManifests } from '../../check';
import { DeployError } from '../../deploy';
import { GitopsError } from '../errors';
import { verdictOfFailure } from '../sync/verdict';
import { renderPlain } from './plain';

const file = (path: string, content: string) => ({ path, content: Buffer.from(content) });
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

const namesIn = (...files: readonly ReturnType<typeof file>[]) =>
  renderPlain(files).then(({ objects }) => objects.map(({ metadata }) => metadata?.name));

async function refusalOf(...files: readonly ReturnType<typeof file>[]): Promise<GitopsError | DeployError> {
  try {
    await renderPlain(files);
  } catch (error) {
    if (error instanceof GitopsError || error instanceof DeployError) return error;
    throw error;
  }
  throw new Error('accepted');
}

test('objects come in the order of their files, each document and each item of a list as one', async () => {
  const list = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'List' },
    items: ['c', 'd'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
  });
  const files = [file('b.json', list), file('a/x.yaml', `---\n${map('a')}---\n# nothing\n---\n${map('b')}`)];
  expect(await namesIn(...files)).toEqual(['a', 'b', 'c', 'd']);
  const { from } = await renderPlain(files);
  expect(from.slice(1)).toEqual(['a/x.yaml document 3', 'b.json items[0]', 'b.json items[1]']);
});

test('files that are hidden, empty or only comments are no objects', async () => {
  expect(await namesIn(file('.ci.yaml', 'a: b'), file('a.yaml', ''), file('b.yaml', '# c\n'))).toEqual([]);
});

test('values mean what they mean to `drydock apply` and to kubectl', async () => {
  const text = `${map('a')}mode: 0644\nset: yes\nat: 22:22\nid: 9223372036854775807\n`;
  const { objects } = await renderPlain([file('a.yaml', text)]);
  expect(objects[0]).toMatchObject({ mode: 420, set: true, at: '22:22', id: 9223372036854775807n });
  expect(objects).toEqual(parseManifests(text, 'a.yaml', undefined, true).map(({ object }) => object));
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghi'].map((name, index) => {
    const before = 'abcdefghi'[index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

/** Each line is twice the one before, by merges. */
function mergeBomb(lines: number): string {
  const grown = Array.from({ length: lines }, (_, at) => {
    return `m${at + 1}: &m${at + 1} { x: { <<: *m${at} }, y: { <<: *m${at} } }\n`;
  });
  return `m0: &m0 { x: { z: 1 } }\n${grown.join('')}`;
}

test.each([
  ['broken YAML', 'a.yaml', 'a: [', map('a')],
  ['one key twice', 'a.yaml', `${map('a')}kind: Secret\n`, map('a')],
  [
    'aliases that grow',
    'a.yaml',
    `${map('a')}data:\n  ${bomb.replaceAll('\n', '\n  ')}\n`,
    `${map('a')}x: &x [1]\ny: [${Array(500).fill('*x').join(', ')}]\n`,
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
])('%s refuses the whole folder, and is told by its file', async (_what, path, content, twin) => {
  const refusal = await refusalOf(file('0.yaml', map('zero')), file(path, content));
  expect(refusal.where).toMatch(new RegExp(`^${path}`));
  expect(verdictOfFailure(undefined, 'commit', refusal)).toMatchObject({
    phase: 'Failed',
    outcome: 'stalled',
  });
  expect(await namesIn(file('0.yaml', map('zero')), file(path, twin))).toContain('zero');
});

test.each([
  ['aliases that grow', `${map('a')}data:\n  ${bomb.replaceAll('\n', '\n  ')}\n`, 'line 11, column 18'],
  ['merges that grow', `${map('a')}${mergeBomb(40)}`, /line 2\d, column/],
  ['an alias of itself', `${map('a')}x: &x [*x]\n`, 'line 4, column 8'],
  ['one key twice', `${map('a')}kind: Secret\n`, 'line 4, column 1'],
  ['what is broken in a later document', `${map('a')}---\n${map('b')}x: [\n`, 'line 9, column 1'],
])('%s is told by its line', async (_what, content, line) => {
  const refusal = await refusalOf(file('a.yaml', content));
  expect([refusal.where, refusal.found]).toEqual(['a.yaml', expect.stringMatching(line)]);
});

test.each(['kustomization.yaml', 'app/Chart.yaml', 'values.yml'])(
  '%s is told to be of another way to render',
  async (path) => {
    expect((await refusalOf(file('a.yaml', map('a')), file(path, 'a: b'))).code).toBe('RENDER_FAILED');
    expect(await namesIn(file(`my-${path.replace('/', '-')}`, map('a')))).toEqual(['a']);
  },
);

test('an error quotes nothing of the file', async () => {
  expect((await refusalOf(file('a.yaml', 'password: "hunter2\n'))).message).not.toContain('hunter2');
});

test('more objects than allowed are refused', async () => {
  const many = (count: number) =>
    file('a.yaml', Array.from({ length: count }, (_, at) => `---\n${map(`m${at}`)}`).join(''));
  expect((await refusalOf(many(10_001))).code).toBe('RENDER_FAILED');
  expect(await namesIn(many(1_000))).toHaveLength(1_000);
});

test('a text that is too large, or has too much in it, is refused before it is read', async () => {
  const withValue = (value: string) => file('a.yaml', `${map('a')}data: { x: ${value} }\n`);
  for (const value of ['x'.repeat(9 * 1024 * 1024), `[${'a,'.repeat(500_000)}]`]) {
    const { code, where } = await refusalOf(withValue(value));
    expect([code, where]).toEqual(['RENDER_FAILED', 'a.yaml']);
  }
  expect(await namesIn(withValue('x'.repeat(1024 * 1024)), withValue(`[${'a,'.repeat(5_000)}]`))).toEqual([
    ...['a', 'a'],
  ]);
});
