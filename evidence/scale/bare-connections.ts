/**
 * What a TLS connection takes of a process of Node that does nothing else, which no manager with a stream for each sandbox
 * can be below. The client is a process of its own, so that the server's half is not counted.
 */
import { fork } from 'node:child_process';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import { makeCertificates } from '../../kube/testing-only/certificates';

const COUNT = 200;
/** As much as a supervisor has, in the pieces in which it is sent. */
const PROGRAM_BYTES = 2_700_000;
const PIECE = Buffer.alloc((64 << 10) - 9);

interface Bare {
  /** Nothing is sent over it. */
  readonly idleBytes: number;
  /** A program was. */
  readonly usedBytes: number;
}

interface Asked {
  readonly port: number;
  readonly ca: string;
  readonly sends: boolean;
}

export async function bareConnections(): Promise<Bare> {
  const { good } = await makeCertificates();
  const server = createServer(good, (socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const measured = (sends: boolean) =>
    new Promise<number>((resolve) => {
      const client = fork(__filename, { execArgv: ['--expose-gc', ...process.execArgv] });
      client.once('message', (bytes: number) => {
        client.kill();
        resolve(bytes);
      });
      client.send({ port, ca: good.ca, sends } satisfies Asked);
    });
  const bare = { idleBytes: await measured(false), usedBytes: await measured(true) };
  server.close();
  return bare;
}

async function measure({ port, ca, sends }: Asked): Promise<number> {
  const open: TLSSocket[] = [];
  const resident = () => {
    globalThis.gc?.();
    return process.memoryUsage.rss();
  };
  const secureContext = createSecureContext({ ca });
  const before = resident();
  for (let count = 0; count < COUNT; count += 1) {
    const socket = connect({ port, secureContext, host: '127.0.0.1' });
    open.push(socket);
    await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
    for (let left = sends ? PROGRAM_BYTES : 0; left > 0; left -= PIECE.length)
      await new Promise<void>((resolve) => socket.write(PIECE, () => resolve()));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return (resident() - before) / open.length;
}

if (require.main === module)
  process.once('message', (asked: Asked) => void measure(asked).then((bytes) => process.send!(bytes)));
