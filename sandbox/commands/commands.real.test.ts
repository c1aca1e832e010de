import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { SupervisedCommands } from './commands';

jest.setTimeout(120_000);

let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-commands-')));
  mkdirSync(path.join(folder, 'inner'));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterAll(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
  // No test of this file gives a reason to delete the sandbox.
  expect(local.host.destroyed).toEqual([]);
});

const megabytes = randomBytes(3 << 20);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('a command ends with its own output and code', async () => {
  const result = await commands.run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect(result).toMatchObject({ outcome: 'exited', exitCode: 7, signal: undefined, truncated: false });
  expect([result.stdout.text, result.stderr.text]).toEqual(['out\n', 'err\n']);
  expect(result.ok).toBe(false);
  expect((await commands.run(['true'])).ok).toBe(true);
});

test('orThrow gives back a success, and makes an error of everything else', async () => {
  const good = await commands.run(['true']);
  expect(good.orThrow()).toBe(good);
  const bad = await commands.run(['sh', '-c', 'echo it broke >&2; exit 3']);
  expect(() => bad.orThrow()).toThrow(expect.objectContaining({ code: 'CommandFailed', sandboxId: 'local' }));
  expect(() => bad.orThrow()).toThrow(/exit code 3; its last words: "it broke"/);
});

test('an end by a signal is no exit code', async () => {
  const killed = await commands.run(['sh', '-c', 'kill -9 $$']);
  expect(killed).toMatchObject({ outcome: 'signaled', exitCode: undefined, signal: 'SIGKILL' });
  // The shell says 137 of its child; that is what the shell exited with.
  const shell = await commands.run(['sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?']);
  expect(shell).toMatchObject({ outcome: 'exited', exitCode: 137 });
});

test.each([
  ['a program that is not there', ['no-such-program'], {}, /ENOENT/],
  ['a file that may not be executed', ['/etc/passwd'], {}, /EACCES/],
  ['a folder', ['/tmp'], {}, /EACCES/],
  ['a folder to start in that is not there', ['true'], { cwd: 'nowhere' }, /CWD/],
  ['a PATH without the program', ['true'], { env: { PATH: '/nowhere' } }, /ENOENT/],
])('%s is not started, and says so', async (_name, argv, options, message) => {
  const running = commands.run(argv, options);
  await expect(running).rejects.toMatchObject({ code: 'CommandNotStarted' });
  await expect(running).rejects.toThrow(message);
  await expect(commands.start(argv, options)).rejects.toMatchObject({ code: 'CommandNotStarted' });
});

test.each([
  ['no program', [], {}],
  ['an empty program', [''], {}],
  ['NUL in an argument', ['echo', 'a\0b'], {}],
  ['half a character', ['echo', '\ud800'], {}],
  ['a variable with =', ['true'], { env: { 'A=B': 'c' } }],
  ['no time at all', ['true'], { timeoutMs: 0 }],
  ['a command line beyond the limit', ['echo', 'x'.repeat(2 << 20)], {}],
])('%s is refused before anything is sent', async (_name, argv, options) => {
  await expect(commands.run(argv, options)).rejects.toMatchObject({ code: 'ArgumentInvalid' });
});

test('argv reaches the program as it is, without a shell', async () => {
  const argv = ['printf', '%s|', '$HOME', '`id`', '', '-n', 'a\nb', 'é✓'];
  expect((await commands.run(argv)).stdout.text).toBe('$HOME|`id`||-n|a\nb|é✓|');
  expect((await commands.shell('echo $((1 + 2))')).stdout.text).toBe('3\n');
});

test('folder and environment are those of the call', async () => {
  const where = async (cwd?: string) => (await commands.run(['pwd'], { cwd })).stdout.text.trim();
  expect(await Promise.all([where(), where('inner'), where('/usr')])).toEqual([
    folder,
    path.join(folder, 'inner'),
    '/usr',
  ]);
  const env = { GIVEN: 'a=b\nc', HOME: undefined };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell reads it
  const { stdout } = await commands.run(['sh', '-c', 'printf %s "$GIVEN|${HOME-unset}"'], { env });
  expect(stdout.text).toBe('a=b\nc|unset');
});

test.each([
  ['bytes', () => megabytes],
  ['a stream', () => Readable.from([megabytes.subarray(0, 100_000), megabytes.subarray(100_000)])],
])('input from %s is read to its end', async (_name, stdin) => {
  const { stdout } = await commands.run(['sha256sum'], { stdin: stdin() });
  expect(stdout.text).toBe(`${sha256(megabytes)}  -\n`);
});

test('a command without input finds its end at once, and one that reads none of it ends', async () => {
  expect(await commands.run(['cat'])).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await commands.run(['true'], { stdin: megabytes })).toMatchObject({
    outcome: 'exited',
    exitCode: 0,
  });
});

test('output is bytes, kept up to the limit and told as it comes', async () => {
  const heard: Uint8Array[] = [];
  const result = await commands.run(['cat'], {
    stdin: megabytes,
    maxOutputBytes: 1000,
    onStdout: (bytes) => heard.push(bytes),
  });
  expect(sha256(Buffer.concat(heard))).toBe(sha256(megabytes));
  expect(Buffer.from(result.stdout.bytes)).toEqual(megabytes.subarray(0, 1000));
  expect(result.truncated).toBe(true);
  const whole = await commands.run(['cat'], { stdin: megabytes });
  expect([sha256(whole.stdout.bytes), whole.truncated]).toEqual([sha256(megabytes), false]);
});

test('output that nobody keeps does not travel', async () => {
  // 300 MB would take seconds as frames; here it must not fill the window either, or the command would stand still.
  const result = await commands.run(['head', '-c', '300000000', '/dev/zero'], { maxOutputBytes: 10 });
  expect(result).toMatchObject({ outcome: 'exited', exitCode: 0, truncated: true });
  expect(result.stdout.length).toBe(10);
});

test('a handle tells what comes, takes input, and ends with the result', async () => {
  const handle = await commands.start(['sh', '-c', 'while read -r line; do echo "got $line"; done; exit 4'], {
    stdin: 'pipe',
  });
  handle.stdin!.write('one\n');
  const first = await handle.events.next();
  expect(first.value).toMatchObject({ type: 'stdout', bytes: Buffer.from('got one\n') });
  handle.stdin!.end('two\n');
  const rest = [];
  for await (const event of handle.events) rest.push(event);
  expect(rest.map((event) => event.type)).toEqual(['stdout', 'end']);
  expect(await handle.wait()).toMatchObject({ outcome: 'exited', exitCode: 4 });
  expect((await handle.wait()).stdout.text).toBe('got one\ngot two\n');
});

test('who reads no events gets all of the output in the result', async () => {
  const handle = await commands.start(['cat'], { stdin: megabytes });
  expect(sha256((await handle.wait()).stdout.bytes)).toBe(sha256(megabytes));
});

test('a reader that stops reading does not stop its own command, nor another', async () => {
  const standing = await commands.start(['head', '-c', '50000000', '/dev/zero']);
  const { value } = await standing.events.next();
  expect(value).toMatchObject({ type: 'stdout' });
  // Far more than a window waits in the pod now; others go on.
  const others = await Promise.all([1, 2, 3].map(() => commands.run(['cat'], { stdin: megabytes })));
  expect(others.map(({ stdout }) => stdout.length)).toEqual([3 << 20, 3 << 20, 3 << 20]);
  await standing.events.return();
  expect(await standing.wait()).toMatchObject({ outcome: 'exited', exitCode: 0, truncated: true });
});

test('twenty at once keep their own input and output', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      commands.run(['sh', '-c', 'cat; echo "$ME" >&2; exit "$ME"'], {
        stdin: `input ${index}`,
        env: { ME: String(index) },
      }),
    ),
  );
  results.forEach((result, index) => {
    expect(result).toMatchObject({ outcome: 'exited', exitCode: index });
    expect([result.stdout.text, result.stderr.text]).toEqual([`input ${index}`, `${index}\n`]);
  });
});
