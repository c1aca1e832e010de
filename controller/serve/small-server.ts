import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default - every address of this machine: the kubelet asks from outside of the pod */
  readonly host?: string;
  /** The longest that a whole request may take. @default 5000 */
  readonly requestMs?: number;
}

export interface SmallServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Who does not get on with a request is sent away so often; Node's own 30 s would be six times the longest request. */
const LOOK_MS = 1_000;

/** A server in a process that has other work: few connections, none of which may take its time. */
export async function startSmallServer(
  { port, host, requestMs = 5_000 }: SmallServerOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<SmallServer> {
  const server = createServer({ connectionsCheckingInterval: LOOK_MS }, onRequest);
  server.headersTimeout = Math.min(5_000, requestMs);
  server.requestTimeout = requestMs;
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

/** The whole answer to a request. */
export function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
