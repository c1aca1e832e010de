import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RunningService } from '../shared/server';
import type { ApiUser } from '../todo-backend/testing/api-user';
import { type BackendUnderTest, backendUnderTest } from '../todo-backend/testing/backend-under-test';
import { startMcpServer } from './mcp-server';

let backend: BackendUnderTest;
let server: RunningService;
let ann: ApiUser;
let bob: ApiUser;
const lines: string[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  backend = await backendUnderTest();
  [ann, bob] = await Promise.all([backend.user(), backend.user()]);
  server = await startMcpServer({ BACKEND_URL: backend.url, PORT: '0' }, (line) => lines.push(line));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
  await backend.close();
});

const tokenOf = (user: ApiUser) => user.cookie?.split('=')[1] ?? '';

/** The official client, in the name of a user. */
async function clientOf(token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }),
  );
  clients.push(client);
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: args });
  const [{ text }] = result.content as [{ text: string }];
  return { text, isError: result.isError === true, json: result.isError ? undefined : JSON.parse(text) };
}

test('it has five tools, each with a schema of what it takes', async () => {
  const { tools } = await (await clientOf(tokenOf(ann))).listTools();
  expect(tools.map(({ name, inputSchema }) => [name, inputSchema.required ?? []])).toEqual([
    ['list_todos', []],
    ['create_todo', ['title']],
    ['update_todo', ['id']],
    ['complete_todo', ['id']],
    ['delete_todo', ['id']],
  ]);
});

test('they list, create, update, complete and delete on the backend', async () => {
  const client = await clientOf(tokenOf(ann));
  const { id } = (await call(client, 'create_todo', { title: 'milk' })).json.todo;
  expect(await ann.titles()).toEqual(['milk']);
  await call(client, 'update_todo', { id, title: 'oat milk', notes: 'two' });
  await call(client, 'complete_todo', { id });
  const { todos } = (await call(client, 'list_todos', { state: 'done' })).json;
  expect(todos).toEqual([expect.objectContaining({ id, title: 'oat milk', notes: 'two', done: true })]);
  await call(client, 'complete_todo', { id, done: false });
  expect((await call(client, 'list_todos', { state: 'done' })).json.todos).toEqual([]);
  expect((await call(client, 'delete_todo', { id })).json).toEqual({ deleted: id });
  expect(await ann.titles()).toEqual([]);
});

test('one user reaches nothing of another', async () => {
  const id = await bob.add('of Bob');
  const client = await clientOf(tokenOf(ann));
  expect((await call(client, 'list_todos', {})).json.todos).toEqual([]);
  for (const name of ['update_todo', 'complete_todo', 'delete_todo']) {
    const { isError, text } = await call(client, name, { id, ...(name === 'update_todo' && { title: 'x' }) });
    expect([isError, text]).toEqual([true, 'There is no todo with this id.']);
  }
  expect(await bob.titles()).toEqual(['of Bob']);
});

test.each<[string, string, Record<string, unknown>, RegExp]>([
  ['a title that the backend refuses', 'create_todo', { title: 'x'.repeat(201) }, /at most 200 characters/],
  ['no title', 'create_todo', {}, /title/],
  ['an id that is none', 'delete_todo', { id: '../users' }, /id/],
  ['a tool that there is not', 'drop_todos', {}, /drop_todos/],
  ['a state that there is not', 'list_todos', { state: 'mine' }, /state/],
])('%s is an error that says so, and the next call is answered', async (_, name, args, says) => {
  const client = await clientOf(tokenOf(ann));
  const { isError, text } = await call(client, name, args);
  expect([isError, text]).toEqual([true, expect.stringMatching(says)]);
  expect((await call(client, 'list_todos', {})).isError).toBe(false);
});

test('a token that the backend does not know gets nothing of anybody', async () => {
  const { isError, text } = await call(await clientOf('forged.token'), 'list_todos', {});
  expect([isError, text]).toEqual([true, 'Sign in first.']);
});

const post = (headers: Record<string, string>, body = '{"jsonrpc":"2.0","id":1,"method":"ping"}') => {
  const accepts = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  return fetch(`${server.url}/mcp`, { method: 'POST', headers: { ...accepts, ...headers }, body });
};

test('without a token, from a page of a browser, or with no JSON it answers with an error', async () => {
  const right = { authorization: `Bearer ${tokenOf(ann)}` };
  expect((await post(right)).status).toBe(200);
  expect((await post({})).status).toBe(401);
  expect((await post({ ...right, origin: 'https://evil.example.com' })).status).toBe(403);
  expect((await post(right, '{"jsonrpc":')).status).toBe(400);
  expect((await post(right, 'x'.repeat(300_000))).status).toBe(413);
  expect((await fetch(`${server.url}/mcp`)).status).toBe(405);
});

test('it is ready while the backend is, and a call while it is away says so', async () => {
  const lonely = await startMcpServer({ BACKEND_URL: 'http://127.0.0.1:1', PORT: '0' }, () => {});
  try {
    expect((await fetch(`${lonely.url}/ready`)).status).toBe(503);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  } finally {
    await lonely.close();
  }
});

test('no token is in its log, and calls are counted', async () => {
  expect(lines.join('')).not.toContain(tokenOf(ann));
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const called = metrics.split('\n').filter((line) => line.startsWith('mcp_tool_calls_total'));
  expect(called).toContain(
    'mcp_tool_calls_total{tool="create_todo",outcome="done",program="todo-mcp-server"} 1',
  );
});
