import { Resolver } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { isOpen } from './addresses';
import { Refused } from './refused';

/** How names become addresses, and addresses connections. */
export interface Outside {
  resolve(name: string): Promise<readonly string[]>;
  connect(address: string, port: number): Socket;
}

/**
 * Asks the name servers of this machine for exactly this name: no search domain makes another one of it. It takes none of
 * the threads that files of this program are read with, whatever a sandbox asks for.
 */
export async function resolve(name: string, resolver: Resolver): Promise<readonly string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

const RESOLVE_MS = 3_000;

export const thisMachine: Outside = {
  resolve: (name) => resolve(name, new Resolver({ timeout: RESOLVE_MS, tries: 2 })),
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
