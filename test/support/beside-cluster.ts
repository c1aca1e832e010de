import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Cluster, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { ended } from '../gitops/world';

/** A real controller beside a cluster of tests, as a process of this machine. */
export class BesideCluster {
  #process: ChildProcess | undefined;
  readonly #said: string[] = [];

  /** Its last words, for the message of a wait in vain. */
  said(): string {
    return this.#said.slice(-25).join('\n');
  }

  /** All of its words. */
  all(): string {
    return this.#said.join('\n');
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
  }

  protected run(program: string, args: readonly string[]): void {
    const stdio: SpawnOptions['stdio'] = ['ignore', 'ignore', 'pipe'];
    this.#process = spawn(program, args, { stdio });
    createInterface({ input: this.#process.stderr! }).on('line', (line) => this.#said.push(line));
  }
}

/** Brings kinds into a cluster, and waits until its API server knows them: a controller ends at once where it does not. */
export async function teach(
  cluster: Cluster,
  objects: readonly JsonObject[],
  kinds: readonly string[],
): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
  await until(`the API server to know ${kinds.join()}`, async () => {
    const answer = await cluster.kubectl(['get', kinds.join(), '-A'], { allowFailure: true });
    return answer.code === 0;
  });
}
