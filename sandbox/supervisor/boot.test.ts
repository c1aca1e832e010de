import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootCommand } from './boot';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-boot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without a first line: what is longer than a pipe comes in pieces. */
const PROGRAM = `#!/bin/sh\necho "in: $1"\nexit\n${'#'.repeat(300_000)}\n`;

/** What becomes of an image in which some programs only fail, and say so to nobody. */
function booted(failing: readonly string[], input: string) {
  const programs = mkdtempSync(path.join(folder, 'bin-'));
  for (const name of failing)
    writeFileSync(path.join(programs, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const [program = '', ...args] = bootCommand(folder);
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  const { status, stdout } = spawnSync(program, args, { env, input, encoding: 'utf8' });
  return { status, said: stdout.split('\n').slice(1).join() };
}

test.each([[[]], [['dd']], [['stat']], [['dd', 'stat']]])(
  'the program comes in whole where these do not work: %j, and one that is cut short is not run',
  (failing) => {
    expect(booted(failing, `${PROGRAM.length}\n${PROGRAM}`)).toEqual({ status: 0, said: 'in: serve,' });
    expect(booted(failing, `${PROGRAM.length + 1}\n${PROGRAM}`)).toEqual({ status: 1, said: '' });
  },
);

test('where neither way of taking it works, it says so at once', () => {
  expect(booted(['dd', 'head'], `${PROGRAM.length}\n${PROGRAM}`)).toEqual({ status: 1, said: '' });
});
