import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, needs } from '../../test/support/needs';
import { commandOfJob } from './job-files';

const { test: real } = needs(command('unshare', 'install util-linux, and run as root'));

real('the first process of a Job whose files do not come ends when its supervisor tells it to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-gate-'));
  try {
    const gate = join(folder, 'gate');
    const [shell, option, script, , ...words] = commandOfJob(['sleep', '600'], {});
    const around = [
      'unshare -p -f --kill-child "$@" & unshare=$!',
      `trap 'kill -KILL $unshare; exit' TERM`,
      `until [ -p ${gate} ]; do sleep 0.01; done`,
      'read -r first </proc/$unshare/task/$unshare/children; kill -TERM $first; wait $unshare; echo $?',
    ].join('\n');
    const args = ['-c', around, 'sh', shell, option, script, gate, ...words].map(String);
    const { stdout } = spawnSync('sh', args, { encoding: 'utf8', timeout: 20_000 });
    expect(stdout).toBe('143\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
