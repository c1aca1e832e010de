import type { RunningService } from '../shared/server';
import {
  type BackendUnderTest,
  backendUnderTest,
  KEY,
  PASSWORD,
} from '../todo-backend/testing/backend-under-test';
import { startFrontend } from './frontend';

let backend: BackendUnderTest;
let frontend: RunningService;
beforeAll(async () => {
  backend = await backendUnderTest();
  frontend = await startFrontend({ BACKEND_URL: backend.url, BETTER_AUTH_SECRET: KEY, PORT: '0' }, () => {});
});
afterAll(async () => {
  await frontend.close();
  await backend.close();
});

const signUp = (email: string, headers: Record<string, string> = {}, url = frontend.url) =>
  fetch(`${url}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

test('the page has a policy that lets in only what is ours, and no script in its markup', async () => {
  const answer = await fetch(frontend.url);
  const html = await answer.text();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(answer.headers.get('content-security-policy')).not.toMatch(/unsafe|\*|http/);
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/);
});

test('every file that the page names is there, and is sent once as long as it is the same', async () => {
  const html = await (await fetch(frontend.url)).text();
  const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(['icon.svg', 'style.css', 'app.js']));
  for (const name of named) {
    const first = await fetch(`${frontend.url}/${name}`);
    expect(first.status).toBe(200);
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${frontend.url}/${name}`, { headers: { 'if-none-match': etag } });
    expect(second.status).toBe(304);
  }
});

test.each(['/../settings.ts', '/%2e%2e/frontend.ts', '/package.json', '/tsconfig.json', '/.env'])(
  'no other file is: %s',
  async (path) => {
    expect((await fetch(frontend.url + path)).status).toBe(404);
  },
);

test('what the page asks goes to the backend, with the cookie of the user and nothing else of the browser', async () => {
  const answer = await signUp('page@example.com');
  expect(answer.status).toBe(201);
  const cookie = `${cookieOf(answer)}; other=1`;
  const asked = await fetch(`${frontend.url}/api/todos?state=open`, { headers: { cookie } });
  expect([asked.status, await asked.json()]).toEqual([200, { todos: [], next: null }]);
  const token = cookieOf(answer).split('=')[1];
  const bearer = await fetch(`${frontend.url}/api/todos`, { headers: { authorization: `Bearer ${token}` } });
  expect(bearer.status).toBe(401);
});

test('a page of another site can do nothing in the name of a user', async () => {
  const { host } = new URL(frontend.url);
  for (const headers of [
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ] as Record<string, string>[]) {
    expect((await signUp('evil@example.com', headers)).status).toBe(403);
  }
  const ours = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
  expect((await signUp('good@example.com', ours)).status).toBe(201);
});

test('a forged cookie does not reach the backend, and one signs in with it all the same', async () => {
  const cookie = 'todo_session=forged.cookie';
  const before = backend.lines.length;
  expect((await fetch(`${frontend.url}/api/session`, { headers: { cookie } })).status).toBe(401);
  expect(backend.lines.slice(before).join('')).not.toContain('forged');
  expect((await signUp('again@example.com', { cookie })).status).toBe(201);
});

test('where users come from is what the proxies say that are trusted, and nobody else', async () => {
  const behind = await startFrontend(
    { BACKEND_URL: backend.url, BETTER_AUTH_SECRET: KEY, TRUSTED_PROXIES: '1', PORT: '0' },
    () => {},
  );
  const wrong = (url: string, from: string) =>
    fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: '{"email":"victim@example.com","password":"a wrong one"}',
    });
  try {
    const statuses = async (url: string) => {
      const all: number[] = [];
      for (let count = 0; count < 11; count++) all.push((await wrong(url, `evil, 10.1.1.${count}`)).status);
      return all.at(-1);
    };
    // Without a proxy the header is what anybody writes: all of them are one caller, who has used up the tries.
    expect(await statuses(frontend.url)).toBe(429);
    expect(await statuses(behind.url)).toBe(401);
  } finally {
    await behind.close();
  }
});

test('it is ready while the backend is, and says so when it is not there', async () => {
  const lonely = await startFrontend(
    { BACKEND_URL: 'http://127.0.0.1:1', BETTER_AUTH_SECRET: KEY, PORT: '0' },
    () => {},
  );
  try {
    expect((await fetch(`${frontend.url}/ready`)).status).toBe(200);
    expect((await fetch(`${lonely.url}/ready`)).status).toBe(503);
    expect((await fetch(lonely.url)).status).toBe(200);
    expect((await fetch(`${lonely.url}/api/todos`)).status).toBe(503);
  } finally {
    await lonely.close();
  }
});
