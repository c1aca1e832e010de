import type { ConfigMap, Pod } from '../imports/k8s';
import { apply } from './apply';
import { urlPath } from './call';
import { create, createSub } from './create';
import { get } from './get';
import { extraHeaders, type KubeEvent, tellQuietly } from './hooks';
import { patch } from './patch';
import { resource } from './resource';
import { exec } from './stream/exec';
import { failureOf } from './testing-only/failure';
import {
  connectTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';

/** What a program hears of its calls, and how the address of one is made. */

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test('a query has each value of a list, and nothing of what is undefined; the path of the server stays before', () => {
  const root = new URL('https://c');
  const query = { a: undefined, b: false, c: 0, d: ['x', 'y z'], e: '', f: [] };
  expect(urlPath(root, { path: '/api/v1', query })).toBe('/api/v1?b=false&c=0&d=x&d=y+z&e=');
  expect(urlPath(root, { path: '/api/v1', query: {} })).toBe('/api/v1');
  expect(urlPath(root, { path: '/api/v1' })).toBe('/api/v1');
  expect(urlPath(new URL('https://c/k8s/a/'), { path: '/api/v1' })).toBe('/k8s/a/api/v1');
  expect(urlPath(new URL('https://c/k8s/a'), { path: '/api/v1' })).toBe('/k8s/a/api/v1');
});

test('a value that no query can hold is the caller`s mistake', async () => {
  const query = { limit: { a: 1 } as unknown as string };
  expect(await failureOf(() => urlPath(new URL('https://c'), { path: '/x', query }))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    where: '/x limit',
  });
});

test('an event of a call says which it was, how it ended, how often it was tried and what it waited for', async () => {
  server = await scriptedServer((seen, response, index) => {
    if (seen.path.endsWith('missing')) return sendJson(response, 404, statusBody(404, 'NotFound'));
    if (index === 0) return sendJson(response, 503, statusBody(503, 'x'), { 'retry-after': '0' });
    return sendJson(response, 200, object);
  });
  const events: KubeEvent[] = [];
  const connection = server.connect({ hooks: { onEvent: (event) => events.push(event) } });
  await get(connection, configMaps, { name: 'one' });
  await failureOf(() => get(connection, configMaps, { name: 'missing' }));
  const address = { method: 'GET', resource: 'configmaps', path: '/api/v1/namespaces/here/configmaps/one' };
  const times = { durationMs: expect.any(Number), queuedMs: expect.any(Number) };
  expect(events).toEqual([
    { type: 'retry', ...address, because: 'SERVER_ERROR', waitMs: 0 },
    { type: 'call', ...address, statusCode: 200, error: undefined, attempts: 2, ...times },
    {
      type: 'call',
      ...address,
      path: '/api/v1/namespaces/here/configmaps/missing',
      statusCode: 404,
      error: 'NOT_FOUND',
      attempts: 1,
      ...times,
    },
  ]);
  for (const event of events) {
    if (event.type !== 'call') continue;
    expect(event.durationMs).toBeGreaterThanOrEqual(event.queuedMs);
    expect(event.durationMs).toBeLessThan(600_000);
    expect(event.queuedMs).toBeGreaterThanOrEqual(0);
  }
});

test('a subresource is told as one: it is what a Role has to grant', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, object));
  const resources: string[] = [];
  const onEvent = (event: KubeEvent) => resources.push(event.resource);
  const connection = server.connect({ hooks: { onEvent } });
  await apply(connection, configMaps, object, { subresource: 'status' });
  await patch(connection, configMaps, { name: 'one', subresource: 'scale' }, { merge: {} });
  await patch(connection, configMaps, { name: 'one' }, { merge: {} });
  await createSub(connection, resource<Pod>('v1', 'Pod'), { name: 'p', subresource: 'eviction' }, object);
  expect(resources).toEqual(['configmaps/status', 'configmaps/scale', 'configmaps', 'pods/eviction']);
});

test('a warning is told with its resource and its path, unescaped and without control characters', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 200, object, {
      warning: '299 - "say \\"hi\\" \\\\ there", 199 - "of a cache", 299 k8s "second"',
    }),
  );
  const events: KubeEvent[] = [];
  const connection = server.connect({ hooks: { onEvent: (event) => events.push(event) } });
  await create(connection, configMaps, object);
  const address = { type: 'warning', resource: 'configmaps', path: '/api/v1/namespaces/here/configmaps' };
  expect(events.slice(0, 2)).toEqual([
    { ...address, text: 'say "hi" \\ there' },
    { ...address, text: 'second' },
  ]);
});

test('headers of the caller go out with calls and with streams; what this room says goes before them', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, object));
  const upgrades: Array<NodeJS.Dict<string | string[]>> = [];
  server.server.on('upgrade', (request, socket) => {
    upgrades.push(request.headers);
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
  });
  const headers = () => ({ traceparent: '00-1', 'user-agent': 'other', accept: 'text/html' });
  const connection = server.connect({ userAgent: 'mine', hooks: { headers } });
  await get(connection, configMaps, { name: 'one' });
  await failureOf(() => exec(connection, { pod: 'p', command: ['x'] }));
  expect(server.seen[0]!.headers).toMatchObject({
    traceparent: '00-1',
    'user-agent': 'mine',
    accept: 'application/json',
  });
  expect(upgrades[0]).toMatchObject({ traceparent: '00-1', 'user-agent': 'mine' });
});

test('a listener that throws is the same as none', () => {
  const heard: number[] = [];
  tellQuietly((told: number) => heard.push(told), 5);
  tellQuietly(() => {
    throw new Error('a broken metric');
  }, 6);
  tellQuietly(undefined, 7);
  expect(heard).toEqual([5]);
});

test('headers that cannot be made say whose function failed, and why', async () => {
  const cause = new Error('no trace');
  const headers = () => {
    throw cause;
  };
  expect(await failureOf(() => extraHeaders({ headers }, 'GET /x'))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    where: 'GET /x hooks.headers',
    cause,
  });
  expect(extraHeaders({}, 'x')).toEqual({});
  expect(extraHeaders({ headers: () => ({ a: 'b' }) }, 'x')).toEqual({ a: 'b' });
});

test('a redirect is not followed, and said as what it is', async () => {
  server = await scriptedServer((_seen, response) => {
    response.writeHead(307, { location: '/elsewhere' });
    response.end();
  });
  const error = await failureOf(() => get(server!.connect(), configMaps, { name: 'one' }));
  expect(error).toMatchObject({ code: 'BAD_RESPONSE', found: 'a redirect (307)', effect: 'unknown' });
  expect(server.seen).toHaveLength(1);
});

test('what is no JSON is told with its beginning; an upgrade that was not asked for is no answer', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, '<html>'));
  expect(await failureOf(() => get(server!.connect(), configMaps, { name: 'one' }))).toMatchObject({
    code: 'BAD_RESPONSE',
    found: '6 bytes that are no JSON: <html>',
    effect: 'unknown',
  });
  await server.close();
  server = await scriptedServer((_seen, response) => {
    response.socket!.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  expect(await failureOf(() => get(server!.connect(), configMaps, { name: 'one' }))).toMatchObject({
    code: 'BAD_RESPONSE',
    found: 'a protocol upgrade that was not asked for',
  });
});

test.each([
  [{}, 'here', 60_000, 'drydock'],
  [{ namespace: 'mine', deadlineMs: 5, userAgent: 'me' }, 'mine', 5, 'me'],
])('a connection with %j is in namespace %s, waits %d ms and is called %s', (options, ...expected) => {
  const connection = connectTo('http://127.0.0.1:1', options);
  expect([connection.namespace, connection.deadlineMs, connection.userAgent]).toEqual(expected);
  expect(connection.hooks).toEqual({});
});

test('a call is not repeated when the pause before it would be longer than what is left', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 503, statusBody(503, 'x'), { 'retry-after': '60' }),
  );
  const error = await failureOf(() =>
    get(server!.connect(), configMaps, { name: 'one' }, { deadlineMs: 59_000 }),
  );
  expect(error).toMatchObject({ code: 'SERVER_ERROR', retryAfterMs: 60_000 });
  expect(server.seen).toHaveLength(1);
});

test('nobody listening is tried three times: then it is no passing trouble', async () => {
  server = await scriptedServer(() => {});
  await server.close();
  const retries: KubeEvent[] = [];
  const onEvent = (event: KubeEvent) => retries.push(event);
  await failureOf(() => create(server!.connect({ hooks: { onEvent } }), configMaps, object));
  expect(retries.map((event) => event.type)).toEqual(['retry', 'retry', 'call']);
  expect(retries[2]).toMatchObject({ attempts: 3, error: 'UNREACHABLE', statusCode: undefined });
});

/** A server that answers each call when it is told to; `order` are the names that were asked for so far. */
async function held(maxCalls: number) {
  const answers: Array<() => void> = [];
  server = await scriptedServer((_seen, response) => answers.push(() => sendJson(response, 200, object)));
  const connection = server.connect({ maxCalls });
  const order = () => server!.seen.map(({ path }) => path.split('/').at(-1));
  const asked = async (count: number) => {
    while (server!.seen.length < count) await new Promise(setImmediate);
  };
  const answerNext = async () => {
    const next = server!.seen.length + 1;
    answers.shift()!();
    await asked(next);
  };
  return { connection, order, asked, answerNext, answers };
}

test('of calls that wait, those of a higher rank go first, and lines of other names take turns', async () => {
  const { connection, order, asked, answerNext, answers } = await held(1);
  const call = (name: string, options: object) => get(connection, configMaps, { name }, options);
  const calls = [call('first', {})];
  await asked(1);
  calls.push(
    call('low', { priority: 'low' }),
    call('a-1', { flow: 'a' }),
    call('a-2', { flow: 'a' }),
    call('unnamed', {}),
  );
  for (let turn = 0; turn < 4; turn += 1) await answerNext();
  expect(order()).toEqual(['first', 'a-1', 'unnamed', 'a-2', 'low']);
  // A place of its own: the lease of a program is renewed while every other place is taken.
  calls.push(call('high', { priority: 'high' }));
  await asked(6);
  for (const answer of answers.splice(0)) answer();
  await Promise.all(calls);
});

test('a call that failed gives its place back', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 404, statusBody(404, 'NotFound')));
  const connection = server.connect({ maxCalls: 1 });
  for (let call = 0; call < 3; call += 1) await failureOf(() => get(connection, configMaps, { name: 'one' }));
  expect(server.seen).toHaveLength(3);
});

test.each([
  ['an answer that was lost', 503, 'unknown'],
  ['a refusal that did nothing', 429, 'none'],
] as const)(
  'an abort between two tries after %s has an effect that says so',
  async (_what, status, effect) => {
    server = await scriptedServer((_seen, response) =>
      sendJson(response, status, statusBody(status, 'x'), { 'retry-after': '30' }),
    );
    const abort = new AbortController();
    const onEvent = (event: KubeEvent) => {
      if (event.type === 'retry') setImmediate(() => abort.abort());
    };
    const connection = server.connect({ hooks: { onEvent } });
    const error = await failureOf(() => apply(connection, configMaps, object, { signal: abort.signal }));
    expect(error).toMatchObject({ code: 'ABORTED', effect });
  },
);
