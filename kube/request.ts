import { setMaxListeners } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ApiError, retryAfter, short, statusFromBody } from './api-error';
import { backoffMs, pause } from './backoff';
import type { Connection } from './connection';
import { type Credentials, clientCertificateNote } from './credentials';
import { inDoubt, KubeError } from './errors';
import { report } from './hooks';
import { parseJson } from './json';
import { abortedError, deadlineError, transportError } from './transport-error';

/** `undefined` values are left out, a list is a parameter given several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What every verb lets its caller say. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The longest that the call may take, retries included. @default the connection's */
  readonly deadlineMs?: number;
  /** The server's Warning headers; the connection's hooks get them too. */
  readonly onWarning?: (text: string) => void;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** For hooks: the plural name of the resource. */
  readonly resource: string;
  readonly query?: Query;
  readonly body?: string;
  readonly contentType?: string;
  /** Doing it twice is the same as doing it once, so a lost answer is a reason to try again. */
  readonly idempotent: boolean;
}

const maxAttempts = 5;
/** No answer of an API server to one call is larger; a page of a list can be made smaller. */
const maxResponseBytes = 64 << 20;
const maxErrorBytes = 64 << 10;

/** One call: request, retries where they are safe, the parsed answer. All HTTP of this room starts in this file. */
export function request<Answer>(connection: Connection, call: Call): Promise<Answer> {
  return perform(connection, call, (body, where) => parseAnswer<Answer>(where, body));
}

/** The same for an answer that is no JSON. */
export function requestBytes(connection: Connection, call: Call): Promise<Buffer> {
  return perform(connection, call, (body) => body);
}

async function perform<Answer>(
  connection: Connection,
  call: Call,
  parse: (body: Buffer, where: string) => Answer,
): Promise<Answer> {
  const where = `${call.method} ${call.path}`;
  const started = Date.now();
  const deadlineMs = call.deadlineMs ?? connection.deadlineMs;
  const limit = limitOf(connection, call.signal, deadlineMs, where);
  let attempts = 0;
  let statusCode: number | undefined;
  let failure: KubeError | undefined;
  let doubt = false;
  try {
    for (;;) {
      attempts += 1;
      try {
        const response = await open(connection, call, limit, 'calls');
        statusCode = response.statusCode;
        return parse(await readBody(where, response, maxResponseBytes, limit), where);
      } catch (error) {
        failure = limit.why() ?? transportError(where, error, limit.sent);
        if (doubt) inDoubt(failure);
        doubt = failure.effect === 'unknown';
        statusCode = failure instanceof ApiError ? failure.statusCode : statusCode;
        failure = await beforeRetry(connection, call, failure, attempts, started + deadlineMs, limit);
        if (failure) throw failure;
      }
    }
  } finally {
    limit.clear();
    report(connection.hooks, {
      type: 'call',
      method: call.method,
      resource: call.resource,
      path: call.path,
      statusCode,
      error: failure?.code,
      attempts,
      durationMs: Date.now() - started,
    });
  }
}

/** Waits for the next try; answers with the error of the call when there is none. */
async function beforeRetry(
  connection: Connection,
  call: Call,
  because: KubeError,
  attempts: number,
  until: number,
  limit: Limit,
): Promise<KubeError | undefined> {
  const waitMs = retryWait(call, because, attempts, until);
  if (waitMs === undefined) return because;
  const { method, resource, path } = call;
  report(connection.hooks, { type: 'retry', method, resource, path, because: because.code, waitMs });
  await pause(waitMs, limit.signal);
  const over = limit.why();
  return over && because.effect === 'unknown' ? inDoubt(over) : over;
}

/** The caller's signal, the connection's end and the deadline as one signal, which knows which of them it was. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Set by open() when the request was handed to a connection. */
  sent: boolean;
  why(): KubeError | undefined;
  clear(): void;
}

export function limitOf(
  connection: Connection,
  signal: AbortSignal | undefined,
  deadlineMs: number | undefined,
  where: string,
): Limit {
  const own = new AbortController();
  let why: (() => KubeError) | undefined;
  const end = (error: () => KubeError) => {
    why ??= error;
    own.abort();
  };
  const onAbort = () => end(() => abortedError(where, signal, limit.sent));
  const onClose = () => end(() => closedError(where, limit.sent));
  const timer =
    deadlineMs === undefined
      ? undefined
      : setTimeout(() => end(() => deadlineError(where, deadlineMs, limit.sent)), deadlineMs);
  for (const [watched, listener] of [
    [signal, onAbort],
    [connection.closing, onClose],
  ] as const) {
    // Every call in flight listens, so many listeners are no leak and deserve no warning.
    if (watched) setMaxListeners(0, watched);
    watched?.addEventListener('abort', listener, { once: true });
  }
  const limit: Limit = {
    signal: own.signal,
    sent: false,
    why: () => why?.(),
    clear: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      connection.closing.removeEventListener('abort', onClose);
    },
  };
  if (connection.closing.aborted) onClose();
  if (signal?.aborted) onAbort();
  return limit;
}

function closedError(where: string, sent: boolean): KubeError {
  return new KubeError(
    'CLOSED',
    { where, found: 'close()', expected: 'an open connection', remedy: 'close it after its last call' },
    { effect: sent ? 'unknown' : 'none' },
  );
}

/**
 * Sends once and answers with a successful response whose body is still to be read; the caller must read or destroy
 * it. A 401 is answered with newer credentials, if there are any.
 */
export async function open(
  connection: Connection,
  call: Call,
  limit: Limit,
  pool: 'calls' | 'streams',
): Promise<IncomingMessage> {
  const where = `${call.method} ${call.path}`;
  let credentials = await withinLimit(connection.credentials(), limit);
  for (let renewals = 0; ; renewals += 1) {
    const response = await send(connection, call, credentials, limit, pool);
    warn(connection, call, response);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const refusal = await readRefusal(where, response, credentials, limit);
    const newer =
      status === 401 && renewals === 0
        ? await withinLimit(connection.renewed(credentials), limit)
        : undefined;
    if (!newer) throw refusal;
    credentials = newer;
  }
}

/** A plug-in that gives credentials can take for ever; a call does not. */
export function withinLimit<Result>(work: Promise<Result>, limit: Limit): Promise<Result> {
  return new Promise((resolve, reject) => {
    const over = () => reject(limit.why());
    if (limit.signal.aborted) over();
    limit.signal.addEventListener('abort', over, { once: true });
    work.then(resolve, reject).finally(() => limit.signal.removeEventListener('abort', over));
  });
}

function send(
  connection: Connection,
  call: Call,
  credentials: Credentials,
  limit: Limit,
  pool: 'calls' | 'streams',
): Promise<IncomingMessage> {
  const where = `${call.method} ${call.path}`;
  return new Promise((resolve, reject) => {
    const over = limit.why();
    if (over) return reject(over);
    const { server } = connection;
    const body = call.body === undefined ? undefined : Buffer.from(call.body);
    const start = server.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = start({
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || undefined,
      method: call.method,
      path: urlPath(server, call),
      headers: headersFor(connection, call, credentials, body),
      agent: credentials[pool],
      signal: limit.signal,
    });
    noteWhenSent(outgoing, server, limit);
    outgoing.once('response', resolve);
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(badResponse(where, 'a protocol upgrade nobody asked for'));
    });
    outgoing.on('error', (error) => reject(limit.why() ?? transportError(where, error, limit.sent)));
    outgoing.end(body);
  });
}

/** Until the handshake of a new connection is over, nothing of the request has left. */
export function noteWhenSent(outgoing: ClientRequest, server: URL, limit: Limit): void {
  limit.sent = false;
  outgoing.once('socket', (socket) => {
    const noted = () => {
      limit.sent = true;
    };
    if (outgoing.reusedSocket || !socket.connecting) noted();
    else socket.once(server.protocol === 'http:' ? 'connect' : 'secureConnect', noted);
  });
}

export function urlPath(server: URL, call: Pick<Call, 'path' | 'query'>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (Array.isArray(value)) for (const item of value) query.append(name, item);
    else if (value !== undefined) query.append(name, String(value));
  }
  const search = query.toString();
  return `${server.pathname.replace(/\/$/, '')}${call.path}${search ? `?${search}` : ''}`;
}

function headersFor(
  connection: Connection,
  call: Call,
  credentials: Credentials,
  body: Buffer | undefined,
): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    ...connection.hooks.headers?.(),
    accept: 'application/json',
    'user-agent': connection.userAgent,
    ...credentials.headers,
  };
  if (body) {
    headers['content-type'] = call.contentType ?? 'application/json';
    headers['content-length'] = body.length;
  }
  return headers;
}

function parseAnswer<Answer>(where: string, body: Buffer): Answer {
  const text = body.toString('utf8');
  try {
    return parseJson(text) as Answer;
  } catch (error) {
    throw badResponse(where, `${body.length} bytes that are no JSON: ${short(text, 100)}`, error);
  }
}

export async function readRefusal(
  where: string,
  response: IncomingMessage,
  credentials: Credentials,
  limit: Limit,
): Promise<KubeError> {
  const statusCode = response.statusCode ?? 0;
  if (statusCode >= 300 && statusCode < 400) {
    response.destroy();
    return badResponse(where, `a redirect (${statusCode})`);
  }
  const body = await readBody(where, response, maxErrorBytes, limit);
  return new ApiError(where, statusCode, statusFromBody(body), {
    retryAfterMs: retryAfter(response.headers['retry-after']),
    note: statusCode === 401 ? clientCertificateNote(credentials) : undefined,
  });
}

function readBody(
  where: string,
  response: IncomingMessage,
  limitBytes: number,
  limit: Limit,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (error: KubeError) => {
      response.destroy();
      reject(error);
    };
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limitBytes) fail(tooLarge(where, limitBytes));
      else chunks.push(chunk);
    });
    response.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    // A response without its last chunk is an error too: a cut list would look like a short one.
    response.once('error', (error) => fail(limit.why() ?? transportError(where, error, true)));
  });
}

function tooLarge(where: string, limitBytes: number): KubeError {
  return new KubeError(
    'RESPONSE_TOO_LARGE',
    {
      where,
      found: 'more',
      expected: `at most ${limitBytes} bytes`,
      remedy: 'list in smaller pages, with `limit`',
    },
    { effect: 'unknown' },
  );
}

function badResponse(where: string, found: string, cause?: unknown): KubeError {
  return new KubeError(
    'BAD_RESPONSE',
    {
      where,
      found,
      expected: "an API server's JSON",
      remedy: 'check that the server address is an API server and that no proxy stands in between',
    },
    { cause, effect: 'unknown' },
  );
}

/** `299 - "text"`, several in one header or in several: the text is quoted with backslash escapes. */
function warn(connection: Connection, call: Call, response: IncomingMessage): void {
  const header = response.headers.warning;
  if (typeof header !== 'string') return;
  for (const match of header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
    const text = short(match[1]!.replace(/\\(.)/g, '$1'));
    call.onWarning?.(text);
    report(connection.hooks, { type: 'warning', resource: call.resource, path: call.path, text });
  }
}

/**
 * When a call may be repeated. The server says so itself with 429 and Retry-After, for any call: it did nothing.
 * A connection that never came about did nothing either. A lost answer or a 5xx may have been done, so it takes an
 * idempotent call.
 */
function retryWait(call: Call, error: KubeError, attempts: number, until: number): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  const repeatable =
    (error.code === 'TOO_MANY_REQUESTS' && asked !== undefined) ||
    (error.code === 'UNREACHABLE' && attempts < 3) ||
    (call.idempotent && (error.code === 'SERVER_ERROR' || error.code === 'CONNECTION_LOST'));
  if (!repeatable) return undefined;
  const waitMs = asked ?? backoffMs(attempts, 100, 5_000);
  return Date.now() + waitMs < until ? waitMs : undefined;
}
