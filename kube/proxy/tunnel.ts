import { Agent, type AgentOptions } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import { KubeError } from '../errors';

/** The longest that a proxy may take until the server is reached through it, and TLS with the server after that. */
const openMs = 30_000;
/** No proxy says more than that before a tunnel. */
const maxHeadBytes = 64 << 10;

type Opened = (error: Error | null, socket?: Duplex) => void;
interface Target {
  readonly host?: string;
  readonly port?: number | string;
}

/** What Node's own agent has, and its types do not tell: it keeps TLS sessions. */
interface WithSessions {
  createConnection(options: object): TLSSocket;
}

/**
 * Connections to API servers through a proxy of `http:` or `https:`, by CONNECT. Made by us, so that a proxy that does not
 * answer costs no socket for ever: each step has its limit, and `destroy()` ends what is being opened.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #openMs: number;
  readonly #opening = new Set<Socket>();

  constructor(proxy: URL, options: AgentOptions, limitMs: number = openMs) {
    super(options);
    this.#proxy = proxy;
    this.#openMs = limitMs;
  }

  /** Called by Node for each connection that it has not yet. */
  override createConnection(target: Target, opened: Opened): undefined {
    const { host = '', port = 443 } = target;
    const where = this.#proxy.host;
    const below = this.#toProxy();
    let top: Socket = below;
    let isOver = false;
    this.#opening.add(below);
    const end = (error: Error | null) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.#opening.delete(below);
      if (!error) return opened(null, top);
      top.destroy();
      below.destroy();
      opened(error);
    };
    const timer = setTimeout(
      () => end(notReached(where, `no way to the server within ${this.#openMs} ms`)),
      this.#openMs,
    );
    below.once('error', (error) => end(notReached(where, error.message, error)));
    below.once('close', () => end(notReached(where, 'a connection that was closed')));
    below.once(this.#proxy.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      below.write(this.#question(host, port));
    });
    readHead(below, (head, rest) => {
      const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1];
      if (status === undefined) return end(notReached(where, 'an answer that is no HTTP'));
      if (!status.startsWith('2')) return end(notReached(where, `the answer ${status} to CONNECT`));
      if (rest.length > 0) below.unshift(rest);
      const tls = (Agent.prototype as unknown as WithSessions).createConnection.call(this, {
        ...target,
        socket: below,
      });
      top = tls;
      tls.once('error', end);
      tls.once('secureConnect', () => {
        tls.removeListener('error', end);
        end(null);
      });
      return undefined;
    });
    return undefined;
  }

  override destroy(): void {
    for (const socket of this.#opening) socket.destroy();
    super.destroy();
  }

  #toProxy(): Socket {
    const { protocol, port } = this.#proxy;
    const host = this.#proxy.hostname.replace(/^\[|\]$/g, '');
    if (protocol !== 'https:') return connectTcp(Number(port || 80), host);
    const { ca, rejectUnauthorized } = this.options;
    return connectTls({
      host,
      port: Number(port || 443),
      ALPNProtocols: ['http/1.1'],
      // As kubectl has it, the authority of the cluster vouches for the proxy too; beside those that everybody trusts.
      ...(ca !== undefined && { ca: [ca, rootCertificates].flat() as Array<string | Buffer> }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      ...(isIP(host) === 0 && { servername: host }),
    });
  }

  #question(host: string, port: number | string): string {
    const to = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const { username, password } = this.#proxy;
    const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const proof =
      username || password ? `Proxy-Authorization: Basic ${Buffer.from(account).toString('base64')}\r\n` : '';
    return `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${proof}\r\n`;
  }
}

/** The head of an answer, and what has come behind it. Too long a head is told as it is, and is no answer. */
function readHead(socket: Socket, done: (head: string, rest: Buffer) => void): void {
  let read = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\r\n\r\n');
    if (end < 0 && read.length <= maxHeadBytes) return;
    socket.removeListener('data', onData);
    socket.pause();
    done(end < 0 ? '' : read.subarray(0, end).toString('latin1'), read.subarray(end < 0 ? 0 : end + 4));
  };
  socket.on('data', onData);
}

/** @param proxy its host and port: the rest of its address can hold a password */
function notReached(proxy: string, found: string, cause?: unknown): KubeError {
  return new KubeError(
    'UNREACHABLE',
    {
      where: `proxy ${proxy}`,
      found,
      expected: 'a tunnel to the API server',
      remedy:
        'check proxy-url in the kubeconfig, else HTTPS_PROXY; NO_PROXY names servers that are reached without a proxy',
    },
    { cause },
  );
}
