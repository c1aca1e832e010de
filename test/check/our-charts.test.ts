import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AiAgentChart,
  BackendChart,
  CiFixerAdminChart,
  CiFixerChart,
  FrontendChart,
  HelloChart,
  McpServerChart,
  TodoSecretsChart,
  TodoStackChart,
} from '../../charts';
import {
  check,
  type Finding,
  type KubeObjectJson,
  type PodSecurityLevel,
  readObjects,
  readWaivers,
  type Waiver,
} from '../../check';
import { App, Testing } from '../../core/synth';
import type { HelmChart } from '../../core/tree';

// The examples import the package by its name, as their readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

const waivers = readWaivers(path.join(__dirname, '../../charts/waivers.json'));
const here = process.cwd();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-'));
});
afterEach(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

/** What `drydock check` finds in the output of a program, beside the Secrets that `synth` says others provide. */
function findings(waived: readonly Waiver[] = [], level?: PodSecurityLevel): Finding[] {
  const secrets = path.join(folder, 'dist/secrets');
  return check(readObjects(path.join(folder, 'dist/manifests')), {
    level,
    waivers: waived,
    provided: existsSync(secrets) ? readObjects(secrets) : [],
  });
}

/** Every chart of ours, and those of its waivers that are about it. */
const charts: readonly [new (scope: App) => HelmChart, readonly Waiver[]][] = [
  [HelloChart, []],
  [CiFixerAdminChart, []],
  [CiFixerChart, waivers],
  [TodoStackChart, []],
  [TodoSecretsChart, []],
];

test.each(charts)(
  'nothing is found in %p, in any environment, but what is waived with a reason',
  (Made, waived) => {
    const outdir = path.join(folder, 'dist/manifests');
    const { environments } = new Made(new App({ outdir }));
    for (const env of ['default', ...Object.keys(environments)]) {
      const app = new App({ outdir, env });
      new Made(app);
      app.synth();
      expect({ env, findings: findings(waived) }).toEqual({ env, findings: [] });
    }
  },
);

test('nothing is found in the charts of the todo stack, installed one by one as one stack', () => {
  const [frontend, ...others] = [FrontendChart, BackendChart, McpServerChart, AiAgentChart].map((Made) => {
    const chart = new Made(Testing.app());
    return Testing.synth(chart, { values: { global: { stack: 'todo' } } }) as KubeObjectJson[];
  });
  const SECRETS_OF_OTHERS = 'missing-key';
  const found = check(frontend as KubeObjectJson[], { provided: others.flat() });
  expect(found.filter(({ rule }) => rule !== SECRETS_OF_OTHERS)).toEqual([]);
  expect(check(frontend as KubeObjectJson[])).toContainEqual(
    expect.objectContaining({ rule: 'policy-names-nobody' }),
  );
});

test('what the waivers of our charts waive is found without them', () => {
  const app = new App({ outdir: path.join(folder, 'dist/manifests') });
  new CiFixerChart(app);
  app.synth();
  expect(findings().map(({ rule, object }) => ({ rule, object }))).toEqual(
    waivers.map(({ rule, object }) => ({ rule, object })),
  );
});

test.each([
  ['helm/own-constructs', 'restricted'],
  // cdk8s-plus-28 has no prop for capabilities, nor for a seccomp profile.
  ['helm/cdk8s-plus', 'baseline'],
  ['umbrella/shop', 'restricted'],
] as const)('nothing is found in what the example %s writes, at the level %s', (example, level) => {
  process.chdir(folder);
  jest.requireActual(`../../examples/${example}`);
  process.chdir(here);
  expect(findings([], level)).toEqual([]);
});
