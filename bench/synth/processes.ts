import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a whole process took. */
export interface Took {
  readonly seconds: number;
  /** Processor time of all its threads, which other programs hardly change. */
  readonly cpuSeconds: number;
  /** The most memory it ever held, as counted by the kernel. */
  readonly peakMb: number;
  readonly stdout: string;
}

const POLL_MS = 2;
const TICKS_A_SECOND = 100;

/**
 * Runs a program to its end, or until it used up its processor time. Memory and processor time are the last that were
 * seen before it ended; both only grow.
 */
export function measure(
  program: string,
  args: readonly string[],
  limitCpuSeconds: number,
): Promise<Took | undefined> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let [peakMb, cpuSeconds, isOver] = [0, 0, false];
    const poll = setInterval(() => {
      const about = aboutProcess(child.pid);
      peakMb = Math.max(peakMb, about.peakMb);
      cpuSeconds = Math.max(cpuSeconds, about.cpuSeconds);
      if (cpuSeconds <= limitCpuSeconds) return;
      isOver = true;
      child.kill('SIGKILL');
    }, POLL_MS);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString()) as [
        string,
        string,
      ];
      if (isOver) resolve(undefined);
      else if (code !== 0) reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`));
      else resolve({ seconds, cpuSeconds, peakMb, stdout });
    });
  });
}

function aboutProcess(pid: number | undefined): { readonly peakMb: number; readonly cpuSeconds: number } {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // After the name, which is in brackets and may hold spaces, user and system time are fields 12 and 13.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return {
      peakMb: Number(peak ?? 0) / 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    };
  } catch {
    return { peakMb: 0, cpuSeconds: 0 };
  }
}
