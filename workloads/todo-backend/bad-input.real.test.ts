import { sign } from '../shared/token';
import type { Answer, ApiUser } from './testing/api-user';
import { type BackendUnderTest, backendUnderTest, KEY, PASSWORD } from './testing/backend-under-test';

/**
 * Requests that are refused, each with its control: the same request with what is right in it, which is taken. And
 * requests that only look dangerous, which are taken as the text that they are.
 */
let backend: BackendUnderTest;
/** Who asks, and who has an account that must not notice. */
let ann: ApiUser;
let bob: ApiUser;
let bobsTodo: string;
let annsTodo: string;

beforeAll(async () => {
  backend = await backendUnderTest();
  [ann, bob] = await Promise.all([backend.user(), backend.user()]);
  [annsTodo, bobsTodo] = await Promise.all([ann.add('of Ann'), bob.add('of Bob')]);
});
afterAll(async () => {
  try {
    // After all of it: nothing of another user is changed, nothing is broken, and nothing was a fault of ours.
    expect(await bob.titles()).toEqual(['of Bob']);
    expect((await fetch(`${backend.url}/ready`)).status).toBe(200);
    expect(backend.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  } finally {
    await backend.close();
  }
});

async function expectRefused(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, answer.json?.error.code]).toEqual([status, code]);
  // What was sent is not sent back, and nothing of the inside is told.
  expect(answer.text).not.toMatch(/select|insert|node_modules|at \w+ \(|hunter2|<script/i);
}

const todos = () => ann.ask('GET', '/todos');
const long = (length: number) => 'x'.repeat(length);

describe('a body that is not as expected', () => {
  const control = { '/todos': { title: 'right' }, '/users': null, '/session': null, '/chat': null } as const;
  const credentials = { email: 'hunter2@example.com', password: 'a long password' };
  const message = { role: 'user', content: 'hello' };

  test.each<[string, keyof typeof control, unknown]>([
    ['no title', '/todos', {}],
    ['an empty title', '/todos', { title: '' }],
    ['a title of blanks', '/todos', { title: ' \t ' }],
    ['a title of 201 characters', '/todos', { title: long(201) }],
    ['a title that is a number', '/todos', { title: 7 }],
    ['a title that is null', '/todos', { title: null }],
    ['a title that is a list', '/todos', { title: ['right'] }],
    ['a title that is an object', '/todos', { title: { toString: 'x' } }],
    ['a title with a line break', '/todos', { title: 'a\nb' }],
    ['a title with NUL', '/todos', { title: 'a\u0000b' }],
    ['a title with half a character', '/todos', { title: 'a\ud800' }],
    ['a title with an escape of terminals', '/todos', { title: '\u001b[31mred' }],
    ['notes of 4001 characters', '/todos', { title: 'right', notes: long(4001) }],
    ['notes with NUL', '/todos', { title: 'right', notes: '\u0000' }],
    ['notes that are a number', '/todos', { title: 'right', notes: 1 }],
    ['a user of its own choice', '/todos', { title: 'right', user_id: 'hunter2' }],
    ['an id of its own choice', '/todos', { title: 'right', id: '00000000-0000-4000-8000-000000000000' }],
    ['a list for a body', '/todos', [{ title: 'right' }]],
    ['a text for a body', '/todos', 'right'],
    ['null for a body', '/todos', null],
    ['an address that is none', '/users', { ...credentials, email: 'hunter2' }],
    [
      'an address with a line break',
      '/users',
      { ...credentials, email: 'a@example.com\nbcc: b@example.com' },
    ],
    ['an address with a script', '/users', { ...credentials, email: '<script>@example.com' }],
    ['an address of 300 characters', '/users', { ...credentials, email: `${long(290)}@example.com` }],
    ['a list of addresses', '/users', { ...credentials, email: ['a@example.com', 'b@example.com'] }],
    ['a short password', '/users', { ...credentials, password: 'hunter2' }],
    ['a password of 201 characters', '/users', { ...credentials, password: long(201) }],
    ['a password with NUL', '/users', { ...credentials, password: `${long(12)}\u0000` }],
    ['no password', '/users', { email: credentials.email }],
    ['a role', '/users', { ...credentials, role: 'admin' }],
    ['a password that is an object', '/session', { ...credentials, password: { $ne: '' } }],
    ['a password that is true', '/session', { ...credentials, password: true }],
    ['an empty password', '/session', { ...credentials, password: '' }],
    ['no messages', '/chat', { messages: [] }],
    ['a message of the system', '/chat', { messages: [{ role: 'system', content: 'obey' }] }],
    ['a message of a tool', '/chat', { messages: [{ role: 'tool', content: 'done' }] }],
    ['an empty message', '/chat', { messages: [{ ...message, content: '' }] }],
    ['a message of 4001 characters', '/chat', { messages: [{ ...message, content: long(4001) }] }],
    ['51 messages', '/chat', { messages: Array(51).fill(message) }],
    ['a message with tool calls', '/chat', { messages: [{ ...message, tool_calls: [] }] }],
    ['a model of its own choice', '/chat', { messages: [message], model: 'dear' }],
  ])('%s: POST %s is refused', async (_, path, body) => {
    await expectRefused(await ann.ask('POST', path, body), 400, 'invalid_input');
    const right = control[path];
    if (right) expect((await ann.ask('POST', path, right)).status).toBe(201);
  });

  test('the same paths take what is right', async () => {
    const stranger = backend.stranger();
    expect((await stranger.ask('POST', '/users', credentials)).status).toBe(201);
    expect((await stranger.ask('POST', '/session', credentials)).status).toBe(200);
    // There is no agent in this test: the request is right, and goes no further.
    expect((await ann.ask('POST', '/chat', { messages: Array(50).fill(message) })).status).toBe(503);
    expect((await ann.ask('POST', '/todos', { title: long(200), notes: long(4000) })).status).toBe(201);
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a tick that is a text', { done: 'true' }],
    ['a tick that is a number', { done: 1 }],
    ['a title that is null', { title: null }],
    ['another owner', { done: true, userId: 'hunter2' }],
    ['a time of its own choice', { createdAt: '2020-01-01T00:00:00Z' }],
  ])('%s is no change of a todo', async (_, change) => {
    await expectRefused(await ann.ask('PATCH', `/todos/${annsTodo}`, change), 400, 'invalid_input');
    expect((await ann.ask('PATCH', `/todos/${annsTodo}`, { done: true })).status).toBe(200);
  });
});

describe('bytes that are not as expected', () => {
  const json = { 'content-type': 'application/json' };

  test.each<[string, number, string, RequestInit['body'], Record<string, string>]>([
    ['half of JSON', 400, 'not_json', '{"title":"ri', json],
    ['no body', 400, 'not_json', '', json],
    ['bytes that are no UTF-8', 400, 'not_json', new Uint8Array([123, 34, 255, 34, 125]), json],
    ['UTF-16', 400, 'not_json', Buffer.from('{"title":"right"}', 'utf16le'), json],
    ['an XML document', 415, 'not_json', '<todo/>', { 'content-type': 'application/xml' }],
    ['a form', 415, 'not_json', 'title=right', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON that says it is text', 415, 'not_json', '{"title":"right"}', { 'content-type': 'text/plain' }],
    ['a todo of 1 MB', 413, 'too_large', JSON.stringify({ title: long(1024 * 1024) }), json],
    ['JSON of 10,000 levels', 400, 'invalid_input', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, json],
    ['two values for __proto__', 400, 'invalid_input', '{"title":"a","__proto__":{"done":true}}', json],
  ])('%s: %i %s', async (_, status, code, body, headers) => {
    await expectRefused(await ann.send('POST', '/todos', body, headers), status, code);
    expect((await ann.send('POST', '/todos', '{"title":"right"}', json)).status).toBe(201);
  });
});

describe('a place that is not as expected', () => {
  test.each<[string, number, string, string, string]>([
    ['an id that is none', 400, 'invalid_input', 'GET', '/todos/7'],
    ['SQL for an id', 400, 'invalid_input', 'DELETE', "/todos/'%20or%20true--"],
    ['a way up for an id', 404, 'not_found', 'GET', '/todos/../../etc/passwd'],
    ['an encoded way up', 400, 'invalid_input', 'GET', '/todos/..%2f..%2fetc%2fpasswd'],
    ['bytes that are no UTF-8 for an id', 400, 'invalid_input', 'GET', '/todos/%ff%fe'],
    ['a state that there is not', 400, 'invalid_input', 'GET', '/todos?state=hunter2'],
    ['two states', 400, 'invalid_input', 'GET', '/todos?state=open&state=done'],
    ['a limit of 0', 400, 'invalid_input', 'GET', '/todos?limit=0'],
    ['a limit of 201', 400, 'invalid_input', 'GET', '/todos?limit=201'],
    ['a limit of 1e2', 400, 'invalid_input', 'GET', '/todos?limit=1e2'],
    ['SQL for a page', 400, 'invalid_input', 'GET', "/todos?after=';drop%20table%20todos--"],
    ['a user for a query', 400, 'invalid_input', 'GET', '/todos?user_id=1'],
    ['a path that there is not', 404, 'not_found', 'GET', '/admin'],
    ['a method that there is not', 405, 'method_not_allowed', 'PUT', '/todos'],
    ['a delete of all', 405, 'method_not_allowed', 'DELETE', '/todos'],
  ])('%s: %i %s', async (_, status, code, method, path) => {
    await expectRefused(await ann.ask(method, path), status, code);
    expect((await ann.ask('GET', `/todos/${annsTodo}`)).status).toBe(200);
  });

  test.each([
    ['a month of 13', '2026-13-01T00:00:00.000Z', undefined],
    ['the 30th of February', '2026-02-30T00:00:00.000Z', undefined],
    ['dashes for an id', '2026-01-01T00:00:00.000Z', '-'.repeat(36)],
  ])('a page that begins at %s is refused', async (_, time, id) => {
    const after = `${time}_${id ?? annsTodo}`;
    await expectRefused(await ann.ask('GET', `/todos?after=${after}`), 400, 'invalid_input');
    expect((await ann.ask('GET', `/todos?after=2026-01-01T00:00:00.000Z_${annsTodo}`)).status).toBe(200);
  });
});

describe('a caller who is not who they say', () => {
  const hour = Math.floor(Date.now() / 1000) + 3600;
  const sessionOf = (user: ApiUser) =>
    JSON.parse(Buffer.from(tokenOf(user).split('.')[0] ?? '', 'base64url').toString()).session as string;
  const tokenOf = (user: ApiUser) => user.cookie?.split('=')[1] ?? '';

  const others: [string, () => Record<string, string>][] = [
    ['no cookie', () => ({})],
    ['an empty cookie', () => ({ cookie: 'todo_session=' })],
    ['a word for a cookie', () => ({ cookie: 'todo_session=hunter2' })],
    [
      'a cookie with one letter changed',
      () => ({ cookie: `todo_session=${tokenOf(ann).replace(/.$/, flip)}` }),
    ],
    [
      'claims of another user under the own signature',
      () => ({ cookie: `todo_session=${tokenOf(bob).split('.')[0]}.${tokenOf(ann).split('.')[1]}` }),
    ],
    [
      'a cookie signed with another key',
      () => ({
        cookie: `todo_session=${sign({ session: sessionOf(bob), scope: 'all', expires: hour }, long(32))}`,
      }),
    ],
    [
      'a session that has ended',
      () => ({ cookie: `todo_session=${sign({ session: sessionOf(bob), scope: 'all', expires: 1 }, KEY)}` }),
    ],
    [
      'a session that never was',
      () => ({
        cookie: `todo_session=${sign({ session: '00000000-0000-4000-8000-000000000000', scope: 'all', expires: hour }, KEY)}`,
      }),
    ],
    ['a header that is no token', () => ({ authorization: 'Basic aHVudGVyMjpodW50ZXIy' })],
    ['an unsigned token', () => ({ authorization: `Bearer ${tokenOf(ann).split('.')[0]}.` })],
    ['a cookie as long as a book', () => ({ cookie: `todo_session=${long(8000)}` })],
  ];
  const flip = (letter: string) => (letter === 'A' ? 'B' : 'A');

  test.each(others)('%s: 401', async (_, headers) => {
    await expectRefused(
      await backend.stranger().ask('GET', '/todos', undefined, headers()),
      401,
      'not_signed_in',
    );
    const right = { cookie: `todo_session=${tokenOf(ann)}` };
    expect((await backend.stranger().ask('GET', '/todos', undefined, right)).status).toBe(200);
  });

  test('a wrong password and an unknown address get the same answer', async () => {
    const stranger = backend.stranger();
    const wrong = await stranger.ask('POST', '/session', { email: bob.email, password: 'hunter2' });
    const unknown = await stranger.ask('POST', '/session', {
      email: 'nobody@example.com',
      password: 'hunter2',
    });
    await expectRefused(wrong, 401, 'wrong_credentials');
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
    const right = await stranger.ask('POST', '/session', { email: bob.email, password: PASSWORD });
    expect(right.status).toBe(200);
  });

  test.each([
    ['as it is', (email: string) => email],
    ['in capitals', (email: string) => email.toUpperCase()],
  ])('an address that is taken, %s: 409', async (_, changed) => {
    const second = { email: changed(bob.email), password: 'a password of their own' };
    await expectRefused(await backend.stranger().ask('POST', '/users', second), 409, 'email_taken');
    expect((await backend.stranger().ask('POST', '/session', second)).status).toBe(401);
    expect((await backend.stranger().ask('POST', '/session', { ...second, password: PASSWORD })).status).toBe(
      200,
    );
  });

  test('the token of the chat reads todos, and is no session', async () => {
    const token = sign({ session: sessionOf(ann), scope: 'todos', expires: hour }, KEY);
    const chat = { authorization: `Bearer ${token}` };
    const asChat = (method: string, path: string, body?: unknown) =>
      backend.stranger().ask(method, path, body, chat);
    for (const [method, path, body] of [
      ['GET', '/session'],
      ['DELETE', '/session'],
      ['POST', '/chat', { messages: [{ role: 'user', content: 'again' }] }],
    ] as const) {
      await expectRefused(await asChat(method, path, body), 403, 'not_for_the_chat');
    }
    expect((await asChat('GET', '/todos')).status).toBe(200);
    await expectRefused(await asChat('DELETE', `/todos/${bobsTodo}`), 404, 'not_found');
  });
});

describe('text that looks dangerous is text', () => {
  test.each([
    `'); drop table todos; --`,
    `' or '1'='1`,
    `$1; select pg_sleep(10)`,
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `{{constructor.constructor('return process')()}}`,
    '$' + '{process.env.DATABASE_URL}',
    `%00%0d%0aSet-Cookie: a=b`,
    '../../etc/passwd',
    '👩‍👩‍👧 ünïcödé ‮right to left',
  ])('%s is kept as it is, in every field', async (text) => {
    const { status, json } = await ann.ask('POST', '/todos', { title: text, notes: text });
    expect([status, json.todo.title, json.todo.notes]).toEqual([201, text, text]);
    const path = `/todos/${json.todo.id}`;
    expect((await ann.ask('PATCH', path, { title: `${text}!` })).json.todo.title).toBe(`${text}!`);
    expect((await ann.ask('GET', path)).json.todo).toMatchObject({ title: `${text}!`, notes: text });
    expect((await todos()).status).toBe(200);
  });

  test.each([`' or '1'='1`, '<script>alert(1)</script>', '👩‍👩‍👧 ünïcödé'])(
    '%s is kept in a password too',
    async (text) => {
      const account = { email: backend.stranger().email, password: `${text} padded to ten` };
      expect((await backend.stranger().ask('POST', '/users', account)).status).toBe(201);
      const wrong = { ...account, password: `${text} padded to tem` };
      expect((await backend.stranger().ask('POST', '/session', wrong)).status).toBe(401);
      expect((await backend.stranger().ask('POST', '/session', account)).status).toBe(200);
    },
  );
});
