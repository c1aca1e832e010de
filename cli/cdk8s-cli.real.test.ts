import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sharedCluster, withNamespace } from '../cluster';

const root = path.resolve(__dirname, '..');
const cdk8s = path.join(root, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
const tsx = `node --import ${require.resolve('tsx')}`;

let folder: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-cdk8s-cli-')));
  fs.mkdirSync(path.join(folder, 'tmp'));
  write(
    'app.ts',
    `import { ApiObject, Chart } from '${root}/node_modules/cdk8s';
     import { App, HelmChart, KubeObject, defineValues, value } from '${root}/index';
     const app = new App();
     const plain = new Chart(app, 'plain');
     new ApiObject(plain, 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
     const values = defineValues({ greeting: value.string({ default: 'hello', doc: 'What it says' }) });
     const web = new HelmChart(app, 'web', { description: 'says something', values });
     new KubeObject(web, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: web.fullname }, data: { b: values.greeting } });
     if (process.env.FAIL) throw new Error('not today');
     app.synth();`,
  );
  write('cdk8s.yaml', `language: typescript\napp: ${tsx} app.ts\noutput: dist/manifests\n`);
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function run(program: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: path.join(folder, 'tmp'), ...env },
  });
  return { status, stdout, stderr };
}

const synth = (...options: string[]) => run([cdk8s, 'synth', '--check-upgrade=false', ...options]);
const drydock = (args: readonly string[], env = {}) =>
  run(['--import', require.resolve('tsx'), path.join(root, 'cli', 'main.ts'), ...args], env);
const drydockSynth = (env = {}) => drydock(['synth'], env);

/** A plug-in that finds something in any object, and asks for it in cdk8s.yaml. */
function writeRule(outcome: string): void {
  fs.mkdirSync(path.join(folder, 'plugin'));
  write(
    'plugin/index.js',
    `exports.Rule = class { async validate(context) {
       const [manifest] = context.manifests;
       if (!require('node:fs').readFileSync(manifest, 'utf8').includes('kind: ConfigMap')) throw new Error('no manifest');
       if (context.manifests.length !== 2) throw new Error('manifests: ' + context.manifests);
       context.report.addViolation({ ruleName: 'no-config', recommendation: 'r', fix: 'f',
         violatingResources: [{ resourceName: 'web', locations: ['data'], manifestPath: manifest }] });
       context.report.submit('${outcome}');
     } };`,
  );
  fs.appendFileSync(
    path.join(folder, 'cdk8s.yaml'),
    'validations:\n  - package: ./plugin\n    class: Rule\n    version: 1.0.0\n',
  );
}

/** What kubectl says to the manifests of the program. */
const created = (how: string) =>
  expect.stringMatching(
    new RegExp(`^configmap/plain-config-\\w+ created \\(${how}\\)\nconfigmap/web created \\(${how}\\)\n$`),
  );

function below(name: string): string[] {
  const names = fs.readdirSync(path.join(folder, name), { recursive: true }) as string[];
  return names.filter((one) => fs.statSync(path.join(folder, name, one)).isFile()).sort();
}

const PLAIN = `apiVersion: v1
kind: ConfigMap
metadata:
  name: plain-config-c8be9b62
data:
  a: "1"
`;

test('cdk8s synth writes manifests, and charts beside them', () => {
  const { status, stdout } = synth();
  expect(status).toBe(0);
  expect(stdout).toContain('  - dist/manifests/plain.k8s.yaml\n  - dist/manifests/web.k8s.yaml\n');
  expect(below('dist/manifests')).toEqual(['plain.k8s.yaml', 'web.k8s.yaml']);
  expect(below('dist/charts')).toContain('web/values.yaml');
  const plain = fs.readFileSync(path.join(folder, 'dist/manifests/plain.k8s.yaml'), 'utf8');
  expect(plain.replace(/plain-config-\w+/, 'plain-config-c8be9b62')).toBe(PLAIN);
}, 120_000);

test('cdk8s synth -p prints the manifests and leaves nothing anywhere', () => {
  const { status, stdout } = synth('-p');
  expect(status).toBe(0);
  expect(stdout).toContain('  b: hello\n');
  expect(stdout).toContain('  a: "1"\n');
  expect(fs.readdirSync(folder).sort()).toEqual(['app.ts', 'cdk8s.yaml', 'tmp']);
  expect(fs.readdirSync(path.join(folder, 'tmp')).filter((name) => /cdk8s|drydock/.test(name))).toEqual([]);
}, 120_000);

test.each([
  ['success', 0],
  ['failure', 2],
])(
  'a validation plug-in that says %s sees the manifests and the constructs behind them',
  (outcome, code) => {
    writeRule(outcome);
    const { status, stdout } = synth();
    expect(status).toBe(code);
    expect(stdout).toContain('no-config');
    expect(stdout).toContain('web/config');
    const metadata = JSON.parse(
      fs.readFileSync(path.join(folder, 'dist/manifests/construct-metadata.json'), 'utf8'),
    );
    expect(metadata.resources.web).toEqual({ path: 'web/config' });
    expect(Object.values(metadata.resources)).toContainEqual({ path: 'plain/config' });
  },
  120_000,
);

test('kubectl takes the folder that either wrote, and would create all that is in it', async () => {
  const cluster = await sharedCluster();
  const manifests = path.join(folder, 'dist/manifests');
  await withNamespace(cluster, async ({ kubectl }) => {
    for (const command of [synth, drydockSynth]) {
      expect(command()).toMatchObject({ status: 0 });
      for (const [mode, said] of Object.entries({ client: 'dry run', server: 'server dry run' })) {
        const { stdout, stderr } = await kubectl(['apply', '-f', manifests, `--dry-run=${mode}`]);
        expect({ stdout, stderr }).toEqual({ stdout: created(said), stderr: '' });
      }
    }
  });
}, 300_000);

test('with validations kubectl takes the manifests by their pattern, as the guide says', async () => {
  writeRule('success');
  expect(synth()).toMatchObject({ status: 0 });
  const cluster = await sharedCluster();
  await withNamespace(cluster, async ({ kubectl }) => {
    const apply = (name: string) =>
      kubectl(['apply', '-f', path.join(folder, 'dist/manifests', name), '--dry-run=server'], {
        allowFailure: true,
      });
    expect((await apply('')).stderr).toContain('construct-metadata.json');
    expect(await apply('*.yaml')).toMatchObject({ code: 0, stdout: created('server dry run'), stderr: '' });
  });
}, 300_000);

test('drydock synth writes the same files as cdk8s synth, and keeps them when the app fails', () => {
  expect(synth().status).toBe(0);
  const content = () =>
    below('dist').map((name) => [name, fs.readFileSync(path.join(folder, 'dist', name), 'latin1')]);
  const before = content();
  fs.rmSync(path.join(folder, 'dist'), { recursive: true });
  expect(drydockSynth()).toMatchObject({ status: 0, stderr: '' });
  expect(content()).toEqual(before);
  const failed = drydockSynth({ FAIL: 'yes' });
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('APP_FAILED');
  expect(failed.stderr).toContain('\nError: not today\n');
  expect(content()).toEqual(before);
}, 120_000);

test('an App with an outdir of its own writes there under both commands, and --stdout writes nothing', () => {
  const app = fs.readFileSync(path.join(folder, 'app.ts'), 'utf8');
  write('app.ts', app.replace('new App()', "new App({ outdir: 'dist/manifests' })"));
  write('cdk8s.yaml', `language: typescript\napp: ${tsx} app.ts\n`);
  expect(drydock(['synth', '--stdout'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('b: hello'),
  });
  expect(fs.readdirSync(folder).sort()).toEqual(['app.ts', 'cdk8s.yaml', 'tmp']);
  expect(drydockSynth()).toMatchObject({ status: 0, stderr: '' });
  const written = below('dist');
  expect(written).toEqual(expect.arrayContaining(['manifests/web.k8s.yaml', 'charts/web/values.yaml']));
  expect(synth().status).toBe(0);
  expect(below('dist')).toEqual(written);
}, 120_000);

test.each([
  ['where cdk8s.yaml says', 'output: out/manifests\n', 'out/manifests'],
  ['in dist, where nothing is said', '', 'dist'],
])(
  'drydock check reads what synth wrote, %s',
  (_, output, place) => {
    write('cdk8s.yaml', `language: typescript\napp: ${tsx} app.ts\n${output}`);
    expect(drydockSynth().status).toBe(0);
    expect(fs.existsSync(path.join(folder, place, 'web.k8s.yaml'))).toBe(true);
    const { stderr } = drydock(['check']);
    expect(stderr).toMatch(/^2 objects, /);
  },
  120_000,
);

test('a refusal of the library is told once, with the line of the program that it came from', () => {
  const app = fs.readFileSync(path.join(folder, 'app.ts'), 'utf8');
  write('app.ts', app.replace("doc: 'What it says'", "doc: ''"));
  const { status, stdout, stderr } = drydockSynth();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^drydock: VALUE_WITHOUT_DOC at .* It was thrown at app\.ts:\d+:\d+\. Nothing was written by drydock\.\n$/,
  );
  const debugged = drydockSynth({ DRYDOCK_DEBUG: '1' });
  expect(debugged.stderr).toContain('    at ');
}, 120_000);

test('--verify says which run failed, and shows values that it made up', () => {
  const app = fs.readFileSync(path.join(folder, 'app.ts'), 'utf8');
  write('app.ts', app.replace('if (process.env.FAIL)', "if (String(values.greeting) === 'hello')"));
  const literal = drydock(['synth', '--verify']);
  expect(literal.status).toBe(1);
  expect(literal.stderr).toMatch(
    /APP_FAILED at .*: found exit code 1 in the run with literals and the values it has;/,
  );
  write(
    'app.ts',
    app.replace(
      'if (process.env.FAIL)',
      "if (String(values.greeting) !== 'hello' && !String(values.greeting).includes('z7qx'))",
    ),
  );
  const madeUp = drydock(['synth', '--verify']);
  expect(madeUp.status).toBe(1);
  expect(madeUp.stdout).toContain('The made-up values, by chart:\n  {"web":{"greeting":');
  expect(madeUp.stderr).toMatch(/in the run with literals and made-up values;/);
}, 120_000);
