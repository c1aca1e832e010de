import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Connection, type ConnectOptions } from '../connection';
import { type KubeConfigLike, newKubeConfig } from '../kube-config';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (seen: Seen, response: ServerResponse, index: number) => void;

/** A server that misbehaves on command: what no healthy API server does when asked. */
export interface ScriptedServer {
  readonly server: Server;
  readonly url: string;
  readonly seen: readonly Seen[];
  /** How many TCP connections were opened so far. */
  readonly opened: () => number;
  connect(options?: Partial<ConnectOptions>): Connection;
  /** Ends every connection of now, without a word. */
  cut(): void;
  close(): Promise<void>;
}

export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export async function scriptedServer(handler: Handler, tls?: Tls): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const connections: Connection[] = [];
  let opened = 0;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://server');
      const entry: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(entry);
      handler(entry, response, seen.length - 1);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    server,
    url,
    seen,
    opened: () => opened,
    connect: (options = {}) => {
      const connection = connectTo(url, options, tls);
      connections.push(connection);
      return connection;
    },
    cut,
    close: async () => {
      for (const connection of connections) connection.close();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A connection without a kubeconfig file, with a token that no error and no log may ever show. */
export const secretToken = 'sekrit-token-that-must-never-be-shown';

export function connectTo(
  url: string,
  options: Partial<ConnectOptions> = {},
  tls?: Tls,
  token = secretToken,
): Connection {
  return new Connection({ kubeconfig: configTo(url, tls, token), ...options });
}

/** The same as a KubeConfig, for what opens its connection by itself. */
export function configTo(url: string, tls?: Tls, token = secretToken): KubeConfigLike {
  const config = newKubeConfig();
  config.loadFromString(
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'here' } }],
      clusters: [
        {
          name: 'test',
          cluster: {
            server: url,
            'insecure-skip-tls-verify': tls === undefined,
            'certificate-authority-data': tls && Buffer.from(tls.ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'test', user: { token } }],
    }),
  );
  return config;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function statusBody(code: number, reason: string, message = reason, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}
