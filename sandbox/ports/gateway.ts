import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isCount } from '../../kube';
import { checkGiven, checkOptions, invalid } from '../arguments';
import { SandboxError } from '../errors';
import { type Access, accessOf, cookieOf, type Guard, TOKEN_PARAMETER } from './gateway-access';

/** Where a gateway listens, and under which addresses it is reached. */
export interface GatewayOptions {
  /**
   * The address of an exposed port, in which `{id}` begins the name of the host: each has an origin of its own, or pages
   * of one sandbox could read those of another. `https://{id}.preview.example.com` behind a proxy that ends TLS and has a
   * certificate for `*.preview.example.com`; `http://{id}.localhost:8080` on one's own machine. A domain that nothing
   * else is on: what runs in sandboxes can set cookies for all of it.
   */
  readonly url: string;
  /** The port that it listens on. @default 0 - one that is free */
  readonly port?: number;
  /** The address that it listens on. @default '127.0.0.1' */
  readonly host?: string;
  /** How many requests and WebSockets each exposed port has at a time; more are answered with 503. @default 100 */
  readonly maxConnections?: number;
}

/** What stands behind one address. */
interface Route extends Guard {
  readonly localPort: number;
  readonly open: Set<{ destroy(): void }>;
}

const MAX_CONNECTIONS = 100;
const ANSWERS = {
  401: 'This page needs its token: follow the link that you were given.\n',
  403: 'This was asked for from a page of another host.\n',
  404: 'Nothing is exposed here.\n',
  502: 'The program in the sandbox did not answer.\n',
  503: 'As many requests are under way as there may be.\n',
} as const;
/** What is between two neighbours only. A wait for `100 Continue` is answered here. */
const HOP_BY_HOP = [
  ...[
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
  ],
] as const;
/** Of all together, also of those who have no token. */
const MOST_SOCKETS = 2_000;

/**
 * One server for the exposed ports of any number of sandboxes, each under an address with a token of its own: HTTP and
 * WebSockets, for people and programs that are not on this machine. It does not end TLS.
 *
 * @example
 * const gateway = await Gateway.open({ url: 'http://{id}.localhost:8080', port: 8080 });
 * const exposed = await sandbox.expose(3000, { gateway });
 * console.log(`open ${exposed.url}`);
 * await gateway.close();
 */
export class Gateway {
  readonly #server: Server;
  readonly #routes = new Map<string, Route>();
  readonly #url: string;
  readonly #most: number;

  private constructor(server: Server, url: string, most: number) {
    this.#server = server;
    this.#url = url;
    this.#most = most;
    server.on('request', (asked, answer) => this.#request(asked, answer));
    server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head));
  }

  /** Resolves when it listens. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const place = { where: 'Gateway.open' };
    checkOptions(place, options, { url: 'name', host: 'name' });
    const { url, port = 0, host = '127.0.0.1', maxConnections = MAX_CONNECTIONS } = options;
    checkGiven(place, 'url', url, 'name');
    if (!isPattern(url)) {
      const expected = 'an address whose host begins with {id}, such as https://{id}.preview.example.com';
      throw invalid(place, 'url', url, expected);
    }
    if (!isCount(port, 0) || port > 65_535) {
      throw invalid(place, 'port', port, 'a whole number from 0 to 65535');
    }
    if (!isCount(maxConnections, 1)) {
      throw invalid(place, 'maxConnections', maxConnections, 'a whole number from 1 on');
    }
    const server = createServer({ noDelay: true });
    server.maxConnections = MOST_SOCKETS;
    await listening(server, port, host);
    return new Gateway(server, url.replace(/\/$/, ''), maxConnections);
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more requests, and ends those that are under way. The ports stay exposed on this machine. */
  async close(): Promise<void> {
    for (const id of [...this.#routes.keys()]) this.#remove(id);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal An address that leads to a port of this machine, until the function is called. */
  lead(localPort: number): { readonly url: string; readonly token: string; readonly end: () => void } {
    if (!this.#server.listening) throw closed();
    // Of a host's name at most 63 characters, without case.
    const id = randomBytes(16).toString('hex');
    const token = randomBytes(32).toString('base64url');
    const { origin } = new URL(this.#url.replace('{id}', id));
    this.#routes.set(id, { localPort, token, origin, open: new Set() });
    return { url: `${origin}/?${TOKEN_PARAMETER}=${token}`, token, end: () => this.#remove(id) };
  }

  #remove(id: string): void {
    const { open = [] } = this.#routes.get(id) ?? {};
    this.#routes.delete(id);
    for (const one of open) one.destroy();
  }

  #request(asked: IncomingMessage, answer: ServerResponse): void {
    const found = this.#admitted(asked);
    if (typeof found === 'number') {
      refuse(answer, found);
      return;
    }
    const { route, access } = found;
    if (access.by === 'link' && (asked.method === 'GET' || asked.method === 'HEAD')) {
      const location = `${route.origin}${access.target}`;
      const policy = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
      answer.writeHead(303, { location, 'set-cookie': cookieOf(route), ...policy }).end();
      return;
    }
    forward(route, access, asked, answer);
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    const found = this.#admitted(asked);
    if (typeof found === 'number') {
      const text = ANSWERS[found];
      socket.end(
        `HTTP/1.1 ${found} Refused\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      );
      return;
    }
    join(found.route, found.access, asked, socket, head);
  }

  #admitted(
    asked: IncomingMessage,
  ): { readonly route: Route; readonly access: Access } | keyof typeof ANSWERS {
    const [id = ''] = (asked.headers.host ?? '').split('.');
    const route = this.#routes.get(id.toLowerCase());
    if (!route) return 404;
    // The path alone, with a slash before it: another form would lead a program to another host.
    if (!asked.url?.startsWith('/')) return 404;
    const access = accessOf(route, asked.url, asked.headers);
    if (access === 'denied') return 401;
    if (access === 'foreign') return 403;
    return route.open.size < this.#most ? { route, access } : 503;
  }
}

/** One request and its answer, as they come: neither is kept. */
function forward(route: Route, access: Access, asked: IncomingMessage, answer: ServerResponse): void {
  const isChunked = asked.headers['transfer-encoding'] !== undefined;
  const headers = {
    ...without(access.headers, hopsOf(asked.headers)),
    ...forwarded(route, asked),
    // Without it a body would look like the next request.
    ...(isChunked && { 'transfer-encoding': 'chunked' }),
  };
  const { localPort: port } = route;
  const { method } = asked;
  const there = request({ host: '127.0.0.1', port, method, path: access.target, headers, agent: false });
  route.open.add(there);
  // Whichever side goes first, the other has nobody left.
  answer.once('close', () => {
    route.open.delete(there);
    there.destroy();
  });
  there.once('close', () => {
    if (!answer.writableEnded) answer.destroy();
  });
  there.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, 502);
  });
  there.on('response', (response) => {
    try {
      answer.writeHead(
        response.statusCode!,
        without(response.headers as Access['headers'], hopsOf(response.headers)),
      );
    } catch {
      // What a program writes into its headers may be nothing that can be sent on.
      there.destroy();
      refuse(answer, 502);
      return;
    }
    response.on('error', () => answer.destroy());
    response.pipe(answer);
  });
  asked.pipe(there);
}

/** Two connections that are one from here on. What it switches to is theirs. */
function join(route: Route, access: Access, asked: IncomingMessage, near: Duplex, head: Buffer): void {
  const far: Socket = connect({ host: '127.0.0.1', port: route.localPort, noDelay: true });
  const both = {
    destroy: () => {
      near.destroy();
      far.destroy();
    },
  };
  route.open.add(both);
  const over = () => {
    route.open.delete(both);
    both.destroy();
  };
  for (const one of [near, far]) {
    one.on('error', over);
    one.once('close', over);
  }
  far.once('connect', () => {
    const headers = Object.entries({ ...access.headers, ...forwarded(route, asked) });
    const lines = headers.flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
    far.write(`${asked.method} ${access.target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    near.pipe(far);
    far.pipe(near);
  });
}

/** For programs that make links of it; what the client says of itself is replaced. */
function forwarded({ origin }: Route, asked: IncomingMessage): Record<string, string> {
  const { host, protocol } = new URL(origin);
  return {
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol.replace(':', ''),
    'x-forwarded-for': asked.socket.remoteAddress ?? '',
  };
}

/** Those of everybody, and those that the neighbour names. */
function hopsOf({ connection = '' }: IncomingHttpHeaders): readonly string[] {
  return [...HOP_BY_HOP, ...connection.split(',').map((name) => name.trim().toLowerCase())];
}

function without(headers: Access['headers'], names: readonly string[]): Access['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !names.includes(name)),
  );
}

function refuse(answer: ServerResponse, status: keyof typeof ANSWERS): void {
  const retry = status === 503 ? { 'retry-after': '1' } : {};
  answer.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store', ...retry });
  answer.end(ANSWERS[status]);
}

function isPattern(url: string): boolean {
  if (!/^https?:\/\/\{id\}\.[^/{}?#@]+\/?$/.test(url)) return false;
  return URL.canParse(url.replace('{id}', 'x'));
}

function closed(): SandboxError {
  return new SandboxError('Closed', {
    where: 'expose with a gateway',
    found: 'a gateway that was closed',
    expected: 'one that is open',
    remedy: 'Close it after the last use of what it leads to.',
  });
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const facts = {
        where: 'Gateway.open',
        found: `${host} port ${port}: ${error.message}`,
        expected: 'an address of this machine, and a port of it that is free',
        remedy: 'Choose another one, or leave `port` out.',
      };
      reject(new SandboxError('ArgumentInvalid', facts, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
