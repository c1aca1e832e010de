import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'drydock-reporter-'));
  const config = {
    rootDir: project,
    reporters: [join(__dirname, 'reporter.js')],
    transform: { '\\.ts$': require.resolve('@swc/jest') },
  };
  writeFileSync(join(project, 'jest.config.json'), JSON.stringify(config));
});
afterAll(() => rmSync(project, { recursive: true }));

/** Runs jest for real over the given files and nothing else. */
function run(
  files: Record<string, string>,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): { status: number | null; lines: string[] } {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(project, name), text);
  }
  const names = Object.keys(files).map((name) => join(project, name));
  const args = [
    '-c',
    join(project, 'jest.config.json'),
    '--runTestsByPath',
    ...names,
    ...(options.args ?? []),
  ];
  const result = spawnSync(process.execPath, [require.resolve('jest/bin/jest'), ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, CI: '', DRYDOCK_COUNTS_FILE: '', ...options.env },
  });
  return { status: result.status, lines: result.stdout.trim().split('\n') };
}

const needsModule = JSON.stringify(join(__dirname, 'needs.ts'));
const needy = `
  const { needs, command } = require(${needsModule});
  const missing = command('no-such-program', 'install no-such-program');
  test('runs everywhere', () => {});
  needs(command('node', 'install Node')).test('runs node', () => {});
  needs(missing).test('talks to it', () => { throw new Error('must not run'); });
  needs(missing).describe('a whole group', () => { test('one of it', () => { throw new Error('must not run'); }); });
`;

test('a green run ends with one line of counts and status 0', () => {
  const { status, lines } = run({ 'green.test.js': "test('a', () => {}); test('b', () => {});" });
  expect(status).toBe(0);
  expect(lines.at(-1)).toBe('2 passed, 0 failed, 0 skipped');
  expect(lines.filter((line) => /passed, \d+ failed/.test(line))).toHaveLength(1);
  expect(lines[0]).toMatch(/^\[1\/1\] green\.test\.js {2}2 passed, \d+\.\d s$/);
});

test('a failing test, a file that does not load and a file without a test each count as failed', () => {
  const { status, lines } = run({
    'red.test.js':
      "test('a', () => { console.log('what it printed'); expect(1).toBe(2); }); test('b', () => {});",
    'broken.test.js': "require('./nowhere'); test('a', () => {});",
    'empty.test.js': '',
  });
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('1 passed, 3 failed, 0 skipped');
  expect(lines.join('\n')).toMatch(/Cannot find module '\.\/nowhere'/);
  expect(lines.join('\n')).toMatch(/what it printed/);
});

test('a skip says why and how to make it run; the run stays green', () => {
  const { status, lines } = run({ 'needy.test.ts': needy });
  expect(status).toBe(0);
  expect(lines.at(-1)).toBe('2 passed, 0 failed, 2 skipped');
  expect(lines.slice(1, 5)).toEqual([
    '  skipped: needy.test.ts > talks to it',
    '    no no-such-program on the PATH; install no-such-program',
    expect.stringMatching(/skipped: needy\.test\.ts > a whole group/),
    '    no no-such-program on the PATH; install no-such-program',
  ]);
});

test('with CI=true a skip is a failure', () => {
  const { status, lines } = run({ 'needy.test.ts': needy }, { env: { CI: 'true' } });
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('2 passed, 2 failed, 0 skipped');
});

test('a skip without a reason is a failure everywhere', () => {
  const text = "test.skip('a', () => {}); test.todo('b'); test('c', () => {});";
  const { status, lines } = run({ 'silent.test.js': text });
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('1 passed, 2 failed, 0 skipped');
  expect(lines.join('\n')).toMatch(/no reason given/);
});

test('what a name pattern leaves out is not a skip', () => {
  const { status, lines } = run(
    { 'two.test.js': "test('one', () => {}); test('two', () => {});" },
    { args: ['-t', 'one'] },
  );
  expect(status).toBe(0);
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
});

test('hands the counts, each failure and the time of each file to a file where one is named, and then prints no last line', () => {
  const counts = join(project, 'counts.json');
  const written = (files: Record<string, string>) => {
    const { lines } = run(files, { env: { DRYDOCK_COUNTS_FILE: counts } });
    expect(lines).not.toContainEqual(expect.stringMatching(/\d failed, \d+ skipped$/));
    return JSON.parse(readFileSync(counts, 'utf8'));
  };
  expect(written({ 'green.test.js': "test('a', () => {});" })).toEqual({
    passed: 1,
    skipped: 0,
    failures: [],
    files: [{ name: 'green.test.js', seconds: expect.any(Number) }],
  });
  const failure = (title: string, message: RegExp) => ({ title, message: expect.stringMatching(message) });
  const { passed, skipped, failures, files } = written({
    'red.test.js':
      "describe('a sum', () => { test('adds', () => { expect(1).toBe(2); }); test('b', () => {}); });",
    'broken.test.js': "require('./nowhere');",
    'silent.test.js': "test.skip('c', () => {}); test('d', () => {});",
  });
  expect({ passed, skipped }).toEqual({ passed: 2, skipped: 0 });
  expect(failures).toHaveLength(3);
  expect(files).toHaveLength(3);
  expect(failures).toEqual(
    expect.arrayContaining([
      failure('red.test.js > a sum adds', /Expected: 2[\s\S]*red\.test\.js:1/),
      failure('broken.test.js', /Cannot find module '\.\/nowhere'/),
      failure('silent.test.js > c', /^skipped: no reason given/),
    ]),
  );
});

test('a file that does not end is named, counted and ended', () => {
  const { status, lines } = run(
    { 'endless.test.js': "test('a', () => new Promise(() => setInterval(() => {}, 1000)), 600_000);" },
    { args: ['--runInBand'], env: { DRYDOCK_FILE_LIMIT_MS: '500' } },
  );
  expect(status).toBe(1);
  expect(lines).toContain('FAILED: endless.test.js does not end');
  expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});

test('a handle that stays open fails the run instead of holding it', () => {
  const open = "test('a', () => { require('node:net').createServer().listen(0, '127.0.0.1'); });";
  const env = { DRYDOCK_EXIT_LIMIT_MS: '500' };
  const held = run({ 'open.test.js': open }, { args: ['--runInBand'], env });
  expect(held.status).toBe(1);
  expect(held.lines).toContainEqual(
    expect.stringMatching(/^FAILED: jest does not end, something is still open: .*TCPServerWrap/),
  );
  expect(held.lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
  const closed = run({ 'closed.test.js': "test('a', () => {});" }, { args: ['--runInBand'], env });
  expect(closed.status).toBe(0);
});
