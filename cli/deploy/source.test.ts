import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSet } from './source';

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
const read = (paths: readonly string[], valueFiles?: readonly string[]) =>
  readSet({ paths, valueFiles, release: 'shop', namespace: undefined }, io);

test('all paths are one set, in their order, each object with where it is', async () => {
  writeFileSync('b.yaml', 'kind: One\n---\nkind: Two\n');
  writeFileSync('a.yaml', 'kind: Three\n');
  expect(await read(['b.yaml', 'a.yaml'])).toEqual([
    { object: { kind: 'One' }, from: 'b.yaml document 1' },
    { object: { kind: 'Two' }, from: 'b.yaml document 2' },
    { object: { kind: 'Three' }, from: 'a.yaml' },
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
  expect(await read([])).toEqual([
    { object: { kind: 'One' }, from: 'a.yaml' },
    { object: { kind: 'Two' }, from: 'b.yml' },
  ]);
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
