import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CiFixerAdminChart,
  CiFixerChart,
  GitopsControllerChart,
  HelloChart,
  TodoStackChart,
} from '../../charts';
import { tool } from '../../cluster';
import { App } from '../../core/synth';
import { Pair } from './pair';

// The example imports the package by its name, as its readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

const run = promisify(execFile);

/** Without a cluster, a helm 3 that was built from source takes Kubernetes 1.20, which our charts are not for. */
const ON = ['--kube-version', 'v1.34.4'];

/** Synthesizes the hello chart; gives the folder of the charts. */
function chartsFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-chart-'));
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new HelloChart(app);
  app.synth();
  return path.join(folder, 'charts');
}

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  const charts = chartsFolder();
  let helm: string;

  beforeAll(async () => {
    helm = await tool(version);
  }, 600_000);

  test('lints the chart strictly, and complains of one with a wrong default', async () => {
    const { stdout } = await run(helm, ['lint', '--strict', 'hello'], { cwd: charts });
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    const broken = chartsFolder();
    const file = path.join(broken, 'hello', 'values.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('replicas: 2', 'replicas: many'));
    await expect(run(helm, ['lint', '--strict', 'hello'], { cwd: broken })).rejects.toMatchObject({
      stdout: expect.stringContaining("at '/replicas': got string, want integer"),
    });
  });

  test('lints and renders every chart of ours with ci/default-values.yaml, which some need', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-chart-'));
    const app = new App({ outdir: path.join(folder, 'manifests') });
    const all = [HelloChart, CiFixerAdminChart, CiFixerChart, GitopsControllerChart, TodoStackChart];
    const names = all.map((Made) => new Made(app).chartName);
    app.synth();
    const at = (...args: readonly string[]) => run(helm, args, { cwd: path.join(folder, 'charts') });
    for (const name of [...names, 'todo-app/charts/frontend']) {
      const trial = ['-f', `${name}/ci/default-values.yaml`];
      await at('lint', '--strict', name, ...trial);
      // As `ct install` calls it.
      const release = `${path.basename(name)}-x7q2mz9k4a`;
      const { stdout } = await at('template', release, name, ...ON, ...trial);
      expect(stdout).toContain('kind: NetworkPolicy');
    }
    const secrets = 'credentials.LLM_API_KEY=a,credentials.TENANTS=b';
    await expect(
      at('template', 'ci-fixer-x7q2mz9k4a', 'ci-fixer', ...ON, '--set', secrets),
    ).rejects.toMatchObject({ stderr: expect.stringContaining('fullnameOverride') });
    for (const name of ['ci-fixer', 'todo-app'])
      await expect(at('template', name, name, ...ON)).rejects.toMatchObject({
        stderr: expect.stringContaining('existingSecret'),
      });
  }, 120_000);

  test('finds an umbrella in order: its subcharts are there, and are neither fetched nor packed again', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-chart-'));
    const app = new App({ outdir: path.join(folder, 'manifests') });
    new Pair(app);
    app.synth();
    const at = (...args: readonly string[]) => run(helm, args, { cwd: path.join(folder, 'charts') });
    expect((await at('lint', '--strict', 'pair')).stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    const { stdout } = await at('dependency', 'list', 'pair');
    expect(stdout.match(/^web\s+0\.1\.0\s+unpacked/gm)).toHaveLength(2);
    const before = (await at('template', 'one', 'pair', ...ON)).stdout;
    await at('dependency', 'update', 'pair');
    await at('package', 'pair', '--destination', 'packed');
    for (const source of ['pair', 'pair-1.2.3.tgz', 'packed/pair-1.2.3.tgz'])
      expect((await at('template', 'one', source, ...ON)).stdout).toBe(before);
  });

  test('refuses a Kubernetes that the chart is not for, before anything else', async () => {
    const on = (version: string) =>
      run(helm, ['template', 'r', 'hello', '--kube-version', version], { cwd: charts });
    await expect(on('v1.32.9')).rejects.toMatchObject({
      stderr: expect.stringContaining('chart requires kubeVersion: >=1.33.0-0'),
    });
    for (const version of ['v1.33.0', 'v1.34.2-gke.1300'])
      expect((await on(version)).stdout).toContain('hello');
  });

  test('renders the folder, our archive and its own package of the folder alike', async () => {
    const packed = path.join(charts, 'packed');
    mkdirSync(packed, { recursive: true });
    await run(helm, ['package', 'hello', '--destination', packed], { cwd: charts });
    const sources = ['hello', 'hello-0.1.0.tgz', 'packed/hello-0.1.0.tgz'];
    const rendered = await Promise.all(
      sources.map(
        async (source) =>
          (
            await run(helm, ['template', 'r', source, ...ON, '--set', 'ingress.enabled=true'], {
              cwd: charts,
            })
          ).stdout,
      ),
    );
    expect(rendered[0]).toContain('kind: Ingress');
    expect(rendered[1]).toBe(rendered[0]);
    expect(rendered[2]).toBe(rendered[0]);
  });
});

test('helm prints the notes, with the addresses and missing Secrets of subcharts too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-chart-'));
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new TodoStackChart(app);
  app.synth();
  const chart = path.join(folder, 'charts', 'todo-app');
  // helm 3 asks a cluster even here.
  const notesWith = async (file: string) => {
    const args = ['install', 'todo-app', chart, '--dry-run=client', '-f', path.join(chart, file)];
    const { stdout } = await run(await tool('helm-4'), args, { env: { KUBECONFIG: '/dev/null' } });
    return stdout.slice(stdout.indexOf('NOTES:'));
  };
  const trial = await notesWith('ci/default-values.yaml');
  expect(trial).toContain('kubectl --namespace default port-forward service/frontend-svc 8080:3000');
  expect(trial).not.toContain('Pods wait');
  const production = await notesWith('values-prod.yaml');
  expect(production).toContain('https://todo.example.com');
  expect(production).toContain(
    'Secret todo-secrets is there, with the keys DATABASE_URL, BETTER_AUTH_SECRET.',
  );
}, 120_000);

test.each(['helm-4', 'helm-3'] as const)(
  'the chart that an existing app became takes values from %s',
  async (version) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-existing-'));
    const here = process.cwd();
    process.chdir(folder);
    // As the output of cdk8s.yaml in the example.
    process.env.CDK8S_OUTDIR = 'dist/manifests';
    jest.isolateModules(() => require('../../examples/existing-app/3-helm-chart'));
    delete process.env.CDK8S_OUTDIR;
    process.chdir(here);
    const helm = await tool(version);
    const chart = path.join(folder, 'dist', 'charts', 'guestbook');
    await run(helm, ['lint', '--strict', chart]);
    const given = ['--set', 'replicas=7,host=other.example.com', '--set-string', 'tag=6'];
    const { stdout } = await run(helm, ['template', 'one', chart, ...ON, ...given]);
    expect(stdout).toContain('replicas: 7');
    expect(stdout).toContain('image: "registry.example.com/guestbook:6"');
    expect(stdout).toContain('host: "other.example.com"');
    await expect(run(helm, ['template', 'one', chart, ...ON, '--set', 'replicas=11'])).rejects.toMatchObject({
      stderr: expect.stringContaining('replicas'),
    });
  },
);

test('cdk8s import gives typed props from the schema of the chart', async () => {
  const folder = chartsFolder();
  const cdk8s = path.resolve(__dirname, '../../node_modules/.bin/cdk8s');
  const imports = path.join(folder, 'imports');
  await run(
    cdk8s,
    [
      'import',
      `helm:${path.join(folder, 'hello')}`,
      '--language',
      'typescript',
      '--output',
      imports,
      '--check-upgrade=false',
    ],
    {
      cwd: folder,
      env: { ...process.env, PATH: `${path.dirname(await tool('helm-4'))}:${process.env.PATH}` },
    },
  );
  const source = readFileSync(path.join(imports, 'hello.ts'), 'utf8');
  expect(source).toMatch(/readonly replicas\??: number/);
  expect(source).toMatch(/readonly tag\??: string/);
}, 120_000);
