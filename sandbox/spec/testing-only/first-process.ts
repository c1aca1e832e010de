import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitingScript } from '../run-values';

/** How the first process ended, and what it or another said of that. */
export interface FirstProcessEnd {
  readonly code: number;
  readonly said: string;
}

/**
 * Runs the template's own first process as process 1 of a namespace, as in a container, with a bound of a second, and
 * beside it a script, which knows it from outside as `$child` and the arguments that it is given as `$2` and so on.
 */
export async function besideFirstProcess(
  script: string,
  args: readonly string[] = [],
): Promise<FirstProcessEnd> {
  const around = [
    // Words about an end go to a file in /dev, which must not be that of this machine.
    'mount -t tmpfs none /dev && : >/dev/null && : >/dev/termination-log',
    'unshare -p -f --mount-proc sh -c "$1" & unshare=$!',
    // It waits once it has a child: before that it does not know yet which numbers are its own.
    'until read -r child </proc/$unshare/task/$unshare/children; [ -n "$(cat /proc/$child/task/$child/children)" ]',
    'do sleep 0.05; done 2>/dev/null',
    script,
    'wait $unshare; echo $?; cat /dev/termination-log',
  ].join('\n');
  const argv = ['-m', 'sh', '-c', around, 'sh', waitingScript(1), ...args];
  const { stdout } = await promisify(execFile)('unshare', argv, { encoding: 'utf8', timeout: 60_000 });
  const [code, ...said] = stdout.split('\n');
  return { code: Number(code), said: said.join('\n').trim() };
}
