import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster, tool } from '../../cluster';
import type { Command } from '../command';
import { run } from '../run';
import { listener } from '../testing-only/listener';
import { applyCommand } from './apply';
import { deleteCommand } from './delete';
import { diffCommand } from './diff';
import { historyCommand } from './history';
import { rollbackCommand } from './rollback';
import { statusCommand } from './status';

jest.setTimeout(240_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-deploy-test-'));
const before = process.cwd();
const colours = process.env.NO_COLOR;
let cluster: Cluster;
beforeAll(async () => {
  process.env.NO_COLOR = '1';
  cluster = await startCluster({ controlPlaneOnly: true });
  await cluster.kubectl(['create', 'namespace', 'shop']);
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(before);
  if (colours === undefined) delete process.env.NO_COLOR;
  rmSync(folder, { recursive: true });
  await cluster.stop();
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const entry = (command: Command) => ({ summary: '', load: async () => command });
const commands = {
  apply: entry(applyCommand),
  delete: entry(deleteCommand),
  diff: entry(diffCommand),
  history: entry(historyCommand),
  rollback: entry(rollbackCommand),
  status: entry(statusCommand),
};

async function drydock(command: string, ...argv: string[]) {
  const { io, said } = listener();
  const where = ['--namespace', 'shop', '--kubeconfig', cluster.kubeconfig];
  const code = await run([command, ...argv, ...where], commands, io);
  return { code, ...said };
}

const manifests = (colour: string) => `apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { colour: ${colour} } }
---
apiVersion: v1
kind: Secret
metadata: { name: database }
stringData: { password: "${colour}-hunter2" }
`;

test('a folder is compared, applied, shown, changed, put back and deleted', async () => {
  write('set/all.yaml', manifests('blue'));
  const diff = await drydock('diff', 'shop', 'set');
  expect(diff).toEqual({
    code: 1,
    out: `created (2)
+ ConfigMap shop/settings
+ Secret shop/database

release shop in namespace shop: 2 created, 0 unchanged
`,
    err: '',
  });
  const applied = await drydock('apply', 'shop', 'set');
  expect(applied).toMatchObject({
    code: 0,
    out: 'release shop in namespace shop is at revision 1: 2 applied\n',
  });
  // Both at once, so that either can be the first.
  expect(applied.err.trimEnd().split('\n').sort()).toEqual([
    '  applied ConfigMap shop/settings',
    '  applied Secret shop/database',
    'config (2)',
  ]);
  expect((await drydock('diff', 'shop', 'set')).code).toBe(0);
  write('set/all.yaml', manifests('green'));
  const changed = await drydock('diff', 'shop', 'set');
  expect(changed.code).toBe(1);
  expect(changed.out).toContain(`~ ConfigMap shop/settings
    data.colour:
      - blue
      + green
~ Secret shop/database
    data.password: (changed, not shown)
`);
  const inJson = await drydock('diff', 'shop', 'set', '--output', 'json');
  expect(JSON.parse(inJson.out)).toMatchObject({
    release: 'shop',
    problems: [],
    objects: [{ action: 'change' }, {}],
  });
  expect(JSON.stringify([changed, inJson])).not.toContain('hunter2');
  await drydock('apply', 'shop', 'set');
  expect((await drydock('rollback', 'shop')).out).toMatch(/is at revision 3/);
  const { stdout } = await cluster.kubectl([
    '-n',
    'shop',
    'get',
    'configmap',
    'settings',
    '-o',
    'jsonpath={.data}',
  ]);
  expect(stdout).toBe('{"colour":"blue"}');
  expect((await drydock('history', 'shop')).out).toMatch(
    /^ +1 {2}good .* 2 objects\n +2 {2}good .*\n +3 {2}good .*\n$/,
  );
  const status = await drydock('status', 'shop');
  expect(status).toMatchObject({
    code: 0,
    out: expect.stringContaining('healthy ConfigMap shop/settings\n'),
  });
  await cluster.kubectl(['-n', 'shop', 'delete', 'configmap', 'settings']);
  expect(await drydock('status', 'shop')).toMatchObject({
    code: 1,
    out: expect.stringContaining('missing ConfigMap shop/settings: it was deleted by somebody else\n'),
  });
  expect(await drydock('delete', 'shop')).toMatchObject({
    code: 0,
    out: 'release shop in namespace shop is gone: 1 pruned, 1 forgotten\n',
  });
  expect(await drydock('status', 'shop')).toMatchObject({
    code: 1,
    err: expect.stringContaining('RELEASE_UNKNOWN'),
  });
});

test('what is refused is told by the file that it is in, is 2 in a diff and 1 in an apply, and nothing is written', async () => {
  write('bad/one.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n');
  write('bad/two.yaml', 'apiVersion: v1\nkind: ConfigMop\nmetadata: { name: a }\n');
  const unnamed = await drydock('diff', 'bad', 'bad/one.yaml');
  expect(unnamed).toMatchObject({ code: 2, out: '' });
  expect(unnamed.err).toMatch(/OBJECT_INVALID at bad\/one\.yaml: found a ConfigMap with no name/);
  const unknown = await drydock('diff', 'bad', 'bad/two.yaml');
  expect(unknown.code).toBe(2);
  expect(unknown.out).toMatch(
    /OBJECT_KIND_UNKNOWN at bad\/two\.yaml, ConfigMop a: .*did you mean ConfigMap\?/,
  );
  expect(await drydock('apply', 'bad', 'bad/two.yaml')).toMatchObject({ code: 1, out: '' });
  expect((await drydock('apply', 'bad', 'nowhere')).err).toMatch(
    /MANIFESTS_UNREADABLE at nowhere: found nothing/,
  );
  expect((await drydock('apply')).err).toMatch(/apply takes the name of a release/);
  const { stdout } = await cluster.kubectl(['-n', 'shop', 'get', 'secret,lease', '-o', 'name']);
  expect(stdout).toBe('');
});

test('without a path the app of cdk8s.yaml is run, and nothing of it is written here', async () => {
  write(
    'app.js',
    `const fs = require('node:fs'), folder = process.env.CDK8S_OUTDIR;
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(folder + '/shop.k8s.yaml', 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: from-app }\\n');`,
  );
  write('cdk8s.yaml', 'app: node app.js\noutput: dist/manifests\n');
  expect((await drydock('apply', 'app')).out).toMatch(/at revision 1: 1 applied/);
  expect(existsSync(path.join(folder, 'dist'))).toBe(false);
  const { stdout } = await cluster.kubectl(['-n', 'shop', 'get', 'configmap', 'from-app', '-o', 'name']);
  expect(stdout).toBe('configmap/from-app\n');
});

test('a chart is rendered by helm with values, its tests left out', async () => {
  write('chart/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  write('chart/values.yaml', 'colour: blue\n');
  write(
    'chart/templates/all.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-settings" }
data: { colour: "{{ .Values.colour }}", namespace: "{{ .Release.Namespace }}" }
---
apiVersion: v1
kind: Pod
metadata: { name: probe, annotations: { helm.sh/hook: test } }
spec: { containers: [{ name: main, image: localhost/none:1 }] }
`,
  );
  write('green.yaml', 'colour: green\n');
  // As a process of its own, which looks for helm where its environment says.
  const { status, stdout: said } = spawnSync(
    process.execPath,
    [
      ...[
        '--import',
        require.resolve('tsx'),
        path.join(__dirname, '..', 'main.ts'),
        'apply',
        'chart',
        'chart',
      ],
      ...['--values', 'green.yaml', '--namespace', 'shop', '--kubeconfig', cluster.kubeconfig],
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: path.dirname(await tool('helm-4')) } },
  );
  expect([status, said]).toEqual([0, expect.stringContaining('1 applied')]);
  const { stdout } = await cluster.kubectl([
    '-n',
    'shop',
    'get',
    'configmap',
    'chart-settings',
    '-o',
    'jsonpath={.data}',
  ]);
  expect(stdout).toBe('{"colour":"green","namespace":"shop"}');
});
