import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** The process whose command line has both words: what it has used so far, and takes now. */
export function processOf(word: string, other: string): ProcessUse {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      if (!line.includes(word) || !line.includes(other)) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!;
      return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, bytes: Number(kib) * 1024 };
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error(`no process has ${word} in its command line`);
}

/** Of this machine, without what is swapped or can be thrown away at once. */
export function availableBytes(): number {
  const [, kib] = /MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))!;
  return Number(kib) * 1024;
}
