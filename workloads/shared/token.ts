import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed token says. */
export interface Claims {
  /** The session, a row in the database. */
  readonly session: string;
  /** What it is good for: everything that its user may do, or the todos alone, as the chat has it. */
  readonly scope: 'all' | 'todos';
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
}

/** Longer ones are none of ours, and are not worth a hash. */
const LONGEST = 512;

/** A token that says `claims` and cannot be changed without the key. */
export function sign(claims: Claims, key: string): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${macOf(payload, key)}`;
}

/** What a token says; undefined where it is forged, broken or has ended. */
export function verify(token: string, key: string, now = Date.now()): Claims | undefined {
  const [payload, mac, ...rest] = token.length > LONGEST ? [] : token.split('.');
  if (payload === undefined || mac === undefined || rest.length > 0) return undefined;
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(payload, key))];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return claims.expires * 1000 > now ? claims : undefined;
}

function macOf(payload: string, key: string): string {
  // The first word keeps these apart from whatever else is ever signed with the same key.
  return createHmac('sha256', key).update(`todo-session ${payload}`).digest('base64url');
}
