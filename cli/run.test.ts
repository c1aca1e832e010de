import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrydockError } from '../core/template';
import { parseOptions } from './parse-options';
import { type CommandEntry, run } from './run';
import { listener } from './testing-only/listener';

const commands: Record<string, CommandEntry> = {
  synth: {
    summary: 'Writes things.',
    load: async () => async (argv, io) => {
      const { values } = parseOptions('synth', argv, {
        output: { type: 'string', short: 'o' },
        verify: { type: 'boolean' },
      });
      io.out(JSON.stringify({ ...values }));
      return 0;
    },
  },
  cluster: {
    summary: 'Starts things.',
    load: async () => async () => {
      throw new DrydockError('PORT_TAKEN', {
        where: 'port 6443',
        found: 'a listener',
        expected: 'none',
        remedy: 'Choose another.',
      });
    },
  },
  broken: {
    summary: 'Throws an unexpected error.',
    load: async () => async () => {
      throw new TypeError('x is not a function');
    },
  },
};

async function drydock(argv: string[], env: NodeJS.ProcessEnv = {}, version = process.version) {
  const { io, said } = listener();
  return { code: await run(argv, commands, io, { env, version }), ...said };
}

test.each([[[]], [['--help']], [['-h']], [['help']]])('lists the commands for %j', async (argv) => {
  expect(await drydock(argv)).toEqual({
    code: 0,
    out: `Usage: drydock <command> [options]

  synth    Writes things.
  cluster  Starts things.
  broken   Throws an unexpected error.

drydock <command> --help says what a command takes; drydock --version prints the version.
`,
    err: '',
  });
});

test('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  expect(await drydock(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  ['snyth', 'unknown command snyth, did you mean synth?'],
  ['frobnicate', 'unknown command frobnicate'],
  ['constructor', 'unknown command constructor'],
  ['--versoin', 'unknown option --versoin, did you mean --version?'],
])('answers %s with one sentence and code 2', async (word, sentence) => {
  const answer = await drydock([word]);
  expect(answer).toEqual({
    code: 2,
    out: '',
    err: `drydock: ${sentence} (drydock --help lists what there is)\n`,
  });
});

test.each([
  [['--outptu', 'x'], 'unknown option --outptu, did you mean --output?'],
  [['--no-such-thing-here'], 'unknown option --no-such-thing-here'],
  [['-x'], 'unknown option -x'],
  [['stray'], 'unexpected argument "stray": drydock synth takes options only'],
  [['--output'], "Option '-o, --output <value>' argument missing"],
  [['--verify=yes'], "Option '--verify' does not take an argument"],
])('answers `synth %j` with one sentence and code 2', async (argv, sentence) => {
  expect(await drydock(['synth', ...argv])).toEqual({
    code: 2,
    out: '',
    err: `drydock: ${sentence} (drydock synth --help lists what there is)\n`,
  });
});

test('hands known options to the command', async () => {
  const { code, out } = await drydock(['synth', '-o', 'there', '--verify']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ output: 'there', verify: true });
});

test('prints an error of ours as its code and sentence, with the stack only on request', async () => {
  const plain = await drydock(['cluster']);
  expect(plain).toEqual({
    code: 1,
    out: '',
    err: 'drydock: PORT_TAKEN at port 6443: found a listener; expected none. Choose another.\n',
  });
  const debug = await drydock(['cluster'], { DRYDOCK_DEBUG: '1' });
  expect(debug.code).toBe(1);
  expect(debug.err).toMatch(/^drydock: PORT_TAKEN .*\n.*\n {4}at /);
});

test('prints any other error with its class and how to see the stack', async () => {
  expect(await drydock(['broken'])).toEqual({
    code: 1,
    out: '',
    err: 'drydock: TypeError: x is not a function (run again with DRYDOCK_DEBUG=1 for where it was thrown)\n',
  });
});

test.each(['v20.18.3', 'v18.20.8', 'v9.11.2'])(
  'refuses to run on Node %s, in one sentence',
  async (version) => {
    expect(await drydock(['--version'], {}, version)).toEqual({
      code: 1,
      out: '',
      err: `drydock: needs Node 20.19 or newer, found ${version}: install a newer one from nodejs.org\n`,
    });
  },
);

test.each(['v20.19.0', 'v22.0.0'])('runs on Node %s', async (version) => {
  expect((await drydock(['--version'], {}, version)).code).toBe(0);
});
