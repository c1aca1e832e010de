import type { IncomingMessage } from 'node:http';
import type WebSocket from 'ws';
import { readRefusal } from '../answer';
import { type Query, urlPath } from '../call';
import type { Connection } from '../connection';
import type { Credentials } from '../credentials';
import { KubeError } from '../errors';
import { extraHeaders } from '../hooks';
import { type Limit, withinLimit } from '../limit';
import { onAbort } from '../timer';
import { transportError } from '../transport-error';
import { endIfAllowed, noteWhenSent } from '../when-sent';

/** Servers send frames of some ten kilobytes; a larger one is not from a server that we know. */
const maxFrameBytes = 16 << 20;

/**
 * Masks keep web pages from talking through old proxies, and there is no web page here. A mask of zeros says so, and
 * spares a copy of every byte that is sent.
 */
const noMask = (mask: Buffer) => mask.fill(0);

/** A WebSocket, and how much has come on the connection below it, also of a frame that is not complete yet. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  readonly bytesRead: () => number;
}

export interface SocketCall {
  readonly path: string;
  readonly query: Query;
  /** The best first. */
  readonly protocols: readonly string[];
}

/**
 * Opens a WebSocket, paused, so that no frame is lost before its reader is there. A refused upgrade is the same
 * ApiError as a refused request, with the server's message. Never repeated, except after a 401 with newer
 * credentials: an upgrade can start a command.
 */
export async function openSocket(
  connection: Connection,
  call: SocketCall,
  limit: Limit,
): Promise<OpenedSocket> {
  const credentials = await withinLimit(connection.credentials(), limit);
  try {
    return await upgrade(connection, call, credentials, limit);
  } catch (error) {
    const refused = error instanceof KubeError && error.code === 'UNAUTHENTICATED';
    const newer = refused ? await withinLimit(connection.renewed(credentials), limit) : undefined;
    if (!newer) throw error;
    return upgrade(connection, call, newer, limit);
  }
}

function upgrade(
  connection: Connection,
  call: SocketCall,
  credentials: Credentials,
  limit: Limit,
): Promise<OpenedSocket> {
  // The query holds the command, and commands hold secrets.
  const where = `GET ${call.path}`;
  return new Promise((resolve, reject) => {
    const over = limit.why();
    if (over) return reject(over);
    const { server } = connection;
    const url = `${server.protocol === 'http:' ? 'ws:' : 'wss:'}//${server.host}${urlPath(server, call)}`;
    // Loaded by the first stream: most programs open none.
    const { WebSocket: Socket }: typeof import('ws') = require('ws');
    const socket = new Socket(url, [...call.protocols], {
      headers: {
        ...extraHeaders(connection.hooks, where),
        'user-agent': connection.userAgent,
        ...credentials.headers,
      },
      agent: credentials.streams,
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      generateMask: noMask,
      followRedirects: false,
      finishRequest: (outgoing) => {
        noteWhenSent(outgoing, server, limit);
        // An upgrade can start a command.
        endIfAllowed(
          connection,
          outgoing,
          { ...call, method: 'GET' },
          () => outgoing.end(),
          (error) => fail(error),
        );
      },
    });
    let bytesRead = () => 0;
    socket.once('upgrade', ({ socket: below }: IncomingMessage) => {
      bytesRead = () => below.bytesRead;
    });
    let forget = () => {};
    const settle = () => {
      forget();
      socket.off('error', onError);
      // What comes after, such as the end of an aborted handshake, tells nothing new.
      socket.on('error', () => {});
    };
    const fail = (error: KubeError) => {
      settle();
      socket.terminate();
      reject(error);
    };
    const onError = (error: Error) => fail(limit.why() ?? upgradeError(where, error, call, limit.sent));
    forget = onAbort(limit.signal, () => fail(limit.why()!));
    socket.on('error', onError);
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      readRefusal(where, response, credentials, limit).then(fail, fail);
    });
    socket.once('open', () => {
      settle();
      socket.pause();
      resolve({ socket, bytesRead });
    });
  });
}

function upgradeError(where: string, error: Error, call: SocketCall, sent: boolean): KubeError {
  if (!/subprotocol/i.test(error.message)) return transportError(where, error, sent);
  return new KubeError(
    'STREAM_PROTOCOL',
    {
      where,
      found: error.message,
      expected: `a server that speaks ${call.protocols.join(' or ')}`,
      remedy: 'check the version of the server, and for a proxy between here and there',
    },
    { effect: 'unknown' },
  );
}
