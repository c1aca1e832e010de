import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { notSignedIn, Problem } from '../shared/problem';
import { bearerOf, checked, type Env, jsonBody } from '../shared/requests';
import type { Database } from './database';
import { countAttempt } from './limits';
import type { Operation } from './operation';
import type { Caller, Sessions } from './sessions';

export const SESSION_COOKIE = 'todo_session';

/** Puts operations on the server: who calls, how often, what is sent, and then the handler. */
export function register(
  app: Hono<Env>,
  operations: readonly Operation[],
  { database, sessions }: { readonly database: Database; readonly sessions: Sessions },
): void {
  for (const one of operations) {
    app.on(one.method.toUpperCase(), one.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      const caller = one.access === 'everybody' ? undefined : await callerOf(c, one, sessions);
      if (one.limit && caller) await countAttempt(database, one.limit, caller.user.id);
      return one.run({
        c,
        caller,
        params: one.params && checked(one.params, c.req.param(), 'path'),
        query: one.query && checked(one.query, queryOf(c), 'query'),
        body: one.body && (await jsonBody(c, one.body)),
      });
    });
  }
}

async function callerOf(c: Context<Env>, { access }: Operation, sessions: Sessions): Promise<Caller> {
  const token = c.req.header('authorization') ? bearerOf(c) : getCookie(c, SESSION_COOKIE);
  const caller = token === undefined ? undefined : await sessions.callerOf(token);
  if (caller === undefined) throw notSignedIn();
  if (caller.scope === 'todos' && access !== 'user or chat') {
    throw new Problem(403, 'not_for_the_chat', 'The chat may read and change todos, and nothing else.');
  }
  return caller;
}

/** A name that is there twice has two values, which no schema of ours takes. */
function queryOf(c: Context): Record<string, string | string[]> {
  const entries = Object.entries(c.req.queries());
  return Object.fromEntries(
    entries.map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}
