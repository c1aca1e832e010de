import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type Cluster, tool, until } from '../../cluster';
import { definitionOf } from '../../scripts/imports/crds';

/** The real controller of Argo Rollouts beside a cluster of tests, as a process of this machine. */

const KINDS = [
  ...(['rollouts', 'analysistemplates', 'analysisruns', 'clusteranalysistemplates', 'experiments'] as const),
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class RolloutsController {
  #process: ChildProcess | undefined;
  readonly #said: string[] = [];

  async start(cluster: Cluster): Promise<void> {
    const [program, files] = await Promise.all([
      tool('argo-rollouts'),
      Promise.all(KINDS.map((kind) => definitionOf(kind))),
    ]);
    await cluster.kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', file])]);
    await until('the API server to know Rollouts', async () => {
      const answer = await cluster.kubectl(['get', KINDS.join(), '-A'], { allowFailure: true });
      return answer.code === 0;
    });
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
    if (!this.#process || this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}

/**
 * A stand-in for the HTTP API of Prometheus: it answers instant queries with what the test says of them, in the form of the
 * real one. What is tested is who asks and what becomes of the answer.
 */
export class PrometheusStandIn {
  readonly #server: Server;
  readonly asked: string[] = [];

  constructor(answerTo: (query: string) => number) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { search, pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
        const form = new URLSearchParams(
          request.method === 'POST' ? Buffer.concat(chunks).toString() : search,
        );
        const query = form.get('query') ?? '';
        if (pathname !== '/api/v1/query') return void response.writeHead(404).end();
        this.asked.push(query);
        const value = [Date.now() / 1_000, String(answerTo(query))];
        const data = { resultType: 'vector', result: [{ metric: {}, value }] };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ status: 'success', data }));
      });
    });
  }

  /** Resolves to its address. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
