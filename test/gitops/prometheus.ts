import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../cluster';
import { freePort } from '../../gitops/testing-only/free-port';
import { ended } from './world';

/** The real Prometheus, which reads what a test says of each version, as a program would say it of itself. */
export class Prometheus {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'drydock-prometheus-'));
  readonly #metrics: Server;
  readonly #lines: readonly string[];
  #process: ChildProcess | undefined;

  /** @param lines in the form that Prometheus reads */
  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#metrics = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(`${lines.join('\n')}\n`);
    });
  }

  /** Resolves to its address, once it has read everything. */
  async start(): Promise<string> {
    this.#metrics.listen(0, '127.0.0.1');
    await once(this.#metrics, 'listening');
    const { port } = this.#metrics.address() as AddressInfo;
    const config = path.join(this.#folder, 'prometheus.yml');
    writeFileSync(
      config,
      `global: { scrape_interval: 1s }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`,
    );
    const address = `127.0.0.1:${await freePort()}`;
    const data = path.join(this.#folder, 'data');
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
    ];
    this.#process = spawn('prometheus', [...args, '--log.level=error'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('Prometheus to have read the metrics', async () => {
      const answer = await fetch(`http://${address}/api/v1/query?query=errors`);
      const { data: read } = (await answer.json()) as {
        readonly data: { readonly result: readonly unknown[] };
      };
      return read.result.length === this.#lines.length;
    });
    return `http://${address}`;
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
    this.#metrics.closeAllConnections();
    this.#metrics.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
