import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { command, needs } from '../../test/support/needs';
import { NOT_ENTERED, waitingScript } from './run-values';
import { besideFirstProcess as beside } from './testing-only/first-process';

// The template's own first process, as process 1 of a namespace as in a container, with a bound of a second.

const { concurrent } = needs(
  command('unshare', 'install util-linux, and run as root'),
  command('nsenter', 'install util-linux, and run as root'),
);

concurrent('a first process beside which nothing is run ends by itself, and says why', async () => {
  expect(await beside('')).toEqual({ code: 1, said: NOT_ENTERED });
});

concurrent(
  'one beside which something was run waits on, also when that is over, until it is told to end',
  async () => {
    const entered = 'nsenter -t $child -p true; sleep 2; kill -TERM $child';
    expect(await beside(entered)).toEqual({ code: 143, said: '' });
  },
);

concurrent('a sleep that is ended is followed by another', async () => {
  const ended =
    'nsenter -t $child -p true; sleep 1; kill $(cat /proc/$child/task/$child/children); sleep 2; ' +
    '[ -n "$(cat /proc/$child/task/$child/children)" ] && kill -TERM $child';
  expect(await beside(ended)).toEqual({ code: 143, said: '' });
});

concurrent('where it is not the first process it does not end: numbers there are not its own', async () => {
  const shell = promisify(execFile)('timeout', ['2', 'sh', '-c', waitingScript(0)], { encoding: 'utf8' });
  await expect(shell).rejects.toMatchObject({ code: 124 });
});
