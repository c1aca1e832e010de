import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Tls } from './scripted-server';

/** A proxy that leads every tunnel to one place on this machine, whatever is asked for, or does what the test says. */
export interface TunnelProxy {
  readonly host: string;
  /** The heads of all that was asked for. */
  readonly asked: readonly string[];
  /** Connections that are open now. */
  readonly open: () => number;
  close(): Promise<void>;
}

/** @param answer what is written in the place of a tunnel; undefined for a tunnel, '' for silence */
export async function tunnelProxy(to: number, answer?: string, tls?: Tls): Promise<TunnelProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const serve = (client: Socket) => {
    keep(client);
    client.once('data', (head: Buffer) => {
      asked.push(head.toString('latin1'));
      if (answer !== undefined) return void (answer && client.write(answer));
      const server = keep(connectTcp(to, '127.0.0.1'));
      client.write('HTTP/1.1 200 OK\r\nvia: test\r\n\r\n');
      client.pipe(server).pipe(client);
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
    });
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
