import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
// Loads all commands here: what is loaded in a test alone is counted as run by that test alone.
import './testing-only/drydock';

/** The program as it is started, but for its process; as one of its own it is in test/package. */
const { argv } = process;
const own = (['stdout', 'stderr'] as const).map(
  (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
);
afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
  for (const [name, stream] of own) if (stream) Object.defineProperty(process, name, stream);
});

/** Runs `drydock ...given` on these outputs until it has an exit code. */
async function start(given: readonly string[], outputs: Readonly<Record<'stdout' | 'stderr', Writable>>) {
  process.argv = ['node', 'drydock', ...given];
  process.exitCode = undefined;
  for (const [name, value] of Object.entries(outputs))
    Object.defineProperty(process, name, { value, configurable: true });
  jest.isolateModules(() => require('./main'));
  while (process.exitCode === undefined) await new Promise((resolve) => setImmediate(resolve));
  return process.exitCode;
}

const outputs = () => ({ stdout: new PassThrough(), stderr: new PassThrough() });

test('what is asked for goes to the standard output, a complaint to the other, and the exit code says which', async () => {
  const { version } = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
  const asked = outputs();
  expect(await start(['--version'], asked)).toBe(0);
  expect([asked.stdout.read()?.toString(), asked.stderr.read()]).toEqual([`${version}\n`, null]);
  const wrong = outputs();
  expect(await start(['--versoin'], wrong)).toBe(2);
  expect(wrong.stdout.read()).toBe(null);
  expect(wrong.stderr.read().toString()).toMatch(/^drydock: unknown option --versoin, did you mean/);
});

const FILES = ['synth', 'check', 'explain', 'cluster', 'sandbox', 'verify'];
const DEPLOY = ['diff', 'apply', 'status', 'history', 'rollback', 'delete'];

test.each([...FILES, ...DEPLOY])(
  'drydock %s is the command of that name, with a line in the help',
  async (name) => {
    // The list names compiled files, which jest does not find.
    const file = DEPLOY.includes(name)
      ? `./deploy/${name}`
      : `./${name === 'verify' ? 'verify-installation' : name}`;
    jest.doMock(`${file}.js`, () => jest.requireActual(file), { virtual: true });
    const help = outputs();
    expect(await start(['--help'], help)).toBe(0);
    expect(help.stdout.read().toString()).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
    const own = outputs();
    expect(await start([name, '--help'], own)).toBe(0);
    expect(own.stdout.read().toString()).toMatch(new RegExp(`^Usage: drydock ${name}\\b`));
  },
);

test.each(['stdout', 'stderr'] as const)(
  'a reader of %s that has left, or a terminal that was closed, is no failure; anything else is',
  async (name) => {
    const streams = outputs();
    await start(['--version'], streams);
    const failed = (code: string) => () =>
      streams[name].emit('error', Object.assign(new Error(code), { code }));
    expect(failed('EPIPE')).not.toThrow();
    expect(failed('EIO')).not.toThrow();
    expect(failed('ENOSPC')).toThrow('ENOSPC');
  },
);
