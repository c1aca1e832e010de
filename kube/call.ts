import { invalid } from './arguments';
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

/** What is about to be sent, for who says whether it may be. */
export type Write = Pick<Call, 'method' | 'path' | 'query'>;

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
