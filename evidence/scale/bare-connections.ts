/**
 * What a connection takes of a process of Node that does nothing else, which no manager with a stream for each sandbox
 * can be below: of TLS alone, and with the WebSocket of `ws` over it. TLS sessions are resumed and frames sent without
 * a mask, as the runtime does both. The client is a process of its own, so that the server's half is not counted.
 */
import { fork } from 'node:child_process';
import { Agent, createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { makeCertificates } from '../../kube/testing-only/certificates';

const COUNT = 600;
/** As much as a supervisor has, in the pieces in which it is sent: with its header each is one record of TLS. */
const PROGRAM_BYTES = 2_700_000;
const PIECE = Buffer.alloc((16 << 10) - 8);

/** In bytes of memory, for each connection. */
export interface Bare {
  /** Nothing is sent over it. */
  readonly idleBytes: number;
  /** A program was. */
  readonly usedBytes: number;
  /** A program was, in the frames of a WebSocket. */
  readonly socketBytes: number;
}

interface Asked {
  readonly port: number;
  readonly ca: string;
  readonly sends: boolean;
  readonly frames: boolean;
}

/** Opens one and sends what it is to send. */
type Opener = () => Promise<unknown>;

export async function bareConnections(): Promise<Bare> {
  const { good } = await makeCertificates();
  const plain = createServer(good, (socket) => socket.on('error', () => {}).resume());
  const upgrading = createHttpsServer(good);
  new WebSocketServer({ server: upgrading, perMessageDeflate: false }).on('connection', (socket) =>
    socket.on('error', () => {}),
  );
  const measured = async (server: typeof plain, sends: boolean) => {
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return inChild({ port, ca: good.ca, sends, frames: server === upgrading });
  };
  const idleBytes = await measured(plain, false);
  const usedBytes = await measured(plain, true);
  const socketBytes = await measured(upgrading, true);
  for (const server of [plain, upgrading]) server.close();
  return { idleBytes, usedBytes, socketBytes };
}

function inChild(asked: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = fork(__filename, { execArgv: ['--expose-gc', ...process.execArgv] });
    client.once('exit', (code) => reject(new Error(`the client ended with ${code}`)));
    client.once('message', (bytes: number) => {
      client.kill();
      resolve(bytes);
    });
    client.send(asked);
  });
}

async function measure(asked: Asked): Promise<number> {
  const open = asked.frames ? webSockets(asked) : tlsSockets(asked);
  const opened = [await open()];
  // The first one brings the code of all, and the session that the others resume.
  await pause();
  const before = resident();
  while (opened.length <= COUNT) opened.push(await open());
  await pause();
  return (resident() - before) / COUNT;
}

function tlsSockets({ port, ca, sends }: Asked): Opener {
  const secureContext = createSecureContext({ ca });
  let session: Buffer | undefined;
  return async () => {
    const socket: TLSSocket = connect({ port, secureContext, session, host: '127.0.0.1' });
    socket.once('session', (given) => {
      session ??= given;
    });
    await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
    if (sends) await inPieces((piece, done) => socket.write(piece, done));
    return socket;
  };
}

function webSockets({ port, ca, sends }: Asked): Opener {
  const agent = new Agent({ ca });
  return async () => {
    const options = { agent, perMessageDeflate: false, generateMask: (mask: Buffer) => mask.fill(0) };
    const socket = new WebSocket(`wss://127.0.0.1:${port}`, options as ClientOptions);
    await new Promise<void>((resolve) => socket.once('open', resolve));
    if (sends) await inPieces((piece, done) => socket.send(piece, done));
    return socket;
  };
}

async function inPieces(send: (piece: Buffer, done: () => void) => void): Promise<void> {
  for (let left = PROGRAM_BYTES; left > 0; left -= PIECE.length)
    await new Promise<void>((resolve) => send(PIECE, resolve));
}

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 500));

if (require.main === module)
  process.once('message', (asked: Asked) => void measure(asked).then((bytes) => process.send!(bytes)));
