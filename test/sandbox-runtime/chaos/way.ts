import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { makeCertificates } from '../../../kube/testing-only/certificates';
import { head } from '../../../kube/testing-only/upgrade-proxy';

/** What lasts: an exec, a log that is followed, a watch. */
export type Kind = 'exec' | 'log' | 'watch';

/** One stream that passes through, and what can be done to it. */
export interface Stream {
  readonly kind: Kind;
  /** Path and query. */
  readonly url: string;
  /** Resets it. */
  cut(): void;
  /** Nothing passes any more, in neither direction, and nobody is told. */
  hold(): void;
}

export interface Asked {
  readonly kind: Kind | 'call';
  readonly url: string;
}

/** What becomes of a request instead of being passed on, or in which way it is passed on. */
export type Deed =
  | { readonly do: 'reset' }
  | { readonly do: 'answer'; readonly status: number; readonly reason: string }
  /** As if the server knew these subprotocols alone. */
  | { readonly do: 'speak'; readonly protocols: readonly string[] }
  /** Each line of the answer comes twice. */
  | { readonly do: 'repeat' };

export type Rule = (asked: Asked) => Deed | undefined;

/**
 * A way to the API server that goes wrong on command. It has a certificate of its own, so that clients send it their token,
 * which it passes on.
 */
export class FaultyWay {
  readonly #streams = new Set<Stream>();
  #rule: Rule = () => undefined;

  private constructor(
    readonly url: string,
    /** Of its certificate, PEM. */
    readonly ca: string,
    private readonly shut: () => void,
  ) {}

  static async to(server: string, serverCa: string): Promise<FaultyWay> {
    const { good } = await makeCertificates();
    const agent = new Agent({ ca: serverCa, keepAlive: true, timeout: 20_000 });
    const sockets = new Set<Socket>();
    const door = createServer(good, (incoming, response) => way.#pass(incoming, response, server, agent));
    door.on('upgrade', (incoming: IncomingMessage, client: Duplex) =>
      way.#upgrade(incoming, client as Socket, server, serverCa),
    );
    door.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const shut = () => {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      door.close();
    };
    const way: FaultyWay = new FaultyWay(
      `https://127.0.0.1:${(door.address() as AddressInfo).port}`,
      good.ca,
      shut,
    );
    return way;
  }

  /** What is asked for each request from now on. */
  follow(rule: Rule): void {
    this.#rule = rule;
  }

  /** The streams that are open now and have this in their path. */
  streams(part: string, kinds: readonly Kind[] = ['exec', 'log']): Stream[] {
    return [...this.#streams].filter(({ url, kind }) => kinds.includes(kind) && url.includes(part));
  }

  close(): void {
    this.shut();
  }

  #pass(incoming: IncomingMessage, response: ServerResponse, server: string, agent: Agent): void {
    const url = incoming.url!;
    const kind = /[?&]watch=(1|true)/.test(url) ? 'watch' : /\/log\?/.test(url) ? 'log' : 'call';
    const deed = this.#rule({ kind, url });
    if (deed?.do === 'reset') incoming.socket.destroy();
    if (deed?.do === 'answer') refuse(response, deed);
    if (deed?.do === 'reset' || deed?.do === 'answer') return;
    const { method, headers } = incoming;
    const outgoing = httpsRequest(new URL(url, server), {
      method,
      headers: { ...headers, host: new URL(server).host },
      agent,
    });
    response.on('error', () => {});
    response.on('close', () => outgoing.destroy());
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      if (kind === 'call') return void answer.pipe(response);
      const stream = this.#opened(kind, url, () => incoming.socket.destroy());
      response.on('close', () => this.#streams.delete(stream));
      answer.on('data', (chunk: Buffer) => {
        if (stream.isHeld) return;
        const text = deed?.do === 'repeat' ? twice(chunk) : chunk;
        if (response.write(text)) return;
        answer.pause();
        response.once('drain', () => answer.resume());
      });
      answer.on('end', () => {
        if (!stream.isHeld) response.end();
      });
    });
    incoming.pipe(outgoing);
  }

  #upgrade(incoming: IncomingMessage, client: Socket, server: string, ca: string): void {
    const url = incoming.url!;
    client.on('error', () => {});
    const deed = this.#rule({ kind: 'exec', url });
    if (deed?.do === 'reset') return void client.destroy();
    if (deed?.do === 'answer') return void client.end(refusal(deed));
    const headers = { ...incoming.headers, host: new URL(server).host };
    if (deed?.do === 'speak') headers['sec-websocket-protocol'] = deed.protocols.join(', ');
    const outgoing = httpsRequest(new URL(url, server), { headers, ca, agent: false });
    outgoing.on('error', () => client.destroy());
    outgoing.on('response', (answer) => {
      client.write(head(answer));
      answer.pipe(client);
    });
    outgoing.on('upgrade', (answer: IncomingMessage, real: Socket, first: Buffer) => {
      const stream = this.#opened('exec', url, () => client.destroy());
      real.on('error', () => client.destroy());
      real.on('close', () => !stream.isHeld && client.end());
      client.on('close', () => {
        this.#streams.delete(stream);
        real.destroy();
      });
      client.write(head(answer));
      client.write(first);
      relay(client, real, stream);
      relay(real, client, stream);
    });
    outgoing.end();
  }

  #opened(kind: Kind, url: string, cut: () => void): Stream & { readonly isHeld: boolean } {
    const stream = {
      kind,
      url,
      isHeld: false,
      cut,
      hold: () => {
        stream.isHeld = true;
      },
    };
    this.#streams.add(stream);
    return stream;
  }
}

function relay(from: Socket, to: Socket, stream: { readonly isHeld: boolean }): void {
  from.on('data', (chunk: Buffer) => {
    if (stream.isHeld || to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
}

type Answer = Extract<Deed, { do: 'answer' }>;

function bodyOf({ status, reason }: Answer): string {
  return JSON.stringify({
    ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason },
    message: `told to answer ${status}`,
  });
}

function refuse(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(bodyOf(answer));
}

function refusal(answer: Answer): string {
  const body = bodyOf(answer);
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${answer.status} ${answer.reason}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
}

/** Lines that are whole; what is cut by the network passes as it is. */
function twice(chunk: Buffer): Buffer {
  const text = chunk.toString('utf8');
  return text.startsWith('{') && text.endsWith('\n') ? Buffer.from(text + text) : chunk;
}
