import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Cluster, tool, until } from '../../cluster';
import { freePort } from '../../gitops/testing-only/free-port';
import { definitionOf } from '../../scripts/imports/crds';
import { ended } from './world';

const KINDS = [
  ...(['rollouts', 'analysistemplates', 'analysisruns', 'clusteranalysistemplates', 'experiments'] as const),
];

/** Brings the kinds of Argo Rollouts into a cluster. */
export async function teachRollouts(cluster: Cluster): Promise<void> {
  const files = await Promise.all(KINDS.map((kind) => definitionOf(kind)));
  await cluster.kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', file])]);
  await until('the API server to know Rollouts', async () => {
    const answer = await cluster.kubectl(['get', KINDS.join(), '-A'], { allowFailure: true });
    return answer.code === 0;
  });
}

/** The real controller of Argo Rollouts beside a cluster of tests, as a process of this machine. */
export class RolloutsController {
  #process: ChildProcess | undefined;
  readonly #said: string[] = [];

  async start(cluster: Cluster): Promise<void> {
    const [program] = await Promise.all([tool('argo-rollouts'), teachRollouts(cluster)]);
    const ports = [`--healthzPort=${await freePort()}`, `--metricsPort=${await freePort()}`];
    const args = [`--kubeconfig=${cluster.kubeconfig}`, '--leader-elect=false', ...ports];
    this.#process = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    createInterface({ input: this.#process.stderr! }).on('line', (line) => this.#said.push(line));
  }

  /** Its last words, for the message of a test that waits in vain. */
  said(): string {
    return this.#said.slice(-10).join('\n');
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
  }
}
