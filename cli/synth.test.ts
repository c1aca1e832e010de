import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './run';
import { synthCommand } from './synth';

const commands = { synth: { summary: '', load: async () => synthCommand } };
const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-synth-test-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  fs.rmSync(folder, { recursive: true });
});

/** An app that writes where it is told, and a cdk8s.yaml that runs it. */
function writeApp(body: string, config = 'output: dist/manifests\n'): void {
  fs.writeFileSync(
    'app.js',
    `const fs = require('node:fs'), path = require('node:path');
     const write = (folder, files) => { for (const [name, text] of Object.entries(files)) {
       fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
       fs.writeFileSync(path.join(folder, name), text); } };
     const manifests = (files) => write(process.env.CDK8S_OUTDIR, files);
     const charts = (files) => write(process.env.DRYDOCK_CHARTS_OUTDIR, files);
     ${body}`,
  );
  fs.writeFileSync('cdk8s.yaml', `app: node app.js\n${config}`);
}

async function synth(...argv: string[]) {
  const said = { out: '', err: '' };
  const io = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
  return {
    code: await run(['synth', ...argv], commands, io, { env: {}, version: process.version }),
    ...said,
  };
}

function files(of = '.'): string[] {
  const names = fs.readdirSync(of, { recursive: true }) as string[];
  return names.filter((name) => fs.statSync(path.join(of, name)).isFile()).sort();
}

const OLD = `manifests({ 'a.yaml': 'old', 'gone.yaml': 'old' }); charts({ 'web/Chart.yaml': 'old' });`;

test('writes what the app writes, says so, and what to do next', async () => {
  writeApp(`manifests({ 'a.yaml': 'a: 1' }); charts({ 'web/Chart.yaml': 'c', 'web-0.1.0.tgz': 'z' });`);
  const { code, out, err } = await synth();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(
    out.replace(/[\d.]+ s:/, 'N s:'),
  ).toBe(`Wrote 1 file to dist/manifests and 1 chart to dist/charts in N s:
  dist/manifests/a.yaml
  dist/charts/web
Next, either of:
  kubectl apply -f dist/manifests
  helm install web dist/charts/web
`);
  expect(files('dist')).toEqual([
    '.charts.drydock.json',
    '.manifests.drydock.json',
    'charts/web-0.1.0.tgz',
    'charts/web/Chart.yaml',
    'manifests/a.yaml',
  ]);
});

test('what the app writes no more is gone, what did not change keeps its time', async () => {
  writeApp(OLD);
  await synth();
  const long = new Date('2020-01-01T00:00:00Z');
  for (const name of ['a.yaml', 'gone.yaml']) fs.utimesSync(path.join('dist/manifests', name), long, long);
  writeApp(`manifests({ 'a.yaml': 'old', 'b.yaml': 'new' });`);
  expect((await synth()).code).toBe(0);
  expect(files('dist')).toEqual(['.manifests.drydock.json', 'manifests/a.yaml', 'manifests/b.yaml']);
  expect(fs.statSync('dist/manifests/a.yaml').mtime).toEqual(long);
});

test('an app that throws leaves dist as it was, and its error is in the last line', async () => {
  writeApp(OLD);
  await synth();
  const before = files('dist');
  writeApp(`manifests({ 'a.yaml': 'new' }); throw new Error('no replicas given');`);
  const { code, out, err } = await synth();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trimEnd().split('\n').at(-1)).toBe(
    'drydock: APP_FAILED at node app.js: found exit code 1 after "Error: no replicas given"; expected an app that runs to its end. What the app printed stands above. Nothing was written.',
  );
  expect(files('dist')).toEqual(before);
  expect(fs.readFileSync('dist/manifests/a.yaml', 'utf8')).toBe('old');
});

test.each([
  [
    'an app that is no command',
    'app: no-such-program-here\n',
    [],
    /APP_FAILED at no-such-program-here: found exit code 127/,
  ],
  [
    'an app that writes nothing',
    '',
    [],
    /NOTHING_WRITTEN at node app\.js: found no file in the folder that CDK8S_OUTDIR/,
  ],
  [
    'an app that writes elsewhere, with --stdout',
    '',
    ['--stdout'],
    /NOTHING_WRITTEN at node app\.js: .*give the App no `outdir` of its own/,
  ],
  ['the folder of the program as output', 'output: .\n', [], /OUTPUT_HOLDS_PROGRAM at \./],
  [
    'an output folder in use',
    '',
    ['-o', 'src'],
    /OUTPUT_NOT_OURS at src: found files that no synthesis wrote/,
  ],
  ['a config that is no YAML', 'output: [\n', [], /BAD_CONFIG at cdk8s\.yaml: found /],
  ['an output that is no text', 'output: [a]\n', [], /BAD_CONFIG at cdk8s\.yaml output: found \["a"\]/],
  ['an empty app', '', ['--app', ' '], /NO_APP at cdk8s\.yaml: found no "app" in it/],
  ['an unknown option', '', ['--outptu', 'x'], /unknown option --outptu, did you mean --output\?/],
  ['a file in the way', 'output: taken/manifests\n', [], /CANNOT_WRITE at taken\/manifests: found E/],
])('%s is one sentence, and nothing is written', async (_what, config, argv, sentence) => {
  writeApp('', config || undefined);
  if (config.startsWith('app')) fs.writeFileSync('cdk8s.yaml', config);
  fs.mkdirSync('src');
  fs.writeFileSync('src/mine.ts', 'mine');
  fs.writeFileSync('taken', '');
  const before = files();
  const { code, out, err } = await synth(...argv);
  expect(code).toBeGreaterThan(0);
  expect(out).toBe('');
  expect(err.trimEnd().split('\n').at(-1)).toMatch(sentence);
  expect(files()).toEqual(before);
  expect(fs.readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml', 'src', 'taken']);
});

test('no cdk8s.yaml is one sentence that names the file', async () => {
  expect((await synth()).err).toMatch(/^drydock: NO_APP at cdk8s\.yaml: found no such file in this folder;/);
});

test('charts never replace a folder that is not ours', async () => {
  writeApp(OLD);
  fs.mkdirSync('dist/charts', { recursive: true });
  fs.writeFileSync('dist/charts/mine.ts', 'mine');
  const { code, err } = await synth();
  expect(code).toBe(1);
  expect(err).toMatch(/OUTPUT_NOT_OURS at dist\/charts/);
  expect(files('dist')).toEqual(['charts/mine.ts']);
});

test('if one folder cannot be put into place, all are as they were', async () => {
  writeApp(OLD);
  await synth();
  const before = files('dist');
  writeApp(`manifests({ 'a.yaml': 'new' }); charts({ 'web/Chart.yaml': 'new' });`);
  fs.writeFileSync('taken', '');
  process.env.DRYDOCK_CHARTS_OUTDIR = 'taken/charts';
  try {
    const { code, err } = await synth();
    expect(code).toBe(1);
    expect(err).toMatch(
      /^drydock: CANNOT_WRITE at taken\/charts: found E[A-Z]+: .*What was there before is as it was\.$/m,
    );
  } finally {
    delete process.env.DRYDOCK_CHARTS_OUTDIR;
  }
  expect(files('dist')).toEqual(before);
  expect(fs.readFileSync('dist/manifests/a.yaml', 'utf8')).toBe('old');
});

test('--stdout prints the manifests as one stream and writes nothing; what the app prints goes elsewhere', async () => {
  writeApp(
    `console.log('hello from the app'); manifests({ 'b.yaml': 'b: 2\\n', 'a.yaml': 'a: 1\\n', 'c.json': '{}' });`,
  );
  expect(await synth('--stdout')).toEqual({ code: 0, out: 'a: 1\n---\nb: 2\n', err: 'hello from the app\n' });
  expect(fs.readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml']);
});

test('--env reaches the app, --app and --output come before cdk8s.yaml', async () => {
  writeApp(`manifests({ 'env.yaml': process.env.DRYDOCK_ENV + process.argv[2] });`);
  expect((await synth('--env', 'prod', '--app', 'node app.js two', '-o', 'out')).code).toBe(0);
  expect(fs.readFileSync('out/env.yaml', 'utf8')).toBe('prodtwo');
  expect(fs.existsSync('dist')).toBe(false);
});

test('says that validations are not run here', async () => {
  writeApp(OLD, 'validations: []\n');
  expect((await synth()).err).toMatch(/^The validations of cdk8s\.yaml run in `cdk8s synth`, not here\.$/m);
});
