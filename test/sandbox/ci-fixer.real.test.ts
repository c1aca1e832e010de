import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CiFixerAdminChart, CiFixerChart } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster, sharedCluster, tool, until, withNamespace } from '../../cluster';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { readTemplate } from '../../sandbox/spec';
import { expectNothingLost, lifeCycle } from '../support/life-cycle';
import { buildCiFixer, ciFixerRelease, IMAGE, TAGS } from './ci-fixer-release';
import { buildGate, GATE_IMAGE } from './gate-image';

jest.setTimeout(600_000);

const TAG = TAGS[0];

/** Runs inside the cluster's network, so that port 3000 is free. */
const PORT_FORWARD = `
const { spawn } = require('node:child_process');
const [kubectl, namespace, path] = process.argv.slice(1);
const forward = spawn(kubectl, ['-n', namespace, 'port-forward', 'deployment/ci-fixer-app', '3000:3001']);
forward.stderr.pipe(process.stderr);
forward.stdout.once('data', async () => {
  const answer = await fetch('http://127.0.0.1:3000' + path);
  process.stdout.write(await answer.text());
  forward.kill();
});
`;

describe('CI-fixer on a cluster', () => {
  let cluster: Cluster;
  let folder: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    await buildCiFixer(cluster);
    await buildGate(cluster);
    folder = mkdtempSync(path.join(os.tmpdir(), 'ci-fixer-'));
    const app = new App({ outdir: path.join(folder, 'manifests') });
    new CiFixerAdminChart(app);
    new CiFixerChart(app);
    app.synth();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Namespaces for one installation, and what both charts have to be told of them. */
  function places() {
    const id = randomBytes(3).toString('hex');
    const ops = `ops-${id}`;
    const ci = `ci-${id}`;
    const boxes = `boxes-${id}`;
    const sandbox = { namespace: boxes, images: [BUSYBOX_IMAGE] };
    const admin: JsonObject = { sandbox, app: { namespace: ci }, gate: { image: GATE_IMAGE } };
    const fixer: JsonObject = { sandbox, image: { repository: IMAGE, tag: TAG } };
    return { ops, ci, boxes, admin, fixer };
  }

  async function createNamespaces(...names: readonly string[]): Promise<void> {
    for (const name of names) await cluster.kubectl(['create', 'namespace', name]);
  }

  async function deleteNamespaces(...names: readonly string[]): Promise<void> {
    for (const name of names)
      await cluster.kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
  }

  /** What the specification's commands have to find. */
  async function runTheCommands(ci: string, boxes: string): Promise<void> {
    const { kubectl } = { kubectl: (...args: readonly string[]) => cluster.kubectl(args) };
    await kubectl('-n', ci, 'get', 'serviceaccount', 'ci-fixer-app');
    await kubectl('-n', boxes, 'get', 'serviceaccount', 'ci-fixer-sandbox');
    await kubectl('-n', boxes, 'get', 'role', 'ci-fixer-sandbox-manager');
    await kubectl('-n', boxes, 'get', 'rolebinding', 'ci-fixer-sandbox-manager');
    await kubectl('-n', ci, 'rollout', 'status', 'deployment/ci-fixer-app', '--timeout=60s');
    const pods = await kubectl('-n', ci, 'get', 'pods', '-l', 'app=ci-fixer', '-o', 'name');
    expect(pods.stdout).toContain('pod/ci-fixer-app-');
    const logs = await kubectl('-n', ci, 'logs', '-l', 'app=ci-fixer', '--tail=50');
    expect(logs.stdout).toContain('listening on 3001');
    const all = await kubectl('-n', ci, 'get', 'all', '-l', 'app=ci-fixer', '-o', 'name');
    for (const name of ['deployment.apps/ci-fixer-app', 'service/ci-fixer-app'])
      expect(all.stdout).toContain(name);
  }

  async function throughPortForward(ci: string, urlPath: string): Promise<string> {
    const args = ['-e', PORT_FORWARD, await tool('kubectl'), ci, urlPath];
    return (await cluster.run(process.execPath, args)).stdout;
  }

  /** The template that the program was given makes a Job that its own account may create and that runs. */
  async function runASandbox(ci: string, boxes: string): Promise<void> {
    const template = readTemplate(await throughPortForward(ci, '/template'));
    const job = template.job({
      name: 'echo',
      image: BUSYBOX_IMAGE,
      command: ['echo', 'hello'],
      memory: '64Mi',
      cpu: '100m',
    });
    const as = ['-n', boxes, '--as', `system:serviceaccount:${ci}:ci-fixer-app`];
    await until('the gate to bind CI-fixer', async () => {
      const answer = await cluster.kubectl([...as, 'auth', 'can-i', 'create', 'jobs'], {
        allowFailure: true,
      });
      return answer.stdout.trim() === 'yes';
    });
    await cluster.kubectl([...as, 'create', '-f', '-'], { input: JSON.stringify(job) });
    await cluster.kubectl([...as, 'wait', '--for=condition=Complete', 'job/echo', '--timeout=60s']);
    expect((await cluster.kubectl([...as, 'logs', 'job/echo'])).stdout).toBe('hello\n');
    expect((await cluster.kubectl([...as, 'auth', 'can-i', 'create', 'jobs'])).stdout.trim()).toBe('yes');
    const nodes = await cluster.kubectl([...as, 'auth', 'can-i', 'delete', 'nodes'], { allowFailure: true });
    expect(nodes.stdout.trim()).toBe('no');
  }

  /** Takes the policy out of force: the chart's test, which passed, has to fail. */
  async function testSeesThatNothingIsDenied(ops: string, boxes: string): Promise<void> {
    const policy = `${ops}.ci-fixer-admin.sandbox`;
    await cluster.kubectl(['delete', 'validatingadmissionpolicybinding', policy]);
    const create = ['-n', boxes, 'create', 'job', 'loose', '--image=a:1', '--dry-run=server'];
    await until('the policy to be out of force', async () => {
      return (await cluster.kubectl(create, { allowFailure: true })).code === 0;
    });
    const test = ['test', 'ci-fixer-admin', '-n', ops, '--timeout=5s'];
    const { code, stderr } = await cluster.helm(test, { allowFailure: true });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ci-fixer-admin-denies') });
    const logs = await cluster.kubectl(['-n', ops, 'logs', 'ci-fixer-admin-denies']);
    expect(logs.stdout).toContain('a forbidden Job was admitted');
  }

  test('installs with helm as two charts, and the commands of the specification work', async () => {
    const { ops, ci, boxes, admin, fixer } = places();
    const valuesFile = (name: string, values: JsonObject) => {
      const file = path.join(folder, name);
      writeFileSync(file, JSON.stringify(values));
      return file;
    };
    const chart = (name: string) => path.join(folder, 'charts', name);
    const secret = ['--set', 'credentials.LLM_API_KEY=a,credentials.TENANTS=b'];
    const adminFile = valuesFile('admin.json', admin);
    const fixerFile = valuesFile('fixer.json', fixer);
    const helm = (...args: readonly string[]) => cluster.helm(args);
    await createNamespaces(ops, ci);
    try {
      await helm('install', 'ci-fixer-admin', chart('ci-fixer-admin'), '-n', ops, '-f', adminFile);
      await helm(
        'install',
        'ci-fixer',
        chart('ci-fixer'),
        '-n',
        ci,
        '-f',
        fixerFile,
        ...secret,
        '--wait',
        '--timeout=90s',
      );
      await runTheCommands(ci, boxes);
      await helm('test', 'ci-fixer-admin', '-n', ops, '--timeout=90s');
      expect(await throughPortForward(ci, '/')).toBe('ok');
      await runASandbox(ci, boxes);

      const upgrade = ['--reuse-values', '--set', 'logLevel=debug', '--wait', '--timeout=90s'];
      await helm('upgrade', 'ci-fixer', chart('ci-fixer'), '-n', ci, ...upgrade);
      const logs = await cluster.kubectl(['-n', ci, 'logs', '-l', 'app=ci-fixer']);
      expect(logs.stdout).toContain('log level debug');
      await helm('rollback', 'ci-fixer', '1', '-n', ci, '--wait', '--timeout=90s');
      await runTheCommands(ci, boxes);

      await testSeesThatNothingIsDenied(ops, boxes);
      await helm('uninstall', 'ci-fixer', '-n', ci, '--wait');
      await helm('uninstall', 'ci-fixer-admin', '-n', ops, '--wait');
      const { stdout } = await cluster.kubectl([
        'get',
        'validatingadmissionpolicies,validatingadmissionpolicybindings',
        '-o',
        'name',
      ]);
      expect(stdout).not.toContain(ops);
    } finally {
      await deleteNamespaces(ops, ci, boxes);
    }
  });

  test('is installed, upgraded, rolled back and scaled without losing a request', async () => {
    const chart = path.join(folder, 'charts', 'ci-fixer');
    await withNamespace(cluster, async (namespace) => {
      expectNothingLost(await lifeCycle(ciFixerRelease(cluster, namespace, chart)));
    });
  });

  test('installs with kubectl from plain manifests', async () => {
    const { ops, ci, boxes, admin, fixer } = places();
    const apply = (objects: readonly object[], ...args: readonly string[]) =>
      cluster.kubectl([...args, 'apply', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      });
    const synth = (chart: CiFixerAdminChart | CiFixerChart, namespace: string, values: JsonObject) =>
      Testing.synth(chart, { values, release: { namespace } }) as object[];
    await createNamespaces(ops, ci);
    try {
      // Everything in it says where it belongs.
      await apply(synth(new CiFixerAdminChart(Testing.app()), ops, admin));
      const literals = ['--from-literal=LLM_API_KEY=a', '--from-literal=TENANTS=b'];
      await cluster.kubectl(['-n', ci, 'create', 'secret', 'generic', 'ci-fixer-credentials', ...literals]);
      await apply(synth(new CiFixerChart(Testing.app()), ci, fixer), '-n', ci);
      await runTheCommands(ci, boxes);
      await runASandbox(ci, boxes);
    } finally {
      await cluster.kubectl([
        'delete',
        'validatingadmissionpolicybinding,validatingadmissionpolicy',
        `${ops}.ci-fixer-admin.sandbox`,
      ]);
      await deleteNamespaces(ops, ci, boxes);
    }
  });
});
