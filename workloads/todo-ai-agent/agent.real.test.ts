import { STAND_IN } from '../model-script/model-script';
import { eventsOf } from '../shared/event-stream';
import type { RunningService } from '../shared/server';
import type { ApiUser } from '../todo-backend/testing/api-user';
import type { BackendUnderTest } from '../todo-backend/testing/backend-under-test';
import { startAgent } from './agent';
import { MOST_ROUNDS } from './conversation';
import { API_KEY, type ChatStack, chatStack } from './testing/chat-stack';

let stack: ChatStack;
let agent: RunningService;
let backend: BackendUnderTest;
let ann: ApiUser;

beforeAll(async () => {
  stack = await chatStack();
  ({ agent, backend } = stack);
});
// Somebody new each time: twenty questions a minute are as many as one may ask.
beforeEach(async () => {
  ann = await backend.user();
});
afterAll(() => stack.close());

interface Told {
  readonly text: string;
  readonly tools: string[];
  // biome-ignore lint/suspicious/noExplicitAny: a test reads the last event as what it is
  readonly end: any;
}

/** Asks through the backend, as the page does. */
async function ask(content: string, user = ann): Promise<Told> {
  const answer = await fetch(`${backend.url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: user.cookie ?? '' },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const told = { text: '', tools: [] as string[], end: undefined as unknown };
  for await (const { event, data } of eventsOf(answer.body as ReadableStream<Uint8Array>)) {
    const value = JSON.parse(data);
    if (event === 'text') told.text += value.text;
    else if (event === 'tool') told.tools.push(`${value.name} ${value.ok}`);
    else told.end = { event, ...value };
  }
  return told;
}

test('a question is answered through the model, the tools and the backend, in the name of the user', async () => {
  expect(await ask('add oat milk')).toEqual({
    text: 'Added “oat milk”.',
    tools: ['create_todo true'],
    end: { event: 'done', rounds: 2, model: STAND_IN },
  });
  expect(await ann.titles()).toEqual(['oat milk']);
  expect((await ask('list my todos')).text).toBe('You have 1 todo:\n- oat milk');
  await ask('tick oat milk');
  expect(await ann.titles('?state=done')).toEqual(['oat milk']);
  const deleted = await ask('delete oat milk');
  expect([deleted.text, deleted.tools]).toEqual([
    'Deleted “oat milk”.',
    ['list_todos true', 'delete_todo true'],
  ]);
  expect(await ann.titles()).toEqual([]);
});

test('the chat of one user sees nothing of another', async () => {
  const bob = await backend.user();
  await bob.add('a secret of Bob');
  expect((await ask('list my todos')).text).toBe('Your list is empty.');
  expect((await ask('delete a secret')).text).toBe('There is no todo like “a secret”.');
  expect(await bob.titles()).toEqual(['a secret of Bob']);
});

test.each([
  ['an error', 'model_unavailable'],
  ['a page', 'model_nonsense'],
  ['no json', 'model_nonsense'],
  ['other json', 'model_nonsense'],
  ['an empty answer', 'model_nonsense'],
  ['half an answer', 'model_nonsense'],
  ['no end of talking', 'model_nonsense'],
  ['a call without a name', 'model_nonsense'],
  ['a thousand calls', 'model_nonsense'],
  ['silence', 'model_timeout'],
  ['tools without end', 'too_many_rounds'],
])('a model with %s ends in an event that says %s, and the next question is answered', async (how, code) => {
  const { end } = await ask(`misbehave: ${how}`);
  expect(end).toEqual({ event: 'error', code, message: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(JSON.stringify(end)).not.toMatch(/login page|overloaded|127\.0\.0\.1|sk-/);
  expect((await ask('hello')).end).toEqual({ event: 'done', rounds: 1, model: STAND_IN });
});

test('tools without end are called so many times and no more', async () => {
  expect((await ask('misbehave: tools without end')).tools).toEqual(
    Array(MOST_ROUNDS).fill('list_todos true'),
  );
});

test.each([
  ['a tool that there is not', /There is no such tool\. There are list_todos,/],
  ['broken arguments', /The arguments are no JSON object/],
  ['a list of arguments', /The arguments are no JSON object/],
])('a model that calls with %s is told so, and changes nothing', async (how, says) => {
  const { text, tools } = await ask(`misbehave: ${how}`);
  expect([text, tools]).toEqual([expect.stringMatching(says), [expect.stringMatching(/ false$/)]]);
  expect(await ann.titles()).toEqual([]);
});

test('a reader who leaves ends the conversation, and nothing more is asked of the model', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`${backend.url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: ann.cookie ?? '' },
    body: '{"messages":[{"role":"user","content":"misbehave: silence"}]}',
    signal: leaving.signal,
  });
  expect(answer.status).toBe(200);
  leaving.abort();
  const ended = async () =>
    /chats_total{outcome="cancelled",program="todo-ai-agent"} 1/.test(
      await (await fetch(`${agent.url}/metrics`)).text(),
    );
  // Well before the time after which the model would have been given up anyway.
  for (let tries = 0; tries < 30 && !(await ended()); tries++) await new Promise((go) => setTimeout(go, 100));
  expect(await ended()).toBe(true);
});

test('without a token it refuses, with a forged one the tools do', async () => {
  const post = (headers: Record<string, string>, content = 'list my todos') =>
    fetch(`${agent.url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ messages: [{ role: 'user', content }] }),
    });
  expect((await post({})).status).toBe(401);
  const forged = await (await post({ authorization: 'Bearer forged.token' }, 'add something')).text();
  expect(forged).toContain('"name":"create_todo","ok":false');
});

test('it is ready while the MCP server is, and says so when it cannot use it', async () => {
  const settings = { OPENAI_API_KEY: API_KEY, MCP_SERVER_URL: 'http://127.0.0.1:1', PORT: '0' };
  const lonely = await startAgent(settings, () => {});
  try {
    expect((await fetch(`${agent.url}/ready`)).status).toBe(200);
    expect((await fetch(`${lonely.url}/ready`)).status).toBe(503);
    const answer = await fetch(`${lonely.url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer a.b' },
      body: '{"messages":[{"role":"user","content":"hello"}]}',
    });
    expect(answer.status).toBe(503);
  } finally {
    await lonely.close();
  }
});

test('neither key nor tokens nor what was said are in its log', async () => {
  await ask('add a present for somebody');
  const log = stack.lines.join('');
  expect(log).toContain('"route":"/chat","status":200');
  for (const secret of [API_KEY, 'a present', ann.cookie?.split('=')[1] as string])
    expect(log).not.toContain(secret);
});
