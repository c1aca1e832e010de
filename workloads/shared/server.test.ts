import { request } from 'node:http';
import { z } from 'zod';
import { NotReady } from './health';
import { createLog } from './log';
import { jsonBody } from './requests';
import { type RunningService, type Service, startService } from './server';

const lines: string[] = [];
const running: RunningService[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  lines.length = 0;
});

const Note = z.strictObject({ text: z.string().max(20) });

async function start(more: Partial<Service> = {}): Promise<RunningService> {
  const service = await startService({
    name: 'notes',
    port: 0,
    log: createLog({ program: 'notes', write: (line) => lines.push(line) }),
    bodyLimit: 1000,
    readiness: {},
    lingerMs: 0,
    routes: (app) => {
      app.post('/notes', async (c) => c.json(await jsonBody(c, Note), 201));
      app.get('/notes/:id', (c) => c.json({ id: c.req.param('id') }));
      app.get('/broken', () => {
        throw new Error('the password is hunter2');
      });
    },
    ...more,
  });
  running.push(service);
  return service;
}

const post = (url: string, body: RequestInit['body'], type = 'application/json') =>
  fetch(`${url}/notes`, { method: 'POST', body, headers: { 'content-type': type } });
const errorOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

test('a service that is told its address listens nowhere else', async () => {
  const alone = await start({ host: '127.0.0.1' });
  const other = alone.url.replace('127.0.0.1', '127.0.0.2');
  expect((await fetch(`${alone.url}/health`)).status).toBe(200);
  await expect(fetch(`${other}/health`)).rejects.toThrow();
  const everywhere = await start();
  expect((await fetch(`${everywhere.url.replace('127.0.0.1', '127.0.0.2')}/health`)).status).toBe(200);
});

test('a request is answered, counted by its route and logged in one line, without ids and queries', async () => {
  const { url } = await start();
  const answer = await fetch(`${url}/notes/7?token=hunter2`, { headers: { 'x-request-id': 'click-0001' } });
  expect([answer.status, await answer.json()]).toEqual([200, { id: '7' }]);
  expect(answer.headers.get('x-request-id')).toBe('click-0001');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('_count{program="notes",method="GET",route="/notes/:id",status="200"} 1');
  const [request] = lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'request');
  expect(request).toMatchObject({ route: '/notes/:id', status: 200, requestId: 'click-0001' });
  expect(lines.join()).not.toContain('hunter2');
});

test('an id of a request that is none is replaced', async () => {
  const { url } = await start();
  const answer = await fetch(`${url}/health`, { headers: { 'x-request-id': 'a b "quoted"' } });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a fault of ours is a 500 that tells callers nothing, and the log what happened', async () => {
  const { url } = await start();
  const answer = await fetch(`${url}/broken`);
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: 'error', error: expect.objectContaining({ name: 'Error' }) }),
  );
});

test.each<[string, number, string, (url: string) => Promise<Response>]>([
  ['a path that is not there', 404, 'not_found', (url) => fetch(`${url}/nothing`)],
  ['a method that it has not', 405, 'method_not_allowed', (url) => fetch(`${url}/notes`, { method: 'PUT' })],
  ['another type of body', 415, 'not_json', (url) => post(url, '{"text":"a"}', 'text/plain')],
  ['no JSON', 400, 'not_json', (url) => post(url, '{"text":')],
  ['bytes that are no UTF-8', 400, 'not_json', (url) => post(url, new Uint8Array([0x22, 0xff, 0x22]))],
  ['a field too many', 400, 'invalid_input', (url) => post(url, '{"text":"a","admin":true}')],
  ['__proto__', 400, 'invalid_input', (url) => post(url, '{"text":"a","__proto__":{"admin":true}}')],
  ['a body over the limit', 413, 'too_large', (url) => post(url, JSON.stringify({ text: 'a'.repeat(2000) }))],
])('%s is refused with %i %s', async (_, status, code, ask) => {
  const { url } = await start();
  const answer = await ask(url);
  expect([answer.status, await errorOf(answer)]).toEqual([status, code]);
  expect((await post(url, '{"text":"a"}')).status).toBe(201);
});

test('a body of unknown length is refused as soon as it is too large', async () => {
  const { url } = await start();
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const sent = request(`${url}/notes`, { method: 'POST', headers }, (answer) => {
      resolve(answer.statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    for (let chunk = 0; chunk < 50; chunk++) sent.write('x'.repeat(100));
    // Never ended: whoever waits for the end waits for ever.
  });
  expect(status).toBe(413);
});

test('a connection with a body that is not read is not used for another request', async () => {
  const { url } = await start();
  const large = JSON.stringify({ text: 'a'.repeat(500_000) });
  for (let count = 0; count < 20; count++) {
    const answer = await post(url, large);
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
    expect((await post(url, '{"text":"a"}')).headers.get('connection')).toBe('keep-alive');
  }
});

test('it is healthy while it runs, and ready while what it needs is there', async () => {
  let state: 'there' | 'told' | 'gone' = 'there';
  const { url } = await start({
    readiness: {
      database: async () => {
        if (state === 'told') throw new NotReady('migrations are missing');
        if (state === 'gone') throw new Error('connect to postgres://user:hunter2@db failed');
      },
    },
  });
  const ready = async () => {
    const answer = await fetch(`${url}/ready`);
    return [answer.status, ((await answer.json()) as { checks: unknown }).checks];
  };
  expect(await ready()).toEqual([200, { database: 'ok' }]);
  state = 'told';
  expect(await ready()).toEqual([503, { database: 'migrations are missing' }]);
  state = 'gone';
  expect(await ready()).toEqual([503, { database: 'cannot be reached' }]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('what never answers does not keep the probe waiting', async () => {
  const { url } = await start({ readiness: { database: () => new Promise(() => {}) } });
  expect((await fetch(`${url}/ready`)).status).toBe(503);
});

test('ending, it is unready at once, answers what is under way, and takes nothing new', async () => {
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const service = await start({
    lingerMs: 1000,
    routes: (app) => {
      app.get('/slow', async (c) => {
        await slow;
        return c.text('done');
      });
    },
  });
  const answer = fetch(`${service.url}/slow`);
  // Answered after the request before it arrived, for one server takes them in order.
  await fetch(`${service.url}/health`);
  const ended = service.close();
  const ready = await fetch(`${service.url}/ready`);
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
  await new Promise((resolve) => setTimeout(resolve, 1300));
  await expect(fetch(`${service.url}/health`)).rejects.toThrow();
  finish();
  expect(await (await answer).text()).toBe('done');
  await ended;
});
