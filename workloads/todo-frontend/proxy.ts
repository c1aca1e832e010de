import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { Problem, unavailable } from '../shared/problem';
import { reach } from '../shared/reach';
import { relay } from '../shared/relay';
import type { Env } from '../shared/requests';
import { verify } from '../shared/token';

export interface ProxyOptions {
  readonly backendUrl: string;
  /** Signs sessions, here and at the backend. */
  readonly key: string;
  readonly trustedProxies: number;
}

const SESSION_COOKIE = 'todo_session';
/** What of an answer is for the browser. */
const passedOn = ['content-type', 'set-cookie', 'retry-after'];

/** Hands a request of our page on to the backend, and its answer back as it comes. */
export async function proxy(c: Context<Env>, options: ProxyOptions): Promise<Response> {
  refuseOtherSites(c);
  const { method } = c.req;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  let answer: Response;
  try {
    answer = await reach(options.backendUrl + pathOf(c), {
      method,
      headers: headersFor(c, options),
      body: hasBody ? await c.req.arrayBuffer() : undefined,
      redirect: 'manual',
      signal: c.req.raw.signal,
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    c.get('log').warn('the backend cannot be reached', { error });
    throw unavailable('The backend');
  }
  const headers = passedOn.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  const body = answer.body && relay(answer.body, c.get('log'));
  return new Response(body, { status: answer.status, headers });
}

/** A browser says where a request comes from. One that another site's page makes is not what its user wants. */
function refuseOtherSites(c: Context): void {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const isOurs =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === c.req.header('host'));
  if (!isOurs || site === 'cross-site' || site === 'same-site') {
    throw new Problem(403, 'other_site', 'This is for our own page alone.');
  }
}

/** What comes after /api, with its query: never the name of another host. */
function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname.slice('/api'.length) + search;
}

function headersFor(c: Context<Env>, { key, trustedProxies }: ProxyOptions): Record<string, string> {
  const type = c.req.header('content-type');
  const token = getCookie(c, SESSION_COOKIE);
  // A cookie that is not signed by us, or has ended, is none; of the others the backend knows whether they are still good.
  const isOurs = token !== undefined && verify(token, key) !== undefined;
  return {
    'x-request-id': c.get('requestId'),
    'x-forwarded-for': addressOf(c, trustedProxies),
    ...(type && { 'content-type': type }),
    ...(isOurs && { cookie: `${SESSION_COOKIE}=${token}` }),
  };
}

/** The address of the user: each trusted proxy adds the one that it sees at the end of a list. */
function addressOf(c: Context, trustedProxies: number): string {
  const told = (c.req.header('x-forwarded-for') ?? '').split(',').map((one) => one.trim());
  const seen = [...told, getConnInfo(c).remote.address ?? 'unknown'];
  return seen.at(-1 - trustedProxies) || 'unknown';
}
