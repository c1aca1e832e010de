import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { KubeEvent } from '../hooks';
import { failureOf } from '../testing-only/failure';
import {
  type Handler,
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../testing-only/scripted-server';
import { configMaps } from '../testing-only/watch-law';
import { type Watch, type WatchOptions, watch } from './watch';

/** How a watch goes on after each kind of trouble: from where it was, from a new list, after which pause. */

let server: ScriptedServer;
let watching: Watch<{ apiVersion: string; kind: string }> | undefined;
let events: KubeEvent[];
afterEach(async () => {
  watching?.close();
  watching = undefined;
  await server.close();
});

const timing = { stallMs: 60_000, firstBackoffMs: 1, longestBackoffMs: 1 };
const object = (version: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `o${version}`, namespace: 'here', uid: `u${version}`, resourceVersion: String(version) },
});
const line = (type: string, what: object) => `${JSON.stringify({ type, object: what })}\n`;
const isWatch = ({ query }: Seen) => query.has('watch');

/** A server whose lists are empty, at version 5, 6, 7 ..., and whose watches do what the test says, one after the other. */
async function start(
  watches: ReadonlyArray<(response: ServerResponse) => void>,
  options: WatchOptions = {},
  lists?: Handler,
): Promise<void> {
  events = [];
  let listed = 0;
  let watched = 0;
  server = await scriptedServer((seen, response, index) => {
    if (isWatch(seen)) {
      const next = watches[watched] ?? quiet;
      watched += 1;
      return next(response);
    }
    if (lists) return lists(seen, response, index);
    listed += 1;
    return sendJson(response, 200, { metadata: { resourceVersion: String(4 + listed) }, items: [] });
  });
  const connection = server.connect({ hooks: { onEvent: (event) => events.push(event) } });
  watching = watch(connection, configMaps, { timing, ...options });
}

const quiet = (response: ServerResponse) => void response.writeHead(200).flushHeaders();
const ending = (response: ServerResponse) => void response.writeHead(200).end();
const cut = (response: ServerResponse) => void response.destroy();
const telling = (text: string) => (response: ServerResponse) => void response.writeHead(200).end(text);
const refusing = (code: number, body: object) => (response: ServerResponse) => sendJson(response, code, body);
const expired = refusing(410, statusBody(410, 'Expired'));

/** What was asked of the server so far: `list`, or the version that a watch began at. */
const asked = () => server.seen.map((seen) => (isWatch(seen) ? seen.query.get('resourceVersion') : 'list'));

/** By a clock that no test changes; what never happens is told, and not waited for without end. */
async function until(happened: () => boolean): Promise<void> {
  const begun = process.hrtime.bigint();
  while (!happened()) {
    if (process.hrtime.bigint() - begun > 20_000_000_000n) throw new Error(`never: ${happened}`);
    await new Promise(setImmediate);
  }
}

const watchEvents = () =>
  events.flatMap((event) =>
    event.type === 'watch' ? [[event.what, event.error].filter(Boolean).join(' ')] : [],
  );

test('a cut is gone on from the version that was heard last, without a new list', async () => {
  await start([telling(line('ADDED', object(8))), cut, quiet]);
  await until(() => server.seen.length === 4);
  expect(asked()).toEqual(['list', '5', '8', '8']);
});

test.each<[what: string, refusal: (response: ServerResponse) => void]>([
  ['a version that expired, as a status', expired],
  ['a version that expired, as a line', telling(line('ERROR', statusBody(410, 'Expired')))],
  [
    'a version that the server does not have yet',
    refusing(
      504,
      statusBody(504, 'Timeout', 'wait', {
        causes: [{ reason: 'Other' }, { reason: 'ResourceVersionTooLarge', message: 'x' }],
      }),
    ),
  ],
  [
    'the same from an older server, in words',
    refusing(504, statusBody(504, 'Timeout', 'Too large resource version: 5')),
  ],
])('%s is listed anew', async (_what, refusal) => {
  await start([refusal, quiet]);
  await until(() => server.seen.length === 4);
  expect(asked()).toEqual(['list', '5', 'list', '6']);
});

test('another trouble of the server is no reason for a new list, until it happened five times', async () => {
  const trouble = refusing(503, statusBody(503, 'ServiceUnavailable', 'the resource version is fine'));
  await start([trouble, trouble, trouble, trouble, trouble, quiet]);
  await until(() => server.seen.length === 8);
  expect(asked()).toEqual(['list', '5', '5', '5', '5', '5', 'list', '6']);
  expect(watching!.status().failures).toBe(5);
});

test('`synced` comes once, also after a new list', async () => {
  await start([expired, telling(line('ADDED', object(9))), quiet]);
  const told = [await watching!.next(), await watching!.next()];
  expect(told.map(({ value }) => value?.type)).toEqual(['synced', 'added']);
});

test('the hooks hear each step of a watch, with its resource, its path and why it was lost', async () => {
  await start([telling(line('ADDED', object(8))), expired, quiet]);
  await until(() => watchEvents().length === 6);
  expect(watchEvents()).toEqual(['listed', 'watching', 'ended', 'lost GONE', 'listed', 'watching']);
  expect(events.find((event) => event.type === 'watch')).toEqual({
    type: 'watch',
    resource: 'configmaps',
    path: '/api/v1/namespaces/here/configmaps',
    what: 'listed',
    error: undefined,
  });
});

test('a list whose pages expire three times is asked for all at once', async () => {
  const limits: Array<string | null> = [];
  await start([quiet], {}, (seen, response) => {
    limits.push(seen.query.get('limit'));
    if (seen.query.get('limit') !== '0') return sendJson(response, 410, statusBody(410, 'Expired'));
    return sendJson(response, 200, { metadata: { resourceVersion: '9' }, items: [] });
  });
  await until(() => asked().includes('9'));
  expect(limits).toEqual(['500', '500', '500', '0']);
});

test('another trouble of a list does not count as an expired one', async () => {
  const limits: Array<string | null> = [];
  await start([quiet], {}, (seen, response) => {
    limits.push(seen.query.get('limit'));
    if (limits.length < 5) return sendJson(response, 409, statusBody(409, 'Conflict'));
    return sendJson(response, 200, { metadata: { resourceVersion: '9' }, items: [] });
  });
  await until(() => asked().includes('9'));
  expect(limits).toEqual(Array(5).fill('500'));
});

test('the selection is asked for in the list and in the watch', async () => {
  await start([quiet], { namespace: '*', labelSelector: 'a=b', fieldSelector: 'c=d' });
  await until(() => server.seen.length === 2);
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array(2).fill('GET /api/v1/configmaps'),
  );
  for (const { query } of server.seen)
    expect(Object.fromEntries(query)).toMatchObject({ labelSelector: 'a=b', fieldSelector: 'c=d' });
});

describe('by the clock', () => {
  let now: number;
  beforeEach(() => {
    now = 1_700_000_000_000;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'hrtime', 'Date'] });
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  const isWaiting = () => watching!.status().phase === 'waiting';

  test('status() tells what the watch does, when the server was heard and what went wrong last', async () => {
    let response: ServerResponse | undefined;
    const held = (given: ServerResponse) => {
      response = given;
      quiet(given);
    };
    await start([cut, held]);
    const listing = { phase: 'listing', lastHeardAt: 0, failures: 0, lastError: undefined };
    expect(watching!.status()).toEqual(listing);
    await until(isWaiting);
    const lost = { code: 'CONNECTION_LOST', where: 'GET /api/v1/namespaces/here/configmaps' };
    expect(watching!.status()).toMatchObject({ lastHeardAt: now, failures: 1, lastError: lost });
    jest.advanceTimersByTime(1);
    await until(() => watching!.status().phase === 'watching');
    const listedAt = now;
    now += 5;
    expect(watching!.status()).toMatchObject({ lastHeardAt: listedAt, failures: 1, lastError: lost });
    response!.write(line('BOOKMARK', { metadata: { resourceVersion: '77' } }));
    await until(() => watching!.status().failures === 0);
    expect(watching!.status()).toMatchObject({ phase: 'watching', lastHeardAt: now, lastError: lost });
    watching!.close();
    expect(watching!.status().phase).toBe('ended');
  });

  test.each([
    [30_000, 3],
    [30_001, 1],
  ])(
    'a connection that lived for %d ms fails as number %d: after a while it is a new reason',
    async (ms, count) => {
      let response: ServerResponse | undefined;
      const held = (given: ServerResponse) => {
        response = given;
        quiet(given);
      };
      await start([cut, cut, held], { timing: { ...timing, longestBackoffMs: 30_000 } });
      for (const failures of [1, 2]) {
        await until(() => watching!.status().failures === failures);
        jest.advanceTimersByTime(4);
      }
      await until(() => watching!.status().phase === 'watching');
      now += ms;
      response!.destroy();
      await until(isWaiting);
      expect(watching!.status().failures).toBe(count);
    },
  );

  test('a watch that ends at once without an event is opened again after a pause, and not before', async () => {
    await start([ending, quiet], { timing: { ...timing, firstBackoffMs: 2_000, longestBackoffMs: 2_000 } });
    await until(isWaiting);
    expect(watching!.status().lastError).toMatchObject({
      code: 'CONNECTION_LOST',
      found: 'an end without an event, at once',
    });
    jest.advanceTimersByTime(999);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(asked()).toEqual(['list', '5']);
    jest.advanceTimersByTime(1_001);
    await until(() => server.seen.length === 3);
    expect(asked()).toEqual(['list', '5', '5']);
  });

  test.each<[what: string, text: string, livedMs: number]>([
    ['with an event', line('BOOKMARK', { metadata: { resourceVersion: '5' } }), 0],
    ['after a second without one', '', 1_000],
  ])('a watch that ends in good order %s is opened again at once', async (_what, text, livedMs) => {
    let response: ServerResponse | undefined;
    const held = (given: ServerResponse) => {
      response = given;
      quiet(given);
    };
    await start([held, quiet]);
    await until(() => watching!.status().phase === 'watching');
    now += livedMs;
    response!.end(text);
    await until(() => server.seen.length === 3);
    expect(watching!.status()).toMatchObject({ failures: 0, lastError: undefined });
    expect(watchEvents().slice(0, 3)).toEqual(['listed', 'watching', 'ended']);
  });

  test.each([
    ['20', 20_000],
    ['3600', 300_000],
  ])('a server that asks to wait %s s is asked again after %d ms', async (asking, ms) => {
    const busy = (response: ServerResponse) =>
      sendJson(response, 429, statusBody(429, 'TooManyRequests'), { 'retry-after': asking });
    await start([busy, quiet]);
    await until(isWaiting);
    jest.advanceTimersByTime(ms - 1);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(asked()).toEqual(['list', '5']);
    jest.advanceTimersByTime(1);
    await until(() => server.seen.length === 3);
  });

  test.each<[what: string, stallMs: number, deadlineMs: number]>([
    ['silence that is allowed', 5_000, 60_000],
    ['deadline of the connection', 60_000, 5_000],
  ])(
    'a list and the opening of a watch are given up after the shorter %s',
    async (_what, stallMs, deadlineMs) => {
      for (const silent of ['list', 'watch']) {
        const answers = await scriptedServer((seen, response) => {
          if (isWatch(seen) === (silent === 'watch')) return;
          sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: [] });
        });
        const one = watch(answers.connect({ deadlineMs }), configMaps, { timing: { ...timing, stallMs } });
        await until(() => answers.seen.length === (silent === 'list' ? 1 : 2));
        jest.advanceTimersByTime(4_999);
        expect(one.status().failures).toBe(0);
        jest.advanceTimersByTime(1);
        await until(() => one.status().failures === 1);
        expect(one.status().lastError).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
        expect(one.status().lastError!.expected).toContain('5000 ms');
        one.close();
        await answers.close();
      }
      server = await scriptedServer(() => {});
    },
  );

  test('silence for longer than is allowed is a dead connection, and the watch goes on where it was', async () => {
    await start([quiet, quiet], { timing: { ...timing, stallMs: 5_000 } });
    await until(() => watching!.status().phase === 'watching');
    await until(() => jest.getTimerCount() === 1);
    jest.advanceTimersByTime(5_000);
    await until(isWaiting);
    expect(watching!.status().lastError).toMatchObject({
      code: 'CONNECTION_LOST',
      found: 'silence for 5000 ms',
    });
    jest.advanceTimersByTime(1);
    await until(() => server.seen.length === 3);
    expect(asked()).toEqual(['list', '5', '5']);
  });

  test('what was ended has no timer left', async () => {
    await start([quiet]);
    await until(() => watching!.status().phase === 'watching');
    watching!.close();
    await until(() => jest.getTimerCount() === 0);
    expect(await watching!.next()).toEqual({ value: undefined, done: true });
  });
});

test('a signal that was aborted before, and a connection that was closed, ask the server nothing', async () => {
  await start([quiet]);
  watching!.close();
  const connection = server.connect();
  const before = server.seen.length;
  const reason = new Error('enough');
  const aborted = watch(connection, configMaps, { signal: AbortSignal.abort(reason) });
  expect(aborted.status().phase).toBe('ended');
  expect(await failureOf(() => aborted.next())).toMatchObject({
    code: 'ABORTED',
    where: 'WATCH /api/v1/namespaces/here/configmaps',
    effect: 'unknown',
    cause: reason,
  });
  connection.close();
  expect(await watch(connection, configMaps).next()).toEqual({ value: undefined, done: true });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(server.seen.length).toBeLessThanOrEqual(before + 1);
});

test('a loop that is left ends its watch', async () => {
  await start([quiet]);
  const iterator = watching![Symbol.asyncIterator]();
  expect((await iterator.next()).value).toEqual({ type: 'synced' });
  expect(await iterator.return!()).toEqual({ value: undefined, done: true });
  expect(watching!.status().phase).toBe('ended');
});

test('an ended watch listens to nothing any more', async () => {
  const abort = new AbortController();
  server = await scriptedServer((_seen, response) => response.destroy());
  const connection = server.connect();
  const one = watch(connection, configMaps, { signal: abort.signal });
  expect(getEventListeners(abort.signal, 'abort')).not.toHaveLength(0);
  one.close();
  await until(() => getEventListeners(abort.signal, 'abort').length === 0);
  await until(() => getEventListeners(connection.closing, 'abort').length === 0);
});

test.each<[options: object, where: string]>([
  [{ name: 5 }, 'watch of ConfigMap name'],
  [{ labelSelector: {} }, 'watch of ConfigMap labelSelector'],
  [{ fieldSelector: 5 }, 'watch of ConfigMap fieldSelector'],
  [{ timing: { stallMs: 0 } }, 'WATCH /api/v1/namespaces/here/configmaps stallMs'],
])('a watch with %j is refused', async (options, where) => {
  server = await scriptedServer(() => {});
  const error = await failureOf(() => watch(server.connect(), configMaps, options));
  expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', where });
  expect(server.opened()).toBe(0);
});
