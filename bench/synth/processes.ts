import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a whole process took. */
export interface Took {
  readonly seconds: number;
  /** The most memory that it ever held, as the kernel counted it. */
  readonly peakMb: number;
  readonly stdout: string;
}

const POLL_MS = 2;

/** Runs a program to its end. Its peak memory is the last value of VmHWM that was seen, which only grows. */
export function measure(
  program: string,
  args: readonly string[],
  limitMs: number,
): Promise<Took | undefined> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let peakKb = 0;
    let isOver = false;
    const poll = setInterval(() => {
      peakKb = Math.max(peakKb, peakOf(child.pid));
    }, POLL_MS);
    const limit = setTimeout(() => {
      isOver = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      clearTimeout(limit);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString()) as [
        string,
        string,
      ];
      if (isOver) resolve(undefined);
      else if (code !== 0) reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`));
      else resolve({ seconds, peakMb: peakKb / 1024, stdout });
    });
  });
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
