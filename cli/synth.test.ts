import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './run';
import { synthCommand } from './synth';
import { listener } from './testing-only/listener';

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

/** A program that hands over what an App would write (`handover.ts`), and a cdk8s.yaml that runs it. */
function writeApp(body: string, config = 'output: dist/manifests\n'): void {
  fs.writeFileSync(
    'app.js',
    `const fs = require('node:fs'), path = require('node:path');
     const request = JSON.parse(process.env.DRYDOCK_HANDOVER);
     const content = (folder, files) => ({ folder: path.resolve(folder), folders: ['.'], files: Object.entries(files) });
     /** An App with an outdir, or none; charts by their name, and the values that name their Secrets. */
     const synth = (files, charts = {}, outdir, needs = []) => {
       const manifests = request.named ?? outdir ?? request.output;
       const beside = path.join(path.dirname(manifests), path.basename(manifests) === 'manifests' ? 'charts' : path.basename(manifests) + '-charts');
       fs.writeFileSync(path.join(request.folder, String(fs.readdirSync(request.folder).length) + '.json'), JSON.stringify({
         manifests: content(manifests, files), beside: [{ ...content(beside, charts), folders: [] }],
         charts: Object.keys(charts).filter((name) => name.endsWith('Chart.yaml')).map((name) => ({ name: path.dirname(name), needs })),
       })); };
     ${body}`,
  );
  fs.writeFileSync('cdk8s.yaml', `app: node app.js\n${config}`);
}

async function synth(...argv: string[]) {
  const { io, said } = listener();
  return {
    code: await run(['synth', ...argv], commands, io, { env: {}, version: process.version }),
    ...said,
  };
}

function files(of = '.'): string[] {
  const names = fs.readdirSync(of, { recursive: true }) as string[];
  return names.filter((name) => fs.statSync(path.join(of, name)).isFile()).sort();
}

const OLD = `synth({ 'a.yaml': 'old', 'gone.yaml': 'old' }, { 'web/Chart.yaml': 'old' });`;

test('writes what the app writes, says so, and what to do next', async () => {
  writeApp(`synth({ 'a.yaml': 'a: 1' }, { 'web/Chart.yaml': 'c', 'web-0.1.0.tgz': { base64: 'eg==' } });`);
  const { code, out, err } = await synth();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(
    out.replace(/ \d{1,3}\.\d s:/, ' N s:'),
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
  writeApp(`synth({ 'a.yaml': 'old', 'b.yaml': 'new' });`);
  expect((await synth()).code).toBe(0);
  expect(files('dist')).toEqual(['.manifests.drydock.json', 'manifests/a.yaml', 'manifests/b.yaml']);
  expect(fs.statSync('dist/manifests/a.yaml').mtime).toEqual(long);
});

test('an app that throws leaves dist as it was; its error is printed once, and the last line says what ended', async () => {
  writeApp(OLD);
  await synth();
  const before = files('dist');
  writeApp(`synth({ 'a.yaml': 'new' }); throw new Error('no replicas given');`);
  const { code, out, err } = await synth();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trimEnd().split('\n').at(-1)).toBe(
    'drydock: APP_FAILED at node app.js: found exit code 1; expected an app that runs to its end. Its error is printed above. Nothing was written by drydock.',
  );
  expect(err.match(/no replicas given/g)).toHaveLength(2); // the line of source, and the error
  expect(files('dist')).toEqual(before);
  expect(fs.readFileSync('dist/manifests/a.yaml', 'utf8')).toBe('old');
});

test('an error of this library is one sentence, with the line of the program and without a stack', async () => {
  writeApp(
    `console.error('on its way');
     class DrydockError extends Error { name = 'DrydockError'; code = 'BAD_PORT'; }
     throw new DrydockError('BAD_PORT at shop/web port: found 0; expected 1 or more. Give a port.');`,
  );
  const { code, err } = await synth();
  expect(code).toBe(1);
  expect(err.replace(/app\.js:\d+:\d+/, 'app.js:L')).toBe(
    'on its way\ndrydock: BAD_PORT at shop/web port: found 0; expected 1 or more. Give a port. It was thrown at app.js:L. Nothing was written by drydock.\n',
  );
});

test.each([
  [
    'an app that is no command',
    'app: no-such-program-here\n',
    [],
    /APP_FAILED at no-such-program-here: found exit code 127/,
  ],
  ['an app that writes nothing', '', [], /NOTHING_WRITTEN at node app\.js: found no App of this library/],
  [
    'an app that writes elsewhere, with --stdout',
    '',
    ['--stdout'],
    /NOTHING_WRITTEN at node app\.js: .*must have no `outdir` of its own/,
  ],
  ['a config that is no YAML', 'output: [\n', [], /BAD_CONFIG at cdk8s\.yaml: found /],
  ['an output that is no text', 'output: [a]\n', [], /BAD_CONFIG at cdk8s\.yaml output: found \["a"\]/],
  ['an empty app', '', ['--app', ' '], /NO_APP at cdk8s\.yaml: found no "app" in it/],
  ['an unknown option', '', ['--outptu', 'x'], /unknown option --outptu, did you mean --output\?/],
  ['a file in the way', 'output: taken/manifests\n', [], /CANNOT_WRITE at .*taken\/manifests: found E/],
])('%s is one sentence, and nothing is written', async (what, config, argv, sentence) => {
  writeApp(what.startsWith('a file') ? OLD : '', config || undefined);
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

test('files that others put into the folders stay, also with --output; manifests among them are told', async () => {
  writeApp(OLD);
  for (const folder of ['dist/charts', 'src']) fs.mkdirSync(folder, { recursive: true });
  for (const name of ['dist/charts/mine.ts', 'src/mine.ts', 'src/theirs.yaml', 'src/theirs.yaml.orig'])
    fs.writeFileSync(name, 'mine');
  expect(await synth()).toMatchObject({ code: 0, err: '' });
  expect(files('dist/charts')).toEqual(['mine.ts', 'web/Chart.yaml']);
  expect(await synth('-o', 'src')).toMatchObject({
    code: 0,
    err: 'Not from this program, but kubectl would apply it as well: src/theirs.yaml\n',
  });
  expect(files('src')).toEqual(['a.yaml', 'gone.yaml', 'mine.ts', 'theirs.yaml', 'theirs.yaml.orig']);
  fs.writeFileSync('src/yours.yml', 'mine');
  expect((await synth('-o', 'src')).err).toContain('as well: src/theirs.yaml, src/yours.yml\n');
});

test('the folder of the program can be the output folder', async () => {
  writeApp(`synth({ 'a.yaml': 'a' });`, 'output: .\n');
  expect((await synth()).code).toBe(0);
  expect(files()).toEqual(['a.yaml', 'app.js', 'cdk8s.yaml']);
});

describe('where output goes', () => {
  const named = `synth({ 'a.yaml': 'a: 1\n' }, { 'web/Chart.yaml': 'c' }, 'here/manifests');`.replace(
    '\n',
    '\\n',
  );
  const none = named.replace(", 'here/manifests'", '');

  test.each([
    ['to the outdir of the App, whatever cdk8s.yaml says', named, 'output: there\n', [], 'here'],
    ['to the output of cdk8s.yaml, where the App has no outdir', none, 'output: out/manifests\n', [], 'out'],
    ['to --output, whatever both say', named, 'output: there\n', ['-o', 'told/manifests'], 'told'],
  ])('%s', async (_, app, config, argv, folder) => {
    writeApp(app, config);
    const { code, out, err } = await synth(...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      new RegExp(`^Wrote 1 file to ${folder}/manifests and 1 chart to ${folder}/charts in `),
    );
    expect(fs.readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml', folder].sort());
    expect(fs.readdirSync(folder).sort()).toEqual([
      '.charts.drydock.json',
      '.manifests.drydock.json',
      'charts',
      'manifests',
    ]);
  });

  test('to dist and dist-charts, where nothing says otherwise, as in a project of cdk8s init', async () => {
    writeApp(none, '');
    expect((await synth()).code).toBe(0);
    expect(files()).toEqual([
      '.dist-charts.drydock.json',
      '.dist.drydock.json',
      'app.js',
      'cdk8s.yaml',
      'dist-charts/web/Chart.yaml',
      'dist/a.yaml',
    ]);
  });

  test('nowhere with --stdout, also of an App with an outdir of its own', async () => {
    writeApp(named);
    expect(await synth('--stdout')).toEqual({ code: 0, out: 'a: 1\n', err: '' });
    expect(fs.readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml']);
  });

  test('of two Apps, each to its own place, or both to one', async () => {
    writeApp(`synth({ 'a.yaml': '1' }); synth({ 'b.yaml': '2' }); synth({ 'c.yaml': '3' }, {}, 'other');`);
    expect((await synth()).out).toMatch(/^Wrote 2 files to dist\/manifests and 1 file to other in /);
    expect(files()).toEqual(
      expect.arrayContaining(['dist/manifests/a.yaml', 'dist/manifests/b.yaml', 'other/c.yaml']),
    );
  });
});

test('what a program of stock cdk8s leaves in CDK8S_OUTDIR is written to the output folder', async () => {
  writeApp(
    `fs.mkdirSync(process.env.CDK8S_OUTDIR); fs.writeFileSync(path.join(process.env.CDK8S_OUTDIR, 'a.yaml'), 'stock');`,
  );
  expect((await synth()).code).toBe(0);
  expect(files('dist')).toEqual(['.manifests.drydock.json', 'manifests/a.yaml']);
});

test('what goes from the program to the command is in a folder of the temporary one, which is gone afterwards', async () => {
  writeApp(`synth({ 'a.yaml': process.env.CDK8S_OUTDIR });`);
  expect((await synth()).code).toBe(0);
  const [folder = ''] = path
    .relative(os.tmpdir(), fs.readFileSync('dist/manifests/a.yaml', 'utf8'))
    .split(path.sep);
  expect(folder).toMatch(/^drydock-synth-/);
  expect(fs.existsSync(path.join(os.tmpdir(), folder))).toBe(false);
});

test('the Secrets that a chart needs are in the command that installs it', async () => {
  writeApp(
    `synth({ 'a.yaml': 'a' }, { 'web/Chart.yaml': 'c' }, undefined, [{ value: 'api.db.existingSecret', secret: 'web-db' }]);`,
  );
  expect((await synth()).out).toContain(
    '  helm install web dist/charts/web \\\n    --set api.db.existingSecret=web-db\n',
  );
});

test('values for a chart that the app lacks are refused before anything is written', async () => {
  writeApp(OLD);
  fs.writeFileSync('f.json', '{}');
  const { code, err } = await synth('--values', 'wbe=f.json');
  expect(code).toBe(1);
  expect(err).toMatch(
    /^drydock: VALUES_OF_NO_CHART at --values wbe=f\.json: found "wbe", did you mean web\?/,
  );
  expect(fs.existsSync('dist')).toBe(false);
  expect((await synth('--values', 'web=f.json')).code).toBe(0);
});

test('if one folder cannot be put into place, all are as they were', async () => {
  writeApp(OLD);
  await synth();
  const before = files('dist');
  fs.writeFileSync('taken', '');
  writeApp(`synth({ 'a.yaml': 'new' }); synth({ 'a.yaml': 'new' }, {}, 'taken/manifests');`);
  const { code, err } = await synth();
  expect(code).toBe(1);
  expect(err).toMatch(
    /^drydock: CANNOT_WRITE at .*taken\/manifests: found E[A-Z]+: .*What was there before is as it was\.$/m,
  );
  expect(files('dist')).toEqual(before);
  expect(fs.readFileSync('dist/manifests/a.yaml', 'utf8')).toBe('old');
});

test('--stdout prints the manifests as one stream and writes nothing; what the app prints goes elsewhere', async () => {
  writeApp(
    `console.log('hello from the app'); synth({ 'b.yaml': 'b: 2\\n', 'a.yaml': 'a: 1\\n', 'c.json': '{}' });`,
  );
  expect(await synth('--stdout')).toEqual({ code: 0, out: 'a: 1\n---\nb: 2\n', err: 'hello from the app\n' });
  expect(fs.readdirSync('.').sort()).toEqual(['app.js', 'cdk8s.yaml']);
});

test('--env reaches the app, --app and --output come before cdk8s.yaml', async () => {
  writeApp(`synth({ 'env.yaml': process.env.DRYDOCK_ENV + process.argv[2] });`);
  expect((await synth('--env', 'prod', '--app', 'node app.js two', '-o', 'out')).code).toBe(0);
  expect(fs.readFileSync('out/env.yaml', 'utf8')).toBe('prodtwo');
  expect(fs.existsSync('dist')).toBe(false);
});

test('says that validations are not run here', async () => {
  writeApp(OLD, 'validations: []\n');
  expect((await synth()).err).toMatch(/^The validations of cdk8s\.yaml run in `cdk8s synth`, not here\.$/m);
});
