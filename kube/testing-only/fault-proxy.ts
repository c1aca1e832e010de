import { type Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type ScriptedServer, type Seen, scriptedServer, sendJson, statusBody } from './scripted-server';

/** What happens to one request on its way; `after` counts lines of the answer that pass unharmed. */
export type Fault =
  | { readonly kind: 'none' }
  /** The connection is reset, in the middle of a line. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing comes any more, without a word. */
  | { readonly kind: 'half-open'; readonly after: number }
  /** The answer ends in good order, too early, as when a server shuts down. */
  | { readonly kind: 'end'; readonly after: number }
  | { readonly kind: 'status'; readonly code: 410 | 429 | 500 | 503 | 504 }
  /** The version is gone, said inside the stream. */
  | { readonly kind: 'expired'; readonly after: number }
  | { readonly kind: 'duplicate'; readonly after: number; readonly times: number }
  /** An older line again, later. */
  | { readonly kind: 'replay'; readonly after: number }
  | { readonly kind: 'garbage'; readonly after: number; readonly text: string }
  | { readonly kind: 'slow'; readonly chunkBytes: number };

export interface Upstream {
  readonly url: string;
  readonly agent?: Agent;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/**
 * Between a client and a server: speaks plain HTTP to the client, and does to each request what `next` says.
 * Lines pass whole except where the fault breaks them.
 */
export function faultProxy(upstream: Upstream, next: (seen: Seen) => Fault): Promise<ScriptedServer> {
  return scriptedServer((seen, response) => {
    const fault = next(seen);
    if (fault.kind === 'status') return refuse(response, fault.code);
    const url = new URL(upstream.url);
    const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const query = seen.query.toString();
    const { host: _host, connection: _connection, authorization: _token, ...headers } = seen.headers;
    const outgoing = start(url, {
      method: seen.method,
      path: seen.path + (query ? `?${query}` : ''),
      headers: { ...headers, ...upstream.headers },
      agent: upstream.agent,
    });
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => pass(answer, response, fault));
    response.on('close', () => outgoing.destroy());
    outgoing.end(seen.body);
  });
}

function refuse(response: ServerResponse, code: number): void {
  const reasons: Record<number, string> = { 410: 'Expired', 429: 'TooManyRequests', 504: 'Timeout' };
  const message = code === 504 ? 'Too large resource version: 9, current: 1' : `scripted ${code}`;
  const headers: Record<string, string> = code === 429 ? { 'retry-after': '0' } : {};
  sendJson(response, code, statusBody(code, reasons[code] ?? 'InternalError', message), headers);
}

function pass(answer: IncomingMessage, response: ServerResponse, fault: Fault): void {
  response.writeHead(answer.statusCode ?? 502, {
    'content-type': answer.headers['content-type'] ?? 'application/json',
  });
  response.flushHeaders();
  answer.on('error', () => response.destroy());
  if (fault.kind === 'none') {
    answer.pipe(response);
    return;
  }
  const harm = harmer(response, fault);
  let rest = '';
  harm.line(undefined);
  answer.setEncoding('utf8');
  answer.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    for (const line of parts) harm.line(line);
  });
  answer.on('end', () => {
    if (rest) harm.line(rest);
    harm.end();
  });
}

/** Called with undefined before the first line, so that a fault after 0 lines happens at once. */
function harmer(
  response: ServerResponse,
  fault: Fault,
): { line: (line: string | undefined) => void; end: () => void } {
  let count = 0;
  let silent = false;
  let first: string | undefined;
  const due = (after: number) => count === after;
  const write = (text: string) => {
    if (silent || response.destroyed || response.writableEnded) return;
    if (fault.kind !== 'slow') {
      response.write(text);
      return;
    }
    for (let at = 0; at < text.length; at += fault.chunkBytes) {
      response.write(text.slice(at, at + fault.chunkBytes));
    }
  };
  const strike = () => {
    if (fault.kind === 'cut' && due(fault.after)) {
      write('{"type":"MODIFIED","object":{"metadata":{"na');
      setImmediate(() => response.socket?.resetAndDestroy());
      silent = true;
    }
    if (fault.kind === 'half-open' && due(fault.after)) silent = true;
    if (fault.kind === 'end' && due(fault.after)) {
      response.end();
    }
    if (fault.kind === 'expired' && due(fault.after)) {
      write(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired') })}\n`);
      response.end();
    }
    if (fault.kind === 'garbage' && due(fault.after)) write(`${fault.text}\n`);
    if (fault.kind === 'replay' && first !== undefined && due(fault.after)) write(`${first}\n`);
  };
  return {
    line: (line) => {
      if (line !== undefined) {
        count += 1;
        first ??= line;
        write(`${line}\n`);
        if (fault.kind === 'duplicate' && due(fault.after)) {
          for (let time = 0; time < fault.times; time += 1) write(`${line}\n`);
        }
      }
      strike();
    },
    end: () => {
      if (!silent) response.end();
    },
  };
}
