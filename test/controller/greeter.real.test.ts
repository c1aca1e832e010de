import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { type Cluster, startCluster, until } from '../../cluster';

jest.setTimeout(300_000);

/** The example of the guide, as its users run it: against a real API server, until SIGTERM. */

const repository = path.resolve(__dirname, '../..');
let cluster: Cluster;
let folder: string;
let greeter: ChildProcess;
const events: Array<Record<string, unknown>> = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-greeter-'));
  const program = path.join(folder, 'greeter.cjs');
  buildSync({
    entryPoints: [path.join(repository, 'examples/operator/greeter.ts')],
    ...{ outfile: program, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    alias: { 'cdk8s-drydock/controller': path.join(repository, 'controller/index.ts') },
  });
  cluster = await startCluster({ controlPlaneOnly: true });
  await cluster.kubectl(['apply', '-f', path.join(repository, 'examples/operator/greeting.yaml')]);
  await cluster.kubectl([
    'wait',
    '--for=condition=Established',
    'crd/greetings.example.com',
    '--timeout=120s',
  ]);
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, PORT: '0' };
  greeter = spawn(process.execPath, [program], { env, stdio: ['ignore', 'inherit', 'pipe'] });
  createInterface({ input: greeter.stderr! }).on('line', (line) => events.push(JSON.parse(line)));
});

afterAll(async () => {
  greeter?.kill('SIGKILL');
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).stdout;
const textOf = (name: string) => kubectl('get', 'configmap', name, '-o', 'jsonpath={.data.text}');
const greet = (name: string, whom: string) =>
  cluster.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({
      ...{ apiVersion: 'example.com/v1', kind: 'Greeting', metadata: { name }, spec: { name: whom } },
    }),
  });
const explain = () => JSON.stringify(events.slice(-20));

test('the example brings greetings about, mends what is edited, cleans up, and ends in good order', async () => {
  await greet('a', 'World');
  await kubectl('wait', '--for=condition=Ready', 'greeting/a', '--timeout=120s');
  expect(await textOf('a')).toBe('Hello World');

  // A change of what is meant: `kubectl wait` takes the condition of the generation before for no answer.
  await greet('a', 'Moon');
  await until('the new greeting', async () => (await textOf('a')) === 'Hello Moon', { explain });
  await until(
    'the condition to be of this generation',
    async () => {
      const { metadata, status } = JSON.parse(await kubectl('get', 'greeting', 'a', '-o', 'json'));
      return status.conditions.every(
        (one: { readonly observedGeneration: number }) => one.observedGeneration === metadata.generation,
      );
    },
    { explain },
  );

  // Drift, and a child that is deleted.
  await kubectl('patch', 'configmap', 'a', '--type=merge', '-p', '{"data":{"text":"bye"}}');
  await until('the edit to be mended', async () => (await textOf('a')) === 'Hello Moon', { explain });
  await kubectl('delete', 'configmap', 'a');
  await until('it to be made anew', async () => (await textOf('a')) === 'Hello Moon', { explain });

  const told = JSON.parse(await kubectl('get', 'events.events.k8s.io', '-o', 'json')).items as ReadonlyArray<{
    readonly reason: string;
    readonly reportingController: string;
    readonly regarding: { readonly kind: string; readonly name: string };
  }>;
  expect(told.filter(({ reason }) => reason === 'Greeted')[0]).toMatchObject({
    ...{ reportingController: 'greeter', regarding: { kind: 'Greeting', name: 'a' } },
  });

  const { port } = events.find(({ type }) => type === 'listening') as { readonly port: number };
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toMatch(/^leader_election_master_status 1$/m);
  expect(metrics).toMatch(
    /^controller_runtime_reconcile_total\{controller="greetings",result="success"\} [1-9]/m,
  );
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

  // Its finalizer holds it until the child is gone.
  expect(await kubectl('get', 'greeting', 'a', '-o', 'jsonpath={.metadata.finalizers}')).toContain(
    'example.com/farewell',
  );
  await kubectl('delete', 'greeting', 'a', '--timeout=120s');
  expect((await cluster.kubectl(['get', 'configmap', 'a'], { allowFailure: true })).code).not.toBe(0);

  const ended = once(greeter, 'exit');
  greeter.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await kubectl('get', 'lease', 'greeter', '-o', 'jsonpath={.spec.holderIdentity}')).toBe('');
});
