import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CiFixerChart } from '../../charts';
import { TEMPLATE_KEY } from '../../constructs/sandbox-template';
import { Testing } from '../../core/synth';
import { type Sandbox, Sandboxes } from '../../sandbox';
import { localProgram } from '../../sandbox/supervisor/testing-only/local-supervisor';
import { livingWhere, livingWith, mark } from '../../sandbox/supervisor/testing-only/marked-processes';
import { ScriptedCluster } from '../../sandbox/testing-only/scripted-cluster';
import { bundled } from '../support/bundled';
import { within } from './within';

// The command line as a process of its own, over a stand-in for the cluster with the real supervisor in it: what it does
// with a cluster is in `cli.real.test.ts`, how it ends is here, in a second each.

const image = 'registry.example.com/tools:1.0.0';
const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-codes-'));
const files = { template: path.join(folder, 'template.json'), kubeconfig: path.join(folder, 'kubeconfig') };

let cluster: ScriptedCluster;
let sandboxes: Sandboxes;
let sandbox: Sandbox;
let program: readonly string[];

beforeAll(async () => {
  localProgram();
  program = [process.execPath, bundled('cli/main.ts', folder), 'sandbox'];
  cluster = await ScriptedCluster.start();
  writeFileSync(files.template, installedTemplate());
  const { kubeconfig } = cluster;
  // A file, as the command line reads it.
  writeFileSync(files.kubeconfig, (kubeconfig as unknown as { exportConfig(): string }).exportConfig());
  sandboxes = new Sandboxes({
    template: installedTemplate(),
    namespace: 'boxes',
    kubeconfig,
  });
  sandbox = await sandboxes.claim({ values: { image } });
});
afterAll(async () => {
  await sandboxes?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the chart installs, and the runtime reads. */
function installedTemplate(): string {
  // The stand-in has no API server that a sandbox could be kept from.
  const values = { sandbox: { namespace: 'boxes', images: [image], allowOpenStart: true } };
  const release = { name: 'ci-fixer', namespace: 'ops' };
  const objects = Testing.synth(new CiFixerChart(Testing.app()), { values, release }) as readonly object[];
  const texts = objects.flatMap((object) => {
    const { data = {} } = object as { readonly data?: Readonly<Record<string, string>> };
    return data[TEMPLATE_KEY] ?? [];
  });
  return texts.join();
}

test('a sandbox that waits has one program to wait with, however long it waits', async () => {
  await sandbox.commands.run(['sleep', '0.3']);
  const folder = cluster.pods.all[0]!.spec!.containers[0]!.workingDir!;
  const isSleepThere = (process: string) =>
    readlinkSync(`${process}/cwd`) === folder && readFileSync(`${process}/comm`, 'utf8').trim() === 'sleep';
  expect(livingWhere(isSleepThere)).toHaveLength(1);
});

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program; `onBegun` is called when it has printed "begun". */
function running(
  [name, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onBegun?: (child: ChildProcess) => void,
) {
  const given = { KUBECONFIG: files.kubeconfig, SANDBOX_TEMPLATE: files.template, ...env };
  const child = spawn(name!, args, { env: { ...process.env, ...given }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
    if (said.out.includes('begun')) onBegun?.(child);
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<Said>((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  return within(`${name} ${args.join(' ')}`, ended, 30_000);
}

const drydock = (...argv: string[]) => running([...program, ...argv]);

test.each([
  ['that is not there', ['/no/such/program'], 127, 'CommandNotStarted'],
  ['that may not be run', ['/etc/passwd'], 126, 'CommandNotStarted'],
  ['that a signal ended', ['sh', '-c', 'kill -SEGV $$'], 139, 'killed by SIGSEGV'],
])('a program %s has the exit code that a shell gives it', async (_, command, code, words) => {
  const said = await drydock('exec', sandbox.id, '--', ...command);
  expect({ code: said.code, out: said.out }).toEqual({ code, out: '' });
  expect(said.err).toContain(words);
});

test('the exit code of a program is ours', async () => {
  expect(await drydock('exec', sandbox.id, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
    code: 7,
    out: 'out\n',
    err: 'err\n',
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s ends a run with %i and leaves nothing, also when its terminal is gone',
  async (signal, code) => {
    const argv = [...program, 'run', '--image', image, '--', 'sh', '-c', 'echo begun; sleep 600'];
    const said = await running(argv, {}, (child) => {
      // What a terminal that is closed takes with it.
      child.stdout!.destroy();
      child.stderr!.destroy();
      child.kill(signal);
    });
    expect(said.code).toBe(code);
    expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual([sandbox.id]);
  },
);

test('a reader that leaves, as head does, ends the command without a word', async () => {
  const env = mark();
  const [[name, value]] = Object.entries(env) as [[string, string]];
  const argv = [...program, 'exec', sandbox.id, '--env', `${name}=${value}`, '--', 'yes'];
  const words = argv.map((word) => `'${word}'`).join(' ');
  const said = await running(['sh', '-c', `{ ${words}; echo "exit $?" >&2; } | head -2`]);
  expect(said).toEqual({ code: 0, out: 'y\ny\n', err: 'exit 141\n' });
  expect(livingWith(env)).toEqual([]);
});

test('run and preflight without an image say so, and no Job is made', async () => {
  const made = cluster.seen.filter(({ method }) => method === 'POST').length;
  for (const argv of [['run', '--', 'true'], ['preflight']]) {
    const said = await drydock(...argv);
    expect(said).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(`${argv[0]} needs --image IMAGE`),
    });
  }
  expect(cluster.seen.filter(({ method }) => method === 'POST')).toHaveLength(made);
});

test('an unknown sandbox is told as that', async () => {
  const said = await drydock('exec', 'sandbox-that-is-not-there', '--', 'true');
  expect(said.code).toBe(1);
  expect(said.err).toContain('no sandbox of that name');
  expect(said.err).not.toContain('CRD');
});

test('a wrong --orphan-ttl is a mistake of the command line', async () => {
  const said = await drydock('run', '--image', image, '--orphan-ttl', 'soon', '--', 'true');
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining('--orphan-ttl takes a whole number') });
});
