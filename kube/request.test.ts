import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { ConfigMap } from '../imports/k8s';
import { readAnswer } from './answer';
import { ApiError } from './api-error';
import { apply } from './apply';
import type { Connection } from './connection';
import { create } from './create';
import { remove } from './delete';
import { KubeError } from './errors';
import { get } from './get';
import type { KubeEvent } from './hooks';
import { limitOf } from './limit';
import { list } from './list';
import { patch } from './patch';
import { open } from './request';
import { resource } from './resource';
import { expectFourFacts } from './testing-only/failure';
import {
  connectTo,
  type Handler,
  type ScriptedServer,
  scriptedServer,
  secretToken,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';

jest.setTimeout(120_000);

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };

let server: ScriptedServer;
afterEach(() => server.close());

async function start(handler: Handler): Promise<Connection> {
  server = await scriptedServer(handler);
  return server.connect();
}

async function failure(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  expect(inspect(error, { depth: 10 })).not.toContain(secretToken);
  return expectFourFacts(error as KubeError);
}

test('calls one after another share one connection', async () => {
  const connection = await start((_seen, response) => sendJson(response, 200, object));
  for (let call = 0; call < 50; call += 1) await get(connection, configMaps, { name: 'one' });
  expect(server.opened()).toBe(1);
  expect(server.seen[49]).toMatchObject({ method: 'GET', path: '/api/v1/namespaces/here/configmaps/one' });
  expect(server.seen[49]!.headers.authorization).toBe(`Bearer ${secretToken}`);
});

test('many calls at once use a bounded number of connections and leave no listener behind', async () => {
  const connection = await start((_seen, response) => sendJson(response, 200, object));
  const { signal } = new AbortController();
  const calls = Array.from({ length: 200 }, () => get(connection, configMaps, { name: 'one' }, { signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(200);
  await Promise.all(calls);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(getEventListeners(connection.closing, 'abort')).toHaveLength(0);
  expect(server.opened()).toBeLessThanOrEqual(64);
});

test('a 429 with Retry-After is repeated, even for a create', async () => {
  const connection = await start((_seen, response, index) =>
    index === 0
      ? sendJson(response, 429, statusBody(429, 'TooManyRequests'), { 'retry-after': '0' })
      : sendJson(response, 201, object),
  );
  await create(connection, configMaps, object);
  expect(server.seen).toHaveLength(2);
});

test('a 429 without Retry-After is the caller`s', async () => {
  const connection = await start((_seen, response) =>
    sendJson(response, 429, statusBody(429, 'TooManyRequests')),
  );
  expect((await failure(create(connection, configMaps, object))).code).toBe('TOO_MANY_REQUESTS');
  expect(server.seen).toHaveLength(1);
});

const breakages: Record<string, Handler> = {
  'a 503': (_seen, response) => sendJson(response, 503, statusBody(503, 'ServiceUnavailable')),
  'a cut before the answer': (_seen, response) => response.socket!.destroy(),
  'a cut inside the answer': (_seen, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"kind":');
    setImmediate(() => response.socket!.destroy());
  },
  'a cut inside a chunked answer': (_seen, response) => {
    response.writeHead(200);
    response.write('{"kind":"ConfigMap"}');
    setImmediate(() => response.socket!.destroy());
  },
};

for (const [name, breakage] of Object.entries(breakages)) {
  test(`${name} repeats a get`, async () => {
    const connection = await start((seen, response, index) =>
      index < 2 ? breakage(seen, response, index) : sendJson(response, 200, object),
    );
    expect(await get(connection, configMaps, { name: 'one' })).toEqual(object);
    expect(server.seen).toHaveLength(3);
  });

  test(`${name} does not repeat a create or a patch, and says that its effect is unknown`, async () => {
    const connection = await start(breakage);
    const created = await failure(create(connection, configMaps, object));
    expect(created.effect).toBe('unknown');
    const patched = await failure(patch(connection, configMaps, { name: 'one' }, { merge: {} }));
    expect(patched.effect).toBe('unknown');
    expect(server.seen).toHaveLength(2);
  });

  test(`${name} repeats a delete only when it names a UID`, async () => {
    const connection = await start((seen, response, index) =>
      index === 0 || seen.query.has('never') ? breakage(seen, response, index) : sendJson(response, 200, {}),
    );
    await remove(connection, configMaps, { name: 'one' }, { uid: 'u-1' });
    expect(JSON.parse(server.seen[1]!.body).preconditions).toEqual({ uid: 'u-1' });
  });
}

test('a delete without a UID is not repeated', async () => {
  const connection = await start(breakages['a 503']!);
  await failure(remove(connection, configMaps, { name: 'one' }));
  expect(server.seen).toHaveLength(1);
});

test('a server that never recovers ends a get with its last answer', async () => {
  const connection = await start(breakages['a 503']!);
  const error = await failure(get(connection, configMaps, { name: 'one' }));
  expect(error).toMatchObject({ code: 'SERVER_ERROR', statusCode: 503 });
  expect(server.seen).toHaveLength(5);
});

test('nobody listening is UNREACHABLE, and nothing was done', async () => {
  await start(() => {});
  await server.close();
  const connection = server.connect();
  const error = await failure(create(connection, configMaps, object));
  expect(error).toMatchObject({ code: 'UNREACHABLE', effect: 'none' });
  expect(error.found).toContain('ECONNREFUSED');
});

test('a refusal after a try whose answer was lost does not say that nothing was done', async () => {
  const connection = await start((_seen, response) => {
    server.server.close();
    response.socket!.destroy();
  });
  const error = await failure(apply(connection, configMaps, object));
  expect(error).toMatchObject({ code: 'UNREACHABLE', effect: 'unknown' });
  expect(server.seen).toHaveLength(1);
});

test('a silent server ends at the deadline', async () => {
  const connection = await start(() => {});
  const error = await failure(get(connection, configMaps, { name: 'one' }, { deadlineMs: 50 }));
  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', effect: 'unknown' });
});

test('a body that stalls ends at the deadline', async () => {
  const connection = await start((_seen, response) => {
    response.writeHead(200);
    response.write('{');
  });
  const error = await failure(get(connection, configMaps, { name: 'one' }, { deadlineMs: 50 }));
  expect(error.code).toBe('DEADLINE_EXCEEDED');
});

test('an answer to which another program of this process listens too is read whole', async () => {
  const heard: Buffer[] = [];
  const listen = (message: unknown) =>
    (message as { response: IncomingMessage }).response.on('data', (chunk: Buffer) => heard.push(chunk));
  const connection = await start((_seen, response) => sendJson(response, 200, object));
  subscribe('http.client.response.finish', listen);
  try {
    // A small answer is there at once, with its end.
    for (let call = 0; call < 20; call += 1)
      expect(await get(connection, configMaps, { name: 'one' }, { deadlineMs: 2_000 })).toEqual(object);
  } finally {
    unsubscribe('http.client.response.finish', listen);
  }
  expect(Buffer.concat(heard).toString()).toBe(JSON.stringify(object).repeat(20));
});

test('an answer that another program has read to its end ends at the deadline', async () => {
  const connection = await start((_seen, response) => sendJson(response, 200, object));
  const where = 'GET /one';
  const limit = limitOf(connection, undefined, 50, where);
  const call = { method: 'GET', path: '/one', resource: 'ones', idempotent: true } as const;
  const response = await open(connection, call, limit, 'calls');
  for await (const _chunk of response);
  expect(await failure(readAnswer(where, response, limit))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('a Retry-After beyond the deadline is not waited for', async () => {
  const connection = await start((_seen, response) =>
    sendJson(response, 429, statusBody(429, 'TooManyRequests'), { 'retry-after': '3600' }),
  );
  const error = (await failure(get(connection, configMaps, { name: 'one' }))) as ApiError;
  expect(error.retryAfterMs).toBe(3_600_000);
});

test('an abort ends a call before it, during it and between its tries', async () => {
  const abort = new AbortController();
  const connection = await start((_seen, response, index) => {
    if (index === 0) return sendJson(response, 429, statusBody(429, 'Slow'), { 'retry-after': '30' });
    return undefined;
  });
  const between = failure(get(connection, configMaps, { name: 'one' }, { signal: abort.signal }));
  const during = failure(get(connection, configMaps, { name: 'two' }, { signal: abort.signal }));
  while (server.seen.length < 2) await new Promise(setImmediate);
  abort.abort(new Error('enough'));
  expect((await between).code).toBe('ABORTED');
  expect(await during).toMatchObject({ code: 'ABORTED', cause: new Error('enough') });
  const before = failure(get(connection, configMaps, { name: 'three' }, { signal: abort.signal }));
  expect(await before).toMatchObject({ code: 'ABORTED', effect: 'none' });
  expect(server.seen).toHaveLength(2);
});

test('close() ends calls in flight and refuses later ones', async () => {
  const connection = await start(() => {});
  const call = failure(get(connection, configMaps, { name: 'one' }));
  while (server.seen.length < 1) await new Promise(setImmediate);
  connection.close();
  expect((await call).code).toBe('CLOSED');
  expect((await failure(get(connection, configMaps, { name: 'one' }))).code).toBe('CLOSED');
});

test('an endless answer ends at 64 MiB', async () => {
  const chunk = Buffer.alloc(1 << 20, 'x');
  const connection = await start((_seen, response) => {
    const more = () => {
      while (response.writable && response.write(chunk));
      if (response.writable) response.once('drain', more);
    };
    response.writeHead(200);
    more();
  });
  const before = process.memoryUsage.rss();
  expect((await failure(create(connection, configMaps, object))).code).toBe('RESPONSE_TOO_LARGE');
  expect(process.memoryUsage.rss() - before).toBeLessThan(256 << 20);
});

test('what is no JSON, a redirect and an upgrade are BAD_RESPONSE', async () => {
  const answers: Handler[] = [
    (_seen, response) => sendJson(response, 200, '<html>\u001b[31mlogin</html>'),
    (_seen, response) => {
      response.writeHead(302, { location: 'https://elsewhere/' });
      response.end();
    },
  ];
  const connection = await start((seen, response, index) => answers[index]!(seen, response, index));
  const html = await failure(get(connection, configMaps, { name: 'one' }));
  expect(html.code).toBe('BAD_RESPONSE');
  expect(html.message).toContain('<html>');
  expect(html.message).not.toContain('\u001b');
  expect((await failure(get(connection, configMaps, { name: 'one' }))).code).toBe('BAD_RESPONSE');
});

test('field causes of a 422 reach the caller', async () => {
  const causes = [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'must not be negative' }];
  const connection = await start((_seen, response) =>
    sendJson(response, 422, statusBody(422, 'Invalid', 'no', { causes })),
  );
  const error = (await failure(create(connection, configMaps, object))) as ApiError;
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    code: 'INVALID',
    reason: 'Invalid',
    statusCode: 422,
    causes,
    effect: 'none',
  });
});

test('Warning headers reach the call and the hooks', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 200, object, {
      warning: '299 - "unknown field \\"spec.x\\"", 299 - "v1beta1 is deprecated"',
    }),
  );
  const events: KubeEvent[] = [];
  const heard: string[] = [];
  const connection = server.connect({ hooks: { onEvent: (event) => events.push(event) } });
  await get(connection, configMaps, { name: 'one' }, { onWarning: (text) => heard.push(text) });
  expect(heard).toEqual(['unknown field "spec.x"', 'v1beta1 is deprecated']);
  expect(events.filter((event) => event.type === 'warning')).toHaveLength(2);
});

test('hooks see a call with its tries, cannot break it, and add headers but not credentials', async () => {
  server = await scriptedServer((_seen, response, index) =>
    index === 0 ? sendJson(response, 500, statusBody(500, 'InternalError')) : sendJson(response, 200, object),
  );
  const events: KubeEvent[] = [];
  const connection = server.connect({
    hooks: {
      onEvent: (event) => {
        events.push(event);
        throw new Error('a broken metric');
      },
      headers: () => ({ traceparent: '00-1-2-01', Authorization: 'Bearer other' }),
    },
  });
  await get(connection, configMaps, { name: 'one' });
  expect(events.map((event) => event.type)).toEqual(['retry', 'call']);
  expect(events[1]).toMatchObject({ method: 'GET', resource: 'configmaps', statusCode: 200, attempts: 2 });
  expect(server.seen[0]!.headers).toMatchObject({
    traceparent: '00-1-2-01',
    authorization: `Bearer ${secretToken}`,
  });
  expect(inspect([events, connection], { depth: 10, showHidden: true })).not.toContain(secretToken);
});

test('a list reads every page of one moment and gives its items their kind', async () => {
  const connection = await start((seen, response) => {
    const page = Number(seen.query.get('continue') ?? 0);
    const metadata = { resourceVersion: '7', continue: page < 2 ? String(page + 1) : '' };
    sendJson(response, 200, { metadata, items: [{ metadata: { name: `item-${page}` } }] });
  });
  const all = await list(connection, configMaps, { pageSize: 1, labelSelector: 'a=b' });
  expect(all.resourceVersion).toBe('7');
  expect(all.items).toMatchObject(
    [0, 1, 2].map((page) => ({ ...object, metadata: { name: `item-${page}` } })),
  );
  expect(server.seen[2]!.query.get('labelSelector')).toBe('a=b');
});

test.each(['', 'a/b', '..', 'a?b', 'a b'])(
  'a name that would address something else is refused: %j',
  async (name) => {
    const connection = await start((_seen, response) => sendJson(response, 200, object));
    expect(() => remove(connection, configMaps, { name })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
    expect(server.seen).toHaveLength(0);
  },
);

test('whatever bytes a server answers with, a call ends in time, with JSON or a typed error', async () => {
  let pieces: readonly Buffer[] = [];
  server = await scriptedServer(() => {});
  const raw = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const connection = connectTo(`http://127.0.0.1:${(raw.address() as AddressInfo).port}`);
  const head = 'HTTP/1.1 200 OK\r\n';
  const text = fc.oneof(
    fc.constantFrom(
      head,
      `${head}transfer-encoding: chunked\r\n\r\n`,
      `${head}content-length: 9\r\n\r\n`,
      '\r\n',
    ),
    fc.constantFrom(
      '5\r\n{"a":\r\n',
      '2\r\n1}\r\n',
      '0\r\n\r\n',
      'ffffffffff\r\n',
      '-1\r\n',
      '{"a": 1}\n',
      'HTTP/1.1 500 x\r\n\r\n',
    ),
  );
  const piece = fc.oneof(
    text.map((part) => Buffer.from(part)),
    fc.uint8Array({ maxLength: 30 }).map((part) => Buffer.from(part)),
  );
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (answer) => {
        pieces = answer;
        const call = patch(connection, configMaps, { name: 'one' }, { merge: {} }, { deadlineMs: 2000 });
        const error = await call.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(KubeError);
        expect((error as KubeError | undefined)?.code).not.toBe('DEADLINE_EXCEEDED');
      }),
      { numRuns: 300 },
    );
  } finally {
    connection.close();
    raw.close();
  }
});

test('the scripted server really cuts: a plain socket sees it too', async () => {
  await start((_seen, response) => response.socket!.destroy());
  const { port } = new URL(server.url);
  const socket = connectTcp(Number(port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const bytes = await new Promise<number>((resolve) => {
    let count = 0;
    socket.on('data', (chunk) => {
      count += chunk.length;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(count));
  });
  expect(bytes).toBe(0);
});
