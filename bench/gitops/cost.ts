import { readFileSync } from 'node:fs';

/** What a process has taken so far. */
export interface Cost {
  /** Processor time of its threads and of the programs that it has run, which what else runs hardly changes. */
  readonly cpuMs: number;
  /** Of these the part of the programs that it has run. */
  readonly childrenMs: number;
  readonly rssMb: number;
  /** The most that it ever held. */
  readonly peakMb: number;
}

const MS_A_TICK = 10;

export function costOf(pid: number): Cost {
  // After the name, which is in brackets and may hold spaces, user and system time are fields 12 and 13, those of children follow.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * MS_A_TICK;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuMs: ticks(11) + ticks(13),
    childrenMs: ticks(13),
    rssMb: mb('VmRSS'),
    peakMb: mb('VmHWM'),
  };
}
