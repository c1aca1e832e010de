import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { isCount, Moment, pause, realClock } from '../../kube';
import { checkMs } from '../amounts';
import { checkOptions, invalid } from '../arguments';
import { unsupported } from '../commands/unsupported';
import { SandboxError } from '../errors';
import type { Supervisor } from '../supervisor';
import { carry, tryPort } from './connection';
import { Gateway } from './gateway';

/** How a port of a sandbox is brought to this machine. */
export interface ExposeOptions {
  /**
   * The port here.
   * @default 0 - one that is free
   */
  readonly localPort?: number;
  /**
   * How long the port of the sandbox is waited for: a server needs a moment until it listens.
   * @default 10000
   */
  readonly withinMs?: number;
  /**
   * Gives it an address with a token, too, for people and programs on other machines: `url` is that one then.
   * @default - none: only programs of this machine reach it
   */
  readonly gateway?: Gateway;
}

const WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/**
 * A port of the sandbox as one of this machine, for its own programs only (127.0.0.1). It goes through the stream to the
 * supervisor: no right is needed beside it, and no network policy lets it through. It ends with the sandbox.
 *
 * @example
 * const exposed = await sandbox.expose(8080);
 * console.log(await (await fetch(`${exposed.url}/health`)).text());
 * await exposed.close();
 */
export class ExposedPort {
  readonly localPort: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #led: ReturnType<Gateway['lead']> | undefined;

  private constructor(server: Server, sockets: Set<Socket>, gateway: Gateway | undefined) {
    this.#server = server;
    this.#sockets = sockets;
    this.localPort = (server.address() as AddressInfo).port;
    this.#led = gateway?.lead(this.localPort);
  }

  /** @internal Use `Sandbox.expose`. */
  static async open(
    supervisor: Supervisor | undefined,
    port: number,
    options: ExposeOptions,
    sandboxId: string,
  ): Promise<ExposedPort> {
    const place = { where: `expose in sandbox ${sandboxId}`, sandboxId };
    checkOptions(place, options, {});
    const { localPort = 0, withinMs = WITHIN_MS, gateway } = options;
    if (gateway !== undefined && !(gateway instanceof Gateway)) {
      throw invalid(place, 'gateway', gateway, 'what `Gateway.open` gives');
    }
    if (!isPort(port, 1)) throw invalid(place, 'port', port, 'a whole number from 1 to 65535');
    if (!isPort(localPort, 0)) throw invalid(place, 'localPort', localPort, 'a whole number from 0 to 65535');
    checkMs(place, { withinMs });
    if (!supervisor) throw unsupported('expose', sandboxId);
    await untilListening(supervisor, port, withinMs, sandboxId);
    const sockets = new Set<Socket>();
    // A side that has sent all may still hear the other.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      carry(supervisor, port, socket);
    });
    await listening(server, localPort, place.where, sandboxId);
    try {
      const exposed = new ExposedPort(server, sockets, gateway);
      void supervisor.ended.then(() => exposed.close());
      return exposed;
    } catch (error) {
      shut(server, sockets);
      throw error;
    }
  }

  /** For a server that speaks HTTP: the address at the gateway, with its token, or that on this machine. */
  get url(): string {
    return this.#led?.url ?? `http://127.0.0.1:${this.localPort}`;
  }

  /** What a program sends as `authorization: Bearer TOKEN` to the gateway, where there is one. */
  get token(): string | undefined {
    return this.#led?.token;
  }

  /** Takes no more connections, and ends those that are there. */
  async close(): Promise<void> {
    this.#led?.end();
    shut(this.#server, this.#sockets);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function shut(server: Server, sockets: ReadonlySet<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}

async function untilListening(
  supervisor: Supervisor,
  port: number,
  withinMs: number,
  sandboxId: string,
): Promise<void> {
  const began = new Moment(realClock);
  for (;;) {
    const problem = await tryPort(supervisor, port);
    if (problem === undefined) return;
    if (began.atMostMsAgo() + LOOK_EVERY_MS > withinMs) {
      const facts = {
        where: `expose of port ${port} in sandbox ${sandboxId}`,
        found: problem,
        expected: 'a program that listens on it, on 127.0.0.1 or on all addresses',
        remedy: 'Start it, look at what it printed, or wait longer with `withinMs`.',
      };
      throw new SandboxError('PortRefused', facts, { sandboxId, retryable: true });
    }
    await pause(LOOK_EVERY_MS);
  }
}

function listening(server: Server, port: number, where: string, sandboxId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const facts = {
        where,
        found: `localPort ${port}: ${error.message}`,
        expected: 'a port of this machine that is free',
        remedy: 'Choose another one, or leave `localPort` out.',
      };
      reject(new SandboxError('ArgumentInvalid', facts, { sandboxId, cause: error }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function isPort(port: unknown, least: number): boolean {
  return isCount(port, least) && (port as number) <= 65_535;
}
