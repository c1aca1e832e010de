import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { GitopsError } from '../errors';
import { type Answer, answerIn, forOperator, type Measures } from './answer';

/** The Prometheus that gates between waves ask. Who runs the controller says it; no Application can. */
export interface PrometheusOptions {
  /** An http or https address, without credentials, with the path in front of `/api/v1` if there is one. */
  readonly url: string;
  /** A file with the authorities that its certificate may be of, in PEM. @default - those of Node */
  readonly caFile?: string;
  /** A file with a token that is sent to it, read anew for each question; the address has to be https. @default - none is sent */
  readonly tokenFile?: string;
}

/** For one question, from the first byte that is sent to the last that is read. */
export const QUESTION_MS = 10_000;
/** One number takes a few hundred bytes, and hundreds of series are no answer. */
const MOST_BYTES = 64 << 10;
/** A token is read into one line of a header. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/**
 * Asks the one Prometheus that there is. Follows no redirect, waits and reads no longer than it may, and tells nothing of the
 * address or the token.
 */
export class Prometheus implements Measures {
  readonly #options: PrometheusOptions;
  readonly #url: URL;
  readonly #withinMs: number;

  constructor(options: PrometheusOptions, withinMs = QUESTION_MS) {
    this.#options = options;
    this.#url = urlOf(options);
    this.#withinMs = withinMs;
  }

  async ask(query: string, signal: AbortSignal): Promise<Answer> {
    const late = AbortSignal.timeout(this.#withinMs);
    try {
      const response = await this.#post(query, AbortSignal.any([signal, late]));
      const body = await bodyOf(response);
      if (body === undefined)
        return {
          found: `an answer of more than ${MOST_BYTES} bytes`,
          remedy: 'let the query give one number, such as by sum() or max()',
        };
      return answerIn(response.statusCode ?? 0, body);
    } catch (error) {
      if (!late.aborted) return forOperator(causeOf(error));
      return {
        found: `no answer within ${this.#withinMs / 1_000} s`,
        remedy: 'ask for less, or tell who runs the controller',
      };
    }
  }

  async #post(query: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { caFile, tokenFile } = this.#options;
    const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim();
    if (token !== undefined && !TOKEN.test(token)) throw new BadToken();
    const ca = caFile === undefined ? undefined : await readFile(caFile);
    // Prometheus gives up at the same time: what nobody waits for is not worked on.
    const body = new URLSearchParams({ query, timeout: `${this.#withinMs}ms` }).toString();
    const options: RequestOptions = {
      method: 'POST',
      agent: false,
      signal,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'drydock-gitops',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing =
        this.#url.protocol === 'http:'
          ? httpRequest(this.#url, options)
          : httpsRequest(this.#url, { ...options, ca });
      outgoing.once('response', resolve);
      outgoing.once('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('an upgrade'));
      });
      // Also after the answer has begun: then its reader is told as well, and this says nothing.
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

class BadToken extends Error {}

/** Undefined for a body that is too long. */
async function bodyOf(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the connection.
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function causeOf(error: unknown): string {
  if (error instanceof BadToken) return 'that the token file of the controller has no token';
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (syscall === 'open' || syscall === 'read')
    return `that a file of the controller cannot be read (${code})`;
  if (code === 'ABORT_ERR') return 'no answer in time';
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? `no answer (${code})` : 'no answer';
}

function urlOf({ url, tokenFile }: PrometheusOptions): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const isRight =
    address !== undefined &&
    ['http:', 'https:'].includes(address.protocol) &&
    !/[@?#]/.test(url) &&
    address.hostname !== '';
  if (!isRight)
    throw invalid(
      'an address that cannot be used',
      'http or https, a host, and no user, query or fragment, such as https://prometheus.monitoring:9090',
    );
  if (tokenFile !== undefined && address.protocol !== 'https:')
    throw invalid('a token for an address of http', 'https, as who listens would read the token');
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v1/query`;
  return address;
}

function invalid(found: string, expected: string): GitopsError {
  return new GitopsError('PROMETHEUS_INVALID', {
    where: 'the Prometheus of gates',
    found,
    expected,
    remedy: 'correct --prometheus, or the option `prometheus`',
  });
}
