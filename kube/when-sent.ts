import type { ClientRequest } from 'node:http';
import type { Write } from './call';
import type { Connection } from './connection';
import { KubeError } from './errors';
import type { Limit } from './limit';

/**
 * Sends what may change something once its connection is there, for a handshake can take as long as it likes, and
 * between being asked and being sent there is to be nothing.
 */
export function endIfAllowed(
  { server, mayWrite }: Connection,
  outgoing: ClientRequest,
  call: Write,
  send: () => void,
  refuse: (error: KubeError) => void,
): void {
  if (!mayWrite) {
    send();
    return;
  }
  whenConnected(outgoing, server, () => {
    try {
      mayWrite(call);
    } catch (error) {
      refuse(fenced(`${call.method} ${call.path}`, error));
      outgoing.destroy();
      return;
    }
    send();
  });
}

function fenced(where: string, because: unknown): KubeError {
  return new KubeError(
    'FENCED',
    {
      where,
      found: `a caller that may not write: ${because instanceof Error ? because.message : String(because)}`,
      expected: 'one that may',
      remedy: 'end this work, and leave it to the process that may do it now; nothing was sent',
    },
    { cause: because },
  );
}

/** Until the handshake of a new connection is over, nothing of the request has left. */
export function noteWhenSent(outgoing: ClientRequest, server: URL, limit: Limit): void {
  limit.sent = false;
  whenConnected(outgoing, server, () => {
    limit.sent = true;
  });
}

function whenConnected(outgoing: ClientRequest, server: URL, then: () => void): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket || !socket.connecting) then();
    else socket.once(server.protocol === 'http:' ? 'connect' : 'secureConnect', then);
  });
}
