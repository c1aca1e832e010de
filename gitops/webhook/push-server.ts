import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answer,
  type SmallServer,
  type SmallServerOptions,
  startSmallServer,
} from '../../controller/serve/small-server';
import { isPush, pushOf } from './push';
import { signedBy } from './signatures';

export const PUSH_PATH = '/push';
/** Of a message. A push of thousands of commits may be more; then the interval sees it. */
export const MOST_BYTES = 2 * 1024 * 1024;
/** Of all messages that are being read, so that many large ones do not take the memory, nor slow ones the place of others. */
export const MOST_HELD_BYTES = 8 * MOST_BYTES;
const REQUEST_MS = 10_000;

export interface PushServerOptions extends Pick<SmallServerOptions, 'port' | 'host'> {
  /** What messages may be signed with; none for now means that none is taken. */
  readonly secrets: () => readonly string[];
  /** Resolves once it is noted what was pushed. */
  readonly onPush: (marks: readonly string[]) => Promise<void>;
}

/**
 * Takes what forges tell of pushes. Nothing is believed of a message but that something was pushed, and nothing is looked at
 * before its signature is right; so a message that is sent again has no other effect than the first.
 */
export function startPushServer({ secrets, onPush, ...where }: PushServerOptions): Promise<SmallServer> {
  const held = { bytes: 0 };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const problem = problemOf(request);
    if (problem) return refuse(response, ...problem);
    try {
      const body = await bodyOf(request, held);
      if (body === 'gone') return;
      if (body === 'busy') return refuse(response, 503, 'too much at a time; the interval will see it');
      if (body === 'large') return refuse(response, 413, `at most ${MOST_BYTES} bytes`);
      const from = signedBy({ headers: request.headers, body }, secrets());
      if (!from)
        return refuse(response, 401, 'no signature, or one that no secret of this controller has made');
      if (!isPush(from.forge, from.event)) return answer(response, 200, 'nothing to do: no push');
      const push = pushOf(body.toString('utf8'));
      if (push === 'invalid') return refuse(response, 400, 'no message of a push');
      if (!push) return answer(response, 200, 'nothing to do: no branch');
      await onPush(push.marks);
      answer(response, 202, 'the branch is asked');
    } catch {
      refuse(response, 503, 'it could not be noted; the interval will see it');
    }
  };
  return startSmallServer(
    { ...where, requestMs: REQUEST_MS },
    (request, response) => void take(request, response),
  );
}

/** What can be said without reading the body. */
function problemOf({ method, url, headers }: IncomingMessage): [status: number, text: string] | undefined {
  if ((url ?? '').split('?')[0] !== PUSH_PATH) return [404, `there is ${PUSH_PATH}`];
  if (method !== 'POST') return [405, 'POST only'];
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return [415, 'choose application/json where the webhook is made'];
  if (Number(headers['content-length'] ?? 0) > MOST_BYTES) return [413, `at most ${MOST_BYTES} bytes`];
  return undefined;
}

type Held = { bytes: number };

function bodyOf(request: IncomingMessage, held: Held): Promise<Buffer | 'large' | 'busy' | 'gone'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    let hasEnded = false;
    const end = (what: Buffer | 'large' | 'busy' | 'gone') => {
      if (hasEnded) return;
      hasEnded = true;
      held.bytes -= bytes;
      parts.length = 0;
      resolve(what);
    };
    request.on('data', (part: Buffer) => {
      if (hasEnded) return;
      bytes += part.length;
      held.bytes += part.length;
      parts.push(part);
      if (bytes > MOST_BYTES) end('large');
      else if (held.bytes > MOST_HELD_BYTES) end('busy');
    });
    request.on('end', () => end(Buffer.concat(parts)));
    for (const event of ['error', 'close']) request.on(event, () => end('gone'));
  });
}

/** Whoever is refused does not keep the connection: what more it has to send is not read. */
function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return;
  response.setHeader('connection', 'close');
  answer(response, status, text);
}
