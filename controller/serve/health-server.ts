import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics';

export interface HealthServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default - every address of this machine: the kubelet asks from outside of the pod */
  readonly host?: string;
  readonly metrics: Metrics;
  /** What is wrong with the process, so that a new one would be better; undefined for nothing. */
  readonly isSick: () => string | undefined;
  /** What it still waits for before it can work; undefined for nothing. */
  readonly isWaiting: () => string | undefined;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers `/healthz`, `/readyz` and `/metrics`, and 404 to all else. Nothing it tells is secret, and it takes nothing. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { metrics, isSick, isWaiting, port, host } = options;
  const server: Server = createServer((request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, 'GET only');
    else if (path === '/healthz') answerHealth(response, isSick());
    else if (path === '/readyz') answerHealth(response, isSick() ?? isWaiting());
    else if (path === '/metrics')
      answer(response, 200, metrics.text(), 'text/plain; version=0.0.4; charset=utf-8');
    else answer(response, 404, 'there are /healthz, /readyz and /metrics');
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerHealth(response: ServerResponse, problem: string | undefined): void {
  answer(response, problem === undefined ? 200 : 503, problem ?? 'ok');
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
