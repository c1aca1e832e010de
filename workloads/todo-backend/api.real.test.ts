import { Client } from 'pg';
import { ApiContract } from './testing/api-contract';
import type { ApiUser } from './testing/api-user';
import { type BackendUnderTest, backendUnderTest, PASSWORD } from './testing/backend-under-test';
import { MOST_TODOS } from './todos';

type TodoPage = { todos: { title: string }[]; next: string | null };

let backend: BackendUnderTest;
let ann: ApiUser;
let bob: ApiUser;
beforeAll(async () => {
  backend = await backendUnderTest();
  [ann, bob] = await Promise.all([backend.user(), backend.user()]);
});
afterAll(() => backend.close());

async function sql(text: string, values: unknown[] = []) {
  const client = new Client({ connectionString: backend.postgres.url });
  await client.connect();
  const { rows } = await client.query(text, values);
  await client.end();
  return rows;
}

describe('the OpenAPI document', () => {
  test('is taken by a validator, and names every path that is served', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, object>;
    };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations).toEqual([
      'post /users',
      'post /session',
      'get /session',
      'delete /session',
      'get /todos',
      'post /todos',
      'get /todos/{id}',
      'patch /todos/{id}',
      'delete /todos/{id}',
      'post /chat',
    ]);
  });

  test('is what every answer of these tests is held against: an answer that it does not know fails', async () => {
    const document = await (await fetch(`${backend.url}/openapi.json`)).json();
    const contract = new ApiContract(document);
    const todo = (await ann.ask('POST', '/todos', { title: 'held' })).json;
    expect(() => contract.check('POST', '/todos', 201, todo)).not.toThrow();
    expect(() => contract.check('POST', '/todos', 200, todo)).toThrow('knows no answer 200');
    expect(() => contract.check('POST', '/todos', 201, { todo: { ...todo.todo, user: 1 } })).toThrow(
      'additional',
    );
    expect(() => contract.check('POST', '/todos', 201, { todo: { ...todo.todo, done: 'no' } })).toThrow(
      'boolean',
    );
  });
});

describe('todos', () => {
  test('are added, read, changed, ticked and deleted', async () => {
    const { status, json } = await ann.ask('POST', '/todos', { title: '  milk ', notes: 'two\nlitres' });
    expect([status, json.todo]).toEqual([
      201,
      expect.objectContaining({ title: 'milk', notes: 'two\nlitres', done: false }),
    ]);
    const path = `/todos/${json.todo.id}`;
    expect((await ann.ask('GET', path)).json).toEqual(json);
    expect((await ann.ask('PATCH', path, { done: true })).json.todo).toMatchObject({
      title: 'milk',
      done: true,
    });
    const changed = (await ann.ask('PATCH', path, { title: 'oat milk', notes: '' })).json.todo;
    expect(changed).toMatchObject({ title: 'oat milk', notes: '', done: true });
    expect(changed.updatedAt >= json.todo.updatedAt).toBe(true);
    expect((await ann.ask('DELETE', path)).status).toBe(204);
    expect((await ann.ask('GET', path)).status).toBe(404);
    expect((await ann.ask('DELETE', path)).status).toBe(404);
  });

  test('are listed newest first, by state and in pages that lose none', async () => {
    const user = await backend.user();
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c', 'd', 'e']) ids.push(await user.add(title));
    await user.ask('PATCH', `/todos/${ids[1]}`, { done: true });
    expect(await user.titles()).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await user.titles('?state=open')).toEqual(['e', 'd', 'c', 'a']);
    expect(await user.titles('?state=done')).toEqual(['b']);
    // All of one moment: their order is then that of their ids, and pages still lose none.
    await sql(`update todos set created_at = '2026-01-01T00:00:00.5Z' where title in ('b', 'c', 'd')`);
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: TodoPage = (await user.ask('GET', `/todos?limit=2${after && `&after=${after}`}`)).json;
      seen.push(...page.todos.map(({ title }) => title));
      after = page.next;
    }
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('of another user are as absent as those that never were', async () => {
    const id = await ann.add('of Ann');
    const never = '00000000-0000-4000-8000-000000000000';
    for (const [method, body] of [['GET'], ['PATCH', { done: true }], ['DELETE']] as const) {
      const theirs = await bob.ask(method, `/todos/${id}`, body);
      const none = await bob.ask(method, `/todos/${never}`, body);
      expect([theirs.status, theirs.text]).toEqual([404, none.text]);
    }
    expect(await bob.titles()).toEqual([]);
    expect((await ann.ask('GET', `/todos/${id}`)).json.todo).toMatchObject({ title: 'of Ann', done: false });
  });

  test('are at most so many', async () => {
    const user = await backend.user();
    const [{ id }] = await sql('select id from users where email = $1', [user.email]);
    const fill = `insert into todos (user_id, title) select $1, 'x' from generate_series(1, $2)`;
    await sql(fill, [id, MOST_TODOS - 1]);
    expect((await user.ask('POST', '/todos', { title: 'last' })).status).toBe(201);
    expect((await user.ask('POST', '/todos', { title: 'over' })).json.error.code).toBe('list_full');
  });
});

describe('sessions', () => {
  test('the cookie is for the browser alone, and over TLS where users come by TLS', async () => {
    const plain = await backend.stranger().ask('POST', '/session', { email: ann.email, password: PASSWORD });
    expect(plain.headers.get('set-cookie')).toMatch(
      /^todo_session=[\w.-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test('signing out ends the session itself, and no other of the same user', async () => {
    const there = backend.stranger();
    await there.ask('POST', '/session', { email: bob.email, password: PASSWORD });
    const kept = there.cookie;
    expect((await there.ask('GET', '/session')).json.user.email).toBe(bob.email);
    expect((await there.ask('DELETE', '/session')).status).toBe(204);
    there.cookie = kept;
    expect((await there.ask('GET', '/session')).status).toBe(401);
    expect((await bob.ask('GET', '/session')).status).toBe(200);
  });

  test('a password is kept as a scrypt hash with a salt of its own', async () => {
    const kept = (await sql('select password from users')).map(({ password }) => password);
    expect(new Set(kept).size).toBe(kept.length);
    for (const one of kept) expect(one).toMatch(/^scrypt\$16384\$8\$5\$[\w+/=]{24}\$[\w+/=]{44}$/);
  });

  test('guessing a password ends after ten tries a minute, also with the right one', async () => {
    const guesser = backend.stranger();
    const victim = await backend.user();
    const attempt = (password: string) => guesser.ask('POST', '/session', { email: victim.email, password });
    // One after the other: the limit counts them in the database.
    for (let count = 0; count < 10; count++) expect((await attempt(`wrong ${count}`)).status).toBe(401);
    const refused = await attempt(PASSWORD);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    // From elsewhere the user still gets in.
    const elsewhere = backend.stranger();
    expect(
      (await elsewhere.ask('POST', '/session', { email: victim.email, password: PASSWORD })).status,
    ).toBe(200);
    await sql(`update attempts set ends_at = now() - interval '1 second'`);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });

  test('two sign-ups with one address at once make one account', async () => {
    const both = [backend.stranger(), backend.stranger()];
    const answers = await Promise.all(
      both.map((one) => one.ask('POST', '/users', { email: 'Twice@Example.com', password: PASSWORD })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

test('its log has a line for each request, and neither passwords nor cookies nor addresses of people', async () => {
  const user = await backend.user();
  await user.ask('POST', '/session', { email: user.email, password: PASSWORD });
  const log = backend.lines.join('');
  expect(log).toContain('"route":"/session","status":200');
  for (const secret of [PASSWORD, user.cookie?.split('=')[1] as string, user.email, 'trusted-by-address']) {
    expect(log).not.toContain(secret);
  }
});

test('without its database it is healthy and unready, answers 503, and comes back with nothing lost', async () => {
  await ann.add('kept');
  const status = async (path: string) => (await fetch(backend.url + path)).status;
  expect([await status('/health'), await status('/ready')]).toEqual([200, 200]);
  await backend.postgres.stop();
  expect([await status('/health'), await status('/ready')]).toEqual([200, 503]);
  const refused = await ann.ask('GET', '/todos');
  expect([refused.status, refused.json.error.code]).toEqual([503, 'unavailable']);
  await backend.postgres.start();
  expect(await status('/ready')).toBe(200);
  expect(await ann.titles()).toContain('kept');
});
