import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../../cluster/tools/tool';

/** Says that it has the lock, and holds it until its input ends: when the work is done, and also when we are killed. */
const HOLD = 'echo held; cat';

/** Runs work while nothing else on this machine runs work of the same name: test files build the same images. */
export async function oneAtATime<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(cacheDirectory(), { recursive: true });
  const holder = spawn('flock', [join(cacheDirectory(), `.${name}.lock`), 'sh', '-c', HOLD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'close');
  try {
    const [said] = await Promise.race([once(holder.stdout, 'data'), ended]);
    if (String(said) !== 'held\n') throw new Error(`flock did not take the lock ${name}: ${said}`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
