import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { ChatRequest } from '../shared/chat-request';
import { chat } from './chat';
import type { Database } from './database';
import { chatLimit, countAttempt, placeLimit, signInLimit, writeLimit } from './limits';
import { type Operation, operation } from './operation';
import { SESSION_COOKIE } from './register';
import {
  NewTodo,
  SignIn,
  SignUp,
  TodoAnswer,
  TodoChange,
  TodoId,
  TodoList,
  TodoQuery,
  UserAnswer,
} from './schemas';
import type { Caller, Sessions } from './sessions';
import { Todos } from './todos';
import { addUser, type User, userWith } from './users';

/** What the operations work with. */
export interface Parts {
  readonly database: Database;
  readonly sessions: Sessions;
  /** Where users reach the application. */
  readonly publicUrl: string;
  readonly agentUrl: string;
}

/** The whole API. */
export function operationsOf(parts: Parts): readonly Operation[] {
  return [...accountOperations(parts), ...todoOperations(parts), chatOperation(parts)];
}

function accountOperations({ database, sessions, publicUrl }: Parts): Operation[] {
  const cookie = {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: publicUrl.startsWith('https:'),
  } as const;

  async function signedIn(c: Context, user: User, status: 200 | 201): Promise<Response> {
    const { token, seconds } = await sessions.begin(user);
    setCookie(c, SESSION_COOKIE, token, { ...cookie, maxAge: seconds });
    return c.json({ user }, status);
  }

  return [
    operation({
      method: 'post',
      path: '/users',
      summary: 'Sign up; the answer sets the cookie of a session',
      access: 'everybody',
      body: SignUp,
      answer: { status: 201, schema: UserAnswer },
      problems: { 409: 'There is an account with this address', 429: 'Too many requests' },
      run: async ({ c, body }) => {
        await countAttempt(database, placeLimit, placeOf(c));
        return signedIn(c, await addUser(database, body), 201);
      },
    }),
    operation({
      method: 'post',
      path: '/session',
      summary: 'Sign in; the answer sets the cookie of a session',
      access: 'everybody',
      body: SignIn,
      answer: { status: 200, schema: UserAnswer },
      problems: { 401: 'No account has this address and this password', 429: 'Too many requests' },
      run: async ({ c, body }) => {
        await countAttempt(database, placeLimit, placeOf(c));
        await countAttempt(database, signInLimit, `${placeOf(c)} ${body.email}`);
        return signedIn(c, await userWith(database, body), 200);
      },
    }),
    operation({
      method: 'get',
      path: '/session',
      summary: 'Who is signed in',
      access: 'user',
      answer: { status: 200, schema: UserAnswer },
      run: async ({ c, caller }) => c.json({ user: caller.user }),
    }),
    operation({
      method: 'delete',
      path: '/session',
      summary: 'Sign out: the session ends, wherever its cookie is',
      access: 'user',
      answer: { status: 204 },
      run: async ({ c, caller }) => {
        await sessions.end(caller.session);
        deleteCookie(c, SESSION_COOKIE, cookie);
        return c.body(null, 204);
      },
    }),
  ];
}

function todoOperations({ database }: Parts): Operation[] {
  const todosOf = ({ user }: Caller) => new Todos(database, user.id);
  const access = 'user or chat';
  return [
    operation({
      method: 'get',
      path: '/todos',
      summary: 'The todos, newest first, a page at a time',
      access,
      query: TodoQuery,
      answer: { status: 200, schema: TodoList },
      run: async ({ c, caller, query }) => c.json(await todosOf(caller).list(query)),
    }),
    operation({
      method: 'post',
      path: '/todos',
      summary: 'Add a todo',
      access,
      body: NewTodo,
      limit: writeLimit,
      answer: { status: 201, schema: TodoAnswer },
      problems: { 409: 'The list is full' },
      run: async ({ c, caller, body }) => c.json({ todo: await todosOf(caller).add(body) }, 201),
    }),
    operation({
      method: 'get',
      path: '/todos/{id}',
      summary: 'One todo',
      access,
      params: TodoId,
      answer: { status: 200, schema: TodoAnswer },
      run: async ({ c, caller, params }) => c.json({ todo: await todosOf(caller).get(params.id) }),
    }),
    operation({
      method: 'patch',
      path: '/todos/{id}',
      summary: 'Change a todo; what is not named stays',
      access,
      params: TodoId,
      body: TodoChange,
      limit: writeLimit,
      answer: { status: 200, schema: TodoAnswer },
      run: async ({ c, caller, params, body }) =>
        c.json({ todo: await todosOf(caller).change(params.id, body) }),
    }),
    operation({
      method: 'delete',
      path: '/todos/{id}',
      summary: 'Delete a todo',
      access,
      params: TodoId,
      limit: writeLimit,
      answer: { status: 204 },
      run: async ({ c, caller, params }) => {
        await todosOf(caller).remove(params.id);
        return c.body(null, 204);
      },
    }),
  ];
}

function chatOperation({ sessions, agentUrl }: Parts): Operation {
  return operation({
    method: 'post',
    path: '/chat',
    summary: 'Ask the agent; its answer is streamed as server-sent events',
    access: 'user',
    body: ChatRequest,
    limit: chatLimit,
    answer: { status: 200, type: 'text/event-stream' },
    run: async ({ c, caller, body }) => chat(c, agentUrl, sessions.chatToken(caller), body),
  });
}

/** From where a request comes: as the frontend says, which is the only one that reaches us for a browser. */
function placeOf(c: Context): string {
  return (
    c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() || (getConnInfo(c).remote.address ?? 'unknown')
  );
}
