import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from '../testing-only/scripted-server';
import { configMaps } from '../testing-only/watch-law';
import { watch } from './watch';

jest.setTimeout(120_000);

let server: ScriptedServer;
afterEach(() => server.close());

const timing = { stallMs: 2000, firstBackoffMs: 2, longestBackoffMs: 20 };
const emptyList = { metadata: { resourceVersion: '5' }, items: [] };
const object = (version: number, padding = '') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `o${version}`, namespace: 'here', uid: `u${version}`, resourceVersion: String(version) },
  data: { padding },
});
const line = (type: string, what: object) => `${JSON.stringify({ type, object: what })}\n`;

test.each([
  [403, 'Forbidden', 'FORBIDDEN'],
  [404, 'NotFound', 'NOT_FOUND'],
  [401, 'Unauthorized', 'UNAUTHENTICATED'],
])('a %i before the first success ends the watch, once', async (code, reason, expected) => {
  server = await scriptedServer((_seen, response) => sendJson(response, code, statusBody(code, reason)));
  const watching = watch(server.connect(), configMaps, { timing });
  await expect(watching.next()).rejects.toMatchObject({ code: expected });
  expect(await watching.next()).toEqual({ value: undefined, done: true });
  expect(watching.status().phase).toBe('ended');
});

test('a 403 on the watch alone, after a list that worked, ends it too', async () => {
  server = await scriptedServer((seen, response) =>
    seen.query.has('watch')
      ? sendJson(response, 403, statusBody(403, 'Forbidden'))
      : sendJson(response, 200, emptyList),
  );
  const watching = watch(server.connect(), configMaps, { timing });
  expect((await watching.next()).value).toEqual({ type: 'synced' });
  await expect(watching.next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a refusal without a code of its own ends it where it is about the request, and is waited out where it passes', async () => {
  for (const status of [402, 405, 406, 414, 431, 451]) {
    server = await scriptedServer((_seen, response) => sendJson(response, status, statusBody(status, '')));
    for (const initialEvents of [false, true]) {
      const watching = watch(server.connect(), configMaps, { timing, initialEvents });
      await expect(watching.next()).rejects.toMatchObject({ statusCode: status });
    }
    await server.close();
  }
  for (const status of [408, 425, 500]) {
    let asked = 0;
    server = await scriptedServer((seen, response) => {
      asked += 1;
      if (asked < 4) return sendJson(response, status, statusBody(status, ''));
      if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
      return undefined;
    });
    const watching = watch(server.connect(), configMaps, { timing });
    expect(await watching.next()).toMatchObject({ value: { type: 'synced' } });
    watching.close();
    if (status !== 500) await server.close();
  }
});

test('a 403 later is survived: permissions come back', async () => {
  let watches = 0;
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
    watches += 1;
    if (watches === 2) return sendJson(response, 403, statusBody(403, 'Forbidden'));
    response.writeHead(200);
    response.write(line('ADDED', object(5 + watches)));
    if (watches === 1) response.end();
    return undefined;
  });
  const watching = watch(server.connect(), configMaps, { timing });
  const seen = [await watching.next(), await watching.next(), await watching.next()];
  expect(seen.map(({ value }) => value?.type)).toEqual(['synced', 'added', 'added']);
  expect(watching.status()).toMatchObject({ phase: 'watching', lastError: { code: 'FORBIDDEN' } });
});

test('no event goes to another program of this process that listens to answers too', async () => {
  const listen = (message: unknown) =>
    (message as { response: IncomingMessage }).response.on('data', () => {});
  subscribe('http.client.response.finish', listen);
  try {
    server = await scriptedServer((seen, response) => {
      if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
      response.writeHead(200);
      for (let version = 6; version < 26; version += 1) response.write(line('ADDED', object(version)));
      return undefined;
    });
    const watching = watch(server.connect(), configMaps, { timing });
    const seen: unknown[] = [];
    while (seen.length < 21) seen.push((await watching.next()).value?.type);
    expect(seen).toEqual(['synced', ...Array(20).fill('added')]);
    watching.close();
  } finally {
    unsubscribe('http.client.response.finish', listen);
  }
});

test('it asks for bookmarks, for an end between 240 and 300 s, and goes on from the last bookmark', async () => {
  let watches = 0;
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
    watches += 1;
    response.writeHead(200);
    if (watches === 1) response.end(line('BOOKMARK', { metadata: { resourceVersion: '77' } }));
    else response.write(line('ADDED', object(78)));
    return undefined;
  });
  const watching = watch(server.connect(), configMaps, { timing, name: 'one', fieldSelector: 'a=b' });
  await watching.next();
  expect((await watching.next()).value).toMatchObject({ type: 'added' });
  const [first, second] = server.seen.filter((seen) => seen.query.has('watch')).map((seen) => seen.query);
  expect(first!.get('allowWatchBookmarks')).toBe('true');
  expect(first!.get('fieldSelector')).toBe('metadata.name=one,a=b');
  expect(Number(first!.get('timeoutSeconds'))).toBeGreaterThanOrEqual(240);
  expect(Number(first!.get('timeoutSeconds'))).toBeLessThan(300);
  expect([first!.get('resourceVersion'), second!.get('resourceVersion')]).toEqual(['5', '77']);
});

test('close(), the signal, the connection and leaving a loop all end it', async () => {
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
    response.writeHead(200);
    response.flushHeaders();
    return undefined;
  });
  const connection = server.connect();
  const abort = new AbortController();
  const watches = [0, 1].map(() => watch(connection, configMaps, { timing, signal: abort.signal }));
  const nexts = watches.map(async (one) => {
    await one.next();
    return one.next();
  });
  const looped = watch(connection, configMaps, { timing });
  for await (const change of looped) {
    expect(change.type).toBe('synced');
    break;
  }
  expect(await looped.next()).toMatchObject({ done: true });
  watches[0]!.close();
  expect(await nexts[0]).toMatchObject({ done: true });
  const aborted = expect(nexts[1]).rejects.toMatchObject({ code: 'ABORTED' });
  abort.abort();
  await aborted;
  const last = watch(connection, configMaps, { timing });
  await last.next();
  connection.close();
  expect(await last.next()).toMatchObject({ done: true });
});

test('a reader that stops reading stops the server', async () => {
  let written = 0;
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
    response.writeHead(200);
    const more = () => {
      if (written === 1500 || response.destroyed) return;
      written += 1;
      response.write(line('ADDED', object(10 + written, 'x'.repeat(32 << 10))), more);
    };
    more();
    return undefined;
  });
  const watching = watch(server.connect(), configMaps, { timing });
  await watching.next();
  let before = -1;
  while (written !== before || written === 0) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written).toBeLessThan(1000);
  for (let index = 0; index < 1500; index += 1) {
    expect((await watching.next()).value).toMatchObject({ object: { metadata: { name: `o${11 + index}` } } });
  }
});

test('a line without an end stops at 32 MiB', async () => {
  const chunk = Buffer.alloc(1 << 20, 'x');
  let sent = 0;
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, emptyList);
    response.writeHead(200);
    const more = () => {
      sent += 1;
      if (!response.destroyed) response.write(chunk, more);
    };
    if (sent === 0) more();
    return undefined;
  });
  const watching = watch(server.connect(), configMaps, { timing });
  await watching.next();
  while (watching.status().lastError?.code !== 'RESPONSE_TOO_LARGE') await new Promise(setImmediate);
  expect(sent).toBeLessThan(64);
});
