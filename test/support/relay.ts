import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';

/** A way to a server that can be cut, as networks are: nobody is told, and nothing is ended in good order. */
export interface Relay {
  readonly port: number;
  /** Resets every connection that is open now. New ones pass. */
  cut(): number;
  /** As long as it is away, those of now and all new ones are reset. */
  setAway(isAway: boolean): void;
  close(): Promise<void>;
}

/** Passes bytes between a port of this machine and another. */
export async function relayTo(port: number): Promise<Relay> {
  const open = new Set<Socket>();
  let isCutOff = false;
  const server = createServer((inner) => {
    if (isCutOff) {
      inner.on('error', () => {});
      inner.resetAndDestroy();
      return;
    }
    const outer = connect(port, '127.0.0.1');
    open.add(inner);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
    inner.on('close', () => open.delete(inner));
  });
  const cut = () => {
    const count = open.size;
    for (const socket of open) socket.resetAndDestroy();
    return count;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { readonly port: number };
  return {
    port: address.port,
    cut,
    setAway: (isAway) => {
      isCutOff = isAway;
      if (isAway) cut();
    },
    close: () => {
      cut();
      return promisify(server.close.bind(server))();
    },
  };
}
