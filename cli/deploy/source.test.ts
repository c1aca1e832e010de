import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSet, type Source } from './source';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-source-test-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const said: string[] = [];
const io = { out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
const read = (paths: readonly string[], more: Partial<Source> = {}) =>
  readSet({ paths, release: 'shop', ...more }, io);

test('all paths are one set, in their order, each object with where it is', async () => {
  writeFileSync('b.yaml', 'kind: One\n---\nkind: Two\n');
  writeFileSync('a.yaml', 'kind: Three\n');
  expect(await read(['b.yaml', 'a.yaml'])).toEqual({
    objects: [{ kind: 'One' }, { kind: 'Two' }, { kind: 'Three' }],
    from: ['b.yaml document 1', 'b.yaml document 2', 'a.yaml'],
  });
});

test('an integer that no number of JavaScript holds stays what it is, in YAML and in JSON; others are numbers', async () => {
  writeFileSync(
    'a.yaml',
    'kind: One\nspec: { nonce: 9007199254740993, least: -9223372036854775808, port: 80 }\n',
  );
  writeFileSync(
    'b.json',
    '{"kind":"Two","spec":{"nonce":9007199254740993,"port":80,"text":"9007199254740993"}}',
  );
  const { objects } = await read(['a.yaml', 'b.json']);
  expect(objects).toEqual([
    { kind: 'One', spec: { nonce: 9_007_199_254_740_993n, least: -9_223_372_036_854_775_808n, port: 80 } },
    { kind: 'Two', spec: { nonce: 9_007_199_254_740_993n, port: 80, text: '9007199254740993' } },
  ]);
});

test.each([
  ['is not there', 'none.yaml', /^MANIFESTS_UNREADABLE at none\.yaml: found nothing/],
  ['is no YAML', 'broken.yaml', /^MANIFESTS_UNREADABLE at broken\.yaml: found /],
  ['has nothing in it', 'empty.yaml', /^MANIFESTS_UNREADABLE at empty\.yaml: found no object/],
])('a path that %s ends it: a part of a set is never the whole', async (_, name, sentence) => {
  writeFileSync('good.yaml', 'kind: One\n');
  writeFileSync('broken.yaml', 'a: [\n');
  writeFileSync('empty.yaml', '# nothing\n');
  await expect(read(['good.yaml', name])).rejects.toThrow(sentence);
});

describe('the standard input', () => {
  const { readFileSync } = fs;
  afterEach(() => jest.restoreAllMocks());

  /** The one of the test runner is not ours to write to. */
  function input(text: string): void {
    jest
      .spyOn(fs, 'readFileSync')
      .mockImplementation((file, how) => (file === 0 ? text : readFileSync(file, how)));
  }

  test('is one of the paths, in its place, and its documents are told by where they are', async () => {
    writeFileSync('a.yaml', 'kind: Three\n');
    input('kind: One\n---\nkind: Two\n');
    expect(await read(['-', 'a.yaml'])).toEqual({
      objects: [{ kind: 'One' }, { kind: 'Two' }, { kind: 'Three' }],
      from: ['standard input document 1', 'standard input document 2', 'a.yaml'],
    });
  });

  test.each([
    ['nothing', '', 'no object; expected manifests. Look at what writes to it.'],
    ['comments alone', '# nothing\n---\n', 'no object; expected manifests. Look at what writes to it.'],
    ['no object', 'hello\n', 'a text; expected an object with apiVersion, kind and metadata.'],
  ])('with %s is refused', async (_, text, found) => {
    input(text);
    await expect(read(['-'])).rejects.toThrow(`MANIFESTS_UNREADABLE at standard input: found ${found}`);
  });
});

/** A program that writes where `cdk8s synth` says. */
function app(files: Readonly<Record<string, string>>): void {
  writeFileSync('cdk8s.yaml', 'app: node app.js\n');
  writeFileSync(
    'app.js',
    `const fs = require('node:fs');
     fs.mkdirSync(process.env.CDK8S_OUTDIR, { recursive: true });
     for (const [name, text] of Object.entries(${JSON.stringify(files)}))
       fs.writeFileSync(process.env.CDK8S_OUTDIR + '/' + name, text);
     console.log('synthesized');`,
  );
}

test('without a path the app of cdk8s.yaml is run: its manifests by name, and nothing is written here', async () => {
  app({
    'b.yml': 'kind: Two\n',
    'a.yaml': 'kind: One\n',
    'notes.txt': 'kind: Three\n',
    'c.yaml.bak': 'kind: Four\n',
  });
  expect(await read([])).toEqual({ objects: [{ kind: 'One' }, { kind: 'Two' }], from: ['a.yaml', 'b.yml'] });
  expect(said.join('')).toContain('synthesized');
  expect(readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml']);
});

test('an app that fails gives no set, and leaves nothing behind', async () => {
  app({ 'a.yaml': 'kind: One\n' });
  writeFileSync('cdk8s.yaml', 'app: node app.js && exit 3\n');
  await expect(read([])).rejects.toThrow(/^APP_FAILED .* found exit code 3/);
  expect(existsSync('dist')).toBe(false);
});

test('an app whose manifests are broken is refused with the file', async () => {
  app({ 'a.yaml': 'hello\n' });
  await expect(read([])).rejects.toThrow(/^MANIFESTS_UNREADABLE at a\.yaml: found a text/);
});

test('without a path and without cdk8s.yaml it says what to do', async () => {
  await expect(read([])).rejects.toThrow(/^NO_APP at cdk8s\.yaml/);
});

describe('a chart', () => {
  const onPath = process.env.PATH;
  afterEach(() => {
    process.env.PATH = onPath;
  });

  /** The real helm is in deploy.real.test.ts; this one says how it is called. */
  function helm(): void {
    mkdirSync('chart');
    writeFileSync('chart/Chart.yaml', 'name: chart\n');
    mkdirSync('bin');
    writeFileSync('bin/helm', '#!/bin/sh\nprintf "kind: Said\\nby: %s\\n" "$*"\n');
    chmodSync('bin/helm', 0o755);
    process.env.PATH = path.resolve('bin');
  }
  const said = async (more: Partial<Source>) => (await read(['chart'], more)).objects;

  test('is rendered as the release, with what it installs and without its tests', async () => {
    helm();
    expect(await said({})).toEqual([{ kind: 'Said', by: 'template shop --include-crds --skip-tests chart' }]);
  });

  test('is rendered for the namespace and with the values that are given', async () => {
    helm();
    expect(await said({ namespace: 'here', values: ['a.yaml', 'b.yaml'] })).toEqual([
      {
        kind: 'Said',
        by: 'template shop --include-crds --skip-tests --namespace here chart --values a.yaml --values b.yaml',
      },
    ]);
  });
});

test('values for the app reach it, and its folder is gone afterwards', async () => {
  writeFileSync('values.yaml', 'replicas: 3\n');
  writeFileSync('cdk8s.yaml', 'app: node app.js\n');
  writeFileSync(
    'app.js',
    `const fs = require('node:fs');
     const { CDK8S_OUTDIR: out, DRYDOCK_VALUES: values } = process.env;
     fs.mkdirSync(out, { recursive: true });
     const given = JSON.parse(fs.readFileSync(values)).values['*'];
     fs.writeFileSync(out + '/a.yaml', JSON.stringify({ kind: 'Given', given, out }));`,
  );
  const { objects } = await read([], { values: ['values.yaml'] });
  expect(objects).toEqual([{ kind: 'Given', given: { replicas: 3 }, out: expect.any(String) }]);
  expect(existsSync(path.dirname((objects[0] as unknown as { out: string }).out))).toBe(false);
});

test('charts that depend on each other have numbered files, which are groups in their order', async () => {
  app({ '0000-db.k8s.yaml': 'kind: One\n---\nkind: Two\n', '0001-shop.k8s.yaml': 'kind: Three\n' });
  expect((await read([])).groups).toEqual([0, 0, 1]);
  mkdirSync('dist');
  writeFileSync('dist/0000-db.k8s.yaml', 'kind: One\n');
  writeFileSync('dist/0002-shop.k8s.yaml', 'kind: Two\n');
  expect((await read(['dist'])).groups).toEqual([0, 2]);
  writeFileSync('2024-notes.yaml', 'kind: One\n');
  expect(await read(['2024-notes.yaml'])).not.toHaveProperty('groups');
});
