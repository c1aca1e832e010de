import { randomBytes } from 'node:crypto';
import { WORKSPACE } from '../spec';

/**
 * Names the machine, takes the length and as many bytes, and becomes them. `read` takes one byte at a time, so `head`
 * finds the first byte of the program; what `head` reads ahead does not exist yet. A goodbye of another supervisor
 * (program/orphan.go) may come before this one hears it, and would end it then.
 */
const SCRIPT = [
  "trap '' USR1",
  'uname -m',
  'u=$(umask)',
  'umask 077',
  'read -r n && head -c "$n" >"$1" && chmod 700 "$1" && umask "$u" && exec "$1" serve "$@"',
].join('; ');

/**
 * The command that an exec runs to become a supervisor; its input and output then belong to `openSupervisor`. With
 * `orphanMs` it ends the sandbox so long after its client is gone without a word.
 */
export function bootCommand(folder: string = WORKSPACE, orphanMs?: number): string[] {
  const file = `${folder}/.drydock-${randomBytes(6).toString('hex')}`;
  return ['sh', '-c', SCRIPT, 'sh', file, ...(orphanMs === undefined ? [] : [String(orphanMs)])];
}
