import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asNobody } from '../test/support/as-nobody';
import { linux, needs, root } from '../test/support/needs';

const tsx = join(__dirname, '..', 'node_modules', '.bin', 'tsx');

test('what fails is told at the end with what it said, also a program that is not there, and then the counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-whole-run-'));
  try {
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    mkdirSync(join(folder, 'scripts'));
    for (const name of ['test.ts', 'phases.ts', 'failures.ts'])
      copyFileSync(join(__dirname, name), join(folder, 'scripts', name));
    // Neither the linter nor jest is there.
    const says = { tsx: 'exit 0', tsc: 'echo "a.ts(1,1): error TS1"; exit 2' };
    for (const [name, script] of Object.entries(says)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const run = spawnSync(tsx, [join(folder, 'scripts', 'test.ts'), '--quick'], { encoding: 'utf8' });
    const lines = run.stdout.trim().split('\n');
    const failed = lines.filter((line) => line.startsWith('== failed'));
    expect(failed).toHaveLength(5);
    expect(failed[0]).toBe('== failed (1 of 5): formatter and linter');
    expect(failed[4]).toBe('== failed (5 of 5): unit tests: jest ended before it counted');
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}Error: spawn .*biome ENOENT$/));
    expect(lines).toContain('    a.ts(1,1): error TS1');
    expect(lines.at(-1)).toBe('1 passed, 5 failed, 0 skipped');
    expect(run.status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

needs(linux, root).test(
  'make test says in one sentence that it needs root, and still ends with the counts',
  () => {
    const run = spawnSync('setpriv', [...asNobody, tsx, join(__dirname, 'test.ts')], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    });
    expect(run.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^== failed .1 of 1.: make test needs root, .*: run it as root .*, or run make quick$/,
      ),
      expect.stringMatching(/^took \d+ s$/),
      '0 passed, 1 failed, 0 skipped',
    ]);
    expect(run.status).toBe(1);
  },
);
