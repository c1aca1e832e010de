import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explainCommand } from './explain';

const root = path.resolve(__dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-explain-test-'));
const file = path.join(folder, 'app.ts');
writeFileSync(
  file,
  `import { App, HelmChart, KubeObject, defineValues, value } from '${root}/index.ts';
   const v = defineValues({ greeting: value.string({ default: 'hello', doc: 'What it says' }) });
   const app = new App({ outdir: process.env.CDK8S_OUTDIR });
   const chart = new HelmChart(app, 'todo', { description: 'd', values: v, environments: { prod: { fullnameOverride: 'live' } } });
   new KubeObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: chart.nameFor('c') }, data: { greeting: v.greeting } });
   app.synth();`,
);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function explain(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io = { out: (text: string) => (said.out += text), err: (text: string) => (said.err += text) };
  const code = await explainCommand(['--app', `node --import tsx ${file}`, ...argv], io as never);
  return { code, ...said };
}

test('explains an app by running it, and writes nothing', async () => {
  const { code, out, err } = await explain('greeting');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`greeting: string, default "hello". What it says (chart todo)
  ConfigMap/todo-c  data.greeting
`);
  expect(readdirSync(folder)).toEqual(['app.ts']);
}, 60_000);

test('names objects as an environment does', async () => {
  expect((await explain('ConfigMap/live-c', '--env', 'prod')).out).toContain(
    'greeting          data.greeting',
  );
}, 60_000);

test('a program without our App is an error', async () => {
  const said = explainCommand(['--app', 'node -e 1'], { out: () => {}, err: () => {} });
  await expect(said).rejects.toMatchObject({ code: 'NO_DRYDOCK_APP' });
}, 60_000);
