import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ts from 'typescript';
import { Testing } from '../../core/synth';
import { HelmChart, KubeObject } from '../../core/tree';
import { type Declaration, type Declarations, defineValues, value } from '../../core/values';
import { LawEngine } from '../laws/engine';

/** What a person or `cdk8s import` does with the files of a chart: uncomment a line, put it into an umbrella, import it. */

jest.setTimeout(300_000);

const repository = path.resolve(__dirname, '../..');
const doc = 'First line\nsecond: line';
/** Every kind of value that has a text for a default, with such a text. */
const FILLED = {
  text: [value.string({ optional: true, doc }), 'a: b'],
  choice: [value.oneOf(['a', 'b*'], { optional: true, doc }), 'b*'],
  cpu: [value.cpu({ optional: true, doc }), '500m'],
  memory: [value.memory({ optional: true, doc }), '1Gi'],
  duration: [value.duration({ optional: true, doc }), '5s'],
  image: [value.image({ optional: true, doc }), 'a:1'],
  name: [value.dnsName({ optional: true, doc }), 'a-b'],
  size: [value.integer({ optional: true, doc }), 5],
  share: [value.number({ optional: true, doc }), 0.5],
  port: [value.port({ optional: true, doc }), 80],
  flag: [value.boolean({ optional: true, doc }), true],
  list: [value.list(value.string({ doc }), { optional: true, doc }), ['x']],
  map: [value.map(value.port({ doc }), { optional: true, doc }), { a: 1 }],
  rows: [
    value.list(value.object({ 'my-host': value.string({ doc }) }, { doc }), { optional: true, doc }),
    [{ 'my-host': 'x' }],
  ],
  data: [value.raw({ optional: true, doc }), { a: [1, { b: 'c' }] }],
  dataList: [value.list(value.raw({ doc }), { optional: true, doc }), [{ a: 1 }]],
  dataMap: [value.map(value.raw({ doc }), { optional: true, doc }), { a: { b: 1 } }],
} as const;

const optional = (): Declarations =>
  Object.fromEntries(Object.entries(FILLED).map(([key, [one]]) => [key, one as Declaration<unknown>]));

function chart(): HelmChart {
  const declared = defineValues({
    ...optional(),
    size2: value.integer({ default: 2, doc }),
    group: { ...optional(), size2: value.integer({ default: 2, doc }) },
    empty: { ...optional(), deeper: optional() },
    onlyOne: { flag: value.boolean({ optional: true, doc }) },
    YAML: value.string({ default: 'mine', doc }),
    AsMap: value.string({ optional: true, doc }),
    Table: { Encode: value.string({ default: 'inner', doc }) },
    login: value.secret({ doc, keys: { 'tls.crt': doc, 'config.json': doc, GITHUB_TOKEN: doc } }),
  });
  const made = new HelmChart(Testing.app(), 'filled', { description: doc, values: declared });
  const { parse: _, login, ...rest } = declared;
  new KubeObject(made, 'all', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'all' },
    spec: { ...rest, ref: made.secretKeyRef(login.key('tls.crt')) },
  } as never);
  return made;
}

const files = () => Testing.helmChart(chart() as never);
/** Helm 3 takes an old one where it has no cluster. */
const kubeVersion = 'v1.34.4';
const SECRET = ['login.existingSecret=mine'];

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  let engine: LawEngine;
  beforeAll(async () => {
    engine = await LawEngine.start(version);
  });
  afterAll(() => engine.stop());

  /** The objects that helm makes with one file of the chart changed. */
  async function rendered(values: string, set: readonly string[] = SECRET) {
    const answer = await engine.render(
      { files: { ...files(), 'values.yaml': values } },
      { set, kubeVersion },
    );
    return answer.ok ? answer.objects.map(({ object }) => object) : `${answer.stage}: ${answer.message}`;
  }

  test('takes values.yaml with any one of its commented entries uncommented and filled', async () => {
    const lines = (files()['values.yaml'] as string).split('\n');
    const commented = lines.flatMap((line, index) =>
      /^ *# "?[A-Za-z0-9._]+"?:( ,)?$/.test(line) ? [index] : [],
    );
    const others = Object.keys(FILLED).length;
    expect(commented.length).toBe(4 * others + 1 + 1 + 3);
    for (const at of commented) {
      const [, indent, key = '', comma] = /^( *)# ("?[A-Za-z0-9._]+"?):(?: (,))?$/.exec(
        lines[at] as string,
      ) as RegExpExecArray;
      const name = key.replaceAll('"', '') as keyof typeof FILLED;
      const filled = JSON.stringify(FILLED[name]?.[1] ?? 'text');
      const changed = lines.with(at, `${indent}${key}: ${filled}${comma ?? ''}`).join('\n');
      expect([name, await rendered(changed)]).toEqual([name, expect.any(Array)]);
    }
  });

  test('takes all commented entries of one group at once', async () => {
    const [before, group = ''] = (files()['values.yaml'] as string).split(/(?<=\n)(?=empty:)/);
    const inside = group.replace(/^( +)# ([A-Za-z0-9]+):( ,)?$/gm, (_, indent, key, comma = '') => {
      const filled = JSON.stringify(FILLED[key as keyof typeof FILLED]?.[1] ?? 'text');
      return `${indent}${key}: ${filled}${comma.trim()}`;
    });
    expect(inside).not.toMatch(/# text:/);
    expect(await rendered(`${before}${inside}`)).toEqual(expect.any(Array));
  });

  test("reads values that are called as helm's own methods, and prints no other value for them", async () => {
    const [object] = (await rendered(files()['values.yaml'] as string, [...SECRET, 'AsMap=given'])) as {
      spec: object;
    }[];
    expect(object?.spec).toMatchObject({ YAML: 'mine', AsMap: 'given', Table: { Encode: 'inner' } });
  });

  test('makes the Secret of keys with dots', async () => {
    const login = { 'tls.crt': 'a', 'config.json': 'b', GITHUB_TOKEN: 'c' };
    const answer = await engine.render(
      { files: files() },
      { setJson: [`login=${JSON.stringify(login)}`], kubeVersion },
    );
    if (!answer.ok) throw new Error(answer.message);
    const secret = answer.objects.find(({ object }) => object.kind === 'Secret');
    expect(secret?.object).toMatchObject({ metadata: { name: 'release-filled-login' }, stringData: login });
  });

  test("is part of an umbrella of somebody else's, with a condition on its `enabled`, and globals", async () => {
    const umbrella = {
      'Chart.yaml':
        'apiVersion: v2\nname: theirs\nversion: 1.0.0\ndependencies:\n- name: filled\n  version: 0.1.0\n  condition: filled.enabled\n',
      'values.yaml':
        'filled:\n  enabled: true\n  login:\n    existingSecret: mine\nglobal:\n  region: here\n',
      ...Object.fromEntries(Object.entries(files()).map(([file, text]) => [`charts/filled/${file}`, text])),
    };
    const on = await engine.render({ files: umbrella }, { kubeVersion });
    const off = await engine.render({ files: umbrella }, { set: ['filled.enabled=false'], kubeVersion });
    expect([on, off].map((one) => one.ok && one.objects.length)).toEqual([1, 0]);
    const wrong = await engine.render(
      { files: umbrella },
      { setString: ['filled.enabeld=yes'], kubeVersion },
    );
    expect(wrong.ok).toBe(false);
  });

  test('names what is missing where a null takes a default away', async () => {
    expect(await rendered(files()['values.yaml'] as string, [...SECRET, 'size2=null'])).toMatch(/size2/);
  });
});

test('cdk8s import makes a class of the chart that compiles, and asks for nothing that has a default', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-import-'));
  try {
    for (const [file, text] of Object.entries(files())) {
      mkdirSync(path.dirname(path.join(folder, 'chart', file)), { recursive: true });
      writeFileSync(path.join(folder, 'chart', file), text);
    }
    symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
    const cli = path.join(repository, 'node_modules/cdk8s-cli/bin/cdk8s');
    execFileSync(
      process.execPath,
      [cli, 'import', 'helm:./chart', '--language', 'typescript', '--output', 'imports'],
      { cwd: folder, stdio: 'pipe' },
    );
    const main = path.join(folder, 'main.ts');
    writeFileSync(
      main,
      "import { App, Chart } from 'cdk8s';\nimport { Filled } from './imports/filled';\nconst chart = new Chart(new App(), 'c');\nnew Filled(chart, 'none', { values: {} });\nnew Filled(chart, 'some', { values: { size: 3, data: { any: [1] }, login: { existingSecret: 'mine' }, group: { dataList: [{ a: 1 }] } } });\n",
    );
    const program = ts.createProgram([main], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      types: ['node'],
      typeRoots: [path.join(repository, 'node_modules/@types')],
    });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
