import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { command, needs } from '../../test/support/needs';
import { NOT_ENTERED, waitingScript } from './run-values';

// The template's own first process, as process 1 of a namespace as in a container, with a bound of a second.

const { test } = needs(
  command('unshare', 'install util-linux, and run as root'),
  command('nsenter', 'install util-linux, and run as root'),
);

/** What is done beside it, how it ended, and what it said of that; `$child` is process 1, seen from outside. */
async function beside(what: string): Promise<{ readonly code: number; readonly said: string }> {
  const around = [
    // Its words go to a file in /dev, which must not be that of this machine.
    'mount -t tmpfs none /dev && : >/dev/null && : >/dev/termination-log',
    'unshare -p -f --mount-proc sh -c "$1" & unshare=$!',
    'sleep 0.3; read -r child </proc/$unshare/task/$unshare/children',
    what,
    'wait $unshare; echo $?; cat /dev/termination-log',
  ].join('\n');
  const argv = ['-m', 'sh', '-c', around, 'sh', waitingScript(1)];
  const { stdout } = await promisify(execFile)('unshare', argv, { encoding: 'utf8', timeout: 20_000 });
  const [code, ...said] = stdout.split('\n');
  return { code: Number(code), said: said.join('\n').trim() };
}

test('a first process beside which nothing is run ends by itself, and says why', async () => {
  expect(await beside('')).toEqual({ code: 1, said: NOT_ENTERED });
});

test('one beside which something was run waits on, also when that is over, until it is told to end', async () => {
  const entered = 'nsenter -t $child -p true; sleep 2; kill -TERM $child';
  expect(await beside(entered)).toEqual({ code: 143, said: '' });
});

test('a sleep that is ended is followed by another', async () => {
  const ended =
    'nsenter -t $child -p true; sleep 1; kill $(cat /proc/$child/task/$child/children); sleep 2; ' +
    '[ -n "$(cat /proc/$child/task/$child/children)" ] && kill -TERM $child';
  expect(await beside(ended)).toEqual({ code: 143, said: '' });
});

test('where it is not the first process it does not end: numbers there are not its own', async () => {
  const shell = promisify(execFile)('timeout', ['2', 'sh', '-c', waitingScript(0)], { encoding: 'utf8' });
  await expect(shell).rejects.toMatchObject({ code: 124 });
});
