import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { RUN_MARK } from '../machine/leaks';

/** A run in a process of its own, as `one-run.ts` reports it. */
export interface SpawnedRun {
  readonly process: ChildProcess;
  readonly id: string;
  /** The process that holds the cluster. */
  readonly holder: number;
  /** Where the folders of clusters are. */
  readonly root: string;
  /** Tells it to stop its cluster and waits for its end. */
  stop(): Promise<void>;
  /** Ends it as nothing can defend against, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a marked run and waits until its cluster has pods. */
export async function spawnRun(mark: string, nodes: 1 | 2): Promise<SpawnedRun> {
  const script = path.join(__dirname, 'one-run.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(nodes)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, [RUN_MARK]: mark },
  });
  let complaints = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8');
  });
  const ended = once(child, 'close');
  const first = once(createInterface({ input: child.stdout! }), 'line');
  const line = await Promise.race([first, ended.then(() => undefined)]);
  if (!line) throw new Error(`the run ended before its cluster was ready: ${complaints}`);
  return {
    process: child,
    ...(JSON.parse(String(line[0])) as { id: string; holder: number; root: string }),
    async stop() {
      child.stdin!.write('stop\n');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the run ended with ${code}: ${complaints}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
