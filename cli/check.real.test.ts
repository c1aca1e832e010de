import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tool } from '../cluster';

const main = ['--import', require.resolve('tsx'), path.join(__dirname, 'main.ts')];
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-test-'));
const chart = path.join(folder, 'shop');
let helm: string;

beforeAll(async () => {
  helm = await tool('helm-4');
  mkdirSync(path.join(chart, 'templates'), { recursive: true });
  write('shop/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  write('shop/values.yaml', 'tag: "1"\n');
  write(
    'shop/templates/pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: { name: one }
spec: { containers: [{ name: app, image: 'shop:{{ required "no tag" .Values.tag }}' }] }
`,
  );
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** `drydock check` where the PATH is one folder. */
function check(onPath: string, ...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...main, 'check', '--level', 'privileged', ...argv],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: onPath } },
  );
  return { status, stdout, stderr };
}

const checkWithHelm = (...argv: readonly string[]) => check(path.dirname(helm), ...argv);

test('a chart is read as helm renders it, with the values of files, also from its archive', () => {
  execFileSync(helm, ['package', chart, '--destination', folder]);
  const latest = write('latest.yaml', 'tag: latest\n');
  for (const source of [chart, path.join(folder, 'shop-1.0.0.tgz')]) {
    expect(checkWithHelm(source)).toEqual({ status: 0, stdout: '', stderr: '1 objects, no findings\n' });
    const { status, stdout } = checkWithHelm(source, '--values', latest, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ rule: 'latest-tag', object: 'Pod/one' }]);
  }
});

test.each([
  // What helm says may quote the values, which may be secrets.
  [
    'what helm refuses',
    () => ['--values', write('none.yaml', 'tag: ""\n')],
    /not shown: .*helm template .*none\.yaml/s,
  ],
  ['values that are not there', () => ['--values', 'nowhere.yaml'], /nowhere\.yaml/s],
])('%s is an error that says how to see what helm says', (_what, options, sentence) => {
  const { status, stdout, stderr } = checkWithHelm(chart, ...options());
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/CANNOT_CHECK at .*shop: found /);
  expect(stderr).toMatch(sentence);
});

test('without helm a chart cannot be read, and one sentence says what to do', () => {
  expect(check(folder, chart)).toEqual({
    status: 1,
    stdout: '',
    stderr: `drydock: CANNOT_CHECK at ${chart}: found no helm on the PATH; expected a chart that \`helm template\` renders with these values. Install helm, or name plain manifests instead.\n`,
  });
});
