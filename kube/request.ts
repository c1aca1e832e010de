import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkMs } from './amounts';
import { ApiError, retryAfter, short, statusFromBody } from './api-error';
import { invalid } from './arguments';
import { backoffMs } from './backoff';
import type { Connection } from './connection';
import { type Credentials, clientCertificateNote } from './credentials';
import { inDoubt, KubeError } from './errors';
import { extraHeaders, report, tellQuietly } from './hooks';
import { parseJson } from './json';
import { type Limit, limitOf, withinLimit } from './limit';
import { onAbort, pause } from './timer';
import { transportError } from './transport-error';
import type { Priority } from './turns';

/** `undefined` values are left out, a list is a parameter given several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What every verb lets its caller say. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The longest that the call may take, retries included. @default the connection's */
  readonly deadlineMs?: number;
  /** The server's Warning headers; the connection's hooks get them too. What it throws is ignored. */
  readonly onWarning?: (text: string) => void;
  /** Who goes first when more calls wait than `maxCalls` admits. @default 'normal' */
  readonly priority?: Priority;
  /** Calls of one name wait in one line, and lines take turns, so that many calls of one do not hold up another. @default '' */
  readonly flow?: string;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** For hooks: the plural name of the resource. */
  readonly resource: string;
  readonly query?: Query;
  readonly body?: string;
  readonly contentType?: string;
  /** Beside the usual ones. With `if-none-match` an answer without a body can come: 304. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Doing it twice is the same as doing it once, so a lost answer is a reason to try again. */
  readonly idempotent: boolean;
}

const maxAttempts = 5;
/** No answer of an API server to one call is larger; a page of a list can be made smaller. */
const maxResponseBytes = 64 << 20;
/** A conflict names every field, so a refusal can be megabytes; what is longer is cut, and its code still told. */
const maxErrorBytes = 4 << 20;

/** One call: request, retries where they are safe, the parsed answer. All HTTP of this room starts in this file. */
export function request<Answer>(connection: Connection, call: Call, limit?: Limit): Promise<Answer> {
  return perform(connection, call, ({ body }, where) => parseAnswer<Answer>(where, body), limit);
}

/** The same for an answer that is no JSON. */
export function requestBytes(connection: Connection, call: Call): Promise<Buffer> {
  return perform(connection, call, ({ body }) => body);
}

export interface Answered {
  readonly statusCode: number | undefined;
  readonly etag: string | undefined;
  readonly body: Buffer;
}

/** @param shared what bounds several calls together; without it the call has its own */
export async function perform<Answer>(
  connection: Connection,
  call: Call,
  parse: (answered: Answered, where: string) => Answer,
  shared?: Limit,
): Promise<Answer> {
  const where = `${call.method} ${call.path}`;
  checkMs(where, { deadlineMs: call.deadlineMs });
  const started = Date.now();
  const limit = shared ?? limitOf(connection, call.signal, call.deadlineMs ?? connection.deadlineMs, where);
  const counted = { attempts: 0, queuedMs: 0 };
  let statusCode: number | undefined;
  let failure: KubeError | undefined;
  let doubt = false;
  try {
    for (;;) {
      counted.attempts += 1;
      try {
        const answered = await inTurn(connection, call, limit, counted);
        statusCode = answered.statusCode;
        return parse(answered, where);
      } catch (error) {
        failure = limit.why() ?? transportError(where, error, limit.sent);
        if (doubt) inDoubt(failure);
        doubt = failure.effect === 'unknown';
        statusCode = failure instanceof ApiError ? failure.statusCode : statusCode;
        failure = await beforeRetry(connection, call, failure, counted.attempts, limit);
        if (failure) throw failure;
      }
    }
  } finally {
    if (!shared) limit.clear();
    report(connection.hooks, {
      type: 'call',
      method: call.method,
      resource: call.resource,
      path: call.path,
      statusCode,
      error: failure?.code,
      ...counted,
      durationMs: Date.now() - started,
    });
  }
}

/** Waits for a place among the calls in flight, and keeps it until the answer was read. */
async function inTurn(
  connection: Connection,
  call: Call,
  limit: Limit,
  counted: { queuedMs: number },
): Promise<Answered> {
  const where = `${call.method} ${call.path}`;
  const askedAt = Date.now();
  limit.sent = false;
  const giveBack = await connection.turns.take(
    call.priority ?? 'normal',
    call.flow ?? '',
    limit.signal,
    limit.why,
  );
  counted.queuedMs += Date.now() - askedAt;
  try {
    const response = await open(connection, call, limit, 'calls');
    return {
      statusCode: response.statusCode,
      etag: response.headers.etag,
      body: await readBody(where, response, maxResponseBytes, limit),
    };
  } finally {
    giveBack();
  }
}

/** Waits for the next try; answers with the error of the call when there is none. */
async function beforeRetry(
  connection: Connection,
  call: Call,
  because: KubeError,
  attempts: number,
  limit: Limit,
): Promise<KubeError | undefined> {
  const waitMs = retryWait(call, because, attempts, limit.until);
  if (waitMs === undefined) return because;
  const { method, resource, path } = call;
  report(connection.hooks, { type: 'retry', method, resource, path, because: because.code, waitMs });
  // While nothing is under way, an end leaves open what the tries before it do, and no more.
  limit.sent = because.effect === 'unknown';
  await pause(waitMs, limit.signal);
  return limit.why();
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
    connection.clock.heard(response.headers.date);
    warn(connection, call, response);
    const status = response.statusCode ?? 0;
    const isSame = status === 304 && call.headers?.['if-none-match'] !== undefined;
    if (isSame || (status >= 200 && status < 300)) return response;
    const refusal = await readRefusal(where, response, credentials, limit);
    const newer =
      status === 401 && renewals === 0
        ? await withinLimit(connection.renewed(credentials), limit)
        : undefined;
    if (!newer) throw refusal;
    credentials = newer;
  }
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
    });
    noteWhenSent(outgoing, server, limit);
    // Destroying a request that has no socket yet, because a proxy does not answer, is told by no event: so it is told here.
    const forget = onAbort(limit.signal, () => {
      reject(limit.why());
      outgoing.destroy();
    });
    outgoing.once('close', forget);
    outgoing.once('response', resolve);
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(badResponse(where, 'a protocol upgrade that was not asked for'));
    });
    outgoing.on('error', (error) => reject(limit.why() ?? transportError(where, error, limit.sent)));
    if (call.method === 'GET') outgoing.end(body);
    else endIfAllowed(connection, outgoing, where, () => outgoing.end(body), reject);
  });
}

/**
 * Sends what may change something once its connection is there, for a handshake can take as long as it likes, and
 * between being asked and being sent there is to be nothing.
 */
export function endIfAllowed(
  { server, mayWrite }: Connection,
  outgoing: ClientRequest,
  where: string,
  send: () => void,
  refuse: (error: KubeError) => void,
): void {
  if (!mayWrite) {
    send();
    return;
  }
  whenConnected(outgoing, server, () => {
    try {
      mayWrite();
    } catch (error) {
      refuse(fenced(where, error));
      outgoing.destroy();
      return;
    }
    send();
  });
}

function fenced(where: string, because: unknown): KubeError {
  return new KubeError(
    'FENCED',
    {
      where,
      found: `a caller that may not write: ${because instanceof Error ? because.message : String(because)}`,
      expected: 'one that may',
      remedy: 'end this work, and leave it to the process that may do it now; nothing was sent',
    },
    { cause: because },
  );
}

/** Until the handshake of a new connection is over, nothing of the request has left. */
export function noteWhenSent(outgoing: ClientRequest, server: URL, limit: Limit): void {
  limit.sent = false;
  whenConnected(outgoing, server, () => {
    limit.sent = true;
  });
}

function whenConnected(outgoing: ClientRequest, server: URL, then: () => void): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket || !socket.connecting) then();
    else socket.once(server.protocol === 'http:' ? 'connect' : 'secureConnect', then);
  });
}

export function urlPath(server: URL, call: Pick<Call, 'path' | 'query'>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object') throw invalid(call.path, name, item, 'a text, a number or a flag');
      query.append(name, String(item));
    }
  }
  const search = query.toString();
  return `${server.pathname.replace(/\/$/, '')}${call.path}${search ? `?${search}` : ''}`;
}

function headersFor(
  connection: Connection,
  call: Call,
  credentials: Credentials,
  body: Buffer | undefined,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ...extraHeaders(connection.hooks, `${call.method} ${call.path}`),
    accept: 'application/json',
    'user-agent': connection.userAgent,
    ...call.headers,
    ...credentials.headers,
  };
  if (body) {
    headers['content-type'] = call.contentType ?? 'application/json';
    headers['content-length'] = body.length;
  }
  return headers;
}

export function parseAnswer<Answer>(where: string, body: Buffer): Answer {
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
  const body = await readBody(where, response, maxErrorBytes, limit, 'cut');
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
  whenMore: 'refuse' | 'cut' = 'refuse',
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const whole = () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    const fail = (error: KubeError) => {
      response.destroy();
      reject(error);
    };
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else if (whenMore === 'refuse') fail(tooLarge(where, limitBytes));
      else {
        whole();
        response.destroy();
      }
    });
    response.once('end', whole);
    // A response without its last chunk is an error too: a cut list would look like a short one.
    response.once('error', (error) => fail(limit.why() ?? transportError(where, error, true)));
  });
}

function tooLarge(where: string, limitBytes: number): KubeError {
  return new KubeError(
    'RESPONSE_TOO_LARGE',
    {
      where,
      found: 'a longer answer',
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
      remedy: 'check that the server address is an API server and that there is no proxy in between',
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
    tellQuietly(call.onWarning, text);
    report(connection.hooks, { type: 'warning', resource: call.resource, path: call.path, text });
  }
}

/**
 * When a call may be repeated. The server says so itself with 429 and Retry-After, for any call: it did nothing.
 * A connection that never came about did nothing either. A lost answer or a 5xx may have been done, so it takes an
 * idempotent call.
 */
function retryWait(
  call: Call,
  error: KubeError,
  attempts: number,
  until: number | undefined,
): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  const repeatable =
    (error.code === 'TOO_MANY_REQUESTS' && asked !== undefined) ||
    (error.code === 'UNREACHABLE' && attempts < 3) ||
    (call.idempotent && (error.code === 'SERVER_ERROR' || error.code === 'CONNECTION_LOST'));
  if (!repeatable) return undefined;
  const waitMs = asked ?? backoffMs(attempts, 100, 5_000);
  return Date.now() + waitMs < (until ?? Number.POSITIVE_INFINITY) ? waitMs : undefined;
}
