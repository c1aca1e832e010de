import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** In the address, once: a browser is sent on without it. */
export const TOKEN_PARAMETER = 'drydock-token';

/** Where a request is for, and what it may do there. */
export interface Access {
  /** `link` has its token in its address, and is to be sent on. */
  readonly by: 'bearer' | 'cookie' | 'link';
  /** Its target without the token. */
  readonly target: string;
  /** Its headers without the token, which is nothing for the sandbox to see. */
  readonly headers: Record<string, string | string[]>;
}

/** What one exposed port is guarded by. */
export interface Guard {
  readonly token: string;
  /** Such as `https://ID.preview.example.com`. */
  readonly origin: string;
}

/** A browser lets no other host set a cookie of this name, and sends it over TLS only; without TLS there is no such name. */
export function cookieName({ origin }: Guard): string {
  return origin.startsWith('https:') ? '__Host-drydock-preview' : 'drydock-preview';
}

export function cookieOf(guard: Guard): string {
  const secure = guard.origin.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(guard)}=${guard.token}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/**
 * Who may: a request with the token as a bearer, in the cookie, or in its address. With the cookie alone, only what the
 * browser says comes from the port's own pages, or a person who follows a link: the page of another sandbox is a
 * neighbour of the same site, and the browser would send the cookie for it.
 */
export function accessOf(
  guard: Guard,
  target: string,
  headers: IncomingHttpHeaders,
): Access | 'denied' | 'foreign' {
  const { authorization, cookie, ...rest } = headers;
  const [bearer] = /^Bearer (.+)$/i.exec(authorization ?? '')?.slice(1) ?? [];
  const cookies = cookiesOf(cookie);
  const own = cookies.filter(([name]) => name === cookieName(guard)).map(([, value]) => value);
  const link = linkOf(target);
  const by =
    bearer !== undefined && isToken(guard, bearer)
      ? 'bearer'
      : link.token !== undefined && isToken(guard, link.token)
        ? 'link'
        : own.some((value) => isToken(guard, value))
          ? 'cookie'
          : undefined;
  if (!by) return 'denied';
  if (by === 'cookie' && isForeign(guard, headers)) return 'foreign';
  const others = cookies
    .filter(([name]) => name !== cookieName(guard))
    .map(([name, value]) => `${name}=${value}`);
  return {
    by,
    target: link.rest,
    headers: {
      ...(rest as Access['headers']),
      // One that is not ours is the program's.
      ...(authorization !== undefined && by !== 'bearer' && { authorization }),
      ...(others.length > 0 && { cookie: others.join('; ') }),
    },
  };
}

function isForeign({ origin }: Guard, headers: IncomingHttpHeaders): boolean {
  if (headers.origin !== undefined) return headers.origin !== origin;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document';
}

/** In a time that says nothing of how much of it was right. */
function isToken({ token }: Guard, given: string): boolean {
  return timingSafeEqual(digest(token), digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function cookiesOf(header: string | undefined): [name: string, value: string][] {
  return (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as [string, string]];
  });
}

function linkOf(target: string): { readonly token: string | undefined; readonly rest: string } {
  const at = target.indexOf('?');
  if (at < 0) return { token: undefined, rest: target };
  let token: string | undefined;
  // Only its own part is taken out: the rest stays as it was written.
  const parts = target
    .slice(at + 1)
    .split('&')
    .filter((part) => {
      if (!part.startsWith(`${TOKEN_PARAMETER}=`)) return true;
      token ??= part.slice(TOKEN_PARAMETER.length + 1);
      return false;
    });
  const rest = parts.length > 0 ? `${target.slice(0, at)}?${parts.join('&')}` : target.slice(0, at);
  return { token, rest };
}
