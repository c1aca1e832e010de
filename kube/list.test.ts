import type { Secret } from '../imports/k8s';
import { KubeError } from './errors';
import { list } from './list';
import { resource } from './resource';
import { type ScriptedServer, scriptedServer, sendJson } from './testing-only/scripted-server';
import { watch } from './watch/watch';

jest.setTimeout(120_000);

const secrets = resource<Secret>('v1', 'Secret');
let server: ScriptedServer;
afterEach(() => server.close());

/** A server with `count` objects of about a megabyte, in pages as it is asked for them, or smaller ones. */
async function large(count: number, { megabytes = 1, most = count } = {}): Promise<void> {
  const blob = 'x'.repeat(megabytes << 20);
  const text = (index: number) =>
    `{"metadata":{"name":"secret-${index}","uid":"u-${index}","resourceVersion":"1"},"data":{"blob":"${blob}"}}`;
  server = await scriptedServer((seen, response) => {
    if (seen.query.has('watch')) return;
    const from = Number(seen.query.get('continue') ?? 0);
    const size = Math.min(Number(seen.query.get('limit')), most) || count;
    const end = Math.min(count, from + size);
    const items = Array.from({ length: end - from }, (_item, index) => text(from + index));
    const metadata = JSON.stringify({ resourceVersion: '7', continue: end < count ? String(end) : '' });
    sendJson(response, 200, `{"metadata":${metadata},"items":[${items.join(',')}]}`);
  });
}

test('a page that is too large is asked for again by halves, and every object comes once', async () => {
  await large(66);
  const found = await list(server.connect(), secrets, { pageSize: 100 });
  expect(found.items.map(({ metadata }) => metadata.name)).toEqual(
    Array.from({ length: 66 }, (_item, index) => `secret-${index}`),
  );
  expect(server.seen.map(({ query }) => query.get('limit'))).toEqual(['100', '50', '50']);
});

test('all at once that is too large is asked for in pages', async () => {
  await large(66, { most: 40 });
  const found = await list(server.connect(), secrets, { pageSize: 0 });
  expect(found.items).toHaveLength(66);
  expect(server.seen.map(({ query }) => query.get('limit'))).toEqual(['0', '500', '500']);
});

test('a watch of objects that fill more than one answer is synced', async () => {
  await large(66);
  const watching = watch(server.connect(), secrets);
  let told = 0;
  for (;;) {
    const { value } = await watching.next();
    if (value?.type === 'synced') break;
    told += 1;
  }
  expect(told).toBe(66);
  watching.close();
});

test('one object that is too large by itself is an error, and is not asked for without end', async () => {
  await large(2, { megabytes: 65 });
  const error = await list(server.connect(), secrets, { pageSize: 2 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  expect(server.seen).toHaveLength(2);
});

test('the deadline is for the whole list, not for each page', async () => {
  let pages = 0;
  server = await scriptedServer((_seen, response) => {
    pages += 1;
    setTimeout(() => sendJson(response, 200, { metadata: { continue: String(pages) }, items: [] }), 40);
  });
  const error = await list(server.connect(), secrets, { deadlineMs: 200 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect((error as KubeError).expected).toContain('200 ms');
  expect(pages).toBeLessThan(10);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])(
  'a page of %p objects is refused before anything is sent',
  async (pageSize) => {
    server = await scriptedServer(() => {});
    const error = await list(server.connect(), secrets, { pageSize }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', effect: 'none' });
    expect(server.seen).toHaveLength(0);
  },
);
