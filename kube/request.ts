import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkMs } from './amounts';
import { badResponse, parseAnswer, readAnswer, readRefusal, tellWarnings } from './answer';
import { ApiError } from './api-error';
import { backoffMs } from './backoff';
import { type Call, urlPath } from './call';
import type { Connection } from './connection';
import type { Credentials } from './credentials';
import { inDoubt, type KubeError } from './errors';
import { extraHeaders, report } from './hooks';
import { type Limit, limitOf, withinLimit } from './limit';
import { onAbort, pause } from './timer';
import { transportError } from './transport-error';
import { endIfAllowed, noteWhenSent } from './when-sent';

const maxAttempts = 5;

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
      body: await readAnswer(where, response, limit),
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
    tellWarnings(connection, call, response);
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
    // Held until somebody reads it here: a program that listens to answers too (a tracer, a debugger) makes it flow, and what
    // has flowed by before we listen is gone.
    outgoing.once('response', (response) => resolve(response.pause()));
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(badResponse(where, 'a protocol upgrade that was not asked for'));
    });
    outgoing.on('error', (error) => reject(limit.why() ?? transportError(where, error, limit.sent)));
    if (call.method === 'GET') outgoing.end(body);
    else endIfAllowed(connection, outgoing, call, () => outgoing.end(body), reject);
  });
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
