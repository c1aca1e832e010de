import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HelmChart, KubeObject } from '../tree';
import { defineValues, value } from '../values';
import { App, type AppProps } from './app';
import { asVariables, type DriverRequest } from './driver';
import { readHandovers } from './handover';
import { hasRecord } from './written-files';

// What an App does when the command that runs the program asks for something, and when nothing is asked.

let folder: string;
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-requests-'));
  environment = { ...process.env };
});
afterEach(() => {
  process.env = environment;
  fs.rmSync(folder, { recursive: true });
});

const inFolder = (...names: readonly string[]) => path.join(folder, ...names);
const manifests = () => inFolder('dist', 'manifests');
const doc = 'd';

function ask(request: DriverRequest): void {
  Object.assign(process.env, asVariables(request));
}

/** A chart whose one object shows a value, and which needs a Secret. */
function shop(props: AppProps = {}, rest: object = {}): App {
  const app = new App({ outdir: manifests(), ...props });
  const values = defineValues({
    mode: value.string({ default: 'plain', doc }),
    login: value.secret({ doc, keys: { password: doc } }),
  });
  const chart = new HelmChart(app, 'shop', {
    description: 'd',
    values,
    environments: { prod: { mode: 'prod' } },
  });
  const { name } = chart.secretKeyRef(values.login.key('password'));
  const data = { mode: values.mode, name };
  new KubeObject(chart, 'c', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c' },
    data,
    ...rest,
  } as never);
  return app;
}

const filesIn = (of: string) =>
  (fs.readdirSync(of, { recursive: true }) as string[])
    .filter((name) => fs.statSync(path.join(of, name)).isFile())
    .sort();
const manifest = () => fs.readFileSync(path.join(manifests(), 'shop.k8s.yaml'), 'utf8');

test('unasked it writes plain YAML, the chart with its archive, and examples of the secrets', () => {
  shop().synth();
  expect(filesIn(manifests())).toEqual(['shop.k8s.yaml']);
  expect(filesIn(inFolder('dist', 'charts'))).toEqual(
    expect.arrayContaining(['shop-0.1.0.tgz', 'shop/Chart.yaml', 'shop/values-prod.yaml']),
  );
  expect(filesIn(inFolder('dist', 'secrets'))).toEqual(['shop.env.example', 'shop.example.yaml']);
  expect(['manifests', 'charts', 'other'].map((name) => hasRecord(inFolder('dist', name)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(manifest()).toContain('mode: plain');
});

test('charts go where the program says, else where the request says, else beside the manifests', () => {
  ask({ chartsOutdir: inFolder('asked') });
  expect(shop().chartsOutdir).toBe(inFolder('asked'));
  expect(shop({ chartsOutdir: inFolder('own') }).chartsOutdir).toBe(inFolder('own'));
  process.env = { ...environment };
  expect(shop().chartsOutdir).toBe(inFolder('dist', 'charts'));
  expect(shop({ outdir: inFolder('out') }).chartsOutdir).toBe(inFolder('out-charts'));
});

test('the environment is the one that the program names, else the one that is asked for', () => {
  ask({ env: 'prod' });
  shop().synth();
  expect(manifest()).toContain('mode: prod');
  shop({ env: 'default' }).synth();
  expect(manifest()).toContain('mode: plain');
});

test('the construct of each object is recorded where that is asked for', () => {
  const recorded = () => fs.existsSync(path.join(manifests(), 'construct-metadata.json'));
  shop({ recordConstructMetadata: false }).synth();
  expect(recorded()).toBe(false);
  ask({ recordsConstructs: true });
  shop({ recordConstructMetadata: false }).synth();
  expect(recorded()).toBe(false);
  shop().synth();
  const text = fs.readFileSync(path.join(manifests(), 'construct-metadata.json'), 'utf8');
  expect(JSON.parse(text)).toEqual({ version: '1.0.0', resources: { c: { path: 'shop/c' } } });
});

test('what would be written is handed over, and nothing is written', () => {
  fs.mkdirSync(inFolder('handed'));
  ask({ handover: { folder: inFolder('handed'), output: inFolder('unused') } });
  shop().synth();
  expect(fs.readdirSync(folder)).toEqual(['handed']);
  const [handed, ...more] = readHandovers(inFolder('handed'));
  expect(more).toEqual([]);
  expect(handed?.manifests.folder).toBe(manifests());
  expect([...(handed?.manifests.files.keys() ?? [])]).toEqual(['shop.k8s.yaml']);
  expect(handed?.beside.map((one) => one.folder)).toEqual([
    inFolder('dist', 'charts'),
    inFolder('dist', 'secrets'),
  ]);
  expect(handed?.charts).toEqual([
    { name: 'shop', needs: [{ value: 'login.existingSecret', secret: 'shop-login' }] },
  ]);
});

test.each<[string, string | undefined, AppProps, string]>([
  ['the folder that the command line names', 'named', { outdir: 'own' }, 'named'],
  ['else the one that the program names', undefined, { outdir: 'own' }, 'own'],
  ['else that of the configuration', undefined, { outdir: undefined }, 'configured'],
])('manifests are handed over for %s', (_what, named, { outdir }, expected) => {
  fs.mkdirSync(inFolder('handed'));
  const handover = {
    folder: inFolder('handed'),
    output: inFolder('configured'),
    ...(named && { named: inFolder(named) }),
  };
  ask({ handover });
  shop({ outdir: outdir && inFolder(outdir) }).synth();
  expect(readHandovers(inFolder('handed'))[0]?.manifests.folder).toBe(inFolder(expected));
});

test('values from a file are on top of the environment', () => {
  fs.writeFileSync(inFolder('values.json'), JSON.stringify({ values: { '*': { mode: 'given' } } }));
  ask({ valuesFile: inFolder('values.json'), env: 'prod' });
  shop().synth();
  expect(manifest()).toContain('mode: given');
});

test('what the values reach is said in a file, and nothing is written', () => {
  ask({ explanationFile: inFolder('explained.json') });
  shop().synth();
  expect(fs.readdirSync(folder)).toEqual(['explained.json']);
  const [release] = JSON.parse(fs.readFileSync(inFolder('explained.json'), 'utf8'));
  expect(release.reaches).toContainEqual({ value: 'mode', target: 'ConfigMap/c', field: 'data.mode' });
});

test('what is made, and with what to try it again, is said in a file, and nothing is written', () => {
  ask({ dumpFile: inFolder('dump.json') });
  const dumped = (app: App) => {
    app.synth();
    return JSON.parse(fs.readFileSync(inFolder('dump.json'), 'utf8'));
  };
  const dump = dumped(shop());
  expect(fs.readdirSync(folder)).toEqual(['dump.json']);
  expect(dump.charts).toEqual({
    shop: [expect.objectContaining({ data: { mode: 'plain', name: 'shop-login' } })],
  });
  expect(dump.odd.shop.mode).not.toBe('plain');
  expect(dump.secrets).toEqual([]);
  expect(dump.runs).toEqual([
    { charts: ['shop'], sets: expect.arrayContaining([expect.objectContaining({ names: 'mode login' })]) },
  ]);
  expect(dump.refused).toBeUndefined();
  // An error of the program is told in the file too.
  expect(dumped(shop({ release: { name: 'Shop' } }))).toEqual({
    charts: {},
    runs: [],
    odd: {},
    secrets: [],
    refused: { code: 'RELEASE_NAME', message: expect.stringMatching(/^RELEASE_NAME at a release of shop/) },
  });
});

test('an object that a server would refuse is an error, unless the App allows it', () => {
  const misspelt = { dta: { a: 'b' } };
  expect(() => shop({}, misspelt).synth()).toThrow(expect.objectContaining({ code: 'INVALID_OBJECT' }));
  expect(() => shop({}, misspelt).synthYaml()).toThrow(expect.objectContaining({ code: 'INVALID_OBJECT' }));
  expect(fs.readdirSync(folder)).toEqual([]);
  shop({ allowInvalidObjects: true }, misspelt).synth();
  expect(manifest()).toContain('dta:');
});

test('a release that the program names is the one of plain YAML', () => {
  const app = new App({ outdir: manifests(), release: { name: 'other', namespace: 'n' } });
  const chart = new HelmChart(app, 'shop', { description: 'd' });
  new KubeObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: chart.fullname } });
  expect(app.synthYaml()).toContain('name: other-shop');
});
