import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { runCommand } from './command';

const script = path.join(__dirname, 'testing-only', 'attached.ts');

/** Runs a shell script attached; it says when it is ready. */
async function attached(shell: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, 'sh', '-c', shell]);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, ended };
}

test('an attached program outlives Ctrl-C of its terminal, hears SIGTERM, and decides the status', async () => {
  const { child, ended } = await attached('trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
});

test('one that a signal ended has the status that a shell gives for it', async () => {
  const { ended } = await attached('echo ready; kill -KILL $$');
  expect(await ended).toEqual([137, null]);
});

test('a command that fails says how and what it wrote, and one that may fail is a result', async () => {
  const failing = ['-c', 'echo about to fail >&2; exit 3'];
  await expect(runCommand('sh', failing)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    found: 'status 3: about to fail',
  });
  expect(await runCommand('sh', failing, { allowFailure: true })).toMatchObject({ code: 3 });
});
