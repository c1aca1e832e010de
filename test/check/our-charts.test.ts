import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AiAgentChart,
  BackendChart,
  CiFixerAdminChart,
  CiFixerChart,
  FrontendChart,
  GitopsControllerChart,
  HelloChart,
  McpServerChart,
  TodoSecretsChart,
  TodoStackChart,
} from '../../charts';
import { check, type Finding, type KubeObjectJson, readWaivers, type Waiver } from '../../check';
import { App, Testing } from '../../core/synth';
import type { HelmChart } from '../../core/tree';
import { EXAMPLES, outputIn, runExample } from '../manifests/examples';

// The examples import the package by its name, as their readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

const waivers = readWaivers(path.join(__dirname, '../../charts/waivers.json'));
const waiversOf = (service: string) => waivers.filter(({ object }) => object === `Service/${service}`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What `drydock check` finds in what a program wrote, beside the Secrets that `synth` says others provide. */
function findings(waived: readonly Waiver[] = []): Finding[] {
  const { objects, provided } = outputIn(folder);
  return check(objects, { waivers: waived, provided });
}

/** Every chart of ours, and those of its waivers that are about it, in all environments or in one. */
const charts: readonly [new (scope: App) => HelmChart, readonly Waiver[], string | undefined][] = [
  [HelloChart, [], undefined],
  [CiFixerAdminChart, [], undefined],
  [CiFixerChart, waiversOf('ci-fixer-app'), undefined],
  [GitopsControllerChart, [], undefined],
  [TodoStackChart, waiversOf('frontend-svc'), 'default'],
  [TodoSecretsChart, [], undefined],
];

test.each(charts)(
  'nothing is found in %p, in any environment, but what is waived with a reason',
  (Made, waived, only) => {
    const outdir = path.join(folder, 'dist/manifests');
    const { environments } = new Made(new App({ outdir }));
    for (const env of ['default', ...Object.keys(environments)]) {
      const app = new App({ outdir, env });
      new Made(app);
      app.synth();
      expect({ env, findings: findings((only ?? env) === env ? waived : []) }).toEqual({ env, findings: [] });
    }
  },
);

test('nothing is found in the charts of the todo stack, installed one by one as one stack', () => {
  const [frontend, ...others] = [FrontendChart, BackendChart, McpServerChart, AiAgentChart].map((Made) => {
    const chart = new Made(Testing.app());
    return Testing.synth(chart, { values: { global: { stack: 'todo' } } }) as KubeObjectJson[];
  });
  const SECRETS_OF_OTHERS = 'missing-key';
  const found = check(frontend as KubeObjectJson[], {
    provided: others.flat(),
    waivers: waiversOf('frontend-svc'),
  });
  expect(found.filter(({ rule }) => rule !== SECRETS_OF_OTHERS)).toEqual([]);
  expect(check(frontend as KubeObjectJson[])).toContainEqual(
    expect.objectContaining({ rule: 'policy-names-nobody' }),
  );
});

test('nothing is found in the todo stack with the database of a first try', () => {
  const values = { postgres: { enabled: true }, frontend: { nodePort: { enabled: true } } };
  const found = check(Testing.synth(new TodoStackChart(Testing.app()), { values }) as KubeObjectJson[]);
  // Plain YAML names Secrets that whoever applies it fills in.
  expect(found.filter(({ rule }) => rule !== 'missing-key')).toEqual([]);
});

test('what the waivers of our charts waive is found without them', () => {
  const app = new App({ outdir: path.join(folder, 'dist/manifests') });
  new CiFixerChart(app);
  new TodoStackChart(app);
  app.synth();
  expect(findings().map(({ rule, object }) => ({ rule, object }))).toEqual(
    waivers.map(({ rule, object }) => ({ rule, object })),
  );
});

test.each(EXAMPLES)('nothing is found in what the example %s writes', (example) => {
  runExample(example, folder);
  expect(findings()).toEqual([]);
});

test('the list of examples has every program that prints something with our App', () => {
  const root = path.join(__dirname, '../../examples');
  const programs = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => {
    if (!file.endsWith('.ts') || file.includes('node_modules')) return false;
    const text = readFileSync(path.join(root, file), 'utf8');
    return text.includes("from 'cdk8s-drydock'") && text.includes('app.synth()');
  });
  expect(programs.sort()).toEqual(EXAMPLES.map((example) => `${example}.ts`));
});
