import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { CommandResult, type Commands, Output } from '../commands';
import { type Inside, networkPolicy, userNamespace } from './inside';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-preflight-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Programs of an image. A `nc` of few lines, since a machine that runs unit tests need not have one. */
const WORKING_NC = `#!${process.execPath}
const net = require('node:net');
const [first, ...rest] = process.argv.slice(2);
if (first === '-l') net.createServer((socket) => { socket.end(); process.exit(0); }).listen(Number(rest.at(-1)), '127.0.0.1');
else net.connect(Number(rest[2]), rest[1]).on('connect', () => process.exit(0)).on('error', () => process.exit(1));
`;
const BROKEN = '#!/bin/sh\necho "not today" >&2\nexit 1\n';
/** With a broken `nc` there is nothing to wait for between its twenty tries. */
const BROKEN_NC = { nc: BROKEN, sleep: '#!/bin/sh\n' };
const NEEDED = ['sh', 'sleep', 'cat'];

/** A sandbox whose image has these programs: its commands are run here, with nothing else on their PATH. */
function imageWith(name: string, programs: Readonly<Record<string, string>>, port: number): Inside {
  const bin = path.join(folder, name);
  mkdirSync(bin);
  for (const [program, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, program), text);
    chmodSync(path.join(bin, program), 0o755);
  }
  for (const program of NEEDED)
    if (!(program in programs)) symlinkSync(pathOf(program), path.join(bin, program));
  const env = { PATH: bin, KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
  const run: Commands['run'] = async (argv) => {
    const [program = '', ...args] = argv;
    const { status, stdout, stderr } = spawnSync(program, args, { env });
    return resultOf(argv, status ?? 1, stdout, stderr);
  };
  const commands: Inside['commands'] = {
    run,
    shell: (text, options) => run(['sh', '-c', text], options),
  };
  return { commands, isSupervised: true };
}

function resultOf(argv: readonly string[], exitCode: number, stdout: Buffer, stderr = Buffer.alloc(0)) {
  const outputs = { stdout: new Output(stdout), stderr: new Output(stderr) };
  const known = { outcome: 'exited', exitCode, signal: undefined, cause: undefined } as const;
  return new CommandResult({ ...known, ...outputs, truncated: false, durationMs: 0 }, argv, 'sandbox-1');
}

function pathOf(program: string): string {
  return spawnSync('/bin/sh', ['-c', `command -v ${program}`])
    .stdout.toString()
    .trim();
}

let closedPort: number;
beforeAll(async () => {
  const listening = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  closedPort = (listening.address() as { port: number }).port;
  await new Promise((resolve) => listening.close(resolve));
});

test('a network that lets nothing through is closed, as a tool that works over loopback has found', async () => {
  const finding = await networkPolicy(imageWith('works', { nc: WORKING_NC }, closedPort));
  expect(finding).toMatchObject({ check: 'network-policy', verdict: 'good' });
});

test('a tool that is broken says nothing about the network', async () => {
  const broken = { ...BROKEN_NC, bash: BROKEN, python3: BROKEN };
  expect(await networkPolicy(imageWith('broken', broken, closedPort))).toMatchObject({
    verdict: 'unknown',
    found: expect.stringContaining('tried nc python3 bash'),
  });
  expect(await networkPolicy(imageWith('bare', {}, closedPort))).toMatchObject({
    verdict: 'unknown',
    found: 'no nc, bash or python3 in the image',
  });
});

test('where one tool is broken the next one is taken', async () => {
  // Its control is given no address. What it is asked for then fails, as in a closed network.
  const python3 = '#!/bin/sh\n[ $# -eq 2 ]\n';
  const finding = await networkPolicy(imageWith('second', { ...BROKEN_NC, python3 }, closedPort));
  expect(finding.verdict).toBe('good');
});

test('words of an image that are no tool of ours are not run', async () => {
  const refuse = () => Promise.reject(new Error('was run'));
  const run: Commands['run'] = async (argv) => resultOf(argv, 0, Buffer.from('rm -rf /\n'));
  const finding = await networkPolicy({
    isSupervised: true,
    commands: { run, shell: refuse },
  });
  expect(finding.verdict).toBe('unknown');
});

/** A sandbox whose commands have these ends, one after the other; the last one goes on. */
function answering(...ends: readonly { readonly exitCode?: number; readonly stdout?: string }[]): Inside {
  let index = 0;
  const run: Commands['run'] = async (argv) => {
    const { exitCode = 0, stdout = '' } = ends[Math.min(index, ends.length - 1)]!;
    index += 1;
    return resultOf(argv, exitCode, Buffer.from(stdout));
  };
  return { commands: { run, shell: (text, options) => run([text], options) }, isSupervised: true };
}

test.each<[string, { exitCode?: number; stdout?: string }, string, string]>([
  ['other ids', { stdout: '0 100000 65536\n' }, 'good', 'uid 0 is uid 100000 on the node (65536 ids)'],
  ['its own ids', { stdout: '0 0 4294967295\n' }, 'bad', 'users in the sandbox are users of the node'],
  ['no map', { stdout: '' }, 'unknown', 'no /proc/self/uid_map'],
  ['half a map', { stdout: '0' }, 'unknown', 'no /proc/self/uid_map'],
  ['words', { stdout: 'no such file' }, 'unknown', 'no /proc/self/uid_map'],
  ['a map that cannot be read', { stdout: '0 100000 1', exitCode: 1 }, 'unknown', 'no /proc/self/uid_map'],
])('users of a sandbox with %s', async (_, end, verdict, found) => {
  const finding = await userNamespace(answering(end));
  expect(finding).toMatchObject({ check: 'user-namespace', verdict, found });
  expect(finding.remedy).toMatch(verdict === 'good' ? /^$/ : /\w/);
});

test('without a shell nothing is tried, and the finding says what it needs', async () => {
  const refuse = () => Promise.reject(new Error('was run'));
  const bare = { commands: { run: refuse, shell: refuse }, isSupervised: false };
  for (const [check, look] of [
    ['user-namespace', userNamespace],
    ['network-policy', networkPolicy],
  ] as const) {
    const finding = await look(bare);
    expect(finding).toMatchObject({ check, verdict: 'unknown', found: 'no shell in the image' });
    expect(finding.remedy).toContain('`sh`');
  }
});

const chosen = { stdout: 'nc\n' };
const reached = { exitCode: 0 };
const refused = { exitCode: 1 };

describe('by a clock of the test,', () => {
  /** What the clock says each time that it is looked at; the last one stays. */
  function clock(...times: number[]): void {
    jest.spyOn(Date, 'now').mockImplementation(() => (times.length > 1 ? times.shift()! : times[0]!));
  }
  afterEach(() => jest.restoreAllMocks());

  test('a network that closes some moments after the start is good, and says from when on', async () => {
    clock(0, 0, 3_000);
    expect(await networkPolicy(answering(chosen, reached, refused))).toMatchObject({
      verdict: 'good',
      found: 'a sandbox did not reach the API server from 3.0 s after its start on',
    });
  });

  test('one that is closed at once says nothing of a time', async () => {
    clock(0, 100);
    expect(await networkPolicy(answering(chosen, refused))).toMatchObject({
      verdict: 'good',
      found: 'a sandbox did not reach the API server',
    });
  });

  test('one that is open after a quarter of a minute is bad', async () => {
    clock(0, 0, 15_000, 15_001);
    const finding = await networkPolicy(answering(chosen, reached, reached, reached, refused));
    expect(finding).toMatchObject({ verdict: 'bad', found: 'a sandbox reached the API server' });
    expect(finding.remedy).toContain('NetworkPolicy');
  });
});

test.each([
  ['timedOut', 'good'],
  ['podLost', 'unknown'],
  ['connectionLost', 'unknown'],
] as const)('an attempt that ends as %s is %s', async (outcome, verdict) => {
  const { commands } = answering(chosen);
  const shell: Commands['shell'] = async (text) => {
    const output = new Output(Buffer.alloc(0));
    const facts = {
      exitCode: undefined,
      signal: undefined,
      cause: undefined,
      truncated: false,
      durationMs: 0,
    };
    return new CommandResult({ outcome, ...facts, stdout: output, stderr: output }, [text], 'sandbox-1');
  };
  const finding = await networkPolicy({ commands: { ...commands, shell }, isSupervised: true });
  expect(finding.verdict).toBe(verdict);
  if (verdict === 'unknown') expect(finding.found).toContain(outcome);
});
