import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sharedCluster, until } from '../../cluster';
import type { Sandbox, Sandboxes } from '../../sandbox';
import { NOBODYS_IMAGE } from '../sandbox/installation';
import { bundled } from '../support/bundled';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(180_000);

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-cli-'));
const template = path.join(folder, 'template.json');

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;
let sandbox: Sandbox;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  writeFileSync(template, installation.template);
  sandboxes = installation.sandboxes();
  sandbox = await sandboxes.claim({ values: installation.run(), ttl: 600 });
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

class Running {
  out = '';
  err = '';
  readonly ended: Promise<Said>;

  constructor(readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk) => {
      this.out += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      this.err += chunk;
    });
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }
}

const program = [process.execPath, bundled('cli/main.ts', folder), 'sandbox'];

function start(program: readonly string[], input = ''): Running {
  const env = { ...process.env, KUBECONFIG: installation.kubeconfig, SANDBOX_TEMPLATE: template };
  const child = spawn(program[0]!, program.slice(1), { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Running(child);
}

function drydock(...argv: string[]): Promise<Said> {
  return within(`drydock sandbox ${argv.join(' ')}`, start([...program, ...argv]).ended, 60_000);
}

const amounts = () => [
  '--image',
  installation.image,
  '--cpu',
  '100m',
  '--memory',
  '64Mi',
  '--storage',
  '64Mi',
];

/** What runs in the sandbox. */
async function processes(): Promise<string> {
  return (await sandbox.commands.run(['ps', '-o', 'args'])).stdout.text;
}

test('run makes a sandbox for one command, tells how far it is, passes output and exit code, and leaves nothing', async () => {
  const said = await drydock(
    'run',
    ...amounts(),
    '--ttl',
    '120',
    '--',
    'sh',
    '-c',
    'echo out; echo err >&2; exit 7',
  );
  expect(said.out).toBe('out\n');
  expect(said.err).toMatch(/created after [\d.]+ s\n(.*\n)*ready after [\d.]+ s\nerr\n$/);
  expect(said.code).toBe(7);
  expect((await sandboxes.list()).map(({ id }) => id)).toEqual([sandbox.id]);
});

test('run says why no sandbox could be made, and that is no exit code of a command', async () => {
  const said = await drydock('run', '--image', installation.image, '--memory', '5Gi', '--', 'true');
  expect(said.code).toBe(1);
  expect(said.err).toContain('PolicyDenied');
  expect(said.err).toContain('memory');
});

test('Ctrl-C ends a run: the command, the sandbox, and the program', async () => {
  const running = start([...program, 'run', ...amounts(), '--', 'sh', '-c', 'echo begun; sleep 600']);
  await until('the command to run', () => running.out.includes('begun'));
  running.child.kill('SIGINT');
  expect((await within('its end', running.ended, 30_000)).code).toBe(130);
  expect((await sandboxes.list()).map(({ id }) => id)).toEqual([sandbox.id]);
});

test('exec runs a command in a sandbox that is there, with its input and environment', async () => {
  const argv = ['exec', sandbox.id, '--env', 'NAME=value', '--', 'sh', '-c', 'cat; echo "$NAME"; exit 9'];
  const said = await within('drydock sandbox exec', start([...program, ...argv], 'in\n').ended);
  expect(said).toEqual({ code: 9, out: 'in\nvalue\n', err: '' });
});

test('exec ends a command after its time, with the code of timeout', async () => {
  const said = await drydock('exec', sandbox.id, '--timeout', '1', '--', 'sleep', '611');
  expect(said.code).toBe(124);
  expect(said.err).toContain('timed out');
  expect(await processes()).not.toContain('sleep 611');
});

test('a run that is killed leaves its sandbox for as long as --orphan-ttl says', async () => {
  const argv = ['run', ...amounts(), '--orphan-ttl', '2', '--', 'sh', '-c', 'echo begun; sleep 600'];
  const running = start([...program, ...argv]);
  await until('the command to run', () => running.out.includes('begun'));
  running.child.kill('SIGKILL');
  await until('its sandbox to end', async () =>
    (await sandboxes.list()).every(({ id, state }) => id === sandbox.id || state === 'finished'),
  );
  expect(await sandboxes.collect()).toHaveLength(1);
});

test('Ctrl-C ends the whole tree of an exec, and nothing else', async () => {
  const stubborn = `trap '' INT TERM; setsid sleep 622 & echo begun; sleep 633`;
  const running = start([...program, 'exec', sandbox.id, '--', 'sh', '-c', stubborn]);
  await until('the command to run', () => running.out.includes('begun'));
  expect(await processes()).toContain('sleep 622');
  running.child.kill('SIGINT');
  expect((await within('its end', running.ended, 30_000)).code).toBe(130);
  const left = await processes();
  expect(left).not.toMatch(/sleep 6[23]/);
  // The main process waits on: for its first client, or for the end.
  expect(left).toMatch(/sleep (20|infinity)/);
});

test('a terminal is shown escape sequences, and does not obey them; a pipe gets every byte', async () => {
  const red = ['exec', sandbox.id, '--', 'printf', '\\033[31mred\\033]0;title\\007'];
  const quoted = [...program, ...red].map((word) => `'${word}'`).join(' ');
  const terminal = start(['script', '-qec', quoted, '/dev/null']);
  expect((await within('the terminal', terminal.ended)).out).toContain('^[[31mred^[]0;title^G');
  expect(terminal.out).not.toContain('\u001b[31m');
  expect((await drydock(...red)).out).toBe('\u001b[31mred\u001b]0;title\u0007');
});

test('cp brings a folder in and out, as it was', async () => {
  const source = path.join(folder, 'source');
  mkdirSync(path.join(source, 'deep'), { recursive: true });
  writeFileSync(path.join(source, 'deep', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(path.join(source, 'bytes'), Buffer.from([0, 255, 10]));
  const up = await drydock('cp', source, `${sandbox.id}:copied`);
  expect(up).toMatchObject({ code: 0, err: expect.stringContaining('13 bytes, verified') });
  const target = path.join(folder, 'target');
  expect((await drydock('cp', `${sandbox.id}:copied`, target)).code).toBe(0);
  expect(readFileSync(path.join(target, 'bytes'))).toEqual(Buffer.from([0, 255, 10]));
  expect(statSync(path.join(target, 'deep', 'run.sh')).mode & 0o777).toBe(0o755);
  const missing = await drydock('cp', `${sandbox.id}:none`, path.join(folder, 'none'));
  expect(missing.code).toBe(1);
  expect(missing.err).toContain('FileMissing');
});

test('cp carries links that stay inside, refuses others by name, and with --skip-special leaves them out and says so', async () => {
  const source = path.join(folder, 'linked');
  mkdirSync(path.join(source, 'bin'), { recursive: true });
  writeFileSync(path.join(source, 'tool'), '#!/bin/sh\n');
  symlinkSync('../tool', path.join(source, 'bin/tool'));
  expect(await drydock('cp', source, `${sandbox.id}:linked`)).toMatchObject({ code: 0 });
  symlinkSync('/etc/passwd', path.join(source, 'bin/users'));
  const refused = await drydock('cp', source, `${sandbox.id}:refused`);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/FileUnsafe.*bin\/users -> \/etc\/passwd.*--skip-special/s);
  const left = await drydock('cp', '--skip-special', source, `${sandbox.id}:left`);
  expect(left.code).toBe(0);
  expect(left.err).toBe(
    'left out: bin/users -> /etc/passwd, a link that leads out of the folder\n3 entries, 10 bytes, verified\n',
  );
  await drydock('cp', `${sandbox.id}:left`, path.join(folder, 'left'));
  expect(readlinkSync(path.join(folder, 'left/bin/tool'))).toBe('../tool');
});

test('ps lists, gc deletes what has finished, and with --all everything', async () => {
  const job = await sandboxes.job({ values: installation.run(), command: ['true'], ttl: 120 });
  await within('its outcome', job.outcome());
  await until('the Job to have finished', async () => {
    return (await sandboxes.list()).find(({ id }) => id === job.id)?.state === 'finished';
  });
  const listed = await drydock('ps');
  expect(listed.out).toMatch(/^ID +STATE +AGE +ENDS IN +IMAGE\n/);
  expect(listed.out).toMatch(
    new RegExp(`^${sandbox.id} +running +\\d+[smh] +\\d+[smh] +${installation.image}$`, 'm'),
  );
  expect(listed.out).toMatch(new RegExp(`^${job.id} +finished `, 'm'));
  expect((await drydock('gc')).out).toBe(`${job.id}\n`);
  expect((await sandboxes.list()).map(({ id }) => id)).toEqual([sandbox.id]);
  const other = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  expect((await drydock('gc', '--all')).out.trim().split('\n').sort()).toEqual([sandbox.id, other.id].sort());
  expect(await sandboxes.list()).toEqual([]);
});

test('preflight says what is good, and exits with 1 when something is not', async () => {
  const good = await drydock('preflight', ...amounts());
  expect(good.out).toMatch(/^ok {6}network-policy: a sandbox did not reach the API server/m);
  expect(good.out).toMatch(/^unknown pod-security: .*\n {10}Ask an administrator/m);
  expect(good.code).toBe(0);
  const bad = await drydock('preflight', '--image', NOBODYS_IMAGE);
  expect(bad.out).toMatch(/^BAD {5}start: ImagePull/m);
  expect(bad.code).toBe(1);
});

test('verify --try uses a sandbox of the template that is installed, says why where it cannot, and leaves none', async () => {
  const { cluster, policyNamespace: namespace } = installation;
  const installed = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tried', namespace },
    data: { 'template.json': installation.template },
  };
  const manifest = path.join(folder, 'tried.json');
  writeFileSync(manifest, JSON.stringify(installed));
  await cluster.kubectl(['apply', '-f', manifest]);
  const before = (await sandboxes.list()).length;
  // As somebody who may look at nodes too, and not as the account of the program.
  const verify = [
    ...program.slice(0, -1),
    'verify',
    manifest,
    '--kubeconfig',
    cluster.kubeconfig,
    '-o',
    'json',
  ];
  const trying = (image: string) =>
    within('drydock verify', start([...verify, '--try', '--image', image]).ended, 120_000);

  const good = await trying(installation.image);
  const steps = JSON.parse(good.out).checked.filter(({ object }: { object: string }) =>
    object.startsWith('a sandbox'),
  );
  expect(
    steps.map(({ object, finding, isUnread }: Record<string, unknown>) => [object, finding, isUnread]),
  ).toEqual(
    ['starts', 'runs a command', 'keeps a file', 'has a limit of memory', 'is gone when it is closed'].map(
      (step) => [`a sandbox of tried ${step}`, undefined, undefined],
    ),
  );
  expect([good.code, steps[0].readySeconds > 0]).toEqual([0, true]);

  const bad = await trying(NOBODYS_IMAGE);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out).findings).toEqual([
    expect.objectContaining({
      code: 'SANDBOX_FAILED',
      where: `ConfigMap/tried in namespace ${namespace}`,
      found: expect.stringMatching(/^ImagePull: /),
    }),
  ]);
  expect(await sandboxes.list()).toHaveLength(before);
});
