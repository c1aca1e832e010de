import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Connection } from '../connection';
import { type ScriptedServer, scriptedServer } from './scripted-server';

/** What is done to a WebSocket on its way to a real server. */
export interface UpgradeFault {
  /** Only these subprotocols are passed on, as if the server knew no others. */
  readonly protocols?: readonly string[];
  /** After so many bytes from the server... */
  readonly afterBytes?: number;
  /** ...the connection is reset, or falls silent without a word. */
  readonly breakBy?: 'cut' | 'silence';
  /** Reset instead of being passed on. */
  readonly refuse?: 'cut';
}

/** Passes WebSockets from plain HTTP on this side to the real server, and breaks them as told. */
export async function upgradeProxy(real: Connection, fault: UpgradeFault): Promise<ScriptedServer> {
  const proxy = await scriptedServer((_seen, response) => response.destroy());
  const credentials = await real.credentials();
  proxy.server.on('upgrade', (incoming: IncomingMessage, client: Socket) => {
    client.on('error', () => {});
    if (fault.refuse) {
      client.resetAndDestroy();
      return;
    }
    const { authorization: _token, host: _host, ...headers } = incoming.headers;
    if (fault.protocols) headers['sec-websocket-protocol'] = fault.protocols.join(', ');
    const outgoing = httpsRequest(new URL(incoming.url!, real.server), {
      headers: { ...headers, ...credentials.headers },
      agent: credentials.streams,
    });
    outgoing.on('error', () => client.destroy());
    outgoing.on('response', (response) => {
      client.write(head(response));
      response.pipe(client);
    });
    outgoing.on('upgrade', (response: IncomingMessage, server: Socket, first: Buffer) => {
      server.on('error', () => client.destroy());
      client.on('close', () => server.destroy());
      client.write(head(response));
      client.pipe(server);
      relay(first, server, client, fault);
    });
    outgoing.end();
  });
  return proxy;
}

function relay(first: Buffer, server: Socket, client: Socket, fault: UpgradeFault): void {
  const limit = fault.breakBy ? (fault.afterBytes ?? 0) : Number.POSITIVE_INFINITY;
  let passed = 0;
  const pass = (chunk: Buffer) => {
    if (passed >= limit) return;
    const part = chunk.subarray(0, limit - passed);
    passed += part.length;
    if (!client.write(part)) {
      server.pause();
      client.once('drain', () => server.resume());
    }
    if (passed >= limit && fault.breakBy === 'cut') client.resetAndDestroy();
  };
  if (limit === 0 && fault.breakBy === 'cut') client.resetAndDestroy();
  if (first.length > 0) pass(first);
  server.on('data', pass);
  server.on('end', () => {
    if (passed < limit) client.end();
  });
}

/** The head of an answer, as it goes over the wire. */
export function head(response: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    lines.push(`${response.rawHeaders[index]}: ${response.rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
