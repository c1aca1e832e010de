import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { asNobody } from '../test/support/as-nobody';
import { linux, needs, root } from '../test/support/needs';

needs(linux, root).test(
  'make test says in one sentence that it needs root, and still ends with the counts',
  () => {
    const tsx = join(__dirname, '..', 'node_modules', '.bin', 'tsx');
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
