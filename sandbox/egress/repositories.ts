import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { connect as connectTls } from 'node:tls';
import { Meter } from './meter';
import type { Egresses, Repository } from './options';
import { connectTo, type Outside } from './outside';
import { Refused } from './refused';

/** What git needs to say and to hear, and nothing more: no cookie, no credential, no host of the sandbox's choice. */
const TO_SERVER = ['accept', 'accept-encoding', 'content-type', 'content-encoding', 'git-protocol'] as const;
const TO_CLIENT = ['content-type', 'content-encoding', 'content-length', 'cache-control'] as const;

/** What git asks of a repository, by method and the rest of its URL. */
const FETCH = ['GET /info/refs?service=git-upload-pack', 'POST /git-upload-pack'];
const PUSH = ['GET /info/refs?service=git-receive-pack', 'POST /git-receive-pack'];

/** Where a repository stands at our port: what git replaces its URL with. */
export const pathOf = (index: number): string => `/repository/${index}`;

interface Asked {
  readonly repository: Repository;
  /** The rest, as it is sent: one of the texts above. */
  readonly rest: string;
}

/** Compared with what git asks for, byte for byte: nothing is decoded, so nothing can mean two things. */
export function askedOf(method = '', url = '', repositories: readonly Repository[]): Asked {
  const [, index = '', rest = ''] = /^\/repository\/(\d{1,4})(\/.*)$/.exec(url) ?? [];
  const repository = repositories[Number(index)];
  if (index === '' || !repository) throw new Refused('request', 'a request');
  const allowed = repository.allowPush ? [...FETCH, ...PUSH] : FETCH;
  if (allowed.includes(`${method} ${rest}`)) return { repository, rest };
  throw new Refused('repository', repository.url);
}

/** Asks the server of a repository in the sandbox's place, with the credentials that it never sees. */
export async function askRepository(
  asked: IncomingMessage,
  answer: ServerResponse,
  outside: Outside,
  { repositories, maxBytes, onEvent }: Egresses,
): Promise<void> {
  let target = 'a request';
  let meter: Meter | undefined;
  try {
    const { repository, rest } = askedOf(asked.method, asked.url, repositories);
    target = repository.url;
    const counted = new Meter('repository', target, maxBytes, onEvent, () => asked.destroy());
    meter = counted;
    const { host, port, allowPrivate = false, ca } = repository;
    const socket = await connectTo(outside, host, port, allowPrivate);
    asked.once('close', () => {
      if (!asked.complete) socket.destroy();
    });
    answer.once('close', () => socket.destroy());
    const sent = request({
      method: asked.method,
      path: `${repository.path}${rest}`,
      headers: {
        ...chosen(asked.headers, TO_SERVER),
        host: port === 443 ? host : `${host}:${port}`,
        'user-agent': 'git/2 (cdk8s-drydock)',
        ...(repository.authorization && { authorization: repository.authorization }),
      },
      createConnection: () => connectTls({ socket, servername: host, ca }),
    });
    counted.watch(asked, 'sent');
    const came = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.once('close', () => reject(new Refused('unreachable', target)));
    });
    // Heard by the answer that does not come.
    pipeline(asked, sent).catch(() => {});
    const response = await came;
    if (response.statusCode !== 200) {
      socket.destroy();
      throw new Refused('answer', target);
    }
    answer.writeHead(200, chosen(response.headers, TO_CLIENT));
    counted.watch(response, 'received');
    await pipeline(response, answer);
    counted.over();
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused('unreachable', target);
    const told = meter ?? new Meter('repository', refused.target, maxBytes, onEvent, () => {});
    told.over(refused.why);
    refuse(answer, refused);
  }
}

/** One that has begun can only be broken off. */
function refuse(answer: ServerResponse, { why, message }: Refused): void {
  if (answer.headersSent) answer.destroy();
  else {
    const isOurs = why === 'request' || why === 'repository';
    answer.writeHead(isOurs ? 403 : 502, { 'content-type': 'text/plain', connection: 'close' });
    answer.end(`${message}\n`);
  }
}

function chosen(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string | string[]> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
