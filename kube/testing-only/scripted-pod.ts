import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ScriptedServer, scriptedServer, statusBody } from './scripted-server';

export const success = JSON.stringify({ kind: 'Status', status: 'Success' });

export function exitStatus(code: string, reason = 'NonZeroExitCode'): string {
  const details = { causes: [{ reason: 'ExitCode', message: code }] };
  return JSON.stringify({ kind: 'Status', status: 'Failure', reason, message: 'it failed', details });
}

/** One frame of the channel protocol. */
export function frame(channel: number, payload: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(payload)]);
}

/** What happens on one connection; `raw` is below the WebSocket, for cuts. */
export type Session = (socket: WebSocket, raw: Socket, request: IncomingMessage) => void;

/** A server whose exec and log do what the test says, over the subprotocols that it claims to speak. */
export async function scriptedPod(
  session: Session,
  protocols: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'binary.k8s.io'],
): Promise<ScriptedServer> {
  const scripted = await scriptedServer((_seen, response) => response.destroy());
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  scripted.server.on('upgrade', (request: IncomingMessage, raw: Socket, head: Buffer) => {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    if (!offered.some((protocol) => protocols.includes(protocol))) {
      refuseUpgrade(raw, 400, 'BadRequest', 'unable to upgrade: no known protocol');
      return;
    }
    webSockets.handleUpgrade(request, raw, head, (socket) => {
      socket.on('error', () => {});
      session(socket, raw, request);
    });
  });
  return scripted;
}

/** A server that refuses every upgrade, as an API server does: with a Status as the body. */
export async function refusingPod(code: number, reason: string, message: string): Promise<ScriptedServer> {
  const scripted = await scriptedServer((_seen, response) => response.destroy());
  scripted.server.on('upgrade', (_request: IncomingMessage, raw: Socket) => {
    refuseUpgrade(raw, code, reason, message);
  });
  return scripted;
}

/** Refuses an upgrade as an API server does. */
export function refuseUpgrade(raw: Socket, code: number, reason: string, message: string): void {
  const body = JSON.stringify(statusBody(code, reason, message));
  raw.end(
    `HTTP/1.1 ${code} ${reason}\r\ncontent-type: application/json\r\nretry-after: 7\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
