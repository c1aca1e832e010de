import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, until } from '../../cluster';

/** A program of this machine that runs in the network of a cluster, where addresses of pods answer, until it is stopped. */
export class Inside {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'drydock-inside-'));
  readonly #running: Promise<unknown>;

  constructor(cluster: Cluster, program: string, args: readonly string[]) {
    // It says its number itself: what starts it is replaced by it, step by step.
    const script = 'echo $$ > "$0/pid"; exec setpriv --pdeathsig KILL -- "$@" 2> "$0/said"';
    this.#running = cluster.run('sh', ['-c', script, this.#folder, program, ...args], { allowFailure: true });
  }

  /** Its last words, for the message of a wait in vain. */
  said(): string {
    return this.#read('said').split('\n').slice(-12).join('\n');
  }

  async stop(): Promise<void> {
    const pid = await until(
      'a program inside to be there',
      async () => Number(this.#read('pid')) || undefined,
    );
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await this.#running;
  }

  #read(file: string): string {
    try {
      return readFileSync(path.join(this.#folder, file), 'utf8');
    } catch {
      return '';
    }
  }
}
