import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { isOpen } from './addresses';
import { Refused } from './refused';

/** How names become addresses, and addresses connections. */
export interface Outside {
  resolve(name: string): Promise<readonly string[]>;
  connect(address: string, port: number): Socket;
}

export const thisMachine: Outside = {
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  connect: (host, port) => connect({ host, port, noDelay: true }),
};

const CONNECT_MS = 10_000;

/**
 * A connection to a host: its name is resolved once, every address of the answer is looked at, and the connection goes to
 * an address that was looked at. A name that is somewhere else the next moment changes nothing.
 */
export async function connectTo(
  outside: Outside,
  name: string,
  port: number,
  isPrivate: boolean,
): Promise<Socket> {
  const addresses = await outside.resolve(name).catch(() => []);
  if (addresses.length === 0) throw new Refused('unresolved', name);
  // One that is closed among those that are not is no answer that somebody gave by mistake.
  if (!addresses.every((address) => isOpen(address, isPrivate))) throw new Refused('address', name);
  for (const address of addresses) {
    const socket = await connected(outside.connect(address, port));
    if (socket) return socket;
  }
  throw new Refused('unreachable', name);
}

function connected(socket: Socket): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.destroy(), CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    // Whoever uses it hears of its end by its close.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(late);
      resolve(undefined);
    });
  });
}
