import type { ConfigMap } from '../../imports/k8s';
import type { Stored } from '../resource';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from '../testing-only/scripted-server';
import { configMaps } from '../testing-only/watch-law';
import { endedTooEarly, InitialEvents } from './initial-events';
import { KnownObjects } from './known-objects';
import { watch } from './watch';

jest.setTimeout(120_000);

const object = (name: string, version: number): Stored<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'here', uid: `u-${name}`, resourceVersion: String(version) },
});
const end = { type: 'BOOKMARK', resourceVersion: '9', endsInitialEvents: true } as const;

test('of each object the newest state is kept, in whatever order and how often they come', () => {
  const initial = new InitialEvents<ConfigMap>(new KnownObjects());
  const told = [
    { type: 'ADDED', object: object('a', 5) },
    { type: 'ADDED', object: object('b', 3) },
    { type: 'MODIFIED', object: object('a', 7) },
    { type: 'DELETED', object: object('b', 8) },
    // Lines that come again: an older state, and one of what is gone.
    { type: 'ADDED', object: object('a', 5) },
    { type: 'ADDED', object: object('b', 3) },
    { type: 'ADDED', object: object('c', 1) },
  ] as const;
  for (const event of told) expect(initial.heard(event, 'x')).toBeUndefined();
  expect(initial.heard(end, 'x')).toEqual({ items: [object('a', 7), object('c', 1)], version: '9' });
});

test('a state that is known already is not held twice, and one of another UID is not taken for it', () => {
  const known = new KnownObjects<ConfigMap>();
  const [a, b] = [object('a', 5), object('b', 5)];
  known.listed([a, b], '5');
  const initial = new InitialEvents<ConfigMap>(known);
  const reborn = { ...b, metadata: { ...b.metadata, uid: 'another' } };
  initial.heard({ type: 'ADDED', object: object('a', 5) }, 'x');
  initial.heard({ type: 'ADDED', object: reborn }, 'x');
  const { items } = initial.heard(end, 'x')!;
  expect([items[0] === a, items[1] === reborn]).toEqual([true, true]);
});

describe('a server that does not keep the rules of initial events', () => {
  let server: ScriptedServer;
  afterEach(() => server.close());
  const timing = { stallMs: 60_000, firstBackoffMs: 2, longestBackoffMs: 20 };
  const line = (type: string, what: object) => `${JSON.stringify({ type, object: what })}\n`;
  const bookmark = line('BOOKMARK', { metadata: { resourceVersion: '5' } });

  test.each([
    ['says nothing of their end', line('ADDED', object('a', 3)) + bookmark, false],
    ['ends before it has told all', line('ADDED', object('a', 3)), true],
    ['tells a line that is none', '{\n', false],
  ])('is listed when it %s', async (_what, text, isOver) => {
    server = await scriptedServer((seen, response) => {
      if (!seen.query.has('watch')) {
        const items = [object('a', 3), object('b', 4)];
        return sendJson(response, 200, { metadata: { resourceVersion: '5' }, items });
      }
      response.writeHead(200);
      response.flushHeaders();
      if (seen.query.has('sendInitialEvents')) response.write(text);
      if (seen.query.has('sendInitialEvents') && isOver) response.end();
      return undefined;
    });
    const watching = watch(server.connect(), configMaps, { timing, initialEvents: true });
    const told = [await watching.next(), await watching.next(), await watching.next()];
    expect(told.map(({ value }) => value)).toMatchObject([
      { type: 'added', object: { metadata: { name: 'a' } } },
      { type: 'added', object: { metadata: { name: 'b' } } },
      { type: 'synced' },
    ]);
    watching.close();
    // The first watch, the list, and the watch that goes on from it.
    expect(server.seen.slice(0, 2).map(({ query }) => query.has('sendInitialEvents'))).toEqual([true, false]);
  });

  test('is not asked twice when it refuses them, whatever it calls that; other refusals end the watch', async () => {
    for (const [code, reason] of [
      [422, 'Invalid'],
      [400, 'BadRequest'],
    ] as const) {
      server = await scriptedServer((seen, response) => {
        if (seen.query.has('sendInitialEvents')) return sendJson(response, code, statusBody(code, reason));
        if (seen.query.has('watch')) return response.writeHead(200).flushHeaders();
        return sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: [] });
      });
      const watching = watch(server.connect(), configMaps, { timing, initialEvents: true });
      expect((await watching.next()).value).toEqual({ type: 'synced' });
      expect(watching.status().failures).toBe(0);
      await server.close();
    }
    server = await scriptedServer((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
    const watching = watch(server.connect(), configMaps, { timing, initialEvents: true });
    await expect(watching.next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

test('an end that comes too early says what was missing', () => {
  expect(endedTooEarly('WATCH x')).toMatchObject({
    code: 'CONNECTION_LOST',
    where: 'WATCH x',
    expected: 'a bookmark that ends the initial events',
  });
});
