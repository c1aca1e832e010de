import { randomBytes } from 'node:crypto';
import { WORKSPACE } from '../spec';

/** What a container says of its end when its client was gone; what becomes a supervisor says the same (program/orphan.go). */
export const ORPHANED = 'drydock: the client of this sandbox is gone, and no other one has entered it';

/**
 * For an input that has ended before the program was in, which is the end of the client. As a supervisor would, it waits
 * and ends the main process, unless others are in by then, or were: a client that enters takes more than three numbers of
 * processes, the main process at most two in that time. Outside of a container process 1 is none of ours.
 */
const GONE = [
  '[ "$PPID" -eq 0 ] && [ -n "$2" ] || exit 1',
  'sleep $(($2 / 1000)) & a=$!',
  'wait $a',
  'set -- /proc/[0-9]*',
  ': & [ $# -gt 3 ] || [ $! -gt $((a + 3)) ] || ' + `{ echo '${ORPHANED}' >/dev/termination-log; kill 1; }`,
  'exit 1',
].join('; ');

/**
 * Takes so many bytes, and no more. `head` and `wc` of BusyBox go byte by byte, which is as much work as everything else
 * here together, and a sandbox has little of a processor: what goes by blocks is used where the image has it.
 */
const TAKE = [
  'if dd count=0 iflag=fullblock </dev/null >/dev/null 2>&1',
  'then dd bs="$n" count=1 iflag=fullblock of="$1" 2>/dev/null',
  'else head -c "$n" >"$1"',
  'fi || exit 1',
  's=$(stat -c %s "$1" 2>/dev/null || wc -c <"$1") || s=$n',
].join('; ');

/**
 * Names the machine, takes the length and as many bytes, and becomes them. `read` takes one byte at a time, so what is
 * next finds the first byte of the program; what `head` reads ahead does not exist yet. A goodbye of another supervisor
 * (program/orphan.go) may come before this one hears it, and would end it then.
 */
const SCRIPT = [
  "trap '' USR1",
  `gone() { ${GONE}; }`,
  'uname -m',
  'u=$(umask)',
  'umask 077',
  'read -r n || gone "$@"',
  TAKE,
  '[ $s -ge $n ] || gone "$@"',
  'chmod 700 "$1" && umask "$u" && exec "$1" serve "$@"',
].join('; ');

/**
 * The command that an exec runs to become a supervisor; its input and output then belong to `openSupervisor`. With
 * `orphanMs` it ends the sandbox so long after its client is gone without a word.
 */
export function bootCommand(folder: string = WORKSPACE, orphanMs?: number): string[] {
  const file = `${folder}/.drydock-${randomBytes(6).toString('hex')}`;
  return ['sh', '-c', SCRIPT, 'sh', file, ...(orphanMs === undefined ? [] : [String(orphanMs)])];
}
