import type { IncomingMessage } from 'node:http';
import { ApiError, retryAfter, short, statusFromBody } from './api-error';
import type { Call } from './call';
import type { Connection } from './connection';
import { type Credentials, clientCertificateNote } from './credentials';
import { KubeError } from './errors';
import { report, tellQuietly } from './hooks';
import { parseJson } from './json';
import { type Limit, withinLimit } from './limit';
import { transportError } from './transport-error';

/** No answer of an API server to one call is larger; a page of a list can be made smaller. */
const maxAnswerBytes = 64 << 20;
/** A conflict names every field, so a refusal can be megabytes; what is longer is cut, and its code still told. */
const maxErrorBytes = 4 << 20;

export function readAnswer(where: string, response: IncomingMessage, limit: Limit): Promise<Buffer> {
  return readBody(where, response, maxAnswerBytes, limit);
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
  // Within the limit by itself: an answer that has come to its end without us tells nothing more, also when it is destroyed.
  const read = new Promise<Buffer>((resolve, reject) => {
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
    response.resume();
  });
  return withinLimit(read, limit);
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

export function badResponse(where: string, found: string, cause?: unknown): KubeError {
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
export function tellWarnings(connection: Connection, call: Call, response: IncomingMessage): void {
  const header = response.headers.warning;
  if (typeof header !== 'string') return;
  for (const match of header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
    const text = short(match[1]!.replace(/\\(.)/g, '$1'));
    tellQuietly(call.onWarning, text);
    report(connection.hooks, { type: 'warning', resource: call.resource, path: call.path, text });
  }
}
