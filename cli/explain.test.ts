import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock } from './testing-only/drydock';

/** With programs of this library in explain.real.test.ts; here a program says what it likes. */
const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-explain-test-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const RELEASE = {
  chart: 'shop',
  values: [{ path: 'replicas', kind: 'integer', doc: 'Pods', default: 2 }],
  targets: [{ name: 'Deployment/web', place: 'shop/web', chart: 'shop' }],
  reaches: [{ value: 'replicas', target: 'Deployment/web', field: 'spec.replicas' }],
};

/** A program that explains this, and keeps what it was told. */
function writeApp(said: unknown = [RELEASE]): void {
  writeFileSync(
    'app.js',
    `const fs = require('node:fs');
     const { DRYDOCK_EXPLAIN: file, DRYDOCK_ENV: env, DRYDOCK_VALUES: values, CDK8S_OUTDIR: out } = process.env;
     const told = { env, values: values && JSON.parse(fs.readFileSync(values)).values, out };
     fs.writeFileSync('told.json', JSON.stringify(told));
     ${said === undefined ? '' : `fs.writeFileSync(file, ${JSON.stringify(JSON.stringify(said))});`}`,
  );
  writeFileSync('cdk8s.yaml', 'app: node app.js\n');
}
const told = () => JSON.parse(readFileSync('told.json', 'utf8'));

test('everything, or what is asked for, in words; nothing is written beside', async () => {
  writeApp();
  expect(await drydock('explain')).toEqual({
    code: 0,
    out: 'Chart shop\n  replicas  1 place  in 1 object  Pods\n',
    err: '',
  });
  expect((await drydock('explain', 'replicas')).out).toBe(
    'replicas: integer, default 2. Pods (chart shop)\n  Deployment/web  spec.replicas\n',
  );
  expect(existsSync(path.dirname(told().out))).toBe(false);
  expect(existsSync('dist')).toBe(false);
});

test('everything as JSON, where that is asked', async () => {
  writeApp();
  const { code, out } = await drydock('explain', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual([RELEASE]);
});

test('the app hears of the environment and the values, and another app can be named', async () => {
  writeApp();
  writeFileSync('values.yaml', 'replicas: 3\n');
  await drydock('explain', '--env', 'prod', '--values', 'shop=values.yaml');
  expect(told()).toMatchObject({ env: 'prod', values: { shop: { replicas: 3 } } });
  writeFileSync('cdk8s.yaml', 'app: exit 3\n');
  expect((await drydock('explain')).code).toBe(1);
  expect((await drydock('explain', '--app', 'node app.js')).code).toBe(0);
});

test('values for a chart that the app lacks are refused', async () => {
  writeApp();
  writeFileSync('values.yaml', 'replicas: 3\n');
  const { code, out, err } = await drydock('explain', '--values', 'shpo=values.yaml');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^drydock: VALUES_OF_NO_CHART at --values shpo=values\.yaml: .*did you mean shop\?/);
});

test('a program without an App of this library is told so', async () => {
  writeApp(null);
  writeFileSync('app.js', '');
  const { code, out, err } = await drydock('explain');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^drydock: NO_DRYDOCK_APP at node app\.js: /);
});
