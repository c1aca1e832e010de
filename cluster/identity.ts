import { readFileSync } from 'node:fs';

/**
 * One process of this machine. Its number alone is given again, after a restart of the machine in the same order even;
 * with the moment of its start and the boot that it is counted from it means one process only.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
}

/** Whether exactly this process runs. One that ended and was not collected yet does not: it holds nothing any more. */
export function isAlive({ pid, start, boot }: ProcessIdentity): boolean {
  try {
    if (readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() !== boot) return false;
    // The command is in parentheses and may hold blanks and parentheses of its own.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[19] === start && fields[0] !== 'Z';
  } catch {
    return false;
  }
}
