import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** As a process of its own: what Node does when nothing is left to wait for can be seen in no other way. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'program-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line that has one command, `act`, which does this. */
function ended(act: string): { status: number | null; out: string; err: string } {
  const outfile = path.join(folder, 'program.cjs');
  const contents = `
    import { program } from './program';
    const act = async (argv, io) => { ${act} };
    program(['act', '--token', 'hunter2'], { act: { summary: 'Acts.', load: async () => act } });`;
  // The package's own description is looked for beside the file.
  const define = { __dirname: JSON.stringify(__dirname) };
  buildSync({
    stdin: { contents, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    define,
    outfile,
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, out: stdout, err: stderr };
}

const early = /^drydock: act ended before it was done: nothing was left that it waited for\. .*defect.*\n$/;

test.each([
  ['an answer that never comes', 'return new Promise(() => {});'],
  [
    'an answer that never comes after some that came',
    `io.out('one\\n'); await new Promise(setImmediate); await new Promise(() => {});`,
  ],
  [
    'a timer that keeps nothing alive',
    'await new Promise((done) => setTimeout(done, 5_000).unref()); return 0;',
  ],
  ['code that ends the process with success', 'process.exit(0);'],
])('%s is no success: the command says that it ended too early', (_what, act) => {
  const { status, err } = ended(act);
  expect(err).toMatch(early);
  expect(err).not.toContain('hunter2');
  expect(status).toBe(1);
});

test.each([
  ['success', 'return 0;', 0],
  ['a difference', 'return 1;', 1],
  ['success after a while', 'await new Promise((done) => setTimeout(done, 20)); return 0;', 0],
  ['success that leaves a timer behind', 'setTimeout(() => {}, 20); return 0;', 0],
  ['code that ends the process with a failure', 'process.exit(7);', 7],
])('%s is its exit code, without another word', (_what, act, code) => {
  expect(ended(act)).toEqual({ status: code, out: '', err: '' });
});

test('an error that nobody caught is told by Node, once', () => {
  const { status, err } = ended(
    `setImmediate(() => { throw new Error('not caught'); }); await new Promise(() => {});`,
  );
  expect(status).toBe(1);
  expect(err).toContain('Error: not caught');
  expect(err).not.toContain('ended before');
});
